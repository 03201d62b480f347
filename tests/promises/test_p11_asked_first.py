"""P11: before information is used for a purpose that the policy does not state, the customer is asked."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

from camket.services.news import send_news, write_news
from tests.web.conftest import ALICE, BOB
from tests.web.test_ask import ask, outcome, say, subjects

if TYPE_CHECKING:
    from camket.ports import Mail
    from tests.web.conftest import Service

OFFICER = "staff:officer-1"
WORDS = {"title_vi": "Tin mới", "title_en": "News", "text_vi": "Có tính năng mới.", "text_en": "Something is new."}


def news_of(service: Service) -> list[Mail]:
    """Have a piece of news sent to whoever agreed; return every mail of news so far."""
    context = service.runtime.context
    send_news(context, actor=OFFICER, news_id=write_news(context, actor=OFFICER, typed=WORDS))
    service.settle()
    assert service.runtime.mailbox is not None
    return [mail for mail in service.runtime.mailbox.mails() if "Tin cải tiến" in mail.subject]


def only_subject(service: Service) -> str:
    """Return the subject id of the one customer."""
    (row,) = subjects(service)
    return str(row.id)


def allowed(service: Service, subject_id: str) -> str:
    """Return what the gate says to improvement news for a customer."""
    return str(service.runtime.context.door.decide(subject_id=subject_id, items=("email",), purpose="promote").outcome)


def test_an_unstated_purpose_is_blocked_until_that_customer_says_yes(service: Service) -> None:
    """P11: nobody gets news; after alice's yes she does and bob does not; after her withdrawal she does not."""
    alice, bob = service.register(ALICE), service.register(BOB)
    assert news_of(service) == []
    say(alice, ask(alice), "yes")
    assert [mail.recipient for mail in news_of(service)] == [ALICE["email"]]
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', alice.get("/me/consents").text)
    assert alice.send_form(action).status_code == 200
    assert len(news_of(service)) == 1
    assert (outcome(service, alice), outcome(service, bob)) != ("permit", "permit")


def test_yes_and_no_are_equally_easy(service: Service) -> None:
    """P11: one press each, with the same words before them: the two buttons differ in their answer alone."""
    alice = service.register(ALICE)
    page = alice.get(ask(alice)).text
    buttons = re.findall(r"<button ([^>]*)>", page[page.index("<main") : page.index("</main>")])
    assert {button.replace('value="no"', "").replace('value="yes"', "") for button in buttons} == {
        'class="btn" name="answer" '
    }
    assert len(buttons) == 2
    assert "checked" not in page


def test_no_answer_is_no(service: Service) -> None:
    """P11: asked, opened and left alone: nothing is permitted, however long one waits."""
    alice = service.register(ALICE)
    subject_id = only_subject(service)
    alice.get(ask(alice))
    for _ in range(3):
        service.clock.advance(timedelta(days=30))
        assert allowed(service, subject_id) == "ask"
    assert news_of(service) == []


def test_a_no_is_left_alone_for_the_quiet_time(service: Service) -> None:
    """P11: not asked again for half a year, then once more it may be."""
    alice = service.register(ALICE)
    subject_id = only_subject(service)
    say(alice, ask(alice), "no")
    service.clock.advance(timedelta(days=179))
    assert allowed(service, subject_id) == "deny"
    service.clock.advance(timedelta(days=2))
    assert allowed(service, subject_id) == "ask"


def test_every_answer_is_on_record_for_its_customer(service: Service) -> None:
    """P11: the yes and its end stand among the uses that alice sees."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', alice.get("/me/consents").text)
    alice.send_form(action)
    service.settle()
    page = unescape(alice.get("/me/uses").text)
    assert "Bạn rút lại sự đồng ý hoặc chấp thuận" in page
