"""What went wrong in a driver: what it was and what to do, for the operator's log; people get one plain sentence."""

from __future__ import annotations

import sqlite3
from typing import Final

import sqlalchemy as sa

from camket_shop.errors import StoreError

PRIMARY_CODE: Final = 0xFF
"""SQLite's extended codes carry the primary one in their lowest byte."""

SQLITE_WORDS: Final = {
    sqlite3.SQLITE_BUSY: ("store_busy", "is locked by another process; end what is using it, or try again"),
    sqlite3.SQLITE_LOCKED: ("store_busy", "is locked by another process; end what is using it, or try again"),
    sqlite3.SQLITE_READONLY: ("store_failed", "is read-only; let the service's user write to the file and its folder"),
    sqlite3.SQLITE_FULL: ("store_full", "cannot grow, the disk is full; free some space"),
    sqlite3.SQLITE_IOERR: ("store_failed", "could not be read or written, the disk reports a failure; check it"),
    sqlite3.SQLITE_CANTOPEN: ("store_failed", "cannot be opened; let the service's user read and write its folder"),
    sqlite3.SQLITE_CORRUPT: ("store_failed", "is damaged; restore it from a backup"),
    sqlite3.SQLITE_NOTADB: ("store_failed", "is not a database; check the path, or restore it from a backup"),
}

POSTGRESQL_WORDS: Final = {
    "53100": ("store_full", "cannot grow, its disk is full; free some space"),
    "25006": ("store_failed", "is read-only; connect to the primary server"),
    "42501": ("store_failed", "refuses this user; let them read and write the tables"),
    "53300": ("store_busy", "has no connection left; let it have more, or end what uses them"),
    "40001": ("store_busy", "saw units of work change the same rows again and again"),
    "40P01": ("store_busy", "saw units of work wait for each other again and again"),
}

COLLISIONS: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the unit is undone and may be run again."""


def from_driver(error: sa.exc.SQLAlchemyError) -> StoreError:
    """Return what a failure means; no value that was to be stored is in it."""
    if isinstance(error, sa.exc.TimeoutError):
        return StoreError("store_busy", reason="all connections are in use; try again")
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        known = None if code is None else SQLITE_WORDS.get(code & PRIMARY_CODE)
    else:
        known = POSTGRESQL_WORDS.get(sqlstate_of(error) or "")
    said, words = known or ("store_failed", f"refused a statement ({type(cause).__name__})")
    return StoreError(said, reason=f"the shop's database {words}")


def is_disk_failure(error: sa.exc.SQLAlchemyError) -> bool:
    """Say whether the disk itself reported a failure, after which what it has kept is uncertain."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & PRIMARY_CODE == sqlite3.SQLITE_IOERR


def is_collision(error: sa.exc.SQLAlchemyError) -> bool:
    """Say whether a second run may go better: units of work collided and this one was undone."""
    return sqlstate_of(error) in COLLISIONS


def sqlstate_of(error: sa.exc.SQLAlchemyError) -> str | None:
    """Return PostgreSQL's code for an error; None for none."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state
