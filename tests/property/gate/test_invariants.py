"""What must hold of every history, whatever the table says: the two promises of the fold, and withdrawal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TypeVar

from camket.core.gate.decide import decide
from camket.core.gate.decision import Decision
from camket.core.gate.history import History
from camket.core.gate.question import Question, SubjectFacts
from camket.core.terms import Action, Outcome, SubjectState, Verification
from tests.property.gate import draw, draw_world

HISTORIES = 400
T = TypeVar("T")


def lives(label: str) -> Iterator[tuple[draw_world.World, History, SubjectFacts]]:
    """Yield random histories with a subject each."""
    for number in range(HISTORIES):
        world = draw_world.world(Random(f"{label}.{number}"))  # noqa: S311 - draws to repeat, no secret
        yield world, History(tuple(world.versions)), draw.subject(world)


def first_names(world: draw_world.World, question: Question) -> Question:
    """Return the question in the names that the oldest version already knew."""
    names = History(tuple(world.versions)).tables.names
    return replace(
        question,
        items=tuple(dict.fromkeys(names.items.get(item, item) for item in question.items)),
        service=names.services.get(question.service or "", question.service or "") or None,
        purpose=names.purposes.get(question.purpose or "", question.purpose or "") or None,
        recipient=names.recipients.get(question.recipient or "", question.recipient or "") or None,
    )


def test_without_a_yes_nothing_is_permitted_that_was_not_when_the_subject_joined() -> None:
    """No later version widens what may be done with the data of someone who never said yes."""
    permitted = 0
    for world, history, drawn in lives("silence"):
        facts = draw.never_agreed(replace(drawn, joined=1))
        joined = History(history.versions[:1])
        for _ in range(12):
            question = replace(first_names(world, draw.question(world, facts)), case=None)
            if question.purpose == "rights":
                continue
            if decide(history.standing(facts), question).outcome is Outcome.PERMIT:
                permitted += 1
                assert decide(joined.standing(facts), question).outcome is Outcome.PERMIT, (facts, question)
    assert permitted > HISTORIES / 4


def test_without_a_yes_no_right_shrinks() -> None:
    """Every right, deadline, fee and notice of the first version holds at least as well under the newest."""
    for _, history, drawn in lives("rights"):
        facts = draw.never_agreed(replace(drawn, joined=1))
        before, after = History(history.versions[:1]).standing(facts), history.standing(facts)
        for right, old in before.rights.items():
            new = after.rights[right]
            assert new.reply_days <= old.reply_days
            assert new.complete_days <= old.complete_days
            assert new.fee_vnd <= old.fee_vnd
            assert new.verification.strength >= old.verification.strength
            assert new.verification in {old.verification, Verification.SESSION, Verification.EMAIL_CODE}
        names = history.tables.names.services
        leads = {(names[one.service], one.channel): one.lead_days for one in after.notices}
        for notice in before.notices:
            assert leads[names[notice.service], notice.channel] >= notice.lead_days


def test_a_yes_never_takes_a_permission_away() -> None:
    """With one agreement or consent fewer, nothing is permitted that was not with it."""
    for world, history, facts in lives("monotone"):
        fewer = [
            *(replace(facts, agreements=without(facts.agreements, one)) for one in range(len(facts.agreements))),
            *(replace(facts, consents=without(facts.consents, one)) for one in range(len(facts.consents))),
        ]
        for _ in range(4):
            question = draw.question(world, facts)
            with_all = decide(history.standing(facts), question).outcome
            for less in fewer:
                if decide(history.standing(less), question).outcome is Outcome.PERMIT:
                    assert with_all is Outcome.PERMIT, (facts, question)


def test_a_no_never_permits() -> None:
    """Restriction, objection, a refusal or the signal turns nothing into a permit."""
    for world, history, facts in lives("no"):
        other = draw.subject(world)
        stricter = replace(
            facts,
            restricted=facts.restricted | other.restricted,
            objected=facts.objected | other.objected,
            refusals=(*facts.refusals, *other.refusals),
            gpc=facts.gpc or draw.gpc(world.rng),
        )
        for _ in range(6):
            question = draw.question(world, facts)
            if decide(history.standing(stricter), question).outcome is Outcome.PERMIT:
                assert decide(history.standing(facts), question).outcome is Outcome.PERMIT, (facts, question)


def test_after_a_withdrawal_it_is_as_if_there_had_never_been_an_agreement() -> None:
    """From its instant on a withdrawn agreement changes no part of any answer."""
    for world, history, facts in lives("withdrawal"):
        for place, agreement in enumerate(facts.agreements):
            at = draw.instant(world.rng)
            withdrawn = replace(agreement, withdrawn_at=at)
            said = replace(facts, agreements=(*without(facts.agreements, place), withdrawn))
            never = replace(facts, agreements=without(facts.agreements, place))
            question = later(draw.question(world, facts), at)
            assert decide(history.standing(said), question) == decide(history.standing(never), question)


def test_after_a_withdrawal_it_is_as_if_there_had_never_been_a_consent() -> None:
    """From its instant on a withdrawn consent changes no use, and of a sharing only that it is not asked again."""
    for world, history, facts in lives("consent"):
        for place, consent in enumerate(facts.consents):
            at = draw.instant(world.rng)
            rest = without(facts.consents, place)
            said = replace(facts, consents=(*rest, replace(consent, withdrawn_at=at)))
            never = replace(facts, consents=rest)
            question = later(draw.question(world, facts), at)
            one, other = decide(history.standing(said), question), decide(history.standing(never), question)
            if question.action is Action.SHARE:
                assert rows(one, "share.withdrawn") == rows(other, "share.withdrawn")
                assert (one.outcome is Outcome.PERMIT) == (other.outcome is Outcome.PERMIT)
            else:
                assert one == other


def test_an_erased_subject_is_open_to_rights_and_law_alone() -> None:
    """Whatever was agreed, nothing but the subject's own rights and a case of law opens what is held of the erased."""
    for world, history, facts in lives("erased"):
        standing = history.standing(replace(facts, state=SubjectState.ERASED))
        for _ in range(8):
            decision = decide(standing, draw.question(world, standing.facts))
            if decision.outcome is Outcome.PERMIT:
                assert {one.row.name for one in decision.items} <= {"erased.held.rights", "erased.held.law"}


def without(values: tuple[T, ...], place: int) -> tuple[T, ...]:
    """Return the values but for one."""
    return values[:place] + values[place + 1 :]


def later(question: Question, at: datetime) -> Question:
    """Return the question asked at the instant or after it."""
    return replace(question, at=max(question.at, at))


def rows(decision: Decision, hidden: str) -> list[str]:
    """Return each item's row, but for those that one row may stand in for: what was not permitted before either."""
    stands_in = {hidden, "consent.ask", "consent.gpc", "consent.quiet"}
    return ["not given" if one.row.name in stands_in else one.row.name for one in decision.items]
