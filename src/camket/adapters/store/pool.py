"""Connections that many threads share, each with its unit of work made once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from camket.adapters.store.statements import Link
from camket.adapters.store.unit import Inside, StoreUnit
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Dialect

LONGEST_WAIT_SECONDS: Final = 30.0
"""How long a unit waits for a connection before its caller is told that the store is busy."""


class Pool:
    """A bounded number of connections, opened when they are first needed and kept.

    Args:
        connect: opens a connection.
        has_ended: says whether a connection that lay idle can be used no more; it is then replaced.
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
        size: int,
        dialect: Dialect,
        writes: bool,
        inside: Inside,
    ) -> None:
        self._connections = QueuePool(connect, pool_size=size, max_overflow=0, timeout=LONGEST_WAIT_SECONDS)
        self._has_ended = has_ended
        self._size = size
        self._dialect = dialect
        self._writes = writes
        self._inside = inside
        self._closed = threading.Event()

    @contextmanager
    def lend(self) -> Iterator[tuple[StoreUnit, Any]]:
        """Lend a unit and its connection; whatever is unfinished afterwards is undone.

        Raises:
            StoreError: the pool is closed, no connection became free, or this thread is running a unit already.
        """
        self._inside.refuse()
        borrowed = self._take()
        self._inside.running = True
        try:
            store_unit = borrowed.info.get("unit")
            if store_unit is None:
                link = Link(cursor=borrowed.cursor(), dialect=self._dialect, writes=self._writes)
                store_unit = borrowed.info["unit"] = StoreUnit(link)
            yield store_unit, borrowed.dbapi_connection
        finally:
            self._inside.running = False
            if self._has_ended(borrowed.dbapi_connection):
                borrowed.invalidate()
            borrowed.close()

    def close(self) -> None:
        """Lend nothing more and close what is not lent; what is lent closes when it comes back."""
        self._closed.set()
        self._connections.dispose()

    def _take(self) -> Any:  # noqa: ANN401 - SQLAlchemy's proxy, whose type lacks the driver's methods
        while True:
            if self._closed.is_set():
                raise StoreError("the store is closed")
            try:
                borrowed = self._connections.connect()
            except sa.exc.TimeoutError:
                message = f"the store is busy: all {self._size} connections are in use; try again"
                raise StoreError(message) from None
            if not self._has_ended(borrowed.dbapi_connection):
                return borrowed
            borrowed.invalidate()
            borrowed.close()
