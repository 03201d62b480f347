"""Notices on pages: the banner that stands until it is read, what a customer was told, and what an officer sees."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.staff.roles import Role
from camket.services.policies import publish_policy
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, BOB, ROOT
from tests.web.test_api_consents import Caller

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser, Service

BANNER = '<aside class="told"'
SEEN = "/me/notices/2/seen"


def publish(service: Service, *, old: bytes = b"maximum: 400 days", new: bytes = b"maximum: 410 days") -> None:
    """Publish a longer maximum for in 40 days, and let the notice go out."""
    files = dict(read_policy_folder(ROOT / "policies" / "default"))
    files["policy.yaml"] = files["policy.yaml"].replace(old, new, 1)
    at = service.clock.instant + timedelta(days=40)
    publish_policy(service.runtime.context, files, effective_at=at)
    service.settle()


def desk(service: Service, *roles: Role) -> Browser:
    """Return a browser of a member of staff."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, *roles)
    return browser


def waiting(service: Service) -> int:
    """Return how many ledger records have no place yet."""
    service_store = service.runtime.context.store
    return service_store.read(lambda unit: unit.records.count_unsequenced())


def words(page: Any) -> str:  # noqa: ANN401 - the client's response
    """Return the visible text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_a_banner_stands_on_every_own_page_until_it_is_read(service: Service) -> None:
    """It leads to the comparison; the form brings the reader back to where they were, and the banner is gone."""
    alice = service.register(ALICE)
    assert BANNER not in alice.get("/me").text
    publish(service)
    for path in ("/me", "/me/uses", "/me/notices"):
        page = alice.get(path).text
        assert BANNER in page
        assert 'href="/policy/compare?from=1&amp;to=2"' in page
        assert f'<input type="hidden" name="next" value="{path}">' in page
    assert BANNER not in service.browser().get("/policy").text
    assert BANNER not in service.browser().get("/sign-in").text
    answer = alice.send_form(SEEN, next="/me/uses")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/uses")
    assert BANNER not in alice.get("/me").text
    assert alice.send_form(SEEN).headers["location"] == "/me/notices"


def test_reading_leads_to_no_other_site(service: Service) -> None:
    """A form with the address of another site leads to the list of notices."""
    alice = service.register(ALICE)
    publish(service)
    for elsewhere in ("https://other.example/", "//other.example", "/me/../x", "javascript:1"):
        assert alice.send_form(SEEN, next=elsewhere).headers["location"] == "/me/notices"


def test_a_get_and_a_stranger_read_nothing(service: Service) -> None:
    """Following the address marks nothing as read; who is not signed in, and another site, are turned away."""
    alice = service.register(ALICE)
    publish(service)
    assert alice.get(SEEN).status_code == 405
    assert service.browser().send_form(SEEN).headers["location"].startswith("/sign-in")
    assert alice.post(SEEN, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert BANNER in alice.get("/me").text


@pytest.mark.parametrize("number", ["0", "1", "3", "x", "9999999999", "²"])
def test_what_is_no_notice_is_not_found(service: Service, number: str) -> None:
    """A version that was not told of cannot be read, and nothing is kept."""
    alice = service.register(ALICE)
    publish(service)
    assert alice.send_form(f"/me/notices/{number}/seen").status_code == 404


def test_a_customer_sees_what_they_were_told(service: Service) -> None:
    """Empty at first; then version, mail with its moment, and that they have read it, said once."""
    alice = service.register(ALICE)
    assert "Từ khi bạn tham gia chưa có thay đổi quan trọng nào." in words(alice.get("/me/notices"))
    publish(service)
    page = words(alice.get("/me/notices?lang=en"))
    assert "Version 2, in force from 01/01/2027" in page
    assert "The e-mail was handed over to be delivered" in page
    assert "You cannot unsubscribe from these" in page
    alice.send_form(SEEN)
    assert "It is on record that you have read it." in words(alice.get("/me/notices"))
    assert "You said that you had read it" in words(alice.get("/me/notices"))
    assert 'href="/me/notices"' in alice.get("/me").text


def test_an_officer_sees_a_notice_in_numbers(service: Service) -> None:
    """The list, the chart with its table, and the counts grow with what customers do; staff are told of nothing."""
    alice = service.register(ALICE)
    service.register(BOB)
    officer = desk(service)
    assert "Chưa có thông báo nào." in words(officer.get("/officer/notices"))
    publish(service)
    alice.send_form(SEEN)
    listed = words(officer.get("/officer/notices?lang=en"))
    assert "2 customers · 2 e-mails taken, 0 refused or given up, 1 read" in listed
    page = officer.get("/officer/notices/2")
    assert '<rect class="good" x="0" y="24" width="240" height="12">' in page.text
    assert "e-mail taken by the relay 2" in words(page)
    assert "said that they had read it 1" in words(page)
    assert officer.get("/officer/notices/1").status_code == 404
    assert officer.get("/officer/notices/x").status_code == 404


def test_the_table_has_one_row_for_each_customer(service: Service) -> None:
    """As CSV by opaque ids, with the evidence; taking it is a form, and on record."""
    service.register(ALICE)
    service.register(BOB)
    publish(service)
    auditor = desk(service, Role.AUDITOR)
    service.settle()
    assert waiting(service) == 0
    answer = auditor.send_form("/officer/notices/2/table")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="notice-2.csv"'
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [(row["version"], row["mail"], row["banner"], row["seen_at"]) for row in rows] == [
        ("2", "sent", "1", "")
    ] * 2
    assert all(row["message_id"].endswith("@localhost>") for row in rows)
    assert "shop.example" not in answer.text
    assert waiting(service) > 0
    assert auditor.get("/officer/notices/2/table").status_code == 405


def test_an_officer_proves_what_one_customer_was_told(service: Service) -> None:
    """By their address, in a form; unknown and untold look alike, and the customer sees the look."""
    alice = service.register(ALICE)
    publish(service)
    officer = desk(service)

    def look(email: str) -> Any:  # noqa: ANN401 - the client's response
        return officer.send_form("/officer/notices/2/proof", email=email)

    found = words(look(ALICE["email"]))
    assert "thư máy chủ thư đã nhận" in found
    assert "chưa được đọc" in found
    assert "Không có thông báo về phiên bản này cho địa chỉ đó." in words(look(BOB["email"]))
    wrong = look("alice")
    assert (wrong.status_code, "Đây không phải địa chỉ thư điện tử." in words(wrong)) == (422, True)
    assert desk(service).get("/officer/notices/2").text.count(ALICE["email"]) == 0
    assert "nhân viên" in words(alice.get("/me/uses")).lower()
    assert desk(service, Role.AUDITOR).send_form("/officer/notices/2/proof", email=ALICE["email"]).status_code == 403


def test_notices_are_for_those_whose_role_opens_them(service: Service) -> None:
    """Support staff and customers see none of it."""
    publish(service)
    assert desk(service, Role.SUPPORT).get("/officer/notices").status_code == 403
    assert service.browser().get("/officer/notices").status_code == 303
    assert service.register(ALICE).get("/officer/notices/2").status_code == 303


def test_an_officer_sees_which_own_words_are_not_used(make_service: Callable[..., Service], tmp_path: Path) -> None:
    """A file with a missing word is named with its finding; the mail goes out in camket's own words."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "policy_changed.vi.txt").write_text("Subject: Tin\n\nBản {number}\n", encoding="utf-8")
    english = (
        "Subject: Ours\n\nOur own words: {number} {day}\n\nFirst:\n{changes}\n\nThen:\n{asks}\n\n{link}\n\n— {why}\n"
    )
    (folder / "policy_changed.en.txt").write_text(english, encoding="utf-8")
    service = make_service(mail_templates=folder)
    service.register(ALICE)
    bob = service.register(BOB)
    bob.send_form("/me/language", language="en")
    publish(service)
    page = words(desk(service).get("/officer/notices?lang=en"))
    assert "policy_changed.vi.txt:1: the word `{link}` is missing" in page
    assert service.runtime.mailbox is not None
    texts = {mail.recipient: mail.text for mail in service.runtime.mailbox.mails() if "410" in mail.text}
    assert "Chính sách dữ liệu của chúng tôi có phiên bản mới" in texts[ALICE["email"]]
    assert "mail_words_refused" in service.log.getvalue()


def test_the_api_tells_and_takes_that_it_was_read(service: Service) -> None:
    """The same as the pages, for programs that act for a customer; a stranger gets nothing."""
    browser = service.register(ALICE)
    publish(service)
    alice = Caller(service, browser)
    (told,) = alice.get("/notices").json()
    assert (told["version"], told["mail"], told["seen_at"]) == (2, "sent", None)
    assert told["path"] == "/policy/compare?from=1&to=2"
    assert alice.post("/notices/2/seen").status_code == 204
    assert alice.post("/notices/2/seen").status_code == 204
    assert alice.get("/notices").json()[0]["seen_at"] is not None
    assert BANNER not in browser.get("/me").text
    assert alice.post("/notices/1/seen").status_code == 404
    assert alice.post("/notices/0/seen").status_code == 422
    assert service.browser().get("/api/v1/notices").status_code == 401
