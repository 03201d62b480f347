"""When a request is due: every moment until which something must have happened, and the article it rests on."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError
from camket.core.rights.law import Counts, Span
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.policy.model import RightTerms
    from camket.core.rights.law import LawProfile
    from camket.core.terms import Right

POLICY: Final = "the policy"
"""What a clock rests on that the policy promises and no law asks for."""
_DAY: Final = timedelta(days=1)
_LAST_SECOND: Final = time(23, 59, 59)


class DueKind(StrEnum):
    """What is due."""

    REPLY = "reply"
    """The request is answered: taken up, or refused with the reason."""
    TELL_EXTENSION = "tell_extension"
    """The subject is told that it takes longer, and why."""
    COMPLETE = "complete"
    """The request is carried out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """A span in which the request waited for its subject.

    Args:
        since: aware.
        until: aware; not before `since`.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        require_aware(self.since, "since")
        require_aware(self.until, "until")
        if self.until < self.since:
            raise InvalidValueError("a pause ends before it begins")


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One moment until which something must have happened.

    Args:
        at: the last second that is in time, in the zone of the law.
        warn_at: a quarter of the time is left then.
        counted_from: the moment at which the clock started.
        spans: what was counted, one after the other; more than one where it was extended.
        moved_from: the day on which it would have ended, had that not been a day off.
    """

    kind: DueKind
    at: datetime
    warn_at: datetime
    counted_from: datetime
    spans: tuple[Span, ...]
    moved_from: date | None = None

    @property
    def article(self) -> str:
        """What it rests on."""
        return "; ".join(dict.fromkeys(span.article for span in self.spans))


def deadlines(
    profile: LawProfile,
    right: Right,
    *,
    received_at: datetime,
    verified_at: datetime | None = None,
    by_processor: bool = False,
    extended: bool = False,
    pauses: Sequence[Pause] = (),
    terms: RightTerms | None = None,
) -> tuple[Due, ...]:
    """Return every moment until which something must have happened, in the order of `DueKind`.

    Args:
        profile: the law.
        right: what was asked for.
        received_at: aware; when the request came in.
        verified_at: aware; when its subject had proved who they are. The clocks start at the later of the two.
        by_processor: a processor or third party has to act.
        extended: the one extension was used.
        pauses: in which it waited for its subject; a day counts as paused when its first moment lies in one.
        terms: what the policy promises; where that ends earlier, it counts.

    Raises:
        InvalidValueError: no clocks for this right, no extension to use, a proof before the request, an instant without
            a zone, or a day that the calendar does not know.

    Source: Decree 356/2025/ND-CP, Art. 5; Civil Code 2015, Art. 147 and 148; GDPR Art. 12(3).
    """
    clocks = profile.clocks_of(right)
    require_aware(received_at, "received_at")
    if verified_at is not None and require_aware(verified_at, "verified_at") < received_at:
        raise InvalidValueError("`verified_at` lies before `received_at`; a proof belongs to a request that was made")
    counter = _Counter(profile=profile, started_at=verified_at or received_at, pauses=tuple(pauses))
    doing = (clocks.by_processor if by_processor else None) or clocks.complete
    reply, done = counter.due(DueKind.REPLY, clocks.reply), counter.due(DueKind.COMPLETE, doing)
    if terms is not None:
        reply = _first(reply, counter.due(DueKind.REPLY, *_promised(terms.reply_days, Counts.WORKING_DAYS)))
        done = _first(done, counter.due(DueKind.COMPLETE, *_promised(terms.complete_days, Counts.DAYS)))
    if not extended:
        return reply, done
    if clocks.extension is None:
        raise InvalidValueError(f"the profile `{profile.id}` gives no extension for `{right}`")
    told = Due(
        kind=DueKind.TELL_EXTENSION,
        at=done.at,
        warn_at=done.warn_at,
        counted_from=done.counted_from,
        spans=done.spans,
        moved_from=done.moved_from,
    )
    return reply, told, counter.due(DueKind.COMPLETE, doing, clocks.extension)


def _promised(length: int, counts: Counts) -> tuple[Span, ...]:
    return (Span(length=length, counts=counts, article=POLICY),) if length else ()


def _first(law: Due, policy: Due) -> Due:
    return policy if policy.at < law.at else law


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counter:
    """Counts days from the start of one request's clocks."""

    profile: LawProfile
    started_at: datetime
    pauses: tuple[Pause, ...]

    def due(self, kind: DueKind, *spans: Span) -> Due:
        """Return when something is due that takes these spans, one after the other."""
        day = self.started_at.astimezone(self.profile.zone).date()
        # Months are counted as one span: from 31 January, one and two more end on 30 April, not on 28.
        months = sum(span.length for span in spans if span.counts is Counts.MONTHS)
        if months:
            day = self._months(day, months)
        for span in spans:
            if span.counts is not Counts.MONTHS:
                day = self._days(day, span)
        last = self._moved(day)
        at = datetime.combine(last, _LAST_SECOND, self.profile.zone)
        return Due(
            kind=kind,
            at=at,
            warn_at=at - (at - self.started_at) / 4,
            counted_from=self.started_at,
            spans=spans,
            moved_from=day if last != day else None,
        )

    def _days(self, day: date, span: Span) -> date:
        left = span.length
        while left:
            day += _DAY
            worked = span.counts is Counts.DAYS or self.profile.calendar.is_working_day(day)
            left -= worked and not self._is_paused(day)
        return day

    def _months(self, day: date, months: int) -> date:
        year, month = divmod(day.month - 1 + months, 12)
        year, month = day.year + year, month + 1
        last = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
        paused = sum(self._is_paused(day + step * _DAY) for step in range(1, (last - day).days + 1))
        for _ in range(paused):
            last += _DAY
            while self._is_paused(last):
                last += _DAY
        return last

    def _moved(self, day: date) -> date:
        while self.profile.ends_on_working_days and not self.profile.calendar.is_working_day(day):
            day += _DAY
        return day

    def _is_paused(self, day: date) -> bool:
        begins = datetime.combine(day, time(), self.profile.zone)
        return any(pause.since < begins <= pause.until for pause in self.pauses)
