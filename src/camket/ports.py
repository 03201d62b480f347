"""What the services need from outside, each port with its promise in prose: durable on return or not, what absence means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """The time. Never goes backwards within a process as seen by one caller."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        ...


class Entropy(Protocol):
    """Randomness from the operating system's generator; never seeded, never repeated."""

    def token(self, size_bytes: int) -> bytes:
        """Return `size_bytes` unpredictable bytes."""
        ...

    def code(self) -> str:
        """Return six unpredictable decimal digits, leading zeros kept."""
        ...
