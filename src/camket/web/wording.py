"""Days, times and numbers as people in Vietnam write them, and moments as a person would say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.services.calendar import VIETNAM, day_of
from camket.web.i18n import translations

if TYPE_CHECKING:
    from camket.core.terms import Language

MINUTE_SECONDS: Final = 60
HOUR_SECONDS: Final = 3600
NO_BREAK_SPACE: Final = "\u00a0"


def day(instant: datetime | date) -> str:
    """Return the day, `18/11/2026`; of an instant, the day in Vietnam."""
    local = day_of(instant) if isinstance(instant, datetime) else instant
    return local.strftime("%d/%m/%Y")


def clock_time(instant: datetime, *, seconds: bool = False) -> str:
    """Return the time in Vietnam, `09:12`, or to the second, `09:12:05`."""
    return instant.astimezone(VIETNAM).strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(instant: datetime, now: datetime, language: Language) -> str:
    """Return a moment as a person would say it: `vừa xong`, `5 phút trước`, `hôm qua 09:12`, `18/11/2026 09:12`.

    A moment that lies ahead is always said by its day and time.
    """
    catalogue = translations(language)
    age_seconds = (now - instant).total_seconds()
    if 0 <= age_seconds < MINUTE_SECONDS:
        return catalogue.gettext("just now")
    if 0 <= age_seconds < HOUR_SECONDS:
        minutes = int(age_seconds // MINUTE_SECONDS)
        return catalogue.ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes) % {"num": minutes}
    return _day_and_time(instant, now, language)


def span(first: datetime, last: datetime, now: datetime, language: Language) -> str:
    """Return a stretch of time as a person would say it: `hôm nay 09:12–09:40`; within one minute, the moment."""
    begins, ends = _day_and_time(first, now, language), _day_and_time(last, now, language)
    if begins == ends:
        return begins
    return f"{begins}–{clock_time(last)}" if day_of(first) == day_of(last) else f"{begins} – {ends}"


def _day_and_time(instant: datetime, now: datetime, language: Language) -> str:
    catalogue = translations(language)
    local, today = day_of(instant), day_of(now)
    if local == today:
        return catalogue.gettext("today %(time)s") % {"time": clock_time(instant)}
    if local == today - timedelta(days=1):
        return catalogue.gettext("yesterday %(time)s") % {"time": clock_time(instant)}
    return f"{day(instant)} {clock_time(instant)}"


def machine_time(instant: datetime) -> str:
    """Return the instant for the `datetime` attribute of `<time>`: UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_field(instant: datetime | None) -> str:
    """Return a day as a date field of a form holds it, `2027-01-31`; empty for none."""
    return "" if instant is None else day_of(instant).isoformat()


def officer(actor: str) -> str:
    """Return how staff are named to staff: their pseudonym, without the word that the ledger puts before it."""
    return actor.partition(":")[2] or actor


def grouped(number: int) -> str:
    """Return a number with its thousands apart, `48 213`; the spaces do not break."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE)


def shortened(hexadecimal: str) -> str:
    """Return the head and tail of a long hash, for the eye only."""
    head, tail = 12, 4
    return hexadecimal if len(hexadecimal) <= head + tail + 1 else f"{hexadecimal[:head]}…{hexadecimal[-tail:]}"


def lower_first(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]
