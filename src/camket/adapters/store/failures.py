"""What went wrong in a driver, in the user's words: what it was, and what to do."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from camket.core.errors import CamketError, ConflictError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

PRIMARY_CODE: Final = 0xFF
"""SQLite's extended codes carry the primary one in their lowest byte."""

SQLITE_WORDS: Final = {
    sqlite3.SQLITE_BUSY: "is locked by another process; end what is using it, or try again when it is done",
    sqlite3.SQLITE_LOCKED: "is locked by another process; end what is using it, or try again when it is done",
    sqlite3.SQLITE_READONLY: "is read-only; let the service's user write to the file and to its folder",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space",
    sqlite3.SQLITE_IOERR: "could not be read or written, the disk reports a failure; check it, then start again",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; let the service's user read and write the file and its folder",
    sqlite3.SQLITE_PERM: "cannot be opened; let the service's user read and write the file and its folder",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "is not a database; check the path, or restore it from a backup",
    sqlite3.SQLITE_TOOBIG: "cannot hold a value that large; nothing was stored",
}

UNIQUE: Final = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})

POSTGRESQL_WORDS: Final = {
    "53100": "cannot grow, its disk is full; free some space",
    "25006": "is read-only; connect to the primary server",
    "42501": "refuses this user; let them read and write the tables",
    "53300": "has no connection left; let it have more, or end what uses them",
}
COLLISIONS: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the unit is undone and may be run again."""

LOST: Final = ("08", "57P")
"""The classes of a connection that failed, and of a server that ended it or is not ready."""

UNIQUE_VIOLATION: Final = "23505"


def from_sqlite(error: sqlite3.Error, path: Path) -> CamketError:
    """Return what a failure of SQLite means; the message holds no value that was to be stored."""
    code = getattr(error, "sqlite_errorcode", None)
    if code in UNIQUE:
        return ConflictError(f"a row is there already that may be there once ({error})")
    words = None if code is None else SQLITE_WORDS.get(code & PRIMARY_CODE)
    return StoreError(f"the database `{path}` {words or f'refused a statement: {error}'}")


def disk_failure(path: Path) -> StoreError:
    """Return what is said of every unit after the disk has failed one."""
    return StoreError(f"the database `{path}` {SQLITE_WORDS[sqlite3.SQLITE_IOERR]}")


def is_disk_failure(error: sqlite3.Error) -> bool:
    """Say whether the disk itself reported a failure, after which what it has kept is uncertain."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & PRIMARY_CODE == sqlite3.SQLITE_IOERR


def from_postgresql(error: psycopg.Error) -> CamketError:
    """Return what a failure of PostgreSQL means; its details, which may quote values, are left out."""
    state = error.sqlstate
    if state == UNIQUE_VIOLATION:
        return ConflictError(f"a row is there already that may be there once ({error.diag.constraint_name})")
    if state in COLLISIONS:
        return ConflictError("other units of work changed the same rows again and again; try once more")
    if state is None or state.startswith(LOST):
        return StoreError("the PostgreSQL server cannot be reached, or the connection broke; check that it runs")
    words = POSTGRESQL_WORDS.get(state)
    return StoreError(f"the PostgreSQL database {words or f'refused a statement (SQLSTATE {state})'}")
