"""Calendars of the operator's own, in the place of those that come with camket."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from camket.adapters.law import CALENDARS, ShippedLaws
from camket.core.errors import InvalidValueError, NotFoundError, UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

VN = "vn-pdpl-2025"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a calendar that goes on for a year more and knows one more day off."""
    text = (CALENDARS / "vn.toml").read_text(encoding="utf-8")
    longer = text.replace("until = 2027-12-31", "until = 2028-12-31") + '2028-01-03 = "Nghỉ bù"\n'
    (tmp_path / "vn.toml").write_text(longer, encoding="utf-8")
    return tmp_path


def test_a_calendar_of_ones_own_takes_the_place_of_the_one_that_came(folder: Path) -> None:
    """For the laws that count by it; all others keep theirs."""
    own, shipped = ShippedLaws(folder), ShippedLaws()
    assert own.profile(VN).calendar.until == date(2028, 12, 31)
    assert not own.profile(VN).calendar.is_working_day(date(2028, 1, 3))
    assert shipped.profile(VN).calendar.until == date(2027, 12, 31)
    assert own.profile("eu-gdpr") == shipped.profile("eu-gdpr")
    assert own.profile(VN) is own.profile(VN)


def test_a_calendar_that_cannot_be_used_is_told_of_at_once(folder: Path) -> None:
    """One that is broken, named after nothing, or not there at all."""
    shutil.copy(folder / "vn.toml", folder / "vm.toml")
    with pytest.raises(NotFoundError, match=r"`vm\.toml`.* vn"):
        ShippedLaws(folder)
    (folder / "vm.toml").unlink()
    (folder / "vn.toml").write_text("id = 'vn'\n", encoding="utf-8")
    with pytest.raises(InvalidValueError, match=r"vn\.toml"):
        ShippedLaws(folder)
    with pytest.raises(UnreadableError, match="gone"):
        ShippedLaws(folder / "gone")


def test_past_its_end_a_calendar_knows_weekends_alone() -> None:
    """Every day has an answer then, and the days that were known keep theirs."""
    profile = ShippedLaws().profile(VN).without_end()
    assert not profile.calendar.is_working_day(date(2026, 11, 24))
    assert profile.calendar.is_working_day(date(2028, 9, 1))
    assert not profile.calendar.is_working_day(date(2028, 9, 2))
