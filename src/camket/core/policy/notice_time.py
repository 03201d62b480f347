"""Which differences take effect only after the time in which customers were promised to hear of them (P17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.policy.difference import Change, DeclarationKind, Effect
from camket.core.policy.model import ClauseKind

if TYPE_CHECKING:
    from camket.core.policy.difference import Difference, PolicyDiff


def needs_notice_time(diff: PolicyDiff) -> bool:
    """Say whether a version leaves customers the promised time between the notice and its first moment."""
    return any(waits_for_notice(difference) for difference in diff.differences)


def waits_for_notice(difference: Difference) -> bool:
    """Say whether a difference must not take effect before customers had the promised time.

    Other words, what is better for customers, and what a law orders may hold at once: nobody gains by waiting. One
    thing that is better still waits: where an item is collected no longer, what is held of it is erased at that moment,
    and who wants a copy of it must be able to take one.
    """
    if difference.change is Change.REWORDED:
        return False
    if difference.effect is Effect.BETTER:
        return any(clause.kind is ClauseKind.COLLECT for clause in difference.clauses_before)
    return not _is_the_laws(difference)


def _is_the_laws(difference: Difference) -> bool:
    """Say whether it is a legal minimum, the one thing about an item that is neither better nor worse."""
    in_a_clause = difference.clauses_before or difference.clauses_after
    about_an_item = difference.about.kind is DeclarationKind.ITEM
    return difference.effect is Effect.NEITHER and about_an_item and not in_a_clause
