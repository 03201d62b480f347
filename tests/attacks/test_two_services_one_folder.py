"""A careless operator starts the service twice over one data folder: what one does holds in the other at once."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import DeniedError
from camket.core.vault.keyring import KeyKind
from camket.rows import CodeKind
from camket.services.centre import my_data
from camket.services.sequencing import Sequencer
from camket.services.sessions import find_session, revoke_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.testing.service import newest_code, running_service
from tests import journeys
from tests.journeys import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Return two services over one data folder, with one clock."""
    with ExitStack() as stack:
        first = stack.enter_context(journeys.service_in(tmp_path))
        second = stack.enter_context(running_service(tmp_path, clock=first.clock, entropy=None, mail=first.mail))
        yield first, Service(second, first.clock, first.mail, Sequencer(second.context))


def test_a_code_asked_of_one_is_taken_by_the_other(pair: tuple[Service, Service]) -> None:
    """Registered at one, signed in at the other, ended at the first: each sees what the other did."""
    one, other = pair
    alice = journeys.register(one)
    start_sign_in(one.ctx, email=alice.email, browser="phone", address=None)
    code = newest_code(other.ctx, "phone", CodeKind.SIGN_IN)
    arrived = confirm_sign_in(other.ctx, browser="phone", code=code, headers={}, address=None)
    session = find_session(one.ctx, arrived.session_token)
    assert session is not None
    revoke_session(one.ctx, alice.session, session.id)
    assert find_session(other.ctx, arrived.session_token) is None


def test_what_one_erased_the_other_cannot_open(pair: tuple[Service, Service]) -> None:
    """The other one has read the values, and holds key and standing in memory; after the erasure it opens nothing."""
    one, other = pair
    alice = journeys.register(one)
    assert my_data(other.ctx, alice.session).counts.held > 0
    other.ctx.door.read(actor="service:shop", subject_id=alice.subject_id, items=("phone",), purpose="provide")
    alice.accept_erasure()
    one.work()
    assert other.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    with pytest.raises(DeniedError):
        other.ctx.door.read(actor="service:shop", subject_id=alice.subject_id, items=("phone",), purpose="provide")
    assert find_session(other.ctx, alice.token) is None


def test_both_write_one_ledger(pair: tuple[Service, Service]) -> None:
    """Records of both get their places in one tree, whichever of the two places them, each once."""
    one, other = pair
    alice = journeys.register(one)
    for service in (one, other, one, other):
        my_data(service.ctx, alice.session)
        one.clock.advance(seconds=6)  # the lease of the one that placed records before runs out
        service.sequence()
    records = one.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    places = [record.ledger_index for record in records]
    assert None not in places
    assert len(set(places)) == len(places)
    head = other.ctx.store.read(lambda unit: unit.ledger.head())
    assert head.size > max(place for place in places if place is not None)


def test_the_end_of_an_epoch_at_one_is_the_others_too(pair: tuple[Service, Service]) -> None:
    """After one wraps every key anew and destroys the old epoch's, the other finds and opens everything as before."""
    one, other = pair
    alice = journeys.register(one)
    my_data(other.ctx, alice.session)
    one.clock.advance(days=1)
    one.ctx.keys.begin_epoch(at=one.clock.now())
    while one.ctx.keys.rewrap():
        pass
    start_sign_in(other.ctx, email=alice.email, browser="phone", address=None)
    code = newest_code(one.ctx, "phone", CodeKind.SIGN_IN)
    arrived = confirm_sign_in(other.ctx, browser="phone", code=code, headers={}, address=None)
    assert arrived.subject_id == alice.subject_id
    assert my_data(other.ctx, alice.session).counts.held > 0
