"""That a printer was used, and which: information under the policy (P8), at most once a day for each printer."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from threading import Lock
from typing import TYPE_CHECKING, Final

from camket_shop.errors import DeniedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

VIETNAM: Final = timezone(timedelta(hours=7))
PRINTERS_REMEMBERED: Final = 100_000
"""Printers of which a process remembers that they were used today; all are forgotten when there are more."""


def today_in_vietnam() -> date:
    """Return today's date where the shops are."""
    return datetime.now(VIETNAM).date()


class PrinterUses:
    """Which printers were used today, so that the second receipt of a day puts nothing on record.

    Args:
        keep: keeps a use, given who printed and the printer's name.
        today: what day it is.
    """

    def __init__(self, keep: Callable[[str, str], None], *, today: Callable[[], date] = today_in_vietnam) -> None:
        self._keep = keep
        self._today = today
        self._day = today()
        self._used: set[tuple[str, str]] = set()
        self._lock = Lock()

    def note(self, subject_id: str, name: str) -> None:
        """Keep a use, unless it was kept today.

        What the policy or the owner does not let be kept is left out, and on record as refused: printing goes on. After
        a restart of the server a use may be kept a second time on the same day.

        Args:
            subject_id: who printed.
            name: *personal*; what the printer calls itself.

        Raises:
            InvalidError: the name is no text that can be kept; nothing was.
            StoreError: it could not be made durable; the next receipt tells it again.
        """
        use = (subject_id, name)
        with self._lock:
            if self._is_known(use):
                return
        with suppress(DeniedError):  # asking again today would only put another refusal on record
            self._keep(subject_id, name)
        with self._lock:
            self._used.add(use)

    def _is_known(self, use: tuple[str, str]) -> bool:
        today = self._today()
        if self._day != today or len(self._used) >= PRINTERS_REMEMBERED:
            self._day = today
            self._used = set()
        return use in self._used
