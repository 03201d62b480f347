"""Lines of the server log on their way to the vault: what a signed-in customer's request was, and a bounded queue.

A request that no one asked about has no line: only a page or an app that looked who is signed in says so here, so that
public pages cannot leave a trace of who came (P6).
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MOST_WAITING: Final = 20_000
"""So many lines wait at most; what comes beyond is counted and dropped, and slows nobody down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One request of a signed-in customer; *personal*.

    Args:
        subject_id: opaque.
        service: which part of the product answered.
        at: aware; when it came.
        path: the pattern of the page, never what someone put into an address.
        status: of the answer.
        address: network address; None where it is not known.
    """

    subject_id: str
    service: str
    at: datetime
    path: str = field(repr=False)
    status: int
    address: str | None = field(repr=False)


class LogQueue:
    """Lines that wait to be written down. Safe for many threads; adding one takes no longer than a lock."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._waiting: deque[LogLine] = deque()
        self._dropped = 0
        self._lock = Lock()

    def add(self, line: LogLine) -> None:
        """Have a line wait, or count it as dropped where too many do."""
        with self._lock:
            if len(self._waiting) < self._most:
                self._waiting.append(line)
            else:
                self._dropped += 1

    def take(self) -> tuple[tuple[LogLine, ...], int]:
        """Return what waits, oldest first, and how many were dropped since the last time; nothing waits afterwards."""
        with self._lock:
            lines, dropped = tuple(self._waiting), self._dropped
            self._waiting.clear()
            self._dropped = 0
            return lines, dropped


@dataclass(kw_only=True, slots=True)
class SignedInNote:
    """What the answering of one request found out about who sent it.

    Args:
        subject_id: who is signed in; None until someone asked and was told.
        service: in which service that was asked.
        path: the pattern of the page; None where only its app knows it.
    """

    subject_id: str | None = None
    service: str = ""
    path: str | None = None


_CURRENT: Final[ContextVar[SignedInNote | None]] = ContextVar("signed_in_note", default=None)


@contextmanager
def noting() -> Iterator[SignedInNote]:
    """Give a note that `note_signed_in` fills in as long as the block lasts, in threads that it starts too."""
    note = SignedInNote()
    token = _CURRENT.set(note)
    try:
        yield note
    finally:
        _CURRENT.reset(token)


def note_signed_in(subject_id: str, *, service: str, path: str | None = None) -> None:
    """Say who was found to be signed in; nothing where no request is being answered.

    Args:
        subject_id: opaque.
        service: which service asked.
        path: the pattern of the page, where it is known.
    """
    note = _CURRENT.get()
    if note is not None:
        note.subject_id, note.service, note.path = subject_id, service, path
