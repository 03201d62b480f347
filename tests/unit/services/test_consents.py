"""Consents: asked with their exact text, answered, withdrawn, and what the gate makes of it."""

from __future__ import annotations

import pytest

from camket.core.errors import ConflictError, DeniedError, InvalidValueError, NotFoundError, RateLimitedError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import Language, Outcome
from camket.rows import FactKind, FactRow
from camket.services.consents import (
    AskedThrough,
    EventKind,
    Expression,
    Withdrawn,
    answer,
    ask_question,
    open_question,
    withdraw,
    withdraw_purpose,
)
from camket.services.policies import publish_policy
from camket.services.questions import QUESTIONS_AN_HOUR
from camket.services.signals import note_gpc
from camket.services.uses import facts_of
from tests.unit.services.conftest import BOB, OpenService, Service
from tests.unit.services.consenting import PROMOTE, PROMOTE_BASIS, ask, changed_policy, gate, say

DAY = 24 * 3600


def history(service: Service, subject_id: str) -> list[EventKind]:
    """Return what the history tells, oldest first."""
    return [one.kind for one in service.ctx.store.read(lambda unit: unit.consents.of_subject(subject_id))]


def recorded(service: Service, subject_id: str) -> list[LedgerAction]:
    """Return what the ledger holds about a subject, oldest first."""
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(subject_id, limit=100))
    return [facts_of(row.facts).action for row in reversed(rows)]


def click(service: Service, subject_id: str) -> Withdrawn | None:
    """Unsubscribe by the one click of a mail."""
    return withdraw_purpose(
        service.ctx,
        subject_id=subject_id,
        purpose=PROMOTE,
        through=AskedThrough.EMAIL,
        expression=Expression.ONE_CLICK,
    )


def test_a_yes_opens_the_gate_and_a_withdrawal_shuts_it(service: Service) -> None:
    """Asking permits nothing; from the yes on the gate permits, and from the withdrawal on it is as if never given."""
    alice = service.register().subject_id
    question = ask(service, alice)
    assert gate(service, alice) is Outcome.ASK
    consent = say(service, question, yes=True)
    assert gate(service, alice) is Outcome.PERMIT
    withdrawn = withdraw(service.ctx, subject_id=alice, consent_id=consent)
    assert gate(service, alice) is Outcome.ASK
    assert "“Gửi tin cải tiến và ưu đãi”" in withdrawn.stops[Language.VI][0]
    assert "“Send you news of improvements and offers”" in withdrawn.stops[Language.EN][0]


def test_answer_and_withdrawal_are_in_the_ledger_and_the_history(service: Service) -> None:
    """Each has an entry with its items and purpose, about the exact text; the history keeps text, time and manner."""
    alice = service.register().subject_id
    before = len(recorded(service, alice))
    question = ask(service, alice)
    consent = say(service, question, yes=True)
    withdraw(service.ctx, subject_id=alice, consent_id=consent)
    assert recorded(service, alice)[before:] == [LedgerAction.CONSENT, LedgerAction.WITHDRAW]
    asked, given, withdrawn = service.ctx.store.read(lambda unit: unit.consents.of_subject(alice))
    assert (asked.kind, given.kind, withdrawn.kind) == (EventKind.ASKED, EventKind.GIVEN, EventKind.WITHDRAWN)
    assert asked.text_hash == given.text_hash == withdrawn.text_hash == question.text_hash
    assert (given.language, given.through, given.expression) == (Language.VI, AskedThrough.PAGE, Expression.BUTTON)
    row = service.ctx.store.read(lambda unit: unit.records.get(given.record_id or 0))
    assert row is not None
    facts = facts_of(row.facts)
    assert (facts.purpose, facts.items, facts.history) == (PROMOTE, question.target.items, question.text_hash)


def test_the_text_says_what_a_subject_must_know(service: Service) -> None:
    """Who, what for, which items, until when, how to withdraw, what a no means: in the language asked for."""
    alice = service.register().subject_id
    vi, en = ask(service, alice).text, ask(service, alice, language=Language.EN).text
    assert vi.title == "Bạn có đồng ý để Quầy dùng thông tin của bạn cho mục đích “Gửi tin cải tiến và ưu đãi” không?"
    assert "Thông tin được dùng: Họ tên, Thư điện tử, Ngôn ngữ, Dịch vụ bạn dùng." in vi.body
    assert len(vi.body) == len(en.body)
    assert any("withdraw at any time" in line for line in en.body)
    assert any("180 days" in line for line in en.body)
    assert vi.hash != en.hash


def test_the_same_open_question_is_not_doubled(service: Service) -> None:
    """Asked again while it is open it is the same question; nothing more is written down."""
    alice = service.register().subject_id
    first, second = ask(service, alice), ask(service, alice)
    assert first == second
    assert history(service, alice) == [EventKind.ASKED]
    assert open_question(service.ctx, subject_id=alice, question_id=first.id) == first


def test_a_newer_question_takes_the_place_of_an_older_one(service: Service) -> None:
    """The answer to the older one is refused and changes nothing; the newer one is answered."""
    alice = service.register().subject_id
    older, newer = ask(service, alice), ask(service, alice, language=Language.EN)
    with pytest.raises(ConflictError, match="old one"):
        say(service, older, yes=True)
    with pytest.raises(NotFoundError):
        open_question(service.ctx, subject_id=alice, question_id=older.id)
    assert gate(service, alice) is Outcome.ASK
    say(service, newer, yes=True)
    assert gate(service, alice) is Outcome.PERMIT


def test_someone_elses_question_is_not_there(service: Service) -> None:
    """Bob can neither see nor answer what alice is asked, and cannot withdraw what she said."""
    alice = service.register().subject_id
    bob = service.register(BOB, browser="other").subject_id
    question = ask(service, alice)
    with pytest.raises(NotFoundError):
        open_question(service.ctx, subject_id=bob, question_id=question.id)
    with pytest.raises(NotFoundError):
        answer(service.ctx, subject_id=bob, question_id=question.id, yes=True, expression=Expression.BUTTON)
    consent = say(service, question, yes=True)
    with pytest.raises(NotFoundError):
        withdraw(service.ctx, subject_id=bob, consent_id=consent)
    assert (gate(service, alice), gate(service, bob)) == (Outcome.PERMIT, Outcome.ASK)


def test_a_question_is_good_for_a_day(service: Service) -> None:
    """On the instant a day later its answer is refused; a moment before, it is taken."""
    alice = service.register().subject_id
    question = ask(service, alice)
    service.clock.advance(seconds=DAY - 1)
    assert open_question(service.ctx, subject_id=alice, question_id=question.id).id == question.id
    service.clock.advance(seconds=1)
    with pytest.raises(ConflictError):
        say(service, question, yes=True)
    assert gate(service, alice) is Outcome.ASK
    assert ask(service, alice).id != question.id


def test_the_same_answer_twice_is_once(service: Service) -> None:
    """A form that is sent twice gives one consent, one refusal, one ledger entry."""
    alice = service.register().subject_id
    question = ask(service, alice)
    assert say(service, question, yes=True) == say(service, question, yes=True)
    assert history(service, alice) == [EventKind.ASKED, EventKind.GIVEN]
    bob = service.register(BOB, browser="other").subject_id
    asked = ask(service, bob)
    say(service, asked, yes=False)
    say(service, asked, yes=False)
    assert history(service, bob) == [EventKind.ASKED, EventKind.REFUSED]
    assert recorded(service, bob).count(LedgerAction.REFUSAL) == 1


@pytest.mark.parametrize(("first", "then"), [(True, False), (False, True)])
def test_of_two_answers_the_newest_stands(service: Service, *, first: bool, then: bool) -> None:
    """While the question is open an answer can be changed, either way; the gate knows the last one."""
    alice = service.register().subject_id
    question = ask(service, alice)
    say(service, question, yes=first)
    say(service, question, yes=then)
    assert gate(service, alice) is (Outcome.PERMIT if then else Outcome.DENY)
    answered = open_question(service.ctx, subject_id=alice, question_id=question.id).answered
    assert answered is (EventKind.GIVEN if then else EventKind.REFUSED)


def test_a_no_is_left_alone_for_the_quiet_time(service: Service) -> None:
    """For 180 days it is not asked again, unless the subject asks for it; after them it may be."""
    alice = service.register().subject_id
    say(service, ask(service, alice), yes=False)
    assert gate(service, alice) is Outcome.DENY
    service.clock.advance(days=180, seconds=-1)
    with pytest.raises(DeniedError, match="not to be asked before"):
        ask(service, alice)
    assert ask(service, alice, wanted=True).kind == "consent"
    service.clock.advance(days=1)
    assert gate(service, alice) is Outcome.ASK
    say(service, ask(service, alice), yes=True)
    assert gate(service, alice) is Outcome.PERMIT


def test_who_withdrew_is_left_alone_as_well(service: Service) -> None:
    """A withdrawal is a no: it is not asked again in the quiet time unless the subject wants to be asked."""
    alice = service.register().subject_id
    withdraw(service.ctx, subject_id=alice, consent_id=say(service, ask(service, alice), yes=True))
    with pytest.raises(DeniedError, match="it was withdrawn"):
        ask(service, alice)
    say(service, ask(service, alice, wanted=True), yes=True)
    assert gate(service, alice) is Outcome.PERMIT


def test_a_former_answer_sent_again_does_not_undo_a_withdrawal(service: Service) -> None:
    """A replayed yes is refused once what it gave was withdrawn."""
    alice = service.register().subject_id
    question = ask(service, alice)
    withdraw(service.ctx, subject_id=alice, consent_id=say(service, question, yes=True))
    with pytest.raises(ConflictError):
        say(service, question, yes=True)
    assert gate(service, alice) is Outcome.ASK


def test_withdrawing_twice_is_once(service: Service) -> None:
    """The second time says the same and writes nothing."""
    alice = service.register().subject_id
    consent = say(service, ask(service, alice), yes=True)
    first = withdraw(service.ctx, subject_id=alice, consent_id=consent)
    service.clock.advance(hours=1)
    second = withdraw(service.ctx, subject_id=alice, consent_id=consent)
    assert (first.ended, second.ended) == (1, 0)
    assert (second.at, second.stops) == (first.at, first.stops)
    assert history(service, alice).count(EventKind.WITHDRAWN) == 1


def test_one_click_withdraws_every_yes_to_the_same_purpose(service: Service) -> None:
    """Two yeses to parts of the purpose end together; where there is none, nothing is written."""
    alice = service.register().subject_id
    for items in (("email",), ("name",)):
        question = ask_question(
            service.ctx,
            subject_id=alice,
            purpose=PROMOTE,
            items=items,
            language=Language.VI,
            through=AskedThrough.API,
        )
        say(service, question, yes=True)
    assert (gate(service, alice), gate(service, alice, item="name")) == (Outcome.PERMIT, Outcome.PERMIT)
    ended = click(service, alice)
    assert ended is not None
    assert ended.ended == 2
    assert (gate(service, alice), gate(service, alice, item="name")) == (Outcome.ASK, Outcome.ASK)
    assert click(service, alice) is None


def test_only_what_is_missing_is_asked(service: Service) -> None:
    """Items that were agreed to are not asked about again; where none is left there is nothing to ask."""
    alice = service.register().subject_id
    part = ask_question(
        service.ctx,
        subject_id=alice,
        purpose=PROMOTE,
        items=("email",),
        language=Language.VI,
        through=AskedThrough.PAGE,
    )
    say(service, part, yes=True)
    rest = ask(service, alice)
    assert rest.target.items == ("name", "language", "service.use")
    say(service, rest, yes=True)
    with pytest.raises(ConflictError, match="nothing to ask"):
        ask(service, alice)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"purpose": "promot"}, "no purpose `promot` .did you mean `promote`"),
        ({"purpose": "improve"}, "rests on no consent"),
        ({"purpose": PROMOTE, "items": ("phone",)}, "has no item `phone`"),
        ({"recipient": "bank"}, "no recipient `bank`"),
        ({"clauses": ("use(email, nothing, stated)",)}, "has no clause"),
        ({"purpose": PROMOTE, "clauses": ()}, "about one thing"),
        ({}, "about one thing"),
    ],
)
def test_what_cannot_be_asked_is_refused(service: Service, asked: dict[str, object], message: str) -> None:
    """Unknown names, uses that need no yes, two things at once: refused in words, nothing written."""
    alice = service.register().subject_id
    with pytest.raises(InvalidValueError, match=message):
        ask_question(
            service.ctx,
            subject_id=alice,
            language=Language.VI,
            through=AskedThrough.API,
            **asked,  # type: ignore[arg-type]  # each case names what it asks for
        )
    assert history(service, alice) == []


def test_a_signal_is_told_of_and_overridden_by_a_yes(service: Service) -> None:
    """With Global Privacy Control nothing is asked; who asks for it is told of the signal, and their yes wins."""
    alice = service.register().subject_id
    note_gpc(service.ctx, alice)
    service.clock.advance(seconds=1)
    with pytest.raises(DeniedError):
        ask(service, alice)
    question = ask(service, alice, wanted=True)
    assert question.signalled
    assert "Global Privacy Control" in question.text.body[-1]
    service.clock.advance(seconds=1)
    say(service, question, yes=True)
    assert gate(service, alice) is Outcome.PERMIT
    row = service.ctx.store.read(lambda unit: unit.subjects.get(alice))
    assert row is not None
    assert row.gpc_overridden_at == service.clock.now()


def test_a_yes_that_was_not_told_of_the_signal_is_refused(service: Service) -> None:
    """A question from before the signal does not tell of it: its yes changes nothing, its no is taken."""
    alice = service.register().subject_id
    question = ask(service, alice)
    service.clock.advance(seconds=1)
    note_gpc(service.ctx, alice)
    with pytest.raises(ConflictError, match="Global Privacy Control"):
        say(service, question, yes=True)
    assert gate(service, alice) is Outcome.DENY
    say(service, question, yes=False)
    assert history(service, alice) == [EventKind.ASKED, EventKind.REFUSED]


def test_an_earlier_yes_is_suspended_until_it_is_confirmed(service: Service) -> None:
    """The signal suspends it; a new yes, told of the signal, confirms it and is written down as renewed."""
    alice = service.register().subject_id
    say(service, ask(service, alice), yes=True)
    service.clock.advance(seconds=1)
    note_gpc(service.ctx, alice)
    assert gate(service, alice) is Outcome.DENY
    service.clock.advance(seconds=1)
    say(service, ask(service, alice, wanted=True), yes=True)
    assert gate(service, alice) is Outcome.PERMIT
    assert history(service, alice)[-1] is EventKind.RENEWED


def test_a_question_of_an_older_version_is_an_old_question(service: Service) -> None:
    """When a new version takes effect the question is asked anew, with that version's text."""
    alice = service.register().subject_id
    question = ask(service, alice)
    publish_policy(
        service.ctx,
        changed_policy(("Send you news of improvements and offers", "Send you news of improvements and good offers")),
    )
    with pytest.raises(ConflictError):
        say(service, question, yes=True)
    newer = ask(service, alice)
    assert (newer.version, newer.text_hash == question.text_hash) == (2, True)
    say(service, newer, yes=True)
    assert gate(service, alice) is Outcome.PERMIT


def test_a_restricted_purpose_is_not_asked_for(service: Service) -> None:
    """Where the gate would deny for another reason than a no, nobody is asked, wanted or not."""
    alice = service.register().subject_id
    restriction = FactRow(
        id="1",
        subject_id=alice,
        kind=FactKind.RESTRICTION,
        body={"purposes": [PROMOTE]},
        at=service.clock.now(),
        withdrawn_at=None,
    )
    service.ctx.store.write(lambda unit: unit.facts.add(restriction))
    with pytest.raises(DeniedError):
        ask(service, alice, wanted=True)


def test_who_is_erased_is_neither_asked_nor_heard(service: Service) -> None:
    """After an erasure there is no such account, for questions and for answers."""
    alice = service.register().subject_id
    question = ask(service, alice)
    service.ctx.store.write(lambda unit: unit.subjects.erase(alice, at=service.clock.now()))
    with pytest.raises(NotFoundError):
        ask(service, alice, wanted=True)
    with pytest.raises(NotFoundError):
        say(service, question, yes=True)


def test_a_consent_that_ends_by_its_date(open_service: OpenService) -> None:
    """The policy says how long a yes is good; on that instant the gate asks again, and it can be renewed before."""
    service = open_service()
    publish_policy(service.ctx, changed_policy((PROMOTE_BASIS, f"{PROMOTE_BASIS}    valid: 30 days\n")))
    alice = service.register().subject_id
    question = ask(service, alice)
    assert "30 ngày" in " ".join(question.text.body)
    say(service, question, yes=True)
    with pytest.raises(ConflictError, match="nothing to ask"):
        ask(service, alice)
    service.clock.advance(days=20)
    say(service, ask(service, alice, wanted=True), yes=True)
    service.clock.advance(days=20)
    assert gate(service, alice) is Outcome.PERMIT
    service.clock.advance(days=10)
    assert gate(service, alice) is Outcome.ASK
    assert history(service, alice) == [EventKind.ASKED, EventKind.GIVEN, EventKind.ASKED, EventKind.RENEWED]


def test_questions_without_end_are_refused(service: Service) -> None:
    """So many new questions an hour and no more, whatever asks for them; nothing is stored for one too many."""
    alice = service.register().subject_id
    languages = (Language.VI, Language.EN)
    for number in range(QUESTIONS_AN_HOUR):
        ask(service, alice, language=languages[number % 2])
    with pytest.raises(RateLimitedError):
        ask(service, alice, language=languages[QUESTIONS_AN_HOUR % 2])
    assert len(history(service, alice)) == QUESTIONS_AN_HOUR
    service.clock.advance(hours=1)
    ask(service, alice, language=languages[QUESTIONS_AN_HOUR % 2])


def test_a_no_is_heard_however_often_one_changes_ones_mind(service: Service) -> None:
    """New yeses are counted by the hour; the no after the last of them always counts."""
    alice = service.register().subject_id
    question = ask(service, alice)
    for _ in range(QUESTIONS_AN_HOUR):
        say(service, question, yes=True)
        say(service, question, yes=False)
    with pytest.raises(RateLimitedError):
        say(service, question, yes=True)
    say(service, question, yes=False)
    assert gate(service, alice) is Outcome.DENY
