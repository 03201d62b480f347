"""P13: where information is wrong, there are ways to update it quickly or delete it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import DeniedError, StoreError
from camket.core.terms import SubjectState
from camket.core.vault.keyring import KeyKind
from camket.services import erasure, erasure_preview
from camket.services.certificates import CertificateFetch, certificate_status
from camket.services.correction import finish_correction, start_correction
from camket.services.sessions import find_session
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service


def sealed_of(journey: Journey, customer: Customer, item: str) -> list[bytes]:
    """Return the sealed bytes of an item as the database file holds them."""
    with closing(sqlite3.connect(journey.runtime.settings.data / "camket.db")) as database:
        query = "SELECT sealed FROM held_value WHERE subject_id = ? AND item = ?"
        return [sealed for (sealed,) in database.execute(query, (customer.subject_id, item))]


@pytest.mark.parametrize(
    ("item", "typed", "held"), [("phone", "098 765 43 21", "+84987654321"), ("name", "Bob", "Bob")]
)
def test_a_correction_is_done_at_once(journey: Journey, alice: Customer, item: str, typed: str, held: str) -> None:
    """P13: as soon as identity is proved the new value is held, and no byte of the old one is left in its row."""
    before = sealed_of(journey, alice, item)
    request = start_correction(journey.ctx, alice.session, item=item, typed=typed)
    finish_correction(journey.ctx, alice.prove(request.id))
    opened = journey.ctx.door.read(actor="subject", subject_id=alice.subject_id, items=(item,), purpose="rights")
    assert opened.first(item) == held
    assert len(opened.values[item]) == 1
    assert not set(before) & set(sealed_of(journey, alice, item))


def test_everything_given_at_registration_has_a_way_to_correct_it(service: Service) -> None:
    """P13: each of the three values leads to its own form from the privacy centre."""
    browser = service.register(ALICE)
    page = browser.get("/me").text
    for item in ("name", "phone", "email"):
        assert f'href="/me/correct/{item}"' in page
        assert browser.get(f"/me/correct/{item}").status_code == 200


def test_a_deletion_leaves_what_the_law_holds_and_nothing_else(journey: Journey, alice: Customer) -> None:
    """P13: after it runs, the `live` key is gone, sessions are gone, and the rows left are those the page said stay."""
    stays = {one.item for one in erasure_preview.preview_erasure(journey.ctx, alice.session).stays}
    token = alice.accept_erasure()
    journey.work()
    journey.sequence()
    assert journey.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    assert find_session(journey.ctx, alice.token) is None
    left = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    assert {row.item for row in left} == stays
    assert {row.key_kind for row in left} == {KeyKind.HOLD}
    view = certificate_status(journey.ctx, token)
    assert view.state is CertificateFetch.READY
    assert {one.item for one in view.held} == stays


@pytest.mark.parametrize("purpose", ["provide", "protect", "notify"])
def test_what_the_law_holds_serves_no_purpose_of_ours(journey: Journey, alice: Customer, purpose: str) -> None:
    """P13: the address that stays after a deletion opens for no stated purpose."""
    alice.accept_erasure()
    journey.work()
    with pytest.raises(DeniedError):
        journey.ctx.door.read(actor="service:shop", subject_id=alice.subject_id, items=("email",), purpose=purpose)


def test_an_accepted_deletion_is_never_given_up(
    journey: Journey, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P13: however long the disk was in its way, the deletion is carried out once the disk is back."""
    alice.accept_erasure()

    def full(*_args: object) -> int:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_record_in", full)
        for _ in range(30):
            journey.work()
            journey.clock.advance(hours=1, minutes=1)
    subject = journey.ctx.store.read(lambda unit: unit.subjects.get(alice.subject_id))
    assert subject is not None
    assert subject.state is SubjectState.ACTIVE
    journey.clock.advance(hours=1, minutes=1)
    journey.work()
    subject = journey.ctx.store.read(lambda unit: unit.subjects.get(alice.subject_id))
    assert subject is not None
    assert subject.state is SubjectState.ERASED
