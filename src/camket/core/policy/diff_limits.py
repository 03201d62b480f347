"""Which of two maxima ends first, for every value and whatever happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.policy.difference import Change, Effect
from camket.core.policy.model import Clock

if TYPE_CHECKING:
    from camket.core.policy.model import Limit


def limit_effect(before: Limit, after: Limit) -> tuple[Change, Effect]:
    """Return what it is for the subject that one maximum takes the place of another.

    Where neither always ends first, until the subject says yes both bind, and the one that ends first counts; what
    they are asked is to let go of the old one: that is worse.
    """
    if never_later(after, before):
        return Change.NARROWED, Effect.BETTER
    if never_later(before, after):
        return Change.WIDENED, Effect.WORSE
    return Change.CHANGED, Effect.WORSE


def never_later(one: Limit, other: Limit) -> bool:
    """Say whether the one never ends after the other.

    Everything ends with the account, so any number of days is at most as long as the account exists. A value is used
    for the last time when it is collected, or later.
    """
    if other.days is None:
        return True
    if one.days is None:
        return False
    comparable = one.clock is other.clock or (one.clock is Clock.COLLECTED and other.clock is Clock.LAST_USED)
    return comparable and one.days <= other.days
