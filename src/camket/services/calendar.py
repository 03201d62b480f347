"""The calendar by which days are said and certified: that of Vietnam, where the operator and its customers are."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam's clock; it has stood at +07:00 all the year round since 1975."""


def day_of(instant: datetime) -> date:
    """Return the day in Vietnam on which an aware instant falls."""
    return instant.astimezone(VIETNAM).date()
