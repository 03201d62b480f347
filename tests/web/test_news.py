"""Improvement news: written by an officer, sent to who agreed, ended by one click in the mail (P11, RFC 8058)."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from camket.core.staff.roles import Role
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.services.news import NEWS_JOB
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, BOB
from tests.web.test_ask import ask, outcome, say

if TYPE_CHECKING:
    from camket.ports import Mail
    from tests.web.conftest import Browser, Service

WORDS = {
    "title_vi": "Bán hàng không cần mạng",
    "title_en": "Selling without a network",
    "text_vi": "Từ nay bạn bán được cả khi mất mạng.\n\nĐơn chờ trên máy và tự gửi khi có mạng lại.",
    "text_en": "From now on you can sell while the network is away.\n\nSales wait and are sent by themselves.",
}
UNSUBSCRIBE = re.compile(r"http://localhost:8000(/unsubscribe/[0-9a-f]{64})")


def officer(service: Service, *roles: Role) -> Browser:
    """Return a browser of a member of staff, an officer where no role is named."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, *roles)
    return browser


def written(browser: Browser, **change: str) -> str:
    """Write a draft; return its path."""
    answer = browser.send_form("/officer/news", **(WORDS | change))
    assert answer.status_code == 303
    return str(answer.headers["location"])


def news_mails(service: Service) -> list[Mail]:
    """Return the mails that brought news, after everything due has run."""
    service.settle()
    assert service.runtime.mailbox is not None
    return [mail for mail in service.runtime.mailbox.mails() if mail.list_unsubscribe is not None]


def test_news_reaches_who_agreed_and_no_one_else(service: Service) -> None:
    """The gate is asked for each customer; the mail brings the words in the reader's language, and the officer sees."""
    alice, bob = service.register(ALICE), service.register(BOB)
    say(alice, ask(alice), "yes")
    desk = officer(service)
    path = written(desk)
    assert desk.send_form(f"{path}/send").headers["location"] == path
    (mail,) = news_mails(service)
    assert mail.recipient == ALICE["email"]
    for words in ("Chào Alice Nguyễn", WORDS["title_vi"], *WORDS["text_vi"].split("\n\n")):
        assert words in mail.text
        assert words in unescape(mail.html)
    assert "1 trong 3 khách hàng đã đồng ý" in unescape(desk.get("/officer/news").text).replace("\xa0", " ")
    assert outcome(service, bob) == "ask"


def test_who_withdraws_while_the_mail_waits_gets_nothing(service: Service) -> None:
    """The gate is asked again at the moment of sending."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    desk = officer(service)
    path = written(desk)
    desk.send_form(f"{path}/send")
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', alice.get("/me/consents").text)
    queued_only(service)
    alice.send_form(action)
    assert news_mails(service) == []


def queued_only(service: Service) -> None:
    """Run the news job alone: mails are queued, none is sent."""
    engine = Engine(service.runtime.context, {NEWS_JOB: KINDS[NEWS_JOB]})
    while engine.run_next("test"):
        pass
    (row,) = service.runtime.context.store.read(lambda unit: unit.news.page(limit=1))
    assert row.queued == 1


def test_one_click_in_the_mail_ends_it(service: Service) -> None:
    """Reading the address, as scanners do, ends nothing; one POST without cookies, of any body, does; twice is once."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    desk = officer(service)
    desk.send_form(f"{written(desk)}/send")
    (mail,) = news_mails(service)
    (path,) = set(UNSUBSCRIBE.findall(f"{mail.list_unsubscribe} {mail.text}"))
    robot = service.browser()
    del robot.headers["Sec-Fetch-Site"]
    for _ in range(3):
        page = robot.get(path)
        assert page.status_code == 200
        assert "Thôi nhận thư" in unescape(page.text)
    assert outcome(service, alice) == "permit"
    files = {"List-Unsubscribe": (None, "One-Click")}
    assert robot.post(path, files=files).status_code == 200
    assert outcome(service, alice) in ("deny", "ask")
    again = robot.post(path, data={"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert "không còn nhận" in unescape(again.text)
    assert "đã rút lại" in unescape(alice.get("/me/consents").text)
    desk.send_form(f"{written(desk)}/send")
    assert len(news_mails(service)) == 1


@pytest.mark.parametrize("token", ["0" * 64, "alice@shop.example", "0", "A" * 64, "0" * 65])
def test_a_forged_address_ends_nothing(untouched: Service, token: str) -> None:
    """An address that no mail carried is nothing, read or sent."""
    robot = untouched.browser()
    assert robot.get(f"/unsubscribe/{token}").status_code == 404
    assert robot.post(f"/unsubscribe/{token}").status_code == 404


def test_another_site_cannot_press_the_button(service: Service) -> None:
    """A browser on another page is refused even with the address."""
    robot = service.browser()
    robot.headers["Sec-Fetch-Site"] = "cross-site"
    assert robot.post(f"/unsubscribe/{'0' * 64}").status_code == 403


def test_a_draft_is_kept_and_changed_until_it_is_sent(service: Service) -> None:
    """What is missing is said beside its field, nothing typed is lost; sent news is neither changed nor sent again."""
    desk = officer(service)
    refused = desk.send_form("/officer/news", **(WORDS | {"title_en": " ", "text_vi": "x" * 2001}))
    assert refused.status_code == 422
    page = unescape(refused.text)
    assert "Hãy điền ô này." in page
    assert WORDS["title_vi"] in page
    assert "Chưa có tin nào." in page
    path = written(desk)
    assert desk.send_form(path, **(WORDS | {"title_vi": "Tên khác"})).status_code == 303
    assert "Tên khác" in unescape(desk.get(path).text)
    assert desk.send_form(path, **(WORDS | {"title_vi": ""})).status_code == 422
    assert desk.send_form(f"{path}/send").status_code == 303
    for action, fields in ((path, WORDS), (f"{path}/send", {}), (f"{path}/drop", {})):
        assert desk.send_form(action, **fields).status_code == 409
    assert 'name="title_vi"' not in desk.get(path).text
    other = written(desk)
    assert desk.send_form(f"{other}/drop").headers["location"] == "/officer/news"
    assert desk.get(other).status_code == 404


def test_the_longest_texts_fit_into_the_form(service: Service) -> None:
    """In Vietnamese, too, where a letter takes nine characters on its way."""
    desk = officer(service)
    path = written(desk, text_vi="ữ" * 2000, text_en="ữ" * 2000, title_vi="ữ" * 120)
    assert "ữ" * 2000 in desk.get(path).text


def test_news_is_written_by_officers_alone(service: Service) -> None:
    """Another role is refused; a customer, and who is not signed in, is led to the sign-in of staff."""
    desk = officer(service, Role.SUPPORT)
    assert desk.get("/officer/news").status_code == 403
    assert desk.send_form("/officer/news", **WORDS).status_code == 403
    alice = service.register(ALICE)
    assert alice.get("/officer/news").headers["location"].startswith("/officer/sign-in")


def test_markup_in_news_stays_text(service: Service) -> None:
    """What an officer writes is shown and sent as it was typed; it is neither markup nor a place of the mail."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    desk = officer(service)
    path = written(desk, text_vi="<b>{name}</b> & {unsubscribe}")
    assert "&lt;b&gt;{name}&lt;/b&gt;" in desk.get(path).text
    desk.send_form(f"{path}/send")
    (mail,) = news_mails(service)
    assert "<b>{name}</b> & {unsubscribe}" in mail.text
    assert "&lt;b&gt;{name}&lt;/b&gt;" in mail.html
