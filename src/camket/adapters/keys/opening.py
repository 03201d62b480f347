"""Making a key store and opening one: never a new key over old data."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from camket.adapters.keys import epochs
from camket.adapters.keys.cache import KeyCache
from camket.adapters.keys.files import (
    DATABASE,
    MARK,
    appears_whole,
    make_private_file,
    require_private,
    write_epoch_key,
)
from camket.adapters.keys.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES, connect, explain, to_microseconds
from camket.adapters.keys.store import FileKeyStore
from camket.core.errors import KeyStoreError
from camket.core.vault.box import KEY_BYTES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

INSTANCE_BYTES: Final = 16
CHECKED_AT_START_BYTES: Final = 32 * 2**20
"""A key store up to this size is checked page by page whenever it is opened."""


def create_key_store(folder: Path, *, at: datetime) -> FileKeyStore:
    """Make a new key store and open it. The whole folder is on disk on return, or is not there.

    Only for an empty database: data sealed with other keys would never open again.

    Args:
        folder: does not exist, or is empty.
        at: aware; when its first epoch begins.

    Raises:
        KeyStoreError: there is something in the folder, or the disk refuses.
    """
    with appears_whole(folder) as draft:
        try:
            _fill(draft, at)
        except sqlite3.Error as error:
            raise explain(error, draft / DATABASE) from error
    return open_key_store(folder)


def open_key_store(folder: Path) -> FileKeyStore:
    """Open a key store.

    Raises:
        KeyStoreError: missing, open to other accounts, damaged, read-only, of a newer version, or without the key of
            an epoch; the message names the file and what to do.
    """
    database = folder / DATABASE
    if not database.exists():
        raise KeyStoreError(
            f"the key store `{database}` is missing; restore the folder `{folder}` from its newest backup, or set "
            "`keys` to where it is"
        )
    require_private(folder)
    try:
        _require_key_store(database)
    except sqlite3.Error as error:
        raise explain(error, database) from error
    return FileKeyStore(folder)


def open_or_create_key_store(folder: Path, *, database_is_empty: bool, at: datetime) -> FileKeyStore:
    """Open the key store, or make one when there is none and the database holds nothing yet.

    Raises:
        KeyStoreError: as `open_key_store`; above all when it is missing and the database holds data.
    """
    if database_is_empty and not (folder / DATABASE).exists():
        return create_key_store(folder, at=at)
    return open_key_store(folder)


def _fill(folder: Path, at: datetime) -> None:
    database = folder / DATABASE
    make_private_file(database, b"")
    key = write_epoch_key(folder, 1, os.urandom(KEY_BYTES))
    cache = KeyCache(folder / MARK)
    keys = epochs.EpochKeys(folder, cache)
    with closing(connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.executescript(TABLES)
        connection.execute("BEGIN IMMEDIATE")
        instance_id = os.urandom(INSTANCE_BYTES).hex()
        connection.execute("INSERT INTO store (id, instance_id, generation) VALUES (1, ?, 0)", (instance_id,))
        connection.execute(
            "INSERT INTO epoch (number, begun_at, check_value) VALUES (1, ?, ?)",
            (to_microseconds(at), epochs.check_value(key, 1)),
        )
        for name in (*epochs.CARRIED, *epochs.REKEYED, *epochs.REPLACED):
            epochs.add_named_key(connection, keys, name=name, version=1)
        connection.execute("COMMIT")
    cache.close()


def _require_key_store(database: Path) -> None:
    with closing(connect(database)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise KeyStoreError(f"`{database}` is not a key store; set `keys` to the folder of the key store")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            raise KeyStoreError(
                f"`{database}` has format {version}, this version of camket knows {SCHEMA_VERSION}; install a newer one"
            )
        if database.stat().st_size <= CHECKED_AT_START_BYTES:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise KeyStoreError(
                    f"the key store's `{database}` is damaged ({verdict}); restore the key store from its newest backup"
                )
