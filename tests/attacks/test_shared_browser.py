"""One browser, several people: what one leaves behind in it serves no one else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from camket.core.terms import SubjectState
from camket.core.vault.keyring import KeyKind
from camket.services.sessions import find_session
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service


def register_in(service: Service, browser: Browser, person: dict[str, str]) -> str:
    """Register a person in a browser that others have used; return their subject id."""
    assert browser.send_form("/register", **person).status_code == 303
    assert browser.send_form("/register/confirm", code=service.newest_code()).headers["location"] == "/me"
    session = find_session(service.runtime.context, browser.cookies["camket_session"])
    assert session is not None
    return session.subject_id


def delete_in(service: Service, browser: Browser) -> str:
    """Delete the account that is signed in in a browser; return the certificate's file."""
    place = browser.send_form("/me/delete").headers["location"]
    last = browser.send_form(place, code=service.newest_code()).headers["location"]
    found = re.search(r'name="accepted" value="([^"]+)"', browser.get(last).text)
    assert found is not None
    assert browser.send_form(last, accepted=found.group(1)).headers["location"] == "/certificate"
    service.settle()
    return browser.get("/certificate/file").text


def test_the_second_deletion_in_one_browser_is_a_deletion(service: Service) -> None:
    """Bob, who deletes his account where Alice deleted hers an hour ago, has his deleted, with a certificate of his."""
    browser = service.browser()
    people = []
    certificates = []
    for person in (ALICE, BOB):
        people.append(register_in(service, browser, person))
        certificates.append(delete_in(service, browser))
    ctx = service.runtime.context
    assert ctx.store.read(lambda unit: unit.subjects.page(after_id="", limit=9, state=SubjectState.ACTIVE)) == ()
    for subject_id in people:
        assert ctx.keys.subject_key(subject_id, KeyKind.LIVE) is None
    assert certificates[0] != certificates[1]
    assert people[0] not in certificates[1]
    assert people[1] in certificates[1]


def test_a_form_sent_twice_is_one_deletion_with_its_certificate(service: Service) -> None:
    """The last form, sent again before the first answer was seen, leads to the certificate of that one deletion."""
    browser = service.browser()
    register_in(service, browser, ALICE)
    place = browser.send_form("/me/delete").headers["location"]
    last = browser.send_form(place, code=service.newest_code()).headers["location"]
    found = re.search(r'name="accepted" value="([^"]+)"', browser.get(last).text)
    assert found is not None
    for _ in range(2):
        assert browser.send_form(last, accepted=found.group(1)).headers["location"] == "/certificate"
    service.settle()
    assert browser.get("/certificate/file").status_code == 200


def test_signing_out_leaves_nothing_to_see(service: Service) -> None:
    """After Alice has signed out, who opens the browser next finds none of her pages, going back neither."""
    browser = service.browser()
    register_in(service, browser, ALICE)
    kept = dict(browser.cookies)
    browser.send_form("/sign-out")
    for name, value in kept.items():
        browser.cookies.set(name, value)
    for page in ("/me", "/me/uses", "/me/sessions"):
        answer = browser.get(page)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def test_two_people_of_one_browser_have_devices_of_their_own(service: Service) -> None:
    """What the browser shows is kept for each apart, under ids that no one can match."""
    browser = service.browser()
    first = register_in(service, browser, ALICE)
    browser.send_form("/sign-out")
    second = register_in(service, browser, BOB)
    store = service.runtime.context.store
    rows = store.read(lambda unit: (unit.values.of_subject(first), unit.values.of_subject(second)))
    ids = [{row.id.partition(".")[0] for row in held if row.item == "device.id"} for held in rows]
    assert all(ids)
    assert not ids[0] & ids[1]
