"""Requests without signing in: from the public page to what was asked for, in the browser that proved it."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from tests.web.conftest import ALICE, BOB, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from httpx2 import Response

    from tests.web.conftest import Browser, Service

EMAIL: Final = ALICE["email"]
PHONE: Final = ALICE["phone"]


@pytest.fixture
def peopled(service: Service) -> Service:
    """Return a service where alice registered an hour ago, in a browser that is not used any more."""
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    return service


def asked(browser: Browser, kind: str, *, email: str = EMAIL, phone: str = "") -> str:
    """Ask for something and return the address of the page for the code."""
    answer = browser.send_form("/requests", kind=kind, email=email, phone=phone)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def proven(service: Service, browser: Browser, kind: str, **known: str) -> str:
    """Ask for something, prove it, and return the address of its page."""
    place = asked(browser, kind, **known)
    answer = browser.send_form(place, code=service.newest_code())
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def text_of(answer: Response) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main>")[0]))


def held(service: Service, item: str) -> str | None:
    """Return a value of the one customer."""
    ctx = service.runtime.context
    (owner,) = ctx.store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9))
    return ctx.door.read(actor="subject", subject_id=owner, items=(item,), purpose="rights").first(item)


def test_everything_can_be_asked_for(service: Service) -> None:
    """The page offers every right of the policy and writing to support, chooses none, and asks for no session."""
    page = service.browser().get("/requests").text
    kinds = re.findall(r'type="radio" name="kind" value="(\w+)"( checked)?', page)
    assert [kind for kind, _ in kinds] == [
        "access", "rectify", "erase", "port", "restrict", "object", "withdraw", "support",
    ]  # fmt: skip
    assert not any(checked for _, checked in kinds)
    assert 'value="erase" checked' in service.browser().get("/requests?kind=erase").text


def test_a_copy_comes_to_who_proved_it(peopled: Service) -> None:
    """Made by a job, fetched by a form of this browser, and holding what alice gave."""
    browser = peopled.browser()
    page = proven(peopled, browser, "port")
    assert browser.send_form(f"{page}/copy/make").headers["location"] == page
    assert "Refresh" in browser.get(page).headers
    peopled.settle()
    assert "Refresh" not in browser.get(page).headers
    file = browser.send_form(f"{page}/copy")
    assert file.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert EMAIL in json.dumps(json.loads(archive.read("data.json")), ensure_ascii=False)


def test_a_correction_is_carried_out_at_once(peopled: Service) -> None:
    """The right value stands in the place of the wrong one; what is no value says so, and nothing is lost."""
    browser = peopled.browser()
    page = proven(peopled, browser, "rectify")
    form = browser.get(f"{page}/correct").text
    assert "090 123 45 67" not in form
    assert 'value="phone"' in form
    assert "staff." not in form
    wrong = browser.send_form(f"{page}/correct", item="phone", value="12")
    assert (wrong.status_code, 'value="12"' in wrong.text) == (422, True)
    assert browser.send_form(f"{page}/correct", item="nothing", value="12").status_code == 422
    assert browser.send_form(f"{page}/correct", item="phone", value="098 765 43 21").headers["location"] == page
    assert held(peopled, "phone") == "+84987654321"
    assert "xong" in text_of(browser.get(page))


def test_a_new_address_is_proven_before_it_is_held(peopled: Service) -> None:
    """A code goes to the new address; only with it is the old one given up."""
    browser = peopled.browser()
    page = proven(peopled, browser, "rectify")
    place = browser.send_form(f"{page}/correct", item="email", value="alice@new.example").headers["location"]
    assert place == f"{page}/new-address"
    code = peopled.newest_code()
    assert peopled.runtime.mailbox is not None
    assert peopled.runtime.mailbox.mails()[0].recipient == "alice@new.example"
    assert browser.send_form(place, code=f"{(int(code) + 1) % 1_000_000:06}").status_code == 422
    assert held(peopled, "email") == EMAIL
    assert browser.send_form(place, code=code).headers["location"] == page
    assert held(peopled, "email") == "alice@new.example"


def test_a_deletion_is_shown_accepted_and_certified(peopled: Service) -> None:
    """Nothing goes before the yes; after it the account is gone and the certificate is there."""
    browser = peopled.browser()
    page = proven(peopled, browser, "erase")
    shown = browser.get(f"{page}/accept")
    found = re.search(r'name="accepted" value="([^"]+)"', shown.text)
    assert found is not None
    assert browser.send_form(f"{page}/accept").status_code == 422
    peopled.settle()
    assert held(peopled, "email") == EMAIL
    assert browser.send_form(f"{page}/accept", accepted=found.group(1)).headers["location"] == "/certificate"
    peopled.settle()
    assert browser.get("/certificate").status_code == 200
    ctx = peopled.runtime.context
    assert not ctx.store.read(lambda unit: unit.values.subjects_with("name", after_id="", limit=9))


@pytest.mark.parametrize("kind", ["restrict", "object"])
def test_a_purpose_is_barred_and_allowed_again(peopled: Service, kind: str) -> None:
    """From the answer on the gate refuses it; a second request lifts it."""
    for lifts, outcome in (({}, "deny"), ({"lifts": "1"}, "permit")):
        browser = peopled.browser()
        page = proven(peopled, browser, kind)
        assert browser.send_form(f"{page}/purposes").status_code == 422
        assert browser.send_form(f"{page}/purposes", purpose="provide", **lifts).headers["location"] == page
        assert decision(peopled) == outcome


def decision(service: Service) -> str:
    """Return what the gate says of using the name of alice to provide the service."""
    from camket.client.local import Camket  # noqa: PLC0415 - for this one question

    ctx = service.runtime.context
    (owner,) = ctx.store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9))
    return Camket(ctx, "shop").decide(owner, items=("name",), purpose="provide").outcome.value


def test_support_is_written_to_and_its_answer_read(peopled: Service) -> None:
    """What is written goes into the thread of the request; an empty message says so."""
    browser = peopled.browser()
    page = proven(peopled, browser, "support")
    assert browser.send_form(f"{page}/messages", text=" ").status_code == 422
    assert browser.send_form(f"{page}/messages", text="Máy in không chạy.").headers["location"] == page
    assert "Máy in không chạy." in text_of(browser.get(page))


def test_a_request_is_taken_back(peopled: Service) -> None:
    """It ends at once, and is not carried out any more."""
    browser = peopled.browser()
    page = proven(peopled, browser, "port")
    assert browser.send_form(f"{page}/withdraw").headers["location"] == page
    assert "rút lại" in text_of(browser.get(page))
    assert browser.send_form(f"{page}/copy/make").status_code in {303, 409}
    peopled.settle()
    assert browser.send_form(f"{page}/copy").headers.get("content-type") != "application/zip"


def test_a_phone_number_is_enough_to_be_known(peopled: Service) -> None:
    """The code goes to the e-mail address that is held; where both are given, both have to be of one account."""
    browser = peopled.browser()
    page = proven(peopled, browser, "port", email="", phone=PHONE)
    assert "chúng tôi đã nhận" in text_of(browser.get(page))
    other = peopled.browser()
    both = proven(peopled, other, "access", email=EMAIL, phone=PHONE)
    number = both.rpartition("/")[2]
    row = peopled.runtime.context.store.read(lambda unit: unit.requests.by_number(number))
    assert row is not None
    assert row.verified_level == "email_and_phone"
    peopled.settle()
    assert peopled.runtime.mailbox is not None
    mails = len(peopled.runtime.mailbox.mails())
    asked(peopled.browser(), "port", email=EMAIL, phone=BOB["phone"])
    peopled.settle()
    assert len(peopled.runtime.mailbox.mails()) == mails


def test_the_form_says_what_it_needs(service: Service) -> None:
    """Neither address nor number, no wish, or what is none of these: a sentence beside the field, and nothing sent."""
    browser = service.browser()
    for fields in (
        {"kind": "port", "email": "", "phone": ""},
        {"kind": "", "email": EMAIL},
        {"kind": "nothing", "email": EMAIL},
        {"kind": "port", "email": "alice"},
        {"kind": "port", "phone": "12"},
    ):
        answer = browser.send_form("/requests", **fields)
        assert (answer.status_code, 'class="problem"' in answer.text) == (422, True), fields
    assert browser.get("/requests/find?number=12").status_code == 422
    assert browser.get("/requests/find?number=7k3f9 2qxtb").headers["location"] == "/requests/7K3F9-2QXTB"


def test_the_browser_that_proved_it_follows_it(peopled: Service) -> None:
    """After a quarter of an hour where it stands, not what was written; a new code opens it again, anywhere."""
    browser = peopled.browser()
    page = proven(peopled, browser, "support")
    browser.send_form(f"{page}/messages", text="Máy in không chạy.")
    peopled.clock.advance(timedelta(minutes=16))
    later = browser.get(page)
    assert page.rpartition("/")[2] in later.text
    assert "Máy in" not in later.text
    assert browser.send_form(f"{page}/messages", text="Còn đây nữa.").headers["location"] == page
    assert "Còn đây nữa." not in browser.get(page).text
    for one in (browser, peopled.browser()):
        place = one.send_form(page, email=EMAIL, phone="").headers["location"]
        assert one.send_form(place, code=peopled.newest_code()).headers["location"] == page
        assert "Máy in không chạy." in text_of(one.get(page))


def test_a_shared_machine_forgets_it(peopled: Service) -> None:
    """Whoever comes to the same browser afterwards finds nothing of it, and the request goes on."""
    browser = peopled.browser()
    page = proven(peopled, browser, "support")
    browser.send_form(f"{page}/forget")
    assert "Đang đến đâu" not in text_of(browser.get(page))
    place = browser.send_form(page, email=EMAIL).headers["location"]
    assert browser.send_form(place, code=peopled.newest_code()).headers["location"] == page


def test_no_cache_keeps_a_request(peopled: Service) -> None:
    """Each page of the way says that it is not to be kept, and holds nothing personal in its address."""
    browser = peopled.browser()
    for path in ("/requests", asked(browser, "port"), proven(peopled, browser, "port")):
        answer = browser.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        assert "alice" not in str(answer.url)


@pytest.mark.parametrize("kind", ["rectify", "restrict", "object"])
def test_what_was_not_said_yet_is_said_where_it_was_asked_for(service: Service, kind: str) -> None:
    """Who goes on in their account with a request that says no more than its right is led to its own page."""
    signed_in = service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    page = proven(service, service.browser(), kind)
    listed = re.search(r'href="/me/requests/([0-9a-f]+)"', signed_in.get("/me/requests").text)
    assert listed is not None
    place = signed_in.send_form(f"/me/requests/{listed.group(1)}/code").headers["location"]
    assert signed_in.send_form(place, code=service.newest_code()).headers["location"] == page
    again = signed_in.send_form(page, email=EMAIL, phone="").headers["location"]
    assert signed_in.send_form(again, code=service.newest_code()).headers["location"] == page
    assert re.search(rf'href="{page}/(correct|purposes)"', signed_in.get(page).text)


@pytest.fixture
def strict(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """Return a service whose policy asks for both, the address and the number, before it deletes; alice is there."""
    folder = tmp_path / "policy"
    shutil.copytree(ROOT / "policies" / "default", folder)
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    before, erase, after = text.partition("\n  erase:")
    after = after.replace("verification: email_code", "verification: email_and_phone", 1)
    (folder / "policy.yaml").write_text(before + erase + after, encoding="utf-8")
    service = make_service(policy=folder)
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    return service


def test_a_weaker_proof_than_the_policy_asks_for_carries_nothing_out(strict: Service) -> None:
    """The page says what is missing and asks for it; with both the same request goes on, in the same browser."""
    browser = strict.browser()
    page = proven(strict, browser, "erase")
    assert "Cần xác minh chắc chắn hơn." in text_of(browser.get(page))
    assert f'href="{page}/accept"' not in browser.get(page).text
    shown = re.search(r'name="accepted" value="([^"]+)"', browser.get(f"{page}/accept").text)
    assert shown is not None
    assert browser.send_form(f"{page}/accept", accepted=shown.group(1)).headers["location"] == page
    strict.settle()
    assert held(strict, "email") == EMAIL
    place = browser.send_form(page, email=EMAIL, phone=PHONE).headers["location"]
    assert browser.send_form(place, code=strict.newest_code()).headers["location"] == page
    assert f'href="{page}/accept"' in browser.get(page).text
    assert browser.send_form(f"{page}/accept", accepted=shown.group(1)).headers["location"] == "/certificate"
