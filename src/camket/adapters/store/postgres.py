"""The store on PostgreSQL: a transaction for each unit of work, run again when units collide."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Final, TypeVar

import psycopg
import sqlalchemy as sa

from camket.adapters.store.failures import COLLISIONS, UNIQUE_VIOLATION, from_postgresql
from camket.adapters.store.pool import Pool
from camket.adapters.store.schema import HEAD, revision_of, upgrade
from camket.adapters.store.statements import POSTGRESQL
from camket.adapters.store.unit import Inside, StoreTicket

if TYPE_CHECKING:
    from collections.abc import Callable

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
        try:
            _bring_up(url)
        except sa.exc.DBAPIError as error:
            raise from_postgresql(error.orig) if isinstance(error.orig, psycopg.Error) else error from None
        inside = Inside()
        self._writers = Pool(
            self._connect_writer,
            _has_ended,
            failure=psycopg.Error,
            size=WRITERS,
            dialect=POSTGRESQL,
            writes=True,
            inside=inside,
        )
        self._readers = Pool(
            self._connect_reader,
            _has_ended,
            failure=psycopg.Error,
            size=READERS,
            dialect=POSTGRESQL,
            writes=False,
            inside=inside,
        )

    def write(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work and return its result once everything it wrote is on disk."""
        for times_left in reversed(range(TIMES_RUN)):
            try:
                return self._write_once(unit)
            except psycopg.Error as error:
                if not times_left or not _may_be_run_again(error, first=times_left == TIMES_RUN - 1):
                    raise from_postgresql(error) from None
        raise AssertionError  # the last time returns or raises

    def read(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work that only reads, over one state of the store."""
        try:
            with self._readers.lend() as lent:
                return unit(lent.unit)
        except psycopg.Error as error:
            raise from_postgresql(error) from None

    def close(self) -> None:
        """Refuse new units and close the connections; twice is once. Units under way end by themselves."""
        self._writers.close()
        self._readers.close()

    def _write_once(self, unit: Callable[[Unit], T]) -> T:
        with self._writers.lend() as lent:
            ticket = lent.unit.ticket = StoreTicket()
            result = unit(lent.unit)
            lent.connection.commit()
            # INVARIANT: durable is said after the commit has returned, never before.
            ticket.durable = True
            return result

    def _connect_writer(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, options=CONNECT_OPTIONS)
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return connection

    def _connect_reader(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, options=CONNECT_OPTIONS)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection


def _may_be_run_again(error: psycopg.Error, *, first: bool) -> bool:
    """Say whether a second run may go better: units collided, or a row came in between that it will then see."""
    return error.sqlstate in COLLISIONS or (first and error.sqlstate == UNIQUE_VIOLATION)


def _has_ended(connection: psycopg.Connection) -> bool:
    """Say whether a connection is lost: the server, when it ends an idle one, sends a notice that no one asked for."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _bring_up(url: str) -> None:
    """Bring the tables up, in one transaction that no other process starting at the same time can share."""
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url, options=CONNECT_OPTIONS))
    with engine.begin() as connection:
        if revision_of(connection) != HEAD:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            if revision_of(connection) != HEAD:
                upgrade(connection)
    engine.dispose()
