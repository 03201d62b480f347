"""The pages of passkeys: the list, adding, signing in, proving, and what is said where it does not go."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.authenticator import Authenticator
from tests.web.conftest import ALICE, ORIGIN, start

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Browser, Service

NAME = "signin.passkey"


def add(browser: Browser, name: str = "Redmi") -> Authenticator:
    """Add a passkey as the page's script does, and return the device."""
    key = Authenticator(origin=ORIGIN)
    answer = browser.send_form("/me/passkeys/options", **{NAME: name})
    assert answer.status_code == 200, answer.text
    made = key.create(answer.json()["options"])
    added = browser.send_form("/me/passkeys", **{NAME: name, "credential": made})
    assert (added.status_code, added.headers.get("location")) == (303, "/me/passkeys")
    return key


def read(browser: Browser, path: str) -> str:
    """Return the words of a page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", browser.get(path).text))


def test_one_adds_a_passkey_and_signs_in_with_it(service: Service) -> None:
    """From the list to another browser, and on to the wanted page; the first browser's list shows it."""
    alice = service.register(ALICE)
    key = add(alice)
    page = read(alice, "/me/passkeys")
    assert "Redmi" in page
    assert "Đã thêm khóa" in page
    elsewhere = service.browser()
    options = elsewhere.send_form("/sign-in/passkey/options").json()["options"]
    assert options["allowCredentials"] == []
    arrived = elsewhere.send_form("/sign-in/passkey", credential=key.sign(options), next="/me/uses")
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/me/uses")
    assert "Alice Nguyễn" in read(elsewhere, "/me")
    assert "Redmi" in read(alice, "/me")


def test_a_passkey_stands_in_for_the_code_of_a_request(service: Service) -> None:
    """The page that asks for a code offers it to who has one; then the deletion goes on to its acceptance."""
    alice = service.register(ALICE)
    key = add(alice)
    asked = alice.send_form("/me/delete").headers["location"]
    request = asked.split("/")[3]
    assert f'action="/me/requests/{request}/passkey"' in alice.get(asked).text
    options = alice.send_form(f"/me/requests/{request}/passkey/options").json()["options"]
    proven = alice.send_form(f"/me/requests/{request}/passkey", credential=key.sign(options))
    assert proven.headers["location"] == f"/me/requests/{request}/accept"
    assert alice.get(f"/me/requests/{request}/accept").status_code == 200


def test_who_has_none_is_offered_none(service: Service) -> None:
    """A code is asked for, and nothing else."""
    alice = service.register(ALICE)
    asked = alice.send_form("/me/delete").headers["location"]
    assert "/passkey" not in alice.get(asked).text


def test_a_refused_passkey_leads_back(service: Service) -> None:
    """A device that was never added gets a page that says what may have happened, and the way to a code."""
    elsewhere = service.browser()
    options = elsewhere.send_form("/sign-in/passkey/options").json()["options"]
    refused = elsewhere.send_form("/sign-in/passkey", credential=Authenticator(origin=ORIGIN).sign(options))
    assert refused.status_code == 422
    assert 'href="/sign-in"' in refused.text
    assert elsewhere.get("/me").status_code == 303


def test_an_old_session_proves_itself_first(service: Service) -> None:
    """After a quarter of an hour the list asks for a code by e-mail; with it, adding goes on."""
    alice = service.register(ALICE)
    service.clock.advance(timedelta(minutes=16))
    assert "/me/passkeys/options" not in alice.get("/me/passkeys").text
    refused = alice.send_form("/me/passkeys/options", **{NAME: "Redmi"})
    assert (refused.status_code, set(refused.json())) == (409, {"problem"})
    assert alice.send_form("/me/passkeys/proof/code").headers["location"] == "/me/passkeys/proof"
    assert alice.send_form("/me/passkeys/proof", code="x").status_code == 422
    assert alice.send_form("/me/passkeys/proof", code=service.newest_code()).headers["location"] == "/me/passkeys"
    add(alice)


def test_a_passkey_is_deleted(service: Service) -> None:
    """At once, and it opens nothing any more."""
    alice = service.register(ALICE)
    key = add(alice)
    found = re.search(r"/me/passkeys/[^/\"]+/delete", alice.get("/me/passkeys").text)
    assert found is not None
    assert alice.send_form(found.group()).headers["location"] == "/me/passkeys"
    assert "Redmi" not in read(alice, "/me/passkeys")
    elsewhere = service.browser()
    options = elsewhere.send_form("/sign-in/passkey/options").json()["options"]
    assert elsewhere.send_form("/sign-in/passkey", credential=key.sign(options)).status_code == 422
    assert alice.send_form(found.group()).status_code == 404


def test_a_name_is_asked_for_before_the_device_is(service: Service) -> None:
    """Without a name the script hears what is missing, in the reader's language."""
    alice = service.register(ALICE)
    refused = alice.send_form("/me/passkeys/options", **{NAME: " "})
    assert refused.status_code == 422
    assert refused.json()["problem"]


@pytest.mark.parametrize("path", ["/me/passkeys/options", "/me/passkeys", "/me/requests/x/passkey"])
def test_strangers_add_nothing(service: Service, path: str) -> None:
    """Who is not signed in is led to the sign-in."""
    assert service.browser().send_form(path).headers["location"].startswith("/sign-in")


def test_at_an_address_without_a_name_it_is_said(tmp_path: Path) -> None:
    """The list says that none can be added here and that codes work; the sign-in offers none."""
    service = start(tmp_path / "data", origin="http://127.0.0.1:8000")
    try:
        alice = service.register(ALICE)
        assert "localhost" in read(alice, "/me/passkeys")
        assert "/sign-in/passkey" not in service.browser().get("/sign-in").text
        assert alice.send_form("/me/passkeys/options", **{NAME: "Redmi"}).status_code == 404
    finally:
        service.runtime.close()
