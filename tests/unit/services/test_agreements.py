"""Agreements to a new version, clause by clause, and the page of all consents and agreements."""

from __future__ import annotations

import pytest

from camket.core.errors import ConflictError, DeniedError, InvalidValueError
from camket.core.terms import Language, Outcome
from camket.services.consents import (
    AskedThrough,
    Expression,
    OwnConsent,
    OwnState,
    Question,
    QuestionKind,
    answer,
    ask_question,
    standing_of,
    withdraw,
)
from camket.services.policies import publish_policy
from camket.services.signals import note_gpc
from tests.unit.services.conftest import BOB, Service
from tests.unit.services.consenting import (
    IMPROVE_ITEMS,
    IMPROVE_PHONE,
    PROMOTE,
    PROMOTE_BASIS,
    ask,
    changed_policy,
    gate,
    say,
)

LONGER = "keep(device.id, P120D@last_used)"


def publish_more(service: Service) -> None:
    """Publish a version that uses the phone number to improve the services."""
    publish_policy(service.ctx, changed_policy((IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n")))


def ask_changes(service: Service, subject_id: str, *clauses: str, wanted: bool = False) -> Question:
    """Ask for agreements to these clauses; to all open ones where none is named."""
    return ask_question(
        service.ctx,
        subject_id=subject_id,
        clauses=clauses,
        language=Language.EN,
        through=AskedThrough.PAGE,
        wanted=wanted,
    )


def improve(service: Service, subject_id: str) -> Outcome:
    """Return what the gate says to using the phone number to improve the services."""
    return gate(service, subject_id, item="phone", purpose="improve")


def reply(service: Service, question: Question, **answers: bool) -> tuple[str, ...]:
    """Answer by a form; return what stands now."""
    yes = {IMPROVE_PHONE: answers["improve"]} if "improve" in answers else {}
    return answer(
        service.ctx,
        subject_id=question.subject_id,
        question_id=question.id,
        yes=yes,
        expression=Expression.FORM,
    ).given


def own(service: Service, subject_id: str) -> dict[str, OwnConsent]:
    """Return the page, by purpose or clause."""
    page = standing_of(service.ctx, subject_id=subject_id, language=Language.EN)
    return {str(one.purpose or one.clause): one for one in (*page.consents, *page.agreements)}


def test_a_new_use_waits_for_its_yes(service: Service) -> None:
    """For who joined before, it is asked; from the yes on it is permitted, and a withdrawal ends it again."""
    alice = service.register().subject_id
    publish_more(service)
    assert improve(service, alice) is Outcome.ASK
    question = ask_changes(service, alice)
    assert [one.clause for one in question.text.clauses] == [IMPROVE_PHONE]
    assert "Phone number" in question.text.clauses[0].says
    (agreement,) = reply(service, question, improve=True)
    assert improve(service, alice) is Outcome.PERMIT
    withdrawn = withdraw(service.ctx, subject_id=alice, consent_id=agreement)
    assert improve(service, alice) is Outcome.ASK
    assert withdrawn.kind is QuestionKind.AGREEMENT
    assert "Phone number" in withdrawn.stops[Language.EN][0]


def test_who_joined_under_it_has_nothing_to_agree_to(service: Service) -> None:
    """A version that a subject joined under holds for them whole."""
    publish_more(service)
    bob = service.register(BOB).subject_id
    assert improve(service, bob) is Outcome.PERMIT
    with pytest.raises(ConflictError, match="nothing to agree to"):
        ask_changes(service, bob)
    assert IMPROVE_PHONE not in own(service, bob)


def test_each_clause_is_answered_alone(service: Service) -> None:
    """A clause without an answer stays open and unanswered; a yes to one says nothing about another."""
    alice = service.register().subject_id
    longer = ("    maximum: 90 days\n    clock: last_used", "    maximum: 120 days\n    clock: last_used")
    publish_policy(service.ctx, changed_policy((IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n"), longer))
    question = ask_changes(service, alice)
    clauses = {one.clause for one in question.text.clauses}
    assert {IMPROVE_PHONE, LONGER} <= clauses
    assert len(reply(service, question, improve=True)) == 1
    page = own(service, alice)
    assert (page[IMPROVE_PHONE].state, page[LONGER].state) == (OwnState.VALID, OwnState.UNANSWERED)
    assert reply(service, question) == ()


def test_a_refused_clause_is_left_alone(service: Service) -> None:
    """After a no nothing changes for the subject, and it is not asked again in the quiet time."""
    alice = service.register().subject_id
    publish_more(service)
    assert reply(service, ask_changes(service, alice), improve=False) == ()
    assert improve(service, alice) is Outcome.ASK
    with pytest.raises(DeniedError, match="it was refused"):
        ask_changes(service, alice)
    assert own(service, alice)[IMPROVE_PHONE].state is OwnState.REFUSED
    again = ask_changes(service, alice, IMPROVE_PHONE, wanted=True)
    reply(service, again, improve=True)
    assert improve(service, alice) is Outcome.PERMIT


def test_a_withdrawn_clause_is_left_alone_as_well(service: Service) -> None:
    """A withdrawal is a no here too: not asked again in the quiet time, but for who wants to be."""
    alice = service.register().subject_id
    publish_more(service)
    (agreement,) = reply(service, ask_changes(service, alice), improve=True)
    withdraw(service.ctx, subject_id=alice, consent_id=agreement)
    with pytest.raises(DeniedError, match="not to be asked before"):
        ask_changes(service, alice)
    assert own(service, alice)[IMPROVE_PHONE].quiet_until is not None
    assert ask_changes(service, alice, wanted=True).text.clauses
    service.clock.advance(days=180)
    assert ask_changes(service, alice).text.clauses


def test_the_newest_answer_to_a_clause_stands(service: Service) -> None:
    """Yes and then no to the same question is a no, also where the yes came through another question."""
    alice = service.register().subject_id
    publish_more(service)
    question = ask_changes(service, alice)
    first = reply(service, question, improve=True)
    assert reply(service, question, improve=True) == first
    assert reply(service, question, improve=False) == ()
    assert improve(service, alice) is Outcome.ASK
    reply(service, question, improve=True)
    assert improve(service, alice) is Outcome.PERMIT


def test_an_answer_to_an_older_version_changes_nothing(service: Service) -> None:
    """When another version takes effect, what was asked about the one before is an old question."""
    alice = service.register().subject_id
    publish_more(service)
    question = ask_changes(service, alice)
    files = changed_policy((IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n"), ("id: quay\n", "id: quay\n\n"))
    publish_policy(service.ctx, files)
    with pytest.raises(ConflictError, match="old one"):
        reply(service, question, improve=True)
    assert improve(service, alice) is Outcome.ASK


def test_a_clause_that_was_not_asked_about_cannot_be_answered(service: Service) -> None:
    """The answer is refused whole, with the nearest clause; nothing of it is written."""
    alice = service.register().subject_id
    publish_more(service)
    question = ask_changes(service, alice)
    with pytest.raises(InvalidValueError, match="does not ask about"):
        answer(
            service.ctx,
            subject_id=alice,
            question_id=question.id,
            yes={IMPROVE_PHONE: True, "use(email, improve, stated)": True},
            expression=Expression.FORM,
        )
    assert improve(service, alice) is Outcome.ASK


def test_a_consent_is_not_answered_clause_by_clause(service: Service) -> None:
    """A mapping is an answer to agreements alone."""
    alice = service.register().subject_id
    question = ask(service, alice)
    with pytest.raises(InvalidValueError):
        answer(
            service.ctx,
            subject_id=alice,
            question_id=question.id,
            yes={question.target.clauses[0]: True},
            expression=Expression.FORM,
        )


def test_the_page_tells_every_state_of_a_consent(service: Service) -> None:
    """Never asked, unanswered, refused, valid, suspended, withdrawn: each with its time, text and end."""
    alice = service.register().subject_id
    assert own(service, alice)[PROMOTE].state is OwnState.NEVER_ASKED
    question = ask(service, alice)
    assert own(service, alice)[PROMOTE].state is OwnState.UNANSWERED
    say(service, question, yes=False)
    refused = own(service, alice)[PROMOTE]
    assert (refused.state, refused.text, refused.withdrawable) == (OwnState.REFUSED, question.text, False)
    assert refused.quiet_until is not None
    service.clock.advance(seconds=1)
    say(service, ask(service, alice, wanted=True), yes=True)
    valid = own(service, alice)[PROMOTE]
    assert (valid.state, valid.since, valid.version) == (OwnState.VALID, service.clock.now(), 1)
    assert valid.label == "Send you news of improvements and offers"
    assert valid.stops == (
        (
            "“Name”, “E-mail address”, “Language”, “Services you use” will no longer be used for the purpose "
            "“Send you news of improvements and offers”."
        ),
    )
    service.clock.advance(seconds=1)
    note_gpc(service.ctx, alice)
    assert own(service, alice)[PROMOTE].state is OwnState.SUSPENDED
    withdraw(service.ctx, subject_id=alice, consent_id=str(valid.consent_id))
    gone = own(service, alice)[PROMOTE]
    assert (gone.state, gone.stops, gone.since) == (OwnState.WITHDRAWN, (), service.clock.now())


def test_the_page_tells_what_a_yes_is_for(service: Service) -> None:
    """A yes to some items of a purpose shows those, and which ones it is not for; with all of them none is left."""
    alice = service.register().subject_id
    part = ask_question(
        service.ctx,
        subject_id=alice,
        purpose=PROMOTE,
        items=("email", "name"),
        language=Language.EN,
        through=AskedThrough.PAGE,
    )
    say(service, part, yes=True)
    some = own(service, alice)[PROMOTE]
    assert (some.items, some.uncovered) == (("E-mail address", "Name"), ("Language", "Services you use"))
    say(service, ask(service, alice), yes=True)
    whole = own(service, alice)[PROMOTE]
    assert (set(whole.items), whole.uncovered) == (
        {"E-mail address", "Name", "Language", "Services you use"},
        (),
    )


def test_the_page_tells_that_a_consent_ended(service: Service) -> None:
    """By its date it is expired; where its purpose means something else now, or is gone, it has ended."""
    publish_policy(service.ctx, changed_policy((PROMOTE_BASIS, f"{PROMOTE_BASIS}    valid: 30 days\n")))
    alice = service.register().subject_id
    say(service, ask(service, alice), yes=True)
    assert own(service, alice)[PROMOTE].valid_until is not None
    service.clock.advance(days=30)
    assert own(service, alice)[PROMOTE].state is OwnState.EXPIRED
    say(service, ask(service, alice), yes=True)
    other_meaning = ("dpv: dpv:DirectMarketing", "dpv: dpv:ServiceOptimisation")
    publish_policy(service.ctx, changed_policy(other_meaning))
    assert own(service, alice)[PROMOTE].state is OwnState.ENDED
    assert gate(service, alice) is Outcome.ASK


def test_an_agreement_does_not_outlive_its_clause(service: Service) -> None:
    """Dropped and added again it is asked anew; the page says that the former agreement has ended."""
    alice = service.register().subject_id
    publish_more(service)
    reply(service, ask_changes(service, alice), improve=True)
    publish_policy(service.ctx, changed_policy())
    publish_more(service)
    page = standing_of(service.ctx, subject_id=alice, language=Language.EN)
    assert [(one.version, one.state) for one in page.agreements if one.clause == IMPROVE_PHONE] == [
        (4, OwnState.NEVER_ASKED),
        (2, OwnState.ENDED),
    ]
    assert improve(service, alice) is Outcome.ASK
