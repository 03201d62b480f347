"""Versions compared by meaning: what a change is for customers, and whom it binds (semantics section 2)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from camket.core.policy.diff_clauses import clause_differences
from camket.core.policy.diff_sentences import Pair, say
from camket.core.policy.diff_terms import term_differences
from camket.core.policy.diff_texts import text_differences
from camket.core.policy.difference import (
    Change,
    Declaration,
    DeclarationKind,
    Difference,
    Effect,
    PolicyDiff,
    Rewording,
)
from camket.core.policy.model import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from camket.core.policy.model import PolicyVersion

__all__ = (
    "Change",
    "Declaration",
    "DeclarationKind",
    "Difference",
    "Effect",
    "PolicyDiff",
    "Rewording",
    "compare",
    "compare_along",
)


def compare(before: PolicyVersion, after: PolicyVersion) -> PolicyDiff:
    """Return every difference between two versions.

    The same cell is found under every name it ever had, so a renamed id is no removal. Each permission, maximum,
    attribute of a right and notice is a difference of its own, since each can be answered alone.

    Args:
        before: the version that stood.
        after: the version that takes its place; of two that do not follow each other, see `compare_along`.

    Returns:
        No difference where the two are the same to the byte, or differ in comments and layout alone.

    Source: semantics section 2.
    """
    pair = Pair.of(before.policy, after.policy)
    found = (
        *clause_differences(pair, before, after),
        *term_differences(pair),
        *text_differences(pair),
    )
    return PolicyDiff(before=before, after=after, differences=found)


def compare_along(versions: Sequence[PolicyVersion]) -> PolicyDiff:
    """Return every difference between the first and the last version, and what only the way between them shows.

    What was taken away on the way and came back is the same in both, and yet nobody of the first version has it still:
    a clause that was dropped and added again has to be agreed to anew, and a better value in between stays.

    Args:
        versions: every version from the one to the other, oldest first; at least one.
    """
    direct = compare(versions[0], versions[-1])
    covered = {clause.id for one in direct.differences for clause in one.clauses_after}
    stands = {clause.id for clause in versions[-1].clauses}
    returned: dict[tuple[str, ...], Difference] = {}
    for step in _steps(versions):
        for one in step.differences:
            answers = tuple(clause.id for clause in one.clauses_after)
            if one.effect is Effect.WORSE and answers and stands.issuperset(answers) and covered.isdisjoint(answers):
                returned[answers] = _returned(one, step.after.number)
    return PolicyDiff(before=versions[0], after=versions[-1], differences=(*returned.values(), *direct.differences))


def _steps(versions: Sequence[PolicyVersion]) -> Iterator[PolicyDiff]:
    for before, after in pairwise(versions):
        yield compare(before, after)


def _returned(difference: Difference, number: int) -> Difference:
    permission = any(clause.kind in PERMISSIONS for clause in difference.clauses_after)
    name = "returned.permission" if permission else "returned.value"
    return Difference(
        change=difference.change,
        effect=Effect.WORSE,
        about=difference.about,
        says=say(name, says=dict(difference.says), number=str(number)),
        clauses_after=difference.clauses_after,
        binds_all_at_once=False,
    )
