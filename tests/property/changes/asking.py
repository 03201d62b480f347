"""Everything that may be asked about one subject, and what is permitted of it, by either evaluator."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from camket.core.gate.decide import decide
from camket.core.gate.history import History, Standing
from camket.core.gate.question import Question, SubjectFacts
from camket.core.policy.model import PERMISSIONS, ClauseKind, PolicyVersion
from camket.core.terms import Action, Ground, Outcome, Source, Verification
from tests.property.gate import slow

Cell = tuple[str, ...]
"""What a question is about: action, item, then service and source, purpose, or recipient; by their first names."""


def cells(versions: Sequence[PolicyVersion]) -> list[Cell]:
    """Return everything that a clause of any version is about."""
    found: dict[Cell, None] = {}
    for version in versions:
        for clause in version.clauses:
            if clause.kind in PERMISSIONS:
                length = 3 if clause.kind is ClauseKind.COLLECT else 2
                found[str(clause.kind), *clause.roots[:length]] = None
    return list(found)


def question(cell: Cell, at: datetime) -> Question:
    """Return the question about a cell; of sharing, the one on consent."""
    action, item, second, *third = cell
    if action == Action.COLLECT:
        return Question(action=Action.COLLECT, items=(item,), at=at, service=second, source=Source(third[0]))
    if action == Action.USE:
        return Question(action=Action.USE, items=(item,), at=at, purpose=second)
    return Question(action=Action.SHARE, items=(item,), at=at, recipient=second, ground=Ground.CONSENT)


def permitted(standing: Standing, asked: Sequence[Cell], at: datetime) -> frozenset[Cell]:
    """Return what the gate permits."""
    return frozenset(one for one in asked if decide(standing, question(one, at)).outcome is Outcome.PERMIT)


def permitted_slowly(
    versions: Sequence[PolicyVersion], facts: SubjectFacts, asked: Sequence[Cell], at: datetime
) -> frozenset[Cell]:
    """Return what the evaluator that is written from the text permits."""
    every = list(versions)
    return frozenset(one for one in asked if slow.evaluate(every, facts, question(one, at)).outcome == "permit")


def granted(history: History, standing: Standing, at: datetime) -> dict[tuple[str, ...], int]:
    """Return every right and notice with a number for each attribute; higher is better for the subject.

    A fee and a deadline count downwards; a way of verification that is not open to all has no number of its own, since
    neither side of it is better.
    """
    effective = standing.effective_at(at)
    found: dict[tuple[str, ...], int] = {}
    for right, terms in effective.rights.items():
        found["right", right, "present"] = 1
        found["right", right, "reply"] = -terms.reply_days
        found["right", right, "complete"] = -terms.complete_days
        found["right", right, "fee"] = -terms.fee_vnd
        found["right", right, "verification"] = terms.verification.strength
    for (service, channel), notice in effective.notices.items():
        found["notice", service, channel] = notice.lead_days
    assert history.newest.number >= standing.facts.joined
    return found


def hindered(before: Standing, after: Standing, at: datetime) -> Iterator[str]:
    """Yield the rights that can be used only in a way that not everyone has, though they could be used otherwise."""
    old, new = before.effective_at(at).rights, after.effective_at(at).rights
    for right, terms in new.items():
        was = old[right].verification if right in old else terms.verification
        if terms.verification not in {was, Verification.SESSION, Verification.EMAIL_CODE}:
            yield right
