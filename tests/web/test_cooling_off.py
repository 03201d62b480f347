"""With a cooling-off time a customer sees the deletion ahead, and may keep the account until it begins."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.ledger.entry import LedgerAction
from tests.web.conftest import ALICE, BOB, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser, Service

CANCEL = re.compile(r'action="(/me/requests/[^"]+/cancel)"')
BEGINS = "Việc xóa bắt đầu"


@pytest.fixture
def service(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """Return a service whose policy waits seven days between the acceptance of a deletion and the deletion."""
    folder = tmp_path / "policy"
    shutil.copytree(ROOT / "policies" / "default", folder)
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    assert "cooling_off: 0 days" in text
    file.write_text(text.replace("cooling_off: 0 days", "cooling_off: 7 days"), encoding="utf-8")
    return make_service(policy=folder)


def ask_for_deletion(service: Service, browser: Browser) -> str:
    """Go all the way to the acceptance and return the address of the form that accepts."""
    verify = browser.send_form("/me/delete").headers["location"]
    accept = browser.send_form(verify, code=service.newest_code()).headers["location"]
    shown = browser.get(accept).text
    found = re.search(r'name="accepted" value="([^"]+)"', shown)
    assert found is not None
    assert "Việc này bắt đầu sau 7 ngày." in shown or "7 ngày" in shown
    assert "không thể rút lại" not in shown
    assert browser.send_form(accept, accepted=found[1]).headers["location"] == "/certificate"
    return accept


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser; she has accepted the deletion of her account."""
    browser = service.register(ALICE)
    ask_for_deletion(service, browser)
    service.settle()
    return browser


def cancel_of(browser: Browser) -> str:
    """Return where the button of *My data* leads that keeps the account."""
    found = CANCEL.search(browser.get("/me").text)
    assert found is not None
    return found[1]


def test_what_lies_ahead_is_shown_on_both_pages(alice: Browser) -> None:
    """*My data* and the page of the certificate say when it begins, and lead to the button that keeps the account."""
    assert BEGINS in alice.get("/me").text
    assert "29/11/2026" in alice.get("/me").text
    page = alice.get("/certificate").text
    assert BEGINS in page
    assert 'href="/me#ahead"' in page
    assert "data-pending" not in page


def test_the_account_works_until_then(service: Service, alice: Browser) -> None:
    """Nothing is erased or closed before its day, by no job and no restart of the clock's hours."""
    service.clock.advance(timedelta(days=6, hours=23))
    service.settle()
    assert ALICE["email"] in alice.get("/me").text


def test_keeping_it_is_one_button(service: Service, alice: Browser) -> None:
    """No code is asked for; the page says once that the account stays, and it does, long after the day."""
    kept = alice.send_form(cancel_of(alice))
    assert (kept.status_code, kept.headers["location"]) == (303, "/me")
    page = alice.get("/me").text
    assert "Tài khoản được giữ lại." in page
    assert BEGINS not in page
    assert BEGINS not in alice.get("/certificate").text
    service.clock.advance(timedelta(days=8))
    service.settle()
    assert ALICE["email"] in alice.get("/me").text


def test_it_is_on_record(service: Service, alice: Browser) -> None:
    """The wish to keep the account stands in the ledger with the request that it took back."""
    store = service.runtime.context.store
    session = next(iter(_requests(service)))
    before = len(store.read(lambda unit: unit.records.of_subject(session, limit=100)))
    alice.send_form(cancel_of(alice))
    records = store.read(lambda unit: unit.records.of_subject(session, limit=100))
    assert len(records) >= before + 1
    assert any(LedgerAction.REQUEST.value.encode() in row.facts for row in records[: len(records) - before])


def test_it_runs_on_its_day_if_nobody_cancels(service: Service, alice: Browser) -> None:
    """After seven days the account is gone and its certificate is there; signing in before did not stop it."""
    service.clock.advance(timedelta(days=3))
    other = service.browser()
    other.send_form("/sign-in", email=ALICE["email"])
    assert other.send_form("/sign-in/confirm", code=service.newest_code()).headers["location"] == "/me"
    assert BEGINS in other.get("/me").text
    service.clock.advance(timedelta(days=4, minutes=1))
    service.settle()
    assert other.get("/me").headers["location"].startswith("/sign-in")
    assert 'href="/certificate/file"' in alice.get("/certificate").text


def test_it_is_too_late_once_it_has_begun(service: Service, alice: Browser) -> None:
    """At the instant at which it may begin it is no longer taken back, and no page offers it."""
    cancel = cancel_of(alice)
    service.clock.advance(timedelta(days=7))
    assert BEGINS not in alice.get("/me").text
    assert alice.send_form(cancel).status_code == 409
    service.settle()
    assert alice.get("/me").headers["location"].startswith("/sign-in")


def test_nobody_else_keeps_or_ends_it(service: Service, alice: Browser) -> None:
    """Another customer finds nothing at that address, and cancelling twice is cancelling once."""
    cancel = cancel_of(alice)
    bob = service.register(BOB)
    assert bob.send_form(cancel).status_code == 404
    assert service.browser().send_form(cancel).headers["location"].startswith("/sign-in")
    assert BEGINS in alice.get("/me").text
    assert alice.send_form(cancel).status_code == 303
    assert alice.send_form(cancel).status_code == 404


def test_it_may_be_asked_for_again(service: Service, alice: Browser) -> None:
    """Who kept the account and thinks better of it asks anew; the seven days begin anew."""
    alice.send_form(cancel_of(alice))
    service.clock.advance(timedelta(hours=2))
    ask_for_deletion(service, alice)
    assert BEGINS in alice.get("/me").text
    service.clock.advance(timedelta(days=7, minutes=1))
    service.settle()
    assert 'href="/certificate/file"' in alice.get("/certificate").text


def _requests(service: Service) -> set[str]:
    return set(
        service.runtime.context.store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9))
    )
