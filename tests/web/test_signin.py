"""Signing in by a code, going on to the wanted page, sessions, signing out."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import SubjectState
from camket.web.cookies import SESSION
from tests.web.conftest import ALICE, BOB, Browser

if TYPE_CHECKING:
    from camket.ports import Unit
    from tests.web.conftest import Service


def sign_in(service: Service, email: str, **hidden: str) -> Browser:
    """Return a new browser that signed in."""
    browser = service.browser()
    asked = browser.send_form("/sign-in", email=email, **hidden)
    assert asked.headers["location"].startswith("/sign-in/confirm")
    arrived = browser.send_form("/sign-in/confirm", code=service.newest_code(), **hidden)
    assert arrived.status_code == 303
    return browser


def test_one_signs_in_by_a_code(service: Service) -> None:
    """The code from the mail opens the account in a browser that never saw it."""
    service.register(ALICE)
    assert "Alice Nguyễn" in html.unescape(sign_in(service, " ALICE@shop.example ").get("/me").text)


def test_an_unknown_address_looks_the_same(service: Service) -> None:
    """An address without an account gets the same answers, and no mail."""
    service.register(ALICE)
    known, unknown = service.browser(), service.browser()
    answers = [
        known.send_form("/sign-in", email=ALICE["email"]),
        unknown.send_form("/sign-in", email="bob@shop.example"),
    ]
    assert [(one.status_code, one.headers["location"], one.text) for one in answers] == [
        (303, "/sign-in/confirm", "")
    ] * 2
    assert known.get("/sign-in/confirm").text == unknown.get("/sign-in/confirm").text
    service.settle()
    mails = service.runtime.mailbox.mails()  # type: ignore[union-attr]  # this service has a mailbox
    assert {mail.recipient for mail in mails} == {ALICE["email"]}
    assert unknown.send_form("/sign-in/confirm", code="123456").status_code == 422


def test_a_malformed_address_is_said_beside_the_field(service: Service) -> None:
    """What is no address is refused beside the field, and stays in it."""
    answer = service.browser().send_form("/sign-in", email="alice@")
    assert answer.status_code == 422
    assert 'id="problem-email"' in answer.text
    assert 'value="alice@"' in answer.text


def test_one_goes_on_to_the_wanted_page(service: Service) -> None:
    """Who was led to the sign-in from a page of their own comes back to it."""
    service.register(ALICE)
    browser = service.browser()
    led = browser.get("/me/copy").headers["location"]
    assert led == "/sign-in?next=%2Fme%2Fcopy"
    assert 'name="next" value="/me/copy"' in browser.get(led).text
    asked = browser.send_form("/sign-in", email=ALICE["email"], next="/me/copy").headers["location"]
    assert 'name="next" value="/me/copy"' in browser.get(asked).text
    arrived = browser.send_form("/sign-in/confirm", code=service.newest_code(), next="/me/copy")
    assert arrived.headers["location"] == "/me/copy"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/me",
        "/me/../policy",
        "/me//evil",
        "/policy",
        "/me/copy?x=1",
        "/me\nx",
        "",
    ],
)
def test_no_one_is_led_elsewhere(service: Service, elsewhere: str) -> None:
    """An address that is no page of the privacy centre is left out; one lands on one's data."""
    service.register(ALICE)
    browser = service.browser()
    assert 'name="next"' not in browser.get("/sign-in", params={"next": elsewhere}).text
    browser.send_form("/sign-in", email=ALICE["email"], next=elsewhere)
    arrived = browser.send_form("/sign-in/confirm", code=service.newest_code(), next=elsewhere)
    assert arrived.headers["location"] == "/me"


def test_sessions_are_listed_and_ended(service: Service) -> None:
    """Each browser is listed; one that is ended elsewhere is signed out at once; ending it twice is a page."""
    here = service.register(ALICE)
    there = sign_in(service, ALICE["email"])
    page = here.get("/me/sessions").text
    assert page.count("nơi này") == 1
    (action,) = re.findall(r'action="(/me/sessions/[^"]+/revoke)"', page)
    assert there.get("/me").status_code == 200
    ended = here.send_form(action)
    assert ended.headers["location"].startswith("/me/sessions")
    assert "Phiên đó đã kết thúc" in here.get(ended.headers["location"]).text
    assert there.get("/me").headers["location"] == "/sign-in?next=%2Fme"
    assert here.send_form(action).status_code in {303, 404}
    assert here.get("/me").status_code == 200


def test_a_stranger_cannot_end_a_session(service: Service) -> None:
    """The id of a session is good for its own subject only."""
    here = service.register(ALICE)
    there = sign_in(service, ALICE["email"])
    (action,) = re.findall(r'action="(/me/sessions/[^"]+/revoke)"', here.get("/me/sessions").text)
    service.register(BOB).send_form(action)
    assert there.get("/me").status_code == 200


def test_signing_out_ends_the_session_everywhere(service: Service) -> None:
    """After signing out the cookie is gone, and a copy of it opens nothing; twice is once."""
    browser = service.register(ALICE)
    token = browser.cookies[SESSION.name]
    left = browser.send_form("/sign-out")
    assert left.headers["location"] == "/"
    assert SESSION.name not in browser.cookies
    thief = service.browser()
    thief.cookies.set(SESSION.name, token)
    assert thief.get("/me").headers["location"] == "/sign-in?next=%2Fme"
    assert browser.send_form("/sign-out").headers["location"] == "/"


def test_a_session_that_is_not_used_ends(service: Service) -> None:
    """After a month without use the browser is led to the sign-in, and its cookie is taken back."""
    browser = service.register(ALICE)
    service.clock.advance(timedelta(days=31))
    answer = browser.get("/me")
    assert answer.headers["location"] == "/sign-in?next=%2Fme"
    assert "Hãy đăng nhập trước" in browser.get(answer.headers["location"]).text
    assert f'{SESSION.name}=""' in answer.headers["set-cookie"]


def test_the_privacy_signal_of_a_browser_is_kept_while_signed_in(service: Service) -> None:
    """`Sec-GPC: 1` of who is signed in becomes a fact of theirs, once; of who is not, nothing."""

    def signalled() -> list[datetime | None]:
        def look(unit: Unit) -> list[datetime | None]:
            rows = unit.subjects.page(after_id="", limit=9, state=SubjectState.ACTIVE)
            return [row.gpc_signalled_at for row in rows]

        return service.runtime.context.store.read(look)

    browser = service.register(ALICE)
    browser.get("/me", headers={"Sec-GPC": "0"})
    browser.get("/policy", headers={"Sec-GPC": "1"})
    service.browser().get("/sign-in", headers={"Sec-GPC": "1"})
    assert signalled() == [None]
    browser.get("/me", headers={"Sec-GPC": "1"})
    first = signalled()
    assert first != [None]
    browser.get("/me", headers={"Sec-GPC": "1"})
    assert signalled() == first
