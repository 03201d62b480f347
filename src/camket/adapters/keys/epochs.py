"""The epochs of a key store: their keys, and the steps by which one ends and nothing is left under it.

Each step is durable and may be repeated: begin the next epoch; wrap every surviving subject's keys under it; destroy
the keys of the epochs before it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Final

from camket.adapters.keys.files import DATABASE, epoch_file, read_epoch_key, write_epoch_key
from camket.adapters.keys.schema import from_microseconds, to_microseconds
from camket.core.errors import ConflictError, KeyStoreError, VaultError
from camket.core.vault.box import KEY_BYTES, NONCE_BYTES
from camket.core.vault.keyring import (
    Epoch,
    KeyKind,
    unwrap_named_key,
    unwrap_subject_key,
    wrap_named_key,
    wrap_subject_key,
)
from camket.core.vault.lookup import IndexField

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

    from camket.adapters.keys.cache import KeyCache

SIGNING: Final = "signing"
REKEYED: Final = (IndexField.EMAIL, IndexField.PHONE)
"""Fields whose old key stays until every index made with it is made anew."""

REPLACED: Final = (IndexField.VISITOR,)
"""Fields whose old key goes at once: nothing made with it is worth finding again."""

CARRIED: Final = (SIGNING, str(IndexField.CODE))
"""Keys that go on from epoch to epoch."""


class EpochKeys:
    """The key-encryption keys, read from their files when needed.

    Args:
        folder: the key store.
        cache: shared with the subjects' keys, so that a destroyed epoch's key is forgotten by every process.
    """

    def __init__(self, folder: Path, cache: KeyCache) -> None:
        self._folder = folder
        self._cache = cache

    def key(self, number: int) -> bytes:
        """Return the key of an epoch.

        Raises:
            FileNotFoundError: it was destroyed, or lost.
            KeyStoreError: it cannot be read.
        """
        stamp = self._cache.stamp()
        name = ("epoch", number)
        key = self._cache.get(name, stamp)
        if key is None:
            key = read_epoch_key(self._folder, number)
            self._cache.put(name, key, stamp)
        return key

    def present(self, connection: sqlite3.Connection) -> tuple[int, bytes]:
        """Return the number and the key of the present epoch.

        Raises:
            KeyStoreError: its file is missing or unreadable.
        """
        (number,) = connection.execute("SELECT max(number) FROM epoch").fetchone()
        return number, self.required(number)

    def required(self, number: int) -> bytes:
        """Return the key of an epoch that rows are still wrapped under.

        Raises:
            KeyStoreError: its file is missing or unreadable.
        """
        try:
            return self.key(number)
        except FileNotFoundError:
            raise KeyStoreError(
                f"the key store's `{epoch_file(self._folder, number)}` is missing; restore it from the backup that "
                f"`{DATABASE}` is from: without it no subject's data opens"
            ) from None


def check_value(key: bytes, number: int) -> bytes:
    """Return what tells whether a file holds the key of this epoch, without telling the key."""
    return hmac.digest(key, b"camket epoch %d" % number, hashlib.sha256)


def wrap_pair(
    epoch_key: bytes, subject_id: str, epoch: int, keys: tuple[bytes | None, bytes | None]
) -> list[bytes | None]:
    """Return the wrapped `live` and `hold`, None for one that was deleted."""
    return [
        None
        if key is None
        else wrap_subject_key(
            epoch_key, key, nonce=os.urandom(NONCE_BYTES), subject_id=subject_id, kind=kind, epoch=epoch
        )
        for kind, key in zip((KeyKind.LIVE, KeyKind.HOLD), keys, strict=True)
    ]


def add_named_key(
    connection: sqlite3.Connection, keys: EpochKeys, *, name: str, version: int, key: bytes | None = None
) -> None:
    """Keep a key of the operator under the present epoch; a new random one when none is given."""
    epoch, epoch_key = keys.present(connection)
    wrapped = wrap_named_key(
        epoch_key, key or os.urandom(KEY_BYTES), nonce=os.urandom(NONCE_BYTES), name=name, version=version, epoch=epoch
    )
    connection.execute(
        "INSERT OR REPLACE INTO named_key (name, version, epoch, wrapped) VALUES (?, ?, ?, ?)",
        (name, version, epoch, wrapped),
    )


def named_keys(connection: sqlite3.Connection, keys: EpochKeys, name: str) -> list[tuple[int, bytes]]:
    """Return the versions of a key of the operator, newest first.

    Raises:
        KeyStoreError: the epoch's key is missing.
        VaultError: a wrapped key was changed.
    """
    rows = connection.execute(
        "SELECT version, epoch, wrapped FROM named_key WHERE name = ? ORDER BY version DESC", (name,)
    ).fetchall()
    return [
        (version, unwrap_named_key(keys.required(epoch), wrapped, name=name, version=version, epoch=epoch))
        for version, epoch, wrapped in rows
    ]


def list_epochs(connection: sqlite3.Connection) -> tuple[Epoch, ...]:
    """Return every epoch, oldest first."""
    rows = connection.execute("SELECT number, begun_at, destroyed_at FROM epoch ORDER BY number").fetchall()
    return tuple(
        Epoch(
            number=number,
            begun_at=from_microseconds(begun),
            destroyed_at=None if destroyed is None else from_microseconds(destroyed),
        )
        for number, begun, destroyed in rows
    )


def begin_epoch(connection: sqlite3.Connection, keys: EpochKeys, folder: Path, at: datetime) -> Epoch:
    """Begin the next epoch with its named keys, or return the present one while an older one is not destroyed."""
    epochs = list_epochs(connection)
    present = epochs[-1]
    if any(epoch.destroyed_at is None for epoch in epochs[:-1]):
        return present
    named = {name: named_keys(connection, keys, name) for name in (*CARRIED, *REKEYED, *REPLACED)}
    begun = Epoch(number=present.number + 1, begun_at=at)
    # INVARIANT: the epoch's key is on disk before the first row that is wrapped under it.
    key = write_epoch_key(folder, begun.number, os.urandom(KEY_BYTES))
    connection.execute(
        "INSERT INTO epoch (number, begun_at, check_value) VALUES (?, ?, ?)",
        (begun.number, to_microseconds(at), check_value(key, begun.number)),
    )
    for name in CARRIED:
        version, carried = named[name][0]
        add_named_key(connection, keys, name=name, version=version, key=carried)
    for field in (*REKEYED, *REPLACED):
        add_named_key(connection, keys, name=field, version=named[field][0][0] + 1)
    for field in REPLACED:
        connection.execute("DELETE FROM named_key WHERE name = ? AND epoch < ?", (field, begun.number))
    return begun


def rewrap(connection: sqlite3.Connection, keys: EpochKeys, limit: int) -> int:
    """Wrap up to `limit` subjects' keys anew under the present epoch; return how many were."""
    epoch, epoch_key = keys.present(connection)
    rows = connection.execute(
        "SELECT subject_id, epoch, live, hold FROM subject_key WHERE epoch < ? LIMIT ?", (epoch, limit)
    ).fetchall()
    connection.executemany(
        "UPDATE subject_key SET epoch = ?, live = ?, hold = ? WHERE subject_id = ?",
        [
            (
                epoch,
                *wrap_pair(epoch_key, subject_id, epoch, _unwrap_pair(keys, subject_id, old, (live, hold))),
                subject_id,
            )
            for subject_id, old, live, hold in rows
        ],
    )
    return len(rows)


def _unwrap_pair(
    keys: EpochKeys, subject_id: str, epoch: int, wrapped: tuple[bytes | None, bytes | None]
) -> tuple[bytes | None, bytes | None]:
    live, hold = (
        None
        if box is None
        else unwrap_subject_key(keys.required(epoch), box, subject_id=subject_id, kind=kind, epoch=epoch)
        for kind, box in zip((KeyKind.LIVE, KeyKind.HOLD), wrapped, strict=True)
    )
    return live, hold


def require_nothing_left(connection: sqlite3.Connection) -> list[int]:
    """Return the older epochs whose keys may be destroyed now.

    Raises:
        ConflictError: something is still wrapped under one of them.
    """
    (present,) = connection.execute("SELECT max(number) FROM epoch").fetchone()
    for table, what in (("subject_key", "subjects' keys"), ("named_key", "index keys")):
        query = f"SELECT count(*) FROM {table} WHERE epoch < ?"  # noqa: S608 - two literals above
        (left,) = connection.execute(query, (present,)).fetchone()
        if left:
            raise ConflictError(
                f"{left} {what} are still wrapped under an epoch before {present}; wrap them anew first"
            )
    rows = connection.execute("SELECT number FROM epoch WHERE number < ? AND destroyed_at IS NULL", (present,))
    return [number for (number,) in rows.fetchall()]


def require_readable(connection: sqlite3.Connection, keys: EpochKeys) -> None:
    """Refuse a store whose files do not belong together.

    Raises:
        KeyStoreError: an epoch's key is missing or another's, or a wrapped key was changed.
    """
    needed = (
        "SELECT number, check_value FROM epoch WHERE number = (SELECT max(number) FROM epoch) "
        "OR number IN (SELECT epoch FROM subject_key) OR number IN (SELECT epoch FROM named_key)"
    )
    for number, expected in connection.execute(needed).fetchall():
        if not hmac.compare_digest(check_value(keys.required(number), number), expected):
            raise KeyStoreError(f"`epoch-{number}.key` is not the key that `{DATABASE}` was wrapped with")
    try:
        for name in (*CARRIED, *REKEYED, *REPLACED):
            if not named_keys(connection, keys, name):
                raise KeyStoreError(f"`{DATABASE}` has no `{name}` key: restore the key store from its newest backup")
    except VaultError as error:
        raise KeyStoreError(
            f"`{DATABASE}` was changed: {error}; restore the key store from its newest backup"
        ) from error
