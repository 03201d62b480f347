"""The system's clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime


class SystemClock:
    """The time of day, which within this process never goes backwards; see `camket.ports.Clock`."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present instant, or the last one returned while the system's clock is set back."""
        now = datetime.now(UTC)
        with self._lock:
            self._last = max(self._last, now)
            return self._last
