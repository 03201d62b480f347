"""The store on SQLite: one writer with group commit, a pool of readers, every commit flushed to disk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from camket.adapters.store.failures import from_sqlite
from camket.adapters.store.group_commit import GroupCommit
from camket.adapters.store.pool import Pool
from camket.adapters.store.schema import HEAD, revision_of, upgrade
from camket.adapters.store.statements import SQLITE
from camket.adapters.store.unit import Inside
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camket.ports import Unit

T = TypeVar("T")

UNITS_PER_COMMIT: Final = 256
READERS: Final = 8
LOCK_WAIT_SECONDS: Final = 5.0
"""How long a statement waits for another process that has the file locked."""

PAGES_BETWEEN_CHECKPOINTS: Final = 8000
"""32 MiB of write-ahead log; SQLite's own 1000 would copy pages back many times a second under load."""

STATEMENTS_KEPT: Final = 512


class SqliteStore:
    """The operational store in one SQLite file; see `camket.ports.Store` for what it promises.

    Args:
        path: the file; its folder is made when it is missing.
        units_per_commit: at most so many units share a flush; 1 only to measure what sharing gains.
        lock_wait_seconds: how long to wait for another process before giving up.

    Raises:
        StoreError: the file cannot be opened, written or understood; the message says what to do.
    """

    def __init__(
        self,
        path: Path,
        *,
        units_per_commit: int = UNITS_PER_COMMIT,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> None:
        self._path = path
        self._lock_wait_seconds = lock_wait_seconds
        _make_file(path)
        writer = self._open_writer()
        inside = Inside()
        self._readers = Pool(
            self._connect_reader,
            _never_ends,
            failure=sqlite3.Error,
            size=READERS,
            dialect=SQLITE,
            writes=False,
            inside=inside,
        )
        self._writer = GroupCommit(writer, path, units_per_commit=units_per_commit, inside=inside)

    def write(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work and return its result once everything it wrote is on disk."""
        return self._writer.write(unit)

    def read(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work that only reads, over one state of the store."""
        try:
            with self._readers.lend() as lent:
                lent.cursor.execute("BEGIN")
                return unit(lent.unit)
        except sqlite3.Error as error:
            raise from_sqlite(error, self._path) from error

    def close(self) -> None:
        """Finish the units that wait, refuse new ones, close the file; twice is once."""
        self._writer.close()
        self._readers.close()

    def _open_writer(self) -> sqlite3.Connection:
        try:
            with ExitStack() as if_it_fails:
                writer = self._connect()
                if_it_fails.callback(writer.close)
                _set_up(writer, self._path)
                _bring_up(writer)
                if_it_fails.pop_all()
        except sqlite3.Error as error:
            raise from_sqlite(error, self._path) from error
        except sa.exc.DBAPIError as error:
            raise from_sqlite(error.orig, self._path) if isinstance(error.orig, sqlite3.Error) else error from None
        return writer

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._lock_wait_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
        )
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _connect_reader(self) -> sqlite3.Connection:
        connection = self._connect()
        connection.execute("PRAGMA query_only = ON")
        return connection


def _never_ends(connection: sqlite3.Connection) -> bool:
    del connection
    return False


def _make_file(path: Path) -> None:
    """Make the folder and the file for this user alone, so that no one else can read even the sealed bytes."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        message = f"the database `{path}` cannot be opened ({reason}); let the service's user read and write its folder"
        raise StoreError(message) from error


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    """Set what makes a commit durable; journal mode stays with the file, the rest is said to each connection."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(f"the database `{path}` cannot keep a write-ahead log (it says `{mode}`); use a local disk")
    # INVARIANT: FULL flushes the log at every commit; anything less would acknowledge what a power cut can take back.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BETWEEN_CHECKPOINTS}")


def _bring_up(raw: sqlite3.Connection) -> None:
    """Bring the tables up, in one transaction that no other process starting at the same time can share."""
    engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        if revision_of(connection) == HEAD:
            return
        raw.execute("BEGIN IMMEDIATE")
        if revision_of(connection) != HEAD:
            upgrade(connection)
        connection.commit()
