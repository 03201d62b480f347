"""The shop's database: one SQLite file in the app's own folder, or PostgreSQL; every commit flushed before it is told.

On SQLite one connection writes and eight read: writers take turns in this process and wait for no lock of their own.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from camket_shop.errors import StoreError
from camket_shop.store.failures import from_driver, is_collision, is_disk_failure
from camket_shop.store.schema import HEAD, revision_of, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

T = TypeVar("T")

FILE_NAME: Final = "quay.db"
READERS: Final = 8
WRITERS_OF_POSTGRESQL: Final = 16
LONGEST_WAIT_SECONDS: Final = 10.0
"""How long a unit of work waits for its turn, and for another process that has the file locked."""

TIMES_RUN: Final = 8
"""A unit of work that collides with others is run so many times before its caller is told."""

TRIES_TO_TRUNCATE: Final = 5
PAGES_BETWEEN_CHECKPOINTS: Final = 4000
MIGRATION_LOCK: Final = 0x71756179
"""The advisory lock under which one process at a time brings PostgreSQL's tables up."""

# INVARIANT: a commit is acknowledged when the server has flushed it, whatever the server's own default says.
CONNECT_OPTIONS: Final = "-c synchronous_commit=on -c timezone=UTC"


class ShopStore:
    """The shop's books. Safe for many threads; made by `open_store`.

    Args:
        writer: gives connections whose transactions write.
        reader: gives connections whose transactions only read.
    """

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
        self._failed = False

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run a unit of work in one transaction, and return its result once everything it wrote is on disk.

        Args:
            work: reads and writes; it may be run more than once, each time from the beginning.

        Raises:
            StoreError: nothing was stored; the store is busy, full or broken.
        """
        # INVARIANT: after a flush has failed, a later one may succeed without the lost pages; so none is tried.
        if self._failed:
            raise StoreError("store_failed", reason="the disk has failed before; check it, then start again")
        for times_left in reversed(range(TIMES_RUN)):
            try:
                with self._writer.begin() as connection:
                    result = work(connection)
            except sa.exc.SQLAlchemyError as error:
                self._failed = self._failed or is_disk_failure(error)
                if not (times_left and is_collision(error)):
                    raise from_driver(error) from None
            else:
                return result
        raise AssertionError  # the last time returns or raises

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a unit of work that only reads, over one state of the books.

        Raises:
            StoreError: the store is busy or broken.
        """
        try:
            with self._reader.begin() as connection:
                return work(connection)
        except sa.exc.SQLAlchemyError as error:
            raise from_driver(error) from None

    def forget_deleted(self) -> None:
        """Have what was deleted leave the disk: on SQLite its bytes are overwritten and the log is emptied.

        PostgreSQL keeps deleted rows until it vacuums; its own log keeps them until it is recycled.

        Raises:
            StoreError: someone reads an older state just now; trying again is safe.
        """
        if self._writer.dialect.name != "sqlite":
            return
        try:
            for _ in range(TRIES_TO_TRUNCATE):
                with self._writer.connect() as connection:
                    raw: Any = connection.connection.driver_connection
                    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return
        except sqlite3.Error as error:
            raise StoreError("store_failed", reason=f"the log could not be emptied: {error}") from None
        raise StoreError("store_busy", reason="the log could not be emptied, as someone reads an older state")

    def close(self) -> None:
        """Close every connection that is not in use; twice is once."""
        self._writer.dispose()
        self._reader.dispose()


def open_store(folder: Path, database_url: str | None = None) -> ShopStore:
    """Open the books, made or brought up to date where needed.

    Args:
        folder: the app's own; holds the SQLite file.
        database_url: `postgresql://...` instead of the file.

    Raises:
        StoreError: the database cannot be opened, written or understood; the message says what to do.
    """
    try:
        return _open_sqlite(folder / FILE_NAME) if database_url is None else _open_postgresql(database_url)
    except sa.exc.SQLAlchemyError as error:
        raise from_driver(error) from None


def _open_sqlite(path: Path) -> ShopStore:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        reason = (
            f"`{path}` cannot be opened ({(error.strerror or 'it failed').lower()}); let the service's user write it"
        )
        raise StoreError("store_failed", reason=reason) from None
    writer = _sqlite_engine(path, size=1, begin="BEGIN IMMEDIATE", pragmas=_set_up_writer)
    _bring_up(writer)
    return ShopStore(writer, _sqlite_engine(path, size=READERS, begin="BEGIN", pragmas=_set_up_reader))


def _sqlite_engine(path: Path, *, size: int, begin: str, pragmas: Callable[[sqlite3.Connection], None]) -> Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=LONGEST_WAIT_SECONDS,
        # The driver begins nothing by itself: how a transaction begins is said below.
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": LONGEST_WAIT_SECONDS},
    )

    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        pragmas(connection)

    def begin_it(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", set_up)
    sa.event.listen(engine, "begin", begin_it)
    return engine


def _set_up_writer(connection: sqlite3.Connection) -> None:
    """Set what makes a commit durable; journal mode stays with the file, the rest is said to each connection."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        reason = f"the shop's database cannot keep a write-ahead log (it says `{mode}`); use a local disk"
        raise StoreError("store_failed", reason=reason)
    # INVARIANT: FULL flushes the log at every commit; anything less would acknowledge what a power cut can take back.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BETWEEN_CHECKPOINTS}")


def _set_up_reader(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")


def _open_postgresql(url: str) -> ShopStore:
    address = f"postgresql+psycopg://{url.removeprefix('postgresql://')}"
    writer, reader = (
        sa.create_engine(
            address,
            pool_size=size,
            max_overflow=0,
            pool_timeout=LONGEST_WAIT_SECONDS,
            pool_pre_ping=True,
            isolation_level=level,
            execution_options={"postgresql_readonly": reads},
            connect_args={"options": CONNECT_OPTIONS},
        )
        for size, level, reads in (
            (WRITERS_OF_POSTGRESQL, "READ COMMITTED", False),
            (READERS, "REPEATABLE READ", True),
        )
    )
    _bring_up(writer)
    return ShopStore(writer, reader)


def _bring_up(writer: Engine) -> None:
    """Bring the tables up, in one transaction that no other process starting at the same time can share."""
    with ExitStack() as if_it_fails:
        if_it_fails.callback(writer.dispose)
        with writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            if revision_of(connection) != HEAD:
                upgrade(connection)
        if_it_fails.pop_all()
