"""Connections that many threads share, each with its unit of work made once."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from camket.adapters.store.statements import Link
from camket.adapters.store.unit import Inside, StoreUnit
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sqlalchemy.engine import Dialect

LONGEST_WAIT_SECONDS: Final = 30.0
"""How long a unit waits for a connection before its caller is told that the store is busy."""


class Lent:
    """A connection with its cursor and its unit of work; leaving the `with` block gives it back.

    Args:
        pool: whose it is.
        connection: the driver's.
    """

    __slots__ = ("_pool", "connection", "cursor", "unit")

    def __init__(self, pool: Pool, connection: Any) -> None:  # noqa: ANN401 - the drivers' own types differ
        self._pool = pool
        self.connection = connection
        self.cursor = connection.cursor()
        self.unit = StoreUnit(Link(cursor=self.cursor, dialect=pool.dialect, writes=pool.writes))

    def __enter__(self) -> Self:
        """Return this; the pool has lent it already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo whatever is unfinished, and give the connection back."""
        self._pool.take_back(self)


class Pool:
    """A bounded number of connections, opened when they are first needed and kept; the one used last is lent first.

    Args:
        connect: opens a connection.
        has_ended: says whether a connection that lay idle can be used no more; it is then replaced.
        failure: what the driver raises.
        size: at most so many connections.
        dialect: the store's.
        writes: whether units on these connections may write.
        inside: marks threads that run units.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        has_ended: Callable[[Any], bool],
        *,
        failure: type[Exception],
        size: int,
        dialect: Dialect,
        writes: bool,
        inside: Inside,
    ) -> None:
        self.dialect = dialect
        self.writes = writes
        self._connect = connect
        self._has_ended = has_ended
        self._failure = failure
        self._size = size
        self._inside = inside
        self._longest_wait_seconds = LONGEST_WAIT_SECONDS
        self._free: deque[Lent] = deque()
        self._changed = threading.Condition()
        self._waiting = 0
        self._opened = 0
        self._closed = False

    def lend(self) -> Lent:
        """Lend a connection and its unit, for a `with` block.

        Raises:
            StoreError: the pool is closed, no connection became free, or this thread is running a unit already.
        """
        self._inside.refuse()
        while True:
            if self._closed:
                raise StoreError("the store is closed")
            try:
                # Taken and given back without the lock as long as there are enough: each is one step of a deque.
                lent = self._free.pop()
            except IndexError:
                lent = self._wait_or_open()
            if not self._has_ended(lent.connection):
                break
            self._discard(lent)
        self._inside.running = True
        return lent

    def take_back(self, lent: Lent) -> None:
        """Undo what was left unfinished on a connection that was lent, and keep it for the next one."""
        self._inside.running = False
        try:
            lent.connection.rollback()
        except self._failure:
            self._discard(lent)
            return
        if self._has_ended(lent.connection):
            self._discard(lent)
            return
        self._free.append(lent)
        if self._waiting:
            with self._changed:
                self._changed.notify()
        if self._closed:
            self._discard_free()

    def close(self) -> None:
        """Lend nothing more and close what is not lent; what is lent closes when it comes back."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._discard_free()

    def _wait_or_open(self) -> Lent:
        until = time.monotonic() + self._longest_wait_seconds
        with self._changed:
            self._waiting += 1
            try:
                while self._opened >= self._size:
                    if self._free:
                        # Another one may take it first: then this one waits on.
                        with suppress(IndexError):
                            return self._free.pop()
                    left = until - time.monotonic()
                    if left <= 0:
                        message = f"the store is busy: all {self._size} connections are in use; try again"
                        raise StoreError(message)
                    self._changed.wait(left)
                    if self._closed:
                        raise StoreError("the store is closed")
                self._opened += 1
            finally:
                self._waiting -= 1
        try:
            return Lent(self, self._connect())
        except BaseException:
            self._opened_less()
            raise

    def _discard(self, lent: Lent) -> None:
        with suppress(self._failure):
            lent.connection.close()
        self._opened_less()

    def _discard_free(self) -> None:
        while self._free:
            with suppress(IndexError):
                self._discard(self._free.pop())

    def _opened_less(self) -> None:
        with self._changed:
            self._opened -= 1
            self._changed.notify()
