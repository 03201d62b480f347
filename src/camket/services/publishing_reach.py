"""How many customers a difference touches: counted by history, so that no customer is looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.consent.facts import Consent
from camket.core.gate.history import ALWAYS, History
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.gate.touch import Touch, touches

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.gate.history import Standing
    from camket.core.policy.difference import Difference, PolicyDiff
    from camket.core.policy.model import PolicyVersion
    from camket.ports import Unit
    from camket.rows.publishing import Consented, HistoryCount
    from camket.services.context import Context


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How many customers one difference touches.

    Args:
        at_once: it holds for them from the version's first moment.
        waits: it holds for them only once they say yes.
    """

    difference: Difference
    at_once: int
    waits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Every customer, by history.

    Args:
        groups: each with the number of customers in it; empty while there are none.
    """

    groups: tuple[HistoryCount, ...]

    @property
    def subjects(self) -> int:
        """How many customers there are."""
        return sum(group.subjects for group in self.groups)


def audience_of(ctx: Context) -> Audience:
    """Return every customer of the service by history, as of now."""
    return ctx.store.read(lambda unit: audience_in(unit, ctx.clock.now()))


def audience_in(unit: Unit, now: datetime) -> Audience:
    """Return every customer by history, as the caller's unit sees them."""
    return Audience(groups=unit.publishing.histories(at=now))


def reach_of(ctx: Context, diff: PolicyDiff, audience: Audience) -> tuple[Reach, ...]:
    """Return how many customers each difference touches, in the order of the differences.

    Args:
        ctx: the service.
        diff: between the newest published version and the one that may come next.
        audience: from `audience_of`.
    """
    published = tuple(one.version for one in ctx.policies.published(ctx.store))
    before, after = History(published), History((*published, diff.after))
    at_once, waits = [0] * len(diff.differences), [0] * len(diff.differences)
    for group in audience.groups:
        was, will = standing_of_group(before, group), standing_of_group(after, group)
        for place, difference in enumerate(diff.differences):
            found = touches(difference, was, will)
            at_once[place] += group.subjects if found is Touch.AT_ONCE else 0
            waits[place] += group.subjects if found is Touch.WAITS else 0
    return tuple(
        Reach(difference=difference, at_once=at_once[place], waits=waits[place])
        for place, difference in enumerate(diff.differences)
    )


def standing_of_group(history: History, group: HistoryCount) -> Standing:
    """Return where everyone of one history stands among some versions."""
    return standing_of_history(history, joined=group.joined, agreed=group.agreed, consented=group.consented)


def standing_of_history(
    history: History,
    *,
    joined: int,
    agreed: frozenset[tuple[int, str]],
    consented: frozenset[Consented] = frozenset(),
) -> Standing:
    """Return where a customer of a given history stands.

    Args:
        history: some versions.
        joined: number of the version that they joined under; one before the oldest means the oldest.
        agreed: what they agreed to, as (version, clause), the clause empty for the version whole.
        consented: what they said yes to.
    """
    facts = SubjectFacts(
        joined=max(joined, history.oldest),
        agreements=tuple(
            Agreement(version=version, clause=clause or None, at=ALWAYS) for version, clause in sorted(agreed)
        ),
        consents=tuple(
            Consent(
                purpose=one.purpose or None,
                recipient=one.recipient or None,
                items=one.items,
                # What the yes meant when it was given is not counted by: whom it touches does not hang on it.
                clause_hash="",
                given_at=ALWAYS,
            )
            for one in sorted(consented, key=str)
        ),
    )
    return history.standing(facts)


def longest_notice_days(versions: tuple[PolicyVersion, ...], audience: Audience) -> int:
    """Return the longest time, in days, that the policies in force promise anyone between a notice and a change.

    Args:
        versions: those in force, oldest first; at least one.
        audience: whoever joined under an older version keeps the longer time of that one.
    """
    history = History(versions)
    promised = [notice.lead_days for notice in history.newest.policy.notices]
    for group in audience.groups:
        promised += [notice.lead_days for notice in standing_of_group(history, group).notices]
    return max(promised, default=0)
