"""The server log in its customer's hands: in the copy line by line, and held by law after a deletion (P6, P12, P13)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.vault.keyring import KeyKind
from camket.services.centre import my_data
from camket.services.log_lines import LogLine
from camket.services.own_log import own_log
from camket.services.server_log import LOG_ITEMS, ServerLog
from tests.copies import take
from tests.journeys import Customer, Service, register

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES = ["/me", "/me/copy", "/quay/sell"]


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, of whom three requests are written down."""
    customer = register(journey)
    journey.work()
    for path in PAGES:
        journey.clock.advance(seconds=1)
        journey.ctx.log_queue.add(
            LogLine(
                subject_id=customer.subject_id,
                service="account",
                at=journey.clock.now(),
                path=path,
                status=200,
                address=None if path == "/me/copy" else "192.0.2.7",
            )
        )
    assert ServerLog(journey.ctx).once() == len(PAGES)
    return customer


def copied(journey: Service, customer: Customer) -> Mapping[str, bytes]:
    """Return the files of a copy."""
    return take(journey, customer).files


def test_the_copy_has_every_line(journey: Service, alice: Customer) -> None:
    """Programs and people read the same lines, newest first, with an address that is not known left empty."""
    files = copied(journey, alice)
    data = json.loads(files["data.json"])
    assert [line["path"] for line in data["server_log"]] == PAGES[::-1]
    assert [line["address"] for line in data["server_log"]] == ["192.0.2.7", "", "192.0.2.7"]
    assert {value["item"] for value in data["values"]} >= set(LOG_ITEMS)
    for name, label in (("du-lieu-cua-toi.html", "Trang được mở"), ("my-data.html", "Page opened")):
        page = files[name].decode()
        assert f">{label}</th>" in page
        assert page.count("/quay/sell") == 1


def test_my_data_counts_the_log_and_does_not_open_it(journey: Service, alice: Customer) -> None:
    """The page says that there is a log; its record names what was read, and the log's items are not among it."""
    data = my_data(journey.ctx, alice.session)
    assert data.logged == len(LOG_ITEMS)
    assert not {view.item for group in data.groups for view in group.held} & set(LOG_ITEMS)
    assert data.counts.held == data.logged + sum(len(group.held) for group in data.groups) + sum(
        len(device.values) for device in data.devices
    )


def test_the_log_is_read_newest_first(journey: Service, alice: Customer) -> None:
    """Its page has every line; a page past the end has none and leaves no record."""
    page = own_log(journey.ctx, alice.session)
    assert [line.path for line in page.lines] == PAGES[::-1]
    assert (page.newer, page.older) == (None, None)
    before = len(journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100)))
    assert own_log(journey.ctx, alice.session, page=9).lines == ()
    assert len(journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))) == before


def test_a_deletion_leaves_what_the_law_holds_and_no_longer(journey: Service, alice: Customer) -> None:
    """After the account is gone the lines lie under `hold` with their article until a year is over, then they go."""
    came = journey.clock.now()
    alice.accept_erasure()
    journey.work()
    rows = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, LOG_ITEMS))
    assert {row.item for row in rows} == set(LOG_ITEMS)
    for row in rows:
        assert row.key_kind is KeyKind.HOLD
        assert row.article == "Nghị định 333/2026/NĐ-CP"
        assert row.hold_until is not None
        assert came + timedelta(days=364) < row.hold_until <= came + timedelta(days=366)
