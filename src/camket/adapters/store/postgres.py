"""The store on PostgreSQL: a transaction for each unit of work, run again when units collide."""

from __future__ import annotations

import select
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from camket.adapters.store.failures import COLLISIONS, UNIQUE_VIOLATION, from_postgresql
from camket.adapters.store.schema import HEAD, revision_of, upgrade
from camket.adapters.store.statements import POSTGRESQL, Link
from camket.adapters.store.unit import Inside, StoreTicket, StoreUnit
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.pool import PoolProxiedConnection

    from camket.ports import Unit

T = TypeVar("T")

WRITERS: Final = 16
READERS: Final = 8
TIMES_RUN: Final = 8
"""A unit that collides with others is run so many times before its caller is told."""

MIGRATION_LOCK: Final = 0x63616D6B6574
"""The advisory lock under which one process at a time brings the tables up."""

# INVARIANT: a commit is acknowledged when the server has flushed it, whatever the server's own default says.
CONNECT_OPTIONS: Final = "-c synchronous_commit=on -c timezone=UTC"


class PostgresStore:
    """The operational store in a PostgreSQL database; see `camket.ports.Store` for what it promises.

    Units run in READ COMMITTED. What must not change under a unit is locked by its queries: the subject's row, the
    ledger's head, a job. What may be there once has a unique index.

    Args:
        url: `postgresql://` with user, host and database, or with `host` naming the folder of a socket.

    Raises:
        StoreError: the server cannot be reached or refuses; the message says what to do.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._inside = Inside()
        self._closed = threading.Event()
        try:
            _bring_up(url)
        except sa.exc.DBAPIError as error:
            raise from_postgresql(error.orig) if isinstance(error.orig, psycopg.Error) else error from None
        self._writers = QueuePool(self._connect_writer, pool_size=WRITERS, max_overflow=0)
        self._readers = QueuePool(self._connect_reader, pool_size=READERS, max_overflow=0)

    def write(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work and return its result once everything it wrote is on disk."""
        for _ in range(TIMES_RUN - 1):
            try:
                return self._write_once(unit)
            except psycopg.Error as error:
                # A row that came in between is seen by the second run, which then answers instead of failing.
                if error.sqlstate not in COLLISIONS | {UNIQUE_VIOLATION}:
                    raise from_postgresql(error) from None
        try:
            return self._write_once(unit)
        except psycopg.Error as error:
            raise from_postgresql(error) from None

    def read(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work that only reads, over one state of the store."""
        try:
            with self._borrow(self._readers, writes=False) as (store_unit, _):
                return unit(store_unit)
        except psycopg.Error as error:
            raise from_postgresql(error) from None

    def close(self) -> None:
        """Refuse new units and close the connections; twice is once. Units under way end by themselves."""
        self._closed.set()
        self._writers.dispose()
        self._readers.dispose()

    def _write_once(self, unit: Callable[[Unit], T]) -> T:
        with self._borrow(self._writers, writes=True) as (store_unit, connection):
            ticket = store_unit.ticket = StoreTicket()
            result = unit(store_unit)
            connection.commit()
            # INVARIANT: durable is said after the commit has returned, never before.
            ticket.durable = True
            return result

    @contextmanager
    def _borrow(self, pool: QueuePool, *, writes: bool) -> Iterator[tuple[StoreUnit, Any]]:
        self._inside.refuse()
        if self._closed.is_set():
            raise StoreError("the store is closed")
        borrowed = _take(pool)
        self._inside.running = True
        try:
            store_unit = borrowed.info.get("unit")
            if store_unit is None:
                link = Link(cursor=borrowed.cursor(), dialect=POSTGRESQL, writes=writes)
                store_unit = borrowed.info["unit"] = StoreUnit(link)
            yield store_unit, borrowed.dbapi_connection
        finally:
            self._inside.running = False
            _give_back(borrowed)

    def _connect_writer(self) -> Any:  # noqa: ANN401 - the pool wants its own protocol, which psycopg does not declare
        connection = psycopg.connect(self._url, options=CONNECT_OPTIONS)
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return connection

    def _connect_reader(self) -> Any:  # noqa: ANN401 - as above
        connection = psycopg.connect(self._url, options=CONNECT_OPTIONS)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection


def _take(pool: QueuePool) -> PoolProxiedConnection:
    """Take a connection that works; those that the server has ended since their last use are replaced."""
    while True:
        borrowed = pool.connect()
        connection: Any = borrowed.dbapi_connection
        if not _has_ended(connection):
            return borrowed
        borrowed.invalidate()
        borrowed.close()


def _has_ended(connection: Any) -> bool:  # noqa: ANN401 - as above
    """Say whether the server has ended an idle connection: it then has sent a notice that no one asked for."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _give_back(borrowed: PoolProxiedConnection) -> None:
    """Return a connection to its pool, whatever is unfinished undone; a broken one is dropped."""
    connection: Any = borrowed.dbapi_connection
    if connection.closed or connection.broken:
        borrowed.invalidate()
    borrowed.close()


def _bring_up(url: str) -> None:
    """Bring the tables up, in one transaction that no other process starting at the same time can share."""
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url, options=CONNECT_OPTIONS))
    with engine.begin() as connection:
        if revision_of(connection) != HEAD:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            if revision_of(connection) != HEAD:
                upgrade(connection)
    engine.dispose()
