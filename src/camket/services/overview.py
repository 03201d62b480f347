"""The desk in numbers: what is open by right and age, and how long answers took. Nothing of it is personal."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.rights.machine import RequestKind, RequestState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from camket.rows.request_queue import AnswerCount, QueueCount
    from camket.services.context import Context

AGE_BOUNDS: Final = (0, 2, 5, 10, 20)
"""Ages of open requests in whole days: each stands for those from itself up to the next."""
ANSWER_BOUNDS: Final = (0, 1, 2, 3, 5, 10, 15, 20)
"""How long answers took, in whole days, in the same way."""
LOOKED_BACK: Final = timedelta(days=90)
ANSWERED: Final = (RequestState.DONE, RequestState.REFUSED)
"""How a request ends that was answered; what its subject took back was not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenByAge:
    """The open requests of one kind.

    Args:
        ages: how many of each age, in the order of `AGE_BOUNDS`.
    """

    kind: RequestKind
    ages: tuple[int, ...]

    @property
    def requests(self) -> int:
        """How many there are."""
        return sum(self.ages)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersByTime:
    """The answers that took so long.

    Args:
        days: one of `ANSWER_BOUNDS`.
        late: of these, how many came after they were due.
    """

    days: int
    requests: int
    late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The desk in numbers.

    Args:
        open: every kind in its order, also those of which none is open.
        answers: how long it took, every bound in its order.
        since: aware; answers from then on are counted.
        median_days: half of the answers took no longer; None where there were none.
    """

    count: QueueCount
    open: tuple[OpenByAge, ...]
    answers: tuple[AnswersByTime, ...]
    since: datetime
    median_days: int | None

    @property
    def answered(self) -> int:
        """How many answers there were."""
        return sum(one.requests for one in self.answers)

    @property
    def late(self) -> int:
        """How many of them came late."""
        return sum(one.late for one in self.answers)


def look_over(ctx: Context) -> Overview:
    """Return the desk in numbers, as of now; nothing is written."""
    now = ctx.clock.now()
    since = now - LOOKED_BACK
    count, open_now, ended = ctx.store.read(
        lambda unit: (
            unit.request_queue.count(now=now),
            unit.request_queue.open_by_age(now=now),
            unit.request_queue.answers(since=since),
        )
    )
    ages = {kind: [0] * len(AGE_BOUNDS) for kind in RequestKind}
    for one in open_now:
        ages[one.kind][_place(AGE_BOUNDS, one.days)] += one.requests
    answers = [one for one in ended if one.state in ANSWERED]
    return Overview(
        count=count,
        open=tuple(OpenByAge(kind=kind, ages=tuple(counts)) for kind, counts in ages.items()),
        answers=_by_time(answers),
        since=since,
        median_days=_median_days(answers),
    )


def _by_time(answers: Iterable[AnswerCount]) -> tuple[AnswersByTime, ...]:
    requests, late = [0] * len(ANSWER_BOUNDS), [0] * len(ANSWER_BOUNDS)
    for one in answers:
        place = _place(ANSWER_BOUNDS, one.days)
        requests[place] += one.requests
        late[place] += one.late
    return tuple(
        AnswersByTime(days=days, requests=requests[place], late=late[place]) for place, days in enumerate(ANSWER_BOUNDS)
    )


def _median_days(answers: Iterable[AnswerCount]) -> int | None:
    in_order = sorted(answers, key=lambda one: one.days)
    left = sum(one.requests for one in in_order)
    half = (left + 1) // 2
    for one in in_order:
        half -= one.requests
        if half <= 0:
            return one.days
    return None


def _place(bounds: tuple[int, ...], days: int) -> int:
    return max(0, bisect_right(bounds, days) - 1)
