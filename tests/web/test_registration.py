"""Registering: the form is the policy's, what was typed is kept, and no one can tell who has an account (P3)."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import Language, SubjectState
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from httpx2 import Response

    from camket.ports import Unit
    from tests.web.conftest import Service


def values(answer: Response) -> dict[str, str]:
    """Return what stands in each field of a form."""
    fields = re.findall(r'<input[^>]*\bname="([^"]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in fields}


def problems(answer: Response) -> dict[str, str]:
    """Return the sentence beside each field."""
    return dict(re.findall(r'<p class="problem" id="problem-([^"]+)">([^<]+)</p>', answer.text))


def subjects(service: Service) -> int:
    """Return how many subjects there are, confirmed or not."""

    def count(unit: Unit) -> int:
        return sum(len(unit.subjects.page(after_id="", limit=100, state=state)) for state in SubjectState)

    return service.runtime.context.store.read(count)


def test_the_form_is_the_policys(untouched: Service) -> None:
    """The form has exactly the required items of the policy, each with its label, its why and its help for typing."""
    answer = untouched.browser().get("/register")
    policy = untouched.runtime.context.policies.published(untouched.runtime.context.store)[-1].version.policy
    assert list(values(answer)) == [item.id for item in policy.registration_items] == ["name", "phone", "email"]
    text = html.unescape(answer.text)
    for item in policy.registration_items:
        assert item.label[Language.VI] in text
        assert item.why[Language.VI] in text
    assert re.findall(r'autocomplete="(\w+)"', answer.text) == ["name", "tel", "email"]
    assert answer.text.count(" required") == 3


def test_one_registers_confirms_and_sees_everything(service: Service) -> None:
    """A registration ends in the privacy centre, where every value that was given is shown; twice changes nothing."""
    browser = service.browser()
    started = browser.send_form("/register", **ALICE)
    assert (started.status_code, started.headers["location"]) == (303, "/register/confirm")
    asked = browser.get("/register/confirm")
    assert 'autocomplete="one-time-code"' in asked.text
    assert 'inputmode="numeric"' in asked.text
    code = service.newest_code()
    arrived = browser.send_form("/register/confirm", code=f" {code[:3]} {code[3:]} ")
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/me")
    page = html.unescape(browser.get("/me").text)
    for shown in ("Alice Nguyễn", "090 123 45 67", "alice@shop.example"):
        assert shown in page
    again = browser.send_form("/register/confirm", code=code)
    assert (again.status_code, again.headers["location"]) == (303, "/me")
    assert subjects(service) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"phone": "12"},
        {"email": "alice@"},
        {"name": "A" * 500},
        {"name": "Alice\u202eecila"},
        {"name": "Alice\u00a0Nguyễn"},
        {"phone": "090\t1234567"},
        {"email": "alice@shop.example\r\nBcc: bob@shop.example"},
        {"name": "<script>alert(1)</script>"},
        {"name": "", "phone": "x", "email": "y"},
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_wrong_field_keeps_what_was_typed(untouched: Service, wrong: dict[str, str], language: str) -> None:
    """Each wrong field has its message beside it and in the summary; what was typed stays; nothing is stored."""
    typed = ALICE | wrong
    answer = untouched.browser().post(f"/register?lang={language}", data=typed)
    assert answer.status_code == 422
    assert set(problems(answer)) == set(wrong)
    shown = values(answer)
    for name, value in typed.items():
        assert shown[name].replace("\r\n", "\n") == value.replace("\r\n", "\n")
    for name in wrong:
        assert f'aria-describedby="problem-{name} hint-{name}"' in answer.text
        assert f'href="#field-{name}"' in answer.text
    assert "<script>alert" not in answer.text
    assert subjects(untouched) == 0


def test_an_undeclared_field_is_refused_by_name(untouched: Service) -> None:
    """A field that the policy does not declare is named, with the nearest that it does; nothing is stored."""
    answer = untouched.browser().send_form("/register", **ALICE, emial="x", **{"<b>": "y"})
    assert answer.status_code == 422
    text = html.unescape(answer.text)
    assert "trường `emial` không được khai báo trong chính sách (có phải `email` không?)" in text
    assert "`<b>`" in text
    assert "<b>`" not in answer.text
    assert subjects(untouched) == 0


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"name=A&name=B", "application/x-www-form-urlencoded", 400),
        (b"name=%FF%FE", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % number for number in range(50)), "application/x-www-form-urlencoded", 400),
        (b'{"name": "Alice"}', "application/json", 415),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"name=" + b"A" * 20_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_form_that_is_none_is_refused(untouched: Service, content: bytes, kind: str, status: int) -> None:
    """A field given twice, bytes that are no text, too many fields, another kind of form, too much: refused whole."""
    answer = untouched.browser().post("/register", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert subjects(untouched) == 0


def test_a_code_works_only_where_it_was_asked_for(service: Service) -> None:
    """Another browser cannot use the code, whether it asked for one of its own or not; the right one still can."""
    browser, stranger, other = service.browser(), service.browser(), service.browser()
    browser.send_form("/register", **ALICE)
    code = service.newest_code()
    other.send_form("/register", **BOB)
    assert "Bắt đầu lại" in stranger.send_form("/register/confirm", code=code).text
    assert problems(other.send_form("/register/confirm", code=code))
    assert browser.send_form("/register/confirm", code=code).status_code == 303


def test_the_sixth_try_is_refused_even_if_it_is_right(service: Service) -> None:
    """After five wrong codes the right one is refused too; a new code begins anew."""
    browser = service.browser()
    browser.send_form("/register", **ALICE)
    code = service.newest_code()
    wrong = "000000" if code != "000000" else "111111"
    answers = [browser.send_form("/register/confirm", code=wrong) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    assert "Mã này không đúng" in problems(answers[0])["code"]
    assert "quá nhiều lần" in problems(browser.send_form("/register/confirm", code=code))["code"]
    browser.send_form("/register", **ALICE)
    assert browser.send_form("/register/confirm", code=service.newest_code()).status_code == 303


def test_an_old_code_is_refused(service: Service) -> None:
    """A code is good for ten minutes."""
    browser = service.browser()
    browser.send_form("/register", **ALICE)
    code = service.newest_code()
    service.clock.advance(timedelta(minutes=10))
    assert "hết hạn" in problems(browser.send_form("/register/confirm", code=code))["code"]


def test_no_one_can_tell_that_an_address_is_registered(service: Service) -> None:
    """Registering an address that has an account looks the same; only its mail says so, and its code signs in there."""
    service.register(ALICE)
    known, unknown = service.browser(), service.browser()
    mallory = ALICE | {"name": "Bob", "phone": "0912345678"}
    answers = [known.send_form("/register", **mallory), unknown.send_form("/register", **BOB)]
    service.settle()
    assert [(one.status_code, one.headers["location"], one.text) for one in answers] == [
        (303, "/register/confirm", "")
    ] * 2
    assert known.get("/register/confirm").text == unknown.get("/register/confirm").text
    mail = next(one for one in service.runtime.mailbox.mails() if one.recipient == BOB["email"])  # type: ignore[union-attr]  # this service has a mailbox
    assert mail.text
    mail = service.runtime.mailbox.mails()[0]  # type: ignore[union-attr]  # as above
    to_alice = [one for one in service.runtime.mailbox.mails() if one.recipient == ALICE["email"]][0]  # type: ignore[union-attr]  # noqa: RUF015 - the newest
    code = "".join(re.search(r"\b(\d{3}) ?(\d{3})\b", to_alice.text).groups())  # type: ignore[union-attr]  # a code is in it
    assert known.send_form("/register/confirm", code=code).headers["location"] == "/me"
    page = html.unescape(known.get("/me").text)
    assert "Alice Nguyễn" in page
    assert "091 234 56 78" not in page


def test_who_is_signed_in_needs_no_registration(service: Service) -> None:
    """The pages of arrival lead who is signed in to their data."""
    browser = service.register(ALICE)
    for path in ("/register", "/register/confirm", "/sign-in", "/sign-in/confirm"):
        assert browser.get(path).headers["location"] == "/me"
