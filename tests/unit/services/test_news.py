"""Improvement news: the gate is asked for each customer, page by page, and no one is written to twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import ConflictError, NotFoundError
from camket.core.notices.news import NEWS
from camket.core.terms import Outcome
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.rows import MailState
from camket.rows.news import NewsState
from camket.services import news, retention, unsubscriptions
from camket.services.forms import FormError
from camket.services.news import NEWS_JOB, find_news, list_news, send_news, write_news
from camket.services.outbox import queue_mail_in
from tests.journeys import Customer, LostError, Service, StoppingStore, register, run_all
from tests.unit.services.consenting import ask, gate, say

if TYPE_CHECKING:
    from camket.ports import Mail

OFFICER = "staff:officer-1"
WORDS = {"title_vi": "Tin mới", "title_en": "News", "text_vi": "Một.\n\nHai.", "text_en": "One.\n\nTwo."}


@pytest.fixture
def service(journey: Service) -> Service:
    """Return a running service through which customers go as people do."""
    return journey


def customers(service: Service, count: int) -> list[Customer]:
    """Return so many customers; every other one agreed to news."""
    found = [
        register(service, f"Alice {number}", email=f"alice{number}@shop.example", phone=f"09123450{number:02}")
        for number in range(count)
    ]
    for one in found[::2]:
        say(service, ask(service, one.subject_id), yes=True)
    service.work()
    service.mail.mails.clear()
    return found


def sent_to(service: Service) -> list[str]:
    """Return to whom news went, in the order of their addresses."""
    service.work()
    return sorted(mail.recipient for mail in service.mail.mails if mail.list_unsubscribe is not None)


def test_everything_an_officer_does_to_news_stands_in_the_ledger(service: Service) -> None:
    """Writing, rewriting, dropping and sending, each with the officer."""
    kept, dropped = (write_news(service.ctx, actor=OFFICER, typed=WORDS) for _ in range(2))
    news.rewrite_news(service.ctx, actor=OFFICER, news_id=kept, typed=WORDS | {"title_en": "More news"})
    news.drop_news(service.ctx, actor=OFFICER, news_id=dropped)
    send_news(service.ctx, actor=OFFICER, news_id=kept)
    rows = service.ctx.store.read(lambda unit: [unit.records.get(number) for number in range(1, 20)])
    facts = [json.loads(row.facts) for row in rows if row is not None]
    done = [(one["action"], one["purpose"]) for one in facts if one["actor"] == OFFICER]
    assert done == [("staff", "promote")] * 4 + [("notice", "promote")]


def test_news_goes_page_by_page_to_who_agreed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the pages fall, everyone is asked about once and those who agreed get one mail each."""
    monkeypatch.setattr(news, "PAGE", 2)
    customers(service, 5)
    news_id = write_news(service.ctx, actor=OFFICER, typed=WORDS)
    send_news(service.ctx, actor=OFFICER, news_id=news_id)
    assert sent_to(service) == [f"alice{number}@shop.example" for number in (0, 2, 4)]
    found = find_news(service.ctx, news_id)
    assert (found.state, found.asked, found.queued) == (NewsState.SENT, 5, 3)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("commit", [2, 3])
def test_a_node_that_is_lost_leaves_no_one_out_and_no_one_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch, commit: int, *, before: bool
) -> None:
    """At each commit of the job, before it and after it: whoever goes on begins at the page that was not stored."""
    monkeypatch.setattr(news, "PAGE", 2)
    customers(service, 4)
    news_id = write_news(service.ctx, actor=OFFICER, typed=WORDS)
    send_news(service.ctx, actor=OFFICER, news_id=news_id)
    stopping = StoppingStore(service.ctx.store, commit, before=before)
    lost = Engine(replace(service.ctx, store=stopping), {NEWS_JOB: KINDS[NEWS_JOB]})
    with pytest.raises(LostError):
        run_all(lost)
    service.clock.advance(minutes=10)
    assert sent_to(service) == ["alice0@shop.example", "alice2@shop.example"]
    assert find_news(service.ctx, news_id).queued == 2


def test_a_piece_is_sent_once(service: Service) -> None:
    """A second press changes nothing and queues nothing."""
    customers(service, 1)
    news_id = write_news(service.ctx, actor=OFFICER, typed=WORDS)
    send_news(service.ctx, actor=OFFICER, news_id=news_id)
    with pytest.raises(ConflictError):
        send_news(service.ctx, actor=OFFICER, news_id=news_id)
    with pytest.raises(ConflictError):
        news.drop_news(service.ctx, actor=OFFICER, news_id=news_id)
    assert len(sent_to(service)) == 1


def test_who_is_gone_when_the_mail_would_leave_gets_none(service: Service) -> None:
    """The mail is settled as denied; the addresses in mails of someone who was erased end nothing any more."""
    (alice,) = customers(service, 1)
    news_id = write_news(service.ctx, actor=OFFICER, typed=WORDS)
    send_news(service.ctx, actor=OFFICER, news_id=news_id)
    (address,) = [mail.list_unsubscribe for mail in news_mails(service)]
    token = str(address).rpartition("/")[2]
    assert unsubscriptions.find_unsubscription(service.ctx, token).subscribed
    alice.accept_erasure()
    service.work()
    with pytest.raises(NotFoundError):
        unsubscriptions.unsubscribe(service.ctx, token)
    service.mail.mails.clear()
    send_news(service.ctx, actor=OFFICER, news_id=write_news(service.ctx, actor=OFFICER, typed=WORDS))
    assert sent_to(service) == []


def news_mails(service: Service) -> list[Mail]:
    """Return the mails of news that went."""
    service.work()
    return [mail for mail in service.mail.mails if mail.list_unsubscribe is not None]


def test_one_click_ends_the_consent_in_the_gate(service: Service) -> None:
    """At once and for good; the consent of another customer stands; after two years the address is forgotten."""
    alice, _, bob = customers(service, 3)
    send_news(service.ctx, actor=OFFICER, news_id=write_news(service.ctx, actor=OFFICER, typed=WORDS))
    service.work()
    tokens = {mail.recipient: str(mail.list_unsubscribe).rpartition("/")[2] for mail in service.mail.mails}
    assert not unsubscriptions.unsubscribe(service.ctx, tokens[alice.email]).subscribed
    assert not unsubscriptions.unsubscribe(service.ctx, tokens[alice.email]).subscribed
    assert gate(service, alice.subject_id) is not Outcome.PERMIT
    assert gate(service, bob.subject_id) is Outcome.PERMIT
    service.clock.advance(days=731)
    retention.sweep_traces(service.ctx)
    with pytest.raises(NotFoundError):
        unsubscriptions.find_unsubscription(service.ctx, tokens[bob.email])


def test_every_try_of_a_mail_carries_the_same_address(service: Service) -> None:
    """The token follows from the mail; nothing of it can be read from the database."""
    (alice,) = customers(service, 1)
    ctx = service.ctx

    def address() -> str:
        return ctx.store.write(
            lambda unit: unsubscriptions.unsubscribe_address_in(
                unit, ctx, mail_id="m1", subject_id=alice.subject_id, purpose=NEWS.purpose
            )
        )

    first = address()
    assert address() == first
    token = first.rpartition("/")[2]
    assert ctx.store.read(lambda unit: unit.news.unsubscription(token.encode())) is None
    assert ctx.store.read(lambda unit: unit.news.unsubscription(bytes.fromhex(token))) is None


@pytest.mark.parametrize(
    "change",
    [{"title_vi": ""}, {"text_en": " "}, {"title_en": "x" * 121}, {"text_vi": "x" * 2001}, {"title_vi": "a\nb"}],
)
def test_news_is_whole_in_every_language(service: Service, change: dict[str, str]) -> None:
    """A missing, a long and a broken field are refused by name, and no draft is kept."""
    with pytest.raises(FormError) as refused:
        write_news(service.ctx, actor=OFFICER, typed=WORDS | change)
    assert set(refused.value.problems) == set(change)
    assert list_news(service.ctx) == ()


def test_a_mail_of_a_piece_that_is_gone_is_not_sent(service: Service) -> None:
    """A queued mail names its piece; without it there is nothing to send."""
    (alice,) = customers(service, 1)
    ctx = service.ctx
    ctx.store.write(
        lambda unit: queue_mail_in(unit, ctx, subject_id=alice.subject_id, template="news", args={"news": "x"})
    )
    assert sent_to(service) == []
    rows = ctx.store.read(lambda unit: unit.outbox.of_subject(alice.subject_id, limit=9))
    assert [row.state for row in rows if row.template == "news"] == [MailState.DENIED]
