"""Days, times and numbers as people in Vietnam write and say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from camket.core.terms import Language
from camket.web.wording import clock_time, day, grouped, machine_time, moment, shortened, span

NOW = datetime(2026, 11, 18, 3, 12, tzinfo=UTC)  # 10:12 in Vietnam


@pytest.mark.parametrize(
    ("age", "vi", "en"),
    [
        (timedelta(seconds=0), "vừa xong", "just now"),
        (timedelta(seconds=59), "vừa xong", "just now"),
        (timedelta(minutes=1), "1 phút trước", "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 phút trước", "59 minutes ago"),
        (timedelta(hours=1), "hôm nay 09:12", "today 09:12"),
        (timedelta(hours=10, minutes=12), "hôm nay 00:00", "today 00:00"),
        (timedelta(hours=10, minutes=13), "hôm qua 23:59", "yesterday 23:59"),
        (timedelta(days=1, hours=1), "hôm qua 09:12", "yesterday 09:12"),
        (timedelta(days=2), "16/11/2026 10:12", "16/11/2026 10:12"),
        (timedelta(seconds=-1), "hôm nay 10:12", "today 10:12"),
        (timedelta(days=-1), "19/11/2026 10:12", "19/11/2026 10:12"),
    ],
)
def test_a_moment_is_said_as_a_person_would(age: timedelta, vi: str, en: str) -> None:
    """The nearer a moment is, the plainer it is said; days begin at midnight in Vietnam."""
    assert moment(NOW - age, NOW, Language.VI) == vi
    assert moment(NOW - age, NOW, Language.EN) == en


@pytest.mark.parametrize(
    ("first", "last", "vi", "en"),
    [
        (30, 30, "hôm nay 09:42", "today 09:42"),
        (60, 12, "hôm nay 09:12–10:00", "today 09:12–10:00"),
        (24 * 60 + 5, 24 * 60, "hôm qua 10:07–10:12", "yesterday 10:07–10:12"),
        (630, 600, "hôm qua 23:42 – hôm nay 00:12", "yesterday 23:42 – today 00:12"),
    ],
)
def test_a_stretch_of_time_names_its_day_once(first: int, last: int, vi: str, en: str) -> None:
    """Minutes before now: one moment, two times of a day, or two days where midnight lies between."""
    begins, ends = NOW - timedelta(minutes=first), NOW - timedelta(minutes=last)
    assert span(begins, ends, NOW, Language.VI) == vi
    assert span(begins, ends, NOW, Language.EN) == en


def test_a_day_is_a_day_in_vietnam() -> None:
    """An evening in London is the next day in Vietnam."""
    evening = datetime(2026, 11, 17, 20, 5, tzinfo=UTC)
    assert (day(evening), clock_time(evening)) == ("18/11/2026", "03:05")
    assert machine_time(evening) == "2026-11-17T20:05:00Z"


def test_large_numbers_are_grouped() -> None:
    """Thousands stand apart by a space that does not break the line."""
    assert [grouped(number) for number in (0, 999, 48213)] == ["0", "999", "48\u00a0213"]


def test_a_hash_is_shortened_for_the_eye() -> None:
    """A long hash keeps its head and tail; a short text stays whole."""
    assert shortened("43dd94270098" + "0" * 48 + "e6cb") == "43dd94270098…e6cb"
    assert shortened("abc") == "abc"
