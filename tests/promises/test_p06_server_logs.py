"""P6: the servers record certain facts automatically, tied to the customer who caused them, for a stated time."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.jobs.schedule import plan_due
from camket.services.server_log import LOG_ITEMS, ServerLog
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from camket.ports import Unit
    from tests.web.conftest import Browser, Service


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser, signed in."""
    return service.register(ALICE)


def values(service: Service) -> Counter[str]:
    """Return how many values of the log are stored, by item, whoever's they are."""

    def count(unit: Unit) -> Counter[str]:
        return Counter(
            row.item
            for subject_id in unit.values.subjects_with(LOG_ITEMS[0], after_id="", limit=9)
            for row in unit.values.of_subject(subject_id, LOG_ITEMS)
        )

    return service.runtime.context.store.read(count)


def test_exactly_the_declared_facts_are_recorded(service: Service, alice: Browser) -> None:
    """P6: a signed-in request leaves time, page, status and address with its customer, and nothing else anywhere."""
    alice.get("/me/sessions")
    ServerLog(service.runtime.context).once()
    assert values(service) == dict.fromkeys(LOG_ITEMS, 1)
    shown = re.findall(r'<span class="path">([^<]*)</span> <small>([^<]*)</small>', alice.get("/me/log").text)
    assert shown == [("/me/sessions", "200 · testclient")]
    assert "testclient" not in service.log.getvalue()


def test_public_pages_record_nobody(service: Service, alice: Browser) -> None:
    """P6: who reads the policy or any other public page is recorded nowhere, signed in or not."""
    for browser in (alice, service.browser()):
        for path in ("/", "/policy", "/terms", "/policy/versions/1", "/ledger/"):
            assert browser.get(path).status_code == 200
    assert ServerLog(service.runtime.context).once() == 0
    assert values(service) == Counter()


def test_the_record_ends_on_its_day(service: Service, alice: Browser) -> None:
    """P6: what is recorded is kept for the stated 400 days and then deleted, without anybody asking."""
    alice.get("/me/sessions")
    ServerLog(service.runtime.context).once()
    for days, kept in ((399, 1), (2, 0)):
        service.clock.advance(timedelta(days=days))
        plan_due(service.runtime.context)
        service.settle()
        assert set(values(service).values()) == ({kept} if kept else set())
