"""The privacy centre: what is held, who used it, correcting it, taking a copy (P12, P13, P14)."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import Language
from camket.web.cookies import DONE
from tests.web.conftest import ALICE, BOB, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx2 import Response

    from tests.web.conftest import Service

NEW_PHONE = "098 765 43 21"


def text_of(answer: Response) -> str:
    """Return a page as one reads it, without tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def ask(service: Service, browser: Browser, path: str, **fields: str) -> tuple[str, str]:
    """Send a form that asks for proof; return the address of the request and the code that was sent."""
    asked = browser.send_form(path, **fields)
    assert asked.status_code == 303, asked.text
    place = asked.headers["location"]
    assert re.fullmatch(r"/me/requests/[a-z0-9]+/verify", place)
    return place.removesuffix("/verify"), service.newest_code()


def test_everything_held_is_shown_with_its_reason(service: Service) -> None:
    """Every value stands with its label, why, since when, until when and why, what it is used for."""
    browser = service.register(ALICE)
    page = text_of(browser.get("/me"))
    policy = service.runtime.context.policies.published(service.runtime.context.store)[-1].version.policy
    for item in policy.registration_items:
        assert item.label[Language.VI] in page
        assert item.why[Language.VI] in page
        reason = item.maximum.reason[Language.VI]
        assert reason[1:] in page
    assert "Từ 22/11/2026" in page
    assert "giữ tới khi bạn xóa tài khoản" in page
    assert "Dùng để: cung cấp dịch vụ" in page


def test_the_numbers_answer_what_people_ask(service: Service) -> None:
    """How many values are held, how often they were used, how often they left: the last one is none."""
    browser = service.register(ALICE)
    numbers = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", browser.get("/me").text)
    assert [words for words, _ in numbers] == ["giá trị đang giữ", "lần dùng trong tuần", "lần đưa ra ngoài"]
    held, used, left = (int(number) for _, number in numbers)
    assert held >= 3
    assert used >= 1
    assert left == 0


def test_every_use_is_listed_with_its_place_in_the_ledger(service: Service) -> None:
    """The uses say who, what and what for; each has its number in the ledger once it has one."""
    browser = service.register(ALICE)
    browser.get("/me")
    waiting = text_of(browser.get("/me/uses"))
    assert "Đã ghi; sẽ có số trong sổ cái ngay" in waiting
    service.settle()
    browser.get("/me")
    page = text_of(browser.get("/me/uses"))
    assert "Bạn xem dữ liệu của mình" in page
    assert "Đọc để gửi thư cho bạn" in page
    assert "quyền của bạn" in page
    assert re.search(r"Sổ cái mục \d+ · tự kiểm chứng", page)
    english = text_of(browser.get("/me/uses?lang=en"))
    assert "Read to send you a mail" in english


def test_uses_are_paged(service: Service) -> None:
    """Forty rows stand on a page; a page that does not exist is empty, and a number that is none is the first."""
    browser = service.register(ALICE)
    for _ in range(21):
        browser.get("/me/uses")
        browser.get("/me")
    first = browser.get("/me/uses")
    assert 'rel="next"' in first.text
    assert 'rel="prev"' in browser.get("/me/uses?page=2").text
    assert "Trang này chưa có gì" in text_of(browser.get("/me/uses?page=99999"))
    for odd in ("0", "-1", "x", "9" * 30, "١"):
        assert browser.get("/me/uses", params={"page": odd}).status_code == 200


def test_equal_uses_are_one_row_that_unfolds(service: Service) -> None:
    """Twelve looks of one hour are one row: how often, from when to when, first and last entry, each of them inside."""
    browser = service.register(ALICE)
    service.settle()
    for _ in range(12):
        browser.get("/me")
        service.clock.advance(timedelta(minutes=4))
    service.settle()
    page = browser.get("/me/uses").text
    (row,) = re.findall(r"<li class=\"\">\s*<b>Bạn xem dữ liệu của mình</b>(.*?12 lần.*?</details>)", page, re.DOTALL)
    first, last = re.findall(r"Sổ cái mục (\d+)–(\d+)", row)[0]
    said = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row)))
    assert "12 lần, hôm nay 10:00–10:44" in said
    entries = [int(number) for number in re.findall(r"Sổ cái mục (\d+)</small>", row)]
    assert len(entries) == 12
    assert (min(entries), max(entries)) == (int(first), int(last))
    assert "<details>" in row
    assert re.search(r"12 times, today 10:00–10:44", text_of(browser.get("/me/uses?lang=en")))


def test_one_corrects_a_value_after_proving_who_one_is(service: Service) -> None:
    """The new phone number is held only after the code; then the old one is gone, and the page says so."""
    browser = service.register(ALICE)
    request, code = ask(service, browser, "/me/correct/phone", phone=NEW_PHONE)
    assert "090 123 45 67" in text_of(browser.get("/me"))
    done = browser.send_form(f"{request}/verify", code=code)
    assert done.headers["location"] == "/me"
    page = text_of(browser.get(done.headers["location"]))
    assert "Đã sửa xong" in page
    assert NEW_PHONE in page
    assert "090 123 45 67" not in page
    assert browser.send_form(f"{request}/verify", code=code).status_code == 422


def test_what_was_done_is_said_once_and_to_who_did_it(service: Service) -> None:
    """No link makes the page say that something was done; a form does, on the next page and on no later one."""
    browser = service.register(ALICE)
    for link in ("/me?done=corrected", "/me?done=removed", "/me/sessions?ended"):
        assert 'class="note done"' not in browser.get(link).text
    request, code = ask(service, browser, "/me/correct/phone", phone=NEW_PHONE)
    done = browser.send_form(f"{request}/verify", code=code)
    assert "Max-Age=60;" in done.headers["set-cookie"]
    assert "Đã sửa xong" in text_of(browser.get("/me"))
    assert "Đã sửa xong" not in text_of(browser.get("/me"))
    browser.cookies.set(DONE.name, "<b>all is well</b>")
    page = browser.get("/me").text
    assert 'class="note done"' not in page
    assert "all is well" not in page


def test_a_wrong_correction_keeps_what_was_typed(service: Service) -> None:
    """A value that cannot be held is refused beside the field, what was typed stays, and no code is sent."""
    browser = service.register(ALICE)
    mails = len(service.runtime.mailbox.mails())  # type: ignore[union-attr]  # this service has a mailbox
    answer = browser.send_form("/me/correct/phone", phone="12")
    service.settle()
    assert answer.status_code == 422
    assert 'value="12"' in answer.text
    assert 'id="problem-phone"' in answer.text
    assert len(service.runtime.mailbox.mails()) == mails  # type: ignore[union-attr]  # as above


@pytest.mark.parametrize("item", ["nothing", "log.path", "device.id"])
def test_only_what_one_gave_is_corrected(service: Service, item: str) -> None:
    """An item that does not exist, or was observed, has no form to correct it."""
    browser = service.register(ALICE)
    assert browser.get(f"/me/correct/{item}").status_code == 404
    assert browser.send_form(f"/me/correct/{item}", **{item: "x"}).status_code == 404


def test_too_many_requests_are_told_to_wait(make_service: Callable[..., Service]) -> None:
    """After as many requests as there are codes in an hour, the next form answers 429 and says when to come again."""
    service = make_service(codes_per_subject_hour=2)
    browser = service.register(ALICE)
    for _ in range(2):
        assert browser.send_form("/me/copy").status_code == 303
    for path, fields in (("/me/copy", {}), ("/me/delete", {}), ("/me/correct/email", {"email": "a@home.example"})):
        refused = browser.send_form(path, **fields)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) <= 3600
    assert browser.get("/me").status_code == 200


def test_a_wrong_code_proves_nothing(service: Service) -> None:
    """A wrong code changes nothing, and a new code can be asked for; then only the new one is good."""
    browser = service.register(ALICE)
    request, code = ask(service, browser, "/me/correct/phone", phone=NEW_PHONE)
    wrong = "000000" if code != "000000" else "111111"
    assert browser.send_form(f"{request}/verify", code=wrong).status_code == 422
    again = browser.send_form(f"{request}/code")
    assert again.headers["location"] == f"{request}/verify"
    newer = service.newest_code()
    if newer != code:
        assert browser.send_form(f"{request}/verify", code=code).status_code == 422
    assert browser.send_form(f"{request}/verify", code=newer).headers["location"] == "/me"


def test_a_request_is_its_subjects_alone(service: Service) -> None:
    """Another subject finds no such request, whatever code they have."""
    browser, stranger = service.register(ALICE), service.register(BOB)
    request, code = ask(service, browser, "/me/correct/phone", phone=NEW_PHONE)
    for path in ("verify", "new-address", "accept", "copy"):
        assert stranger.get(f"{request}/{path}").status_code in {303, 404}
    assert stranger.send_form(f"{request}/verify", code=code).status_code in {404, 422}
    assert stranger.send_form(f"{request}/code").status_code == 404
    assert "091 234 56 78" in text_of(stranger.get("/me"))


def test_a_new_email_address_needs_both_codes(service: Service) -> None:
    """The address is changed after a code to the old one and a code to the new one; then one signs in by the new."""
    browser = service.register(ALICE)
    elsewhere = service.browser()
    elsewhere.send_form("/sign-in", email=ALICE["email"])
    elsewhere.send_form("/sign-in/confirm", code=service.newest_code())
    request, code = ask(service, browser, "/me/correct/email", email="alice@home.example")
    onward = browser.send_form(f"{request}/verify", code=code)
    assert onward.headers["location"] == f"{request}/new-address"
    assert "Bây giờ đến địa chỉ mới" in text_of(browser.get(f"{request}/new-address"))
    newer = service.newest_code()
    mail = service.runtime.mailbox.mails()[0]  # type: ignore[union-attr]  # this service has a mailbox
    assert mail.recipient == "alice@home.example"
    wrong = "000000" if newer != "000000" else "111111"
    assert browser.send_form(f"{request}/new-address", code=wrong).status_code == 422
    assert "alice@shop.example" in text_of(browser.get("/me"))
    assert browser.send_form(f"{request}/new-address", code=newer).headers["location"] == "/me"
    assert "alice@home.example" in text_of(browser.get("/me"))
    assert elsewhere.get("/me").headers["location"].startswith("/sign-in")
    other = service.browser()
    other.send_form("/sign-in", email="alice@home.example")
    assert other.send_form("/sign-in/confirm", code=service.newest_code()).headers["location"] == "/me"


def test_one_takes_a_copy(service: Service) -> None:
    """After proving who one is, one downloads a file with everything: to read in both languages, as data, as proof."""
    browser = service.register(ALICE)
    assert "Tải bản sao" in text_of(browser.get("/me/copy"))
    request, code = ask(service, browser, "/me/copy")
    assert browser.get(f"{request}/copy").headers["location"] == f"{request}/verify"
    assert browser.send_form(f"{request}/verify", code=code).headers["location"] == f"{request}/copy"
    service.settle()
    assert "Bản sao đã sẵn sàng" in text_of(browser.get(f"{request}/copy"))
    copy = browser.send_form(f"{request}/copy")
    assert copy.headers["content-type"] == "application/zip"
    assert re.fullmatch(r'attachment; filename="camket-[\d-]+\.zip"', copy.headers["content-disposition"])
    assert copy.headers["cache-control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(copy.content))
    everything = " ".join(archive.read(name).decode() for name in archive.namelist())
    assert "alice@shop.example" in everything
    assert json.loads(archive.read("data.json"))


def test_a_proof_runs_out(service: Service) -> None:
    """A quarter of an hour after the code the copy is not handed out any more; another code for it does it again."""
    browser = service.register(ALICE)
    request, code = ask(service, browser, "/me/copy")
    browser.send_form(f"{request}/verify", code=code)
    service.settle()
    service.clock.advance(timedelta(minutes=15))
    assert "xác minh lại" in text_of(browser.get(f"{request}/copy"))
    assert browser.send_form(f"{request}/copy").headers["location"] == f"{request}/copy"
    browser.send_form(f"{request}/code")
    browser.send_form(f"{request}/verify", code=service.newest_code())
    assert browser.send_form(f"{request}/copy").headers["content-type"] == "application/zip"


def test_a_newer_proof_does_not_prolong_an_older_one(service: Service) -> None:
    """Proving who one is for another request gives the first one no more time."""
    browser = service.register(ALICE)
    first, code = ask(service, browser, "/me/copy")
    browser.send_form(f"{first}/verify", code=code)
    service.settle()
    service.clock.advance(timedelta(minutes=14))
    second, code = ask(service, browser, "/me/copy")
    browser.send_form(f"{second}/verify", code=code)
    service.settle()
    service.clock.advance(timedelta(minutes=2))
    assert "Tải về" in text_of(browser.get(f"{second}/copy"))
    assert "Tải về" not in text_of(browser.get(f"{first}/copy"))
    assert browser.send_form(f"{first}/copy").headers["location"] == f"{first}/copy"


def test_a_proof_is_good_in_its_own_session_only(service: Service) -> None:
    """Another session of the same person cannot use the proof that this one gave."""
    browser = service.register(ALICE)
    request, code = ask(service, browser, "/me/copy")
    browser.send_form(f"{request}/verify", code=code)
    service.settle()
    other = service.browser()
    other.send_form("/sign-in", email=ALICE["email"])
    other.send_form("/sign-in/confirm", code=service.newest_code())
    assert "xác minh lại" in text_of(other.get(f"{request}/copy"))
    assert other.send_form(f"{request}/copy").headers["location"] == f"{request}/copy"
