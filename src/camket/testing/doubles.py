"""Doubles for what a test must hold in its hands: time, randomness, outgoing mail."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from camket.ports import Mail

TEST_NOW: Final = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class HeldClock:
    """A clock that stands still until it is moved; see `camket.ports.Clock`.

    Args:
        now: aware; where it begins.
    """

    def __init__(self, now: datetime = TEST_NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return where it stands."""
        return self._now

    def advance(self, **span: float) -> datetime:
        """Move it on, by what `timedelta` takes, and return where it stands; never backwards."""
        step = timedelta(**span)
        if step < timedelta(0):
            message = "a clock does not go backwards"
            raise ValueError(message)
        self._now += step
        return self._now


class SeededEntropy:
    """Bytes that are the same in every run of a test; see `camket.ports.Entropy`. Never for a service that serves.

    Args:
        seed: another one gives other bytes.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._lock = threading.Lock()

    def token(self, size_bytes: int) -> bytes:
        """Return the next bytes."""
        with self._lock:
            return self._random.randbytes(size_bytes)

    def code(self) -> str:
        """Return the next six digits."""
        with self._lock:
            return f"{self._random.randrange(10**6):06}"


class CapturedMail:
    """Keeps every mail that would have left; see `camket.ports.MailCarrier`."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def carry(self, mail: Mail) -> None:
        """Keep one mail."""
        self.mails.append(mail)
