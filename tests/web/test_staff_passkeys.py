"""Passkeys of staff: adding on a one-time password, signing in at the desk, and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from camket.core.staff.one_time import password_of_step, step_at
from camket.services.staff_credentials import factor_secret
from tests.authenticator import Authenticator
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, ORIGIN
from tests.web.test_passkeys import add

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

NAME = "signin.passkey"


def digits_now(service: Service, subject_id: str) -> str:
    """Return the one-time password that the authenticator of a member of staff shows now."""
    member = service.runtime.context.store.read(lambda unit: unit.staff.get(subject_id))
    assert member is not None

    return password_of_step(factor_secret(service.runtime.context, member), step_at(service.clock.instant))


def add_at_the_desk(service: Service, desk: Browser, subject_id: str) -> Authenticator:
    """Add a passkey as the page's script does, and return the device."""
    key = Authenticator(origin=ORIGIN)
    asked = {NAME: "Khóa ở bàn", "code": digits_now(service, subject_id)}
    answer = desk.send_form("/officer/me/passkeys/options", **asked)
    assert answer.status_code == 200, answer.text
    added = desk.send_form(
        "/officer/me/passkeys", **{NAME: "Khóa ở bàn"}, credential=key.create(answer.json()["options"])
    )
    assert (added.status_code, added.headers.get("location")) == (303, "/officer/me/passkeys")
    return key


def sign_in(browser: Browser, key: Authenticator, where: str) -> str | None:
    """Try to sign in by a passkey; return where it leads, None where it is refused."""
    options = browser.send_form(f"{where}/passkey/options").json()["options"]
    answer = browser.send_form(f"{where}/passkey", credential=key.sign(options))
    assert answer.status_code in (303, 422)
    return answer.headers.get("location")


def test_a_passkey_opens_the_desk(service: Service) -> None:
    """Without password and digits, in a browser that never saw the account; the same work name stands there."""
    desk = service.browser()
    member = sign_in_staff(service.runtime.context, desk)
    key = add_at_the_desk(service, desk, member.subject_id)
    assert "Khóa ở bàn" in desk.get("/officer/me/passkeys").text
    elsewhere = service.browser()
    assert sign_in(elsewhere, key, "/officer/sign-in") == "/officer"
    assert member.pseudonym in elsewhere.get("/officer/me").text


def test_no_mail_is_queued_that_has_no_address(service: Service) -> None:
    """Staff have no address that mails to customers could go to: none waits to be refused."""
    desk = service.browser()
    member = sign_in_staff(service.runtime.context, desk)
    add_at_the_desk(service, desk, member.subject_id)
    store = service.runtime.context.store
    assert store.read(lambda unit: unit.outbox.of_subject(member.subject_id, limit=1)) == ()


def test_each_passkey_opens_its_own_door(service: Service) -> None:
    """A customer's opens no desk, and one of staff no account of a customer."""
    desk = service.browser()
    at_desk = add_at_the_desk(service, desk, sign_in_staff(service.runtime.context, desk).subject_id)
    at_home = add(service.register(ALICE))
    assert sign_in(service.browser(), at_home, "/officer/sign-in") is None
    assert sign_in(service.browser(), at_desk, "/sign-in") is None


def test_adding_takes_digits_of_its_own(service: Service) -> None:
    """A stolen session adds nothing: wrong digits are refused, and right ones are good once."""
    desk = service.browser()
    member = sign_in_staff(service.runtime.context, desk)
    right = digits_now(service, member.subject_id)
    wrong = "000000" if right != "000000" else "000001"
    for digits, status in ((wrong, 409), ("", 409), (right, 200), (right, 409)):
        asked = {NAME: "Khóa", "code": digits}
        assert desk.send_form("/officer/me/passkeys/options", **asked).status_code == status


def test_a_deleted_passkey_opens_nothing(service: Service) -> None:
    """Deleted at the desk, or gone with the account that was ended."""
    desk = service.browser()
    member = sign_in_staff(service.runtime.context, desk)
    key = add_at_the_desk(service, desk, member.subject_id)
    found = re.search(r"/officer/me/passkeys/[^/\"]+/delete", desk.get("/officer/me/passkeys").text)
    assert found is not None
    assert desk.send_form(found.group()).headers["location"] == "/officer/me/passkeys"
    assert sign_in(service.browser(), key, "/officer/sign-in") is None
