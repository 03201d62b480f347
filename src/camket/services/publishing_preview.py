"""A version that may come next, as a customer of a given history would see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.errors import InvalidValueError
from camket.core.gate.history import History
from camket.core.gate.touch import Touch, touches
from camket.core.policy.model import ClauseKind
from camket.services.publishing_reach import standing_of_history

if TYPE_CHECKING:
    from camket.core.policy.diff import Difference, PolicyDiff
    from camket.core.policy.model import Item, NoticeTerms, Purpose, RightTerms
    from camket.services.context import Context

WHOLE = ""
"""Stands for a version whole where a clause of it could stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a customer of one history has, and what the next version changes for them.

    Args:
        joined: number of the version that they joined under.
        agreed: what they agreed to, as (version, clause), the clause empty for the version whole.
        touched: every difference with what it does to them, in the order of the differences.
        rights: those that they would have, with the terms that hold for them.
        notices: how they would be told of significant changes.
        uses: what would be done with which of their items; for a purpose that rests on consent, only if they say yes.
    """

    joined: int
    agreed: frozenset[tuple[int, str]]
    touched: tuple[tuple[Difference, Touch], ...]
    rights: tuple[RightTerms, ...]
    notices: tuple[NoticeTerms, ...]
    uses: tuple[tuple[Purpose, tuple[Item, ...]], ...]

    def of(self, touch: Touch) -> tuple[Difference, ...]:
        """Return the differences that do one thing to them."""
        return tuple(difference for difference, found in self.touched if found is touch)


def preview_version(ctx: Context, diff: PolicyDiff, *, joined: int, agreed: frozenset[tuple[int, str]]) -> Preview:
    """Return what a customer of a given history would see when the next version takes effect.

    Args:
        ctx: the service.
        diff: between the newest published version and the one that may come next.
        joined: number of the version that they joined under.
        agreed: what they agreed to since, as (version, clause), the clause empty for the version whole.

    Raises:
        InvalidValueError: nobody can have joined under that version, or agreed to that one.
    """
    published = tuple(one.version for one in ctx.policies.published(ctx.store))
    numbers = {version.number for version in published}
    if not {joined, *(version for version, _ in agreed)} <= numbers:
        raise InvalidValueError(f"the versions are numbered 1 to {len(published)}; choose among them")
    before = standing_of_history(History(published), joined=joined, agreed=agreed)
    after = standing_of_history(History((*published, diff.after)), joined=joined, agreed=agreed)
    policy = diff.after.policy
    held = {clause.parts[:2] for clause in after.clauses if clause.kind is ClauseKind.USE}
    uses = (
        (purpose, tuple(item for item in policy.items if (item.id, purpose.id) in held)) for purpose in policy.purposes
    )
    return Preview(
        joined=joined,
        agreed=agreed,
        touched=tuple((one, touches(one, before, after)) for one in diff.differences),
        rights=tuple(after.rights.values()),
        notices=after.notices,
        uses=tuple((purpose, items) for purpose, items in uses if items),
    )
