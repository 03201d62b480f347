"""A law as its clocks: how long each right may take, in which days, and the article that says so.

The values come from data files, so that a change of the law changes no code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from camket.core.errors import InvalidValueError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timezone

    from camket.core.terms import Language, Right


class Counts(StrEnum):
    """What a span counts."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A length of time and what it rests on.

    Args:
        length: at least 1.
        article: where it stands.
    """

    length: int
    counts: Counts
    article: str

    def __post_init__(self) -> None:
        if self.length < 1:
            raise InvalidValueError(f"a span of {self.length} {self.counts} cannot be; it is at least 1")
        if not self.article.strip():
            raise InvalidValueError("a span of a law names its article")


@dataclass(frozen=True, kw_only=True, slots=True)
class RightClocks:
    """The clocks of one right.

    Args:
        reply: until when the request is answered: taken up, or refused with the reason.
        complete: until when it is carried out.
        by_processor: instead of `complete` where a processor or third party has to act; None where the law gives none.
        extension: how much longer, once and with a reason that the subject is told; None where the law gives none.
    """

    reply: Span
    complete: Span
    by_processor: Span | None = None
    extension: Span | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkCalendar:
    """Which days are worked.

    Args:
        since: the first day that the calendar knows.
        until: the last one.
        weekend: days of the week that are off, Monday is 0.
        days_off: public holidays by their names, those that make up for others too.
        works: weekend days on which work is done.
    """

    id: str
    since: date
    until: date
    weekend: frozenset[int]
    days_off: Mapping[date, str]
    works: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Say whether work is done on a day.

        Raises:
            InvalidValueError: the calendar does not know that day.
        """
        if not self.since <= day <= self.until:
            raise InvalidValueError(
                f"the calendar `{self.id}` knows the days off from {self.since} to {self.until}, not those of {day}; "
                "use a newer calendar"
            )
        return day in self.works or (day.weekday() not in self.weekend and day not in self.days_off)

    def without_end(self) -> WorkCalendar:
        """Return the calendar for every day: those that it does not know are off when they are weekend days."""
        return replace(self, since=date.min, until=date.max)


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """Where a law lets subjects complain.

    Args:
        authority: what it is called, by language.
        page: address of its own page; None where there is one authority for each state.
        article: what the right to complain rests on.
    """

    authority: Mapping[Language, str]
    page: str | None
    article: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LawProfile:
    """A law as its clocks.

    Args:
        complaint: where its subjects complain beside the operator.
        zone: whose midnight ends a day.
        ends_on_working_days: a last day that is a day off moves to the next working day.
    """

    id: str
    zone: timezone
    calendar: WorkCalendar
    ends_on_working_days: bool
    rights: Mapping[Right, RightClocks]
    complaint: Complaint

    def clocks_of(self, right: Right) -> RightClocks:
        """Return the clocks of a right.

        Raises:
            InvalidValueError: the profile has none for it; names those that it has.
        """
        found = self.rights.get(right)
        if found is None:
            raise InvalidValueError(f"the profile `{self.id}` has no clocks for `{right}`{nearest(right, self.rights)}")
        return found

    def without_end(self) -> LawProfile:
        """Return the profile with a calendar that knows every day; see `WorkCalendar.without_end`."""
        return replace(self, calendar=self.calendar.without_end())
