"""Who has no try left in this window, remembered in the process so that refusing them again costs the store nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

KEPT: Final = 4096
"""Visitors that are remembered; all are forgotten when there are more, and are then looked up again."""


class SpentTries:
    """Windows whose last try is gone. Safe for many threads.

    The count in the database decides; it only grows within a window, so what is remembered here stays true until the
    window ends. What is not remembered is counted there.
    """

    def __init__(self) -> None:
        self._ends: dict[tuple[str, bytes], datetime] = {}

    def remember(self, bucket: str, key_hmac: bytes, *, ends_at: datetime) -> None:
        """Remember that a visitor has no try left until an instant."""
        if len(self._ends) >= KEPT:
            self._ends.clear()
        self._ends[bucket, key_hmac] = ends_at

    def ends_at(self, bucket: str, key_hmac: bytes) -> datetime | None:
        """Return when a visitor's window ends in which no try is left; None where none is remembered."""
        return self._ends.get((bucket, key_hmac))
