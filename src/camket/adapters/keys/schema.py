"""The tables of the key store, how to connect to them, and what SQLite's refusals mean."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import KeyStoreError
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID: Final = 0x63616D6B
"""`camk`: what tells a key store from any other SQLite file."""

SCHEMA_VERSION: Final = 1
BUSY_SECONDS: Final = 10.0
"""How long a process waits for another one that is writing."""

_EPOCH_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

TABLES: Final = """
CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    instance_id TEXT NOT NULL,
    generation INTEGER NOT NULL
) STRICT;
CREATE TABLE epoch (
    number INTEGER PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    destroyed_at INTEGER,
    check_value BLOB NOT NULL
) STRICT;
CREATE TABLE subject_key (
    subject_id TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epoch (number),
    live BLOB,
    hold BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_key_by_epoch ON subject_key (epoch);
CREATE TABLE tombstone (
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('live', 'hold')),
    epoch INTEGER NOT NULL REFERENCES epoch (number),
    at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE named_key (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL REFERENCES epoch (number),
    wrapped BLOB NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL
) STRICT;
"""

_WHAT_TO_DO: Final = {
    "SQLITE_FULL": "the disk is full; make room",
    "SQLITE_READONLY": "it cannot be written to; make the folder and its files writable for the service's account",
    "SQLITE_BUSY": "another process is holding it; end that process",
    "SQLITE_LOCKED": "another process is holding it; end that process",
    "SQLITE_CANTOPEN": "it cannot be opened; check the folder and who may read it",
    "SQLITE_CORRUPT": "it is damaged; restore the key store from its newest backup",
    "SQLITE_NOTADB": "it is damaged or is not a key store; restore the key store from its newest backup",
    "SQLITE_IOERR": "the disk refused to read or write; check the disk and the room on it",
}


def explain(error: sqlite3.Error, database: Path) -> KeyStoreError:
    """Return what SQLite's refusal means for the operator, with the file and what to do."""
    name = getattr(error, "sqlite_errorname", "")
    known = next((sentence for prefix, sentence in _WHAT_TO_DO.items() if name.startswith(prefix)), str(error))
    return KeyStoreError(f"the key store's `{database}`: {known}")


def connect(database: Path) -> sqlite3.Connection:
    """Return a connection of which no deleted byte stays behind and no acknowledged one is lost.

    Raises:
        sqlite3.Error: the file is missing or cannot be used.
    """
    connection = sqlite3.connect(
        f"{database.absolute().as_uri()}?mode=rw",
        uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False,
    )  # fmt: skip
    try:
        for pragma in ("secure_delete = ON", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def empty_log(database: Path) -> None:
    """Move what the write-ahead log holds into the database and cut the log to nothing.

    Where another process is reading at this moment the log stays until the next time; no key depends on it.

    Raises:
        sqlite3.Error: the file cannot be used.
    """
    with closing(connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def to_microseconds(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970."""
    return (require_aware(instant, "at") - _EPOCH_START) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the instant, in UTC."""
    return _EPOCH_START + timedelta(microseconds=count)
