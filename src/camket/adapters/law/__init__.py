"""Laws and calendars as data files: reading those that come with camket, or an operator's own."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from camket.core.errors import InvalidValueError, NotFoundError, UnreadableError, nearest
from camket.core.rights.law import Complaint, Counts, LawProfile, RightClocks, Span, WorkCalendar
from camket.core.terms import Language, Right

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE: Final = Path(__file__).parent
PROFILES: Final = HERE / "profiles"
CALENDARS: Final = HERE / "calendars"
WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCKS: Final = ("reply", "complete", "by_processor", "extension")


def profile_names() -> tuple[str, ...]:
    """Return the ids of the laws that come with camket."""
    return tuple(sorted(file.stem for file in PROFILES.glob("*.toml")))


def load_profile(name: str, *, calendars: Path | None = None) -> LawProfile:
    """Read a law that comes with camket.

    Args:
        name: its id.
        calendars: folder with the operator's own calendars; one of the same name takes the place of camket's.

    Raises:
        NotFoundError: there is no such profile; names the nearest.
        InvalidValueError: a file says what cannot hold; names the file and the place.
    """
    file = PROFILES / f"{name}.toml"
    if name not in profile_names():
        known = profile_names()
        raise NotFoundError(f"there is no law profile `{name}`{nearest(name, known)}; there are {', '.join(known)}")
    found = _read(file)
    with _Place(file, "the profile"):
        calendar = load_calendar(_calendar_file(found["calendar"], calendars))
        return LawProfile(
            id=found["id"],
            zone=_zone(found["utc_offset"]),
            calendar=calendar,
            ends_on_working_days=found["ends_on_working_days"],
            rights={Right(right): _clocks(file, right, clocks) for right, clocks in found["rights"].items()},
            complaint=_complaint(found["complaint"]),
        )


class ShippedLaws:
    """The laws that come with camket, each read once; see `camket.ports.LawBook`.

    Args:
        calendars: folder with the operator's own calendars; None for camket's alone.

    Raises:
        NotFoundError: a file in the folder is named after no calendar of a law; names the nearest.
        UnreadableError: the folder or a file cannot be read.
        InvalidValueError: a calendar says what cannot hold.
    """

    def __init__(self, calendars: Path | None = None) -> None:
        self._calendars = calendars
        self._read = lru_cache(load_profile)
        if calendars is not None:
            # INVARIANT: a calendar that cannot be used is told of at the start, not when a date rests on it.
            _require_known(calendars)
            for name in profile_names():
                self.profile(name)

    def profile(self, name: str) -> LawProfile:
        """Return a law as its clocks."""
        return self._read(name, calendars=self._calendars)


def _calendar_file(name: str, calendars: Path | None) -> Path:
    own = None if calendars is None else calendars / f"{name}.toml"
    return own if own is not None and own.exists() else CALENDARS / f"{name}.toml"


def _require_known(calendars: Path) -> None:
    known = sorted(file.stem for file in CALENDARS.glob("*.toml"))
    try:
        found = sorted(file.name for file in calendars.iterdir())
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise UnreadableError(f"cannot read the folder `{calendars.name}`: {reason}") from error
    for file in found:
        name = file.removesuffix(".toml")
        if name not in known:
            hint = nearest(name, known)
            raise NotFoundError(f"no law counts by a calendar `{file}`{hint}; there are {', '.join(known)}")


def _complaint(found: Mapping[str, Any]) -> Complaint:
    return Complaint(
        authority={language: str(found["authority"][language.value]) for language in Language},
        page=found.get("page"),
        article=str(found["article"]),
    )


def load_calendar(file: Path) -> WorkCalendar:
    """Read a calendar.

    Raises:
        UnreadableError: the file cannot be read.
        InvalidValueError: it says what cannot hold; names the file and the place.
    """
    found = _read(file)
    with _Place(file, "the calendar"):
        return WorkCalendar(
            id=found["id"],
            since=found["from"],
            until=found["until"],
            weekend=frozenset(_weekday(day) for day in found["weekend"]),
            days_off={date.fromisoformat(day): name for day, name in found["days_off"].items()},
            works=frozenset(found["works"]),
        )


def _weekday(name: str) -> int:
    if name not in WEEK:
        raise InvalidValueError(f"unknown day `{name}`{nearest(name, WEEK)}")
    return WEEK.index(name)


def _clocks(file: Path, right: str, clocks: Mapping[str, Any]) -> RightClocks:
    with _Place(file, f"`rights.{right}`"):
        unknown = [name for name in clocks if name not in CLOCKS]
        if unknown:
            raise InvalidValueError(f"unknown clock `{unknown[0]}`{nearest(unknown[0], CLOCKS)}")
        return RightClocks(**{name: _span(span) for name, span in clocks.items()})


def _span(written: Mapping[str, Any]) -> Span:
    (counts,) = [one for one in Counts if one in written]
    return Span(length=written[counts], counts=counts, article=written["article"])


def _zone(offset: str) -> timezone:
    hours, minutes = offset[1:].split(":")
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if offset.startswith("-") else span)


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise UnreadableError(f"cannot read `{file.name}`: {(error.strerror or 'unknown reason').lower()}") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidValueError(f"`{file.name}` is not TOML: {error}") from error


class _Place:
    """Says of whatever is missing or cannot hold where it stands."""

    def __init__(self, file: Path, what: str) -> None:
        self._where = f"`{file.name}`, {what}"

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Name the place."""
        if isinstance(error, KeyError):
            raise InvalidValueError(f"{self._where}: {error} is missing") from error
        inner = isinstance(error, InvalidValueError) and not str(error).startswith("`")  # not placed already
        if inner or isinstance(error, TypeError | ValueError):
            raise InvalidValueError(f"{self._where}: {error}") from error
