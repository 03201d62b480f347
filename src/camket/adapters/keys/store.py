"""`FileKeyStore`: the port `KeyStore` over one folder."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from camket.adapters.keys import epochs
from camket.adapters.keys.backup import back_up
from camket.adapters.keys.cache import KeyCache
from camket.adapters.keys.files import DATABASE, MARK, destroy_epoch_key, epoch_file, explained
from camket.adapters.keys.schema import connect, empty_log, explain, from_microseconds, to_microseconds
from camket.adapters.keys.status import KeyStoreStatus, read_status
from camket.adapters.keys.writer import Writer
from camket.core.errors import ConflictError, KeyStoreError, VaultError
from camket.core.vault.box import KEY_BYTES
from camket.core.vault.keyring import Epoch, KeyKind, SubjectKeys, Tombstone, unwrap_subject_key
from camket.core.vault.lookup import IndexField, IndexKey
from camket.ports import RememberedCheckpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from camket.adapters.keys.writer import Transaction

ROWS_AT_A_TIME: Final = 1_000
_ATTEMPTS: Final = 5
"""How often a key is read again when its epoch ends between reading its row and reading the epoch's file."""

_KEY_QUERY: Final = {
    KeyKind.LIVE: "SELECT epoch, live FROM subject_key WHERE subject_id = ?",
    KeyKind.HOLD: "SELECT epoch, hold FROM subject_key WHERE subject_id = ?",
}
_ANY_TOMBSTONE: Final = "SELECT 1 FROM tombstone WHERE subject_id IN (SELECT value FROM json_each(?)) LIMIT 1"
_DELETE_KEY: Final = {
    KeyKind.LIVE: "UPDATE subject_key SET live = NULL WHERE subject_id = ?",
    KeyKind.HOLD: "UPDATE subject_key SET hold = NULL WHERE subject_id = ?",
}


class FileKeyStore:
    """The key store in a folder; made by `create_key_store` and `open_key_store`.

    Every method's promise is in `camket.ports.KeyStore`.

    Args:
        folder: an existing key store.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = folder / DATABASE
        with explained(folder / MARK):
            self._cache = KeyCache(folder / MARK)
        self._epochs = epochs.EpochKeys(folder, self._cache)
        self._readers: deque[sqlite3.Connection] = deque()
        self._index_keys: dict[IndexField, tuple[bytes, tuple[IndexKey, ...]]] = {}
        with self._reading() as connection:
            epochs.require_readable(connection, self._epochs)
            self._instance_id = str(connection.execute("SELECT instance_id FROM store").fetchone()[0])
        try:
            self._writer = Writer(self._database)
        except sqlite3.Error as error:
            raise explain(error, self._database) from error
        self._require_writable()
        # A process that died between deleting a key and saying so leaves it to the next start to say so.
        self._cache.forget_everywhere()

    @property
    def folder(self) -> Path:
        """Where the key store is."""
        return self._folder

    @property
    def instance_id(self) -> str:
        """See `KeyStore.instance_id`."""
        return self._instance_id

    def generation(self) -> int:
        """See `KeyStore.generation`."""
        with self._reading() as connection:
            (generation,) = connection.execute("SELECT generation FROM store").fetchone()
        return int(generation)

    def require_match(self, *, instance_id: str, generation: int) -> None:
        """See `KeyStore.require_match`."""
        if instance_id != self._instance_id:
            raise KeyStoreError(
                f"the key store `{self._folder}` belongs to another database (instance `{self._instance_id}`, the "
                f"database is `{instance_id}`); point `keys` to the key store of this database"
            )
        own = self.generation()
        if own < generation:
            raise KeyStoreError(
                f"the key store `{self._folder}` is older than the database (generation {own}, the database has seen "
                f"{generation}); restore the newest backup of the key store"
            )

    def add_subject_keys(self, subject_id: str) -> SubjectKeys:
        """See `KeyStore.add_subject_keys`."""
        return self.add_many_subject_keys((subject_id,))[0]

    def add_many_subject_keys(self, subject_ids: Sequence[str]) -> tuple[SubjectKeys, ...]:
        """See `KeyStore.add_many_subject_keys`."""
        stamp = self._cache.stamp()
        made = {subject_id: (os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)) for subject_id in subject_ids}

        def work(transaction: Transaction) -> int:
            connection = transaction.connection
            if connection.execute(_ANY_TOMBSTONE, (json.dumps(list(made)),)).fetchall():
                raise ConflictError("this subject's keys were deleted; a subject gets keys once")
            epoch, epoch_key = self._epochs.present(connection)
            try:
                connection.executemany(
                    "INSERT INTO subject_key (subject_id, epoch, live, hold) VALUES (?, ?, ?, ?)",
                    [
                        (subject_id, epoch, *epochs.wrap_pair(epoch_key, subject_id, epoch, pair))
                        for subject_id, pair in made.items()
                    ],
                )
            except sqlite3.IntegrityError:
                raise ConflictError("this subject has keys already; a subject gets keys once") from None
            return transaction.generation

        generation = self._writer.write(work)
        for subject_id, (live, _hold) in made.items():
            self._cache.put((subject_id, KeyKind.LIVE), live, stamp)
        return tuple(SubjectKeys(live=live, hold=hold, generation=generation) for live, hold in made.values())

    def subject_key(self, subject_id: str, kind: KeyKind) -> bytes | None:
        """See `KeyStore.subject_key`."""
        stamp = self._cache.stamp()
        name = (subject_id, kind)
        key = self._cache.get(name, stamp)
        if key is None:
            key = self._read_subject_key(subject_id, kind)
            if key is not None:
                self._cache.put(name, key, stamp)
        return key

    def destroy_subject_key(self, subject_id: str, kind: KeyKind, *, at: datetime) -> Tombstone:
        """See `KeyStore.destroy_subject_key`."""

        def work(transaction: Transaction) -> Tombstone:
            connection = transaction.connection
            known = _tombstone(connection, subject_id, kind)
            row = connection.execute(_KEY_QUERY[kind], (subject_id,)).fetchone()
            wrapped_in = row[0] if row else connection.execute("SELECT max(number) FROM epoch").fetchone()[0]
            connection.execute(_DELETE_KEY[kind], (subject_id,))
            connection.execute(
                "DELETE FROM subject_key WHERE subject_id = ? AND live IS NULL AND hold IS NULL", (subject_id,)
            )
            if known is not None:
                return known
            connection.execute(
                "INSERT INTO tombstone (subject_id, kind, epoch, at) VALUES (?, ?, ?, ?)",
                (subject_id, kind, wrapped_in, to_microseconds(at)),
            )
            return Tombstone(subject_id=subject_id, kind=kind, epoch=wrapped_in, at=at)

        tombstone = self._writer.write(work)
        # INVARIANT: on disk first, then forgotten by every process, then acknowledged; the second time too.
        self._cache.forget_everywhere()
        return tombstone

    def tombstone(self, subject_id: str, kind: KeyKind) -> Tombstone | None:
        """See `KeyStore.tombstone`."""
        with self._reading() as connection:
            return _tombstone(connection, subject_id, kind)

    def tombstones(self) -> Iterator[Tombstone]:
        """See `KeyStore.tombstones`."""
        last = ("", "")
        while True:
            with self._reading() as connection:
                rows = connection.execute(
                    "SELECT subject_id, kind, epoch, at FROM tombstone WHERE (subject_id, kind) > (?, ?) "
                    "ORDER BY subject_id, kind LIMIT ?",
                    (*last, ROWS_AT_A_TIME),
                ).fetchall()
            if not rows:
                return
            for subject_id, kind, epoch, at in rows:
                yield Tombstone(subject_id=subject_id, kind=KeyKind(kind), epoch=epoch, at=from_microseconds(at))
            last = rows[-1][:2]

    def epochs(self) -> tuple[Epoch, ...]:
        """See `KeyStore.epochs`."""
        with self._reading() as connection:
            return epochs.list_epochs(connection)

    def begin_epoch(self, *, at: datetime) -> Epoch:
        """See `KeyStore.begin_epoch`."""

        def work(transaction: Transaction) -> Epoch:
            return epochs.begin_epoch(transaction.connection, self._epochs, self._folder, at)

        epoch = self._writer.write(work)
        self._cache.forget_everywhere()
        return epoch

    def rewrap(self, *, limit: int = 500) -> int:
        """See `KeyStore.rewrap`."""
        return self._writer.write(lambda transaction: epochs.rewrap(transaction.connection, self._epochs, limit))

    def destroy_old_epochs(self, *, at: datetime) -> tuple[Epoch, ...]:
        """See `KeyStore.destroy_old_epochs`."""
        numbers = self._writer.write(lambda transaction: epochs.require_nothing_left(transaction.connection))
        if not numbers:
            return ()
        for number in numbers:
            destroy_epoch_key(self._folder, number)
        self._cache.forget_everywhere()

        def work(transaction: Transaction) -> None:
            transaction.connection.executemany(
                "UPDATE epoch SET destroyed_at = ? WHERE number = ? AND destroyed_at IS NULL",
                [(to_microseconds(at), number) for number in numbers],
            )

        self._writer.write(work)
        with suppress(sqlite3.Error):  # what is left in the log is wrapped under a key that is gone
            empty_log(self._database)
        return tuple(epoch for epoch in self.epochs() if epoch.number in numbers)

    def index_keys(self, field: IndexField) -> tuple[IndexKey, ...]:
        """See `KeyStore.index_keys`."""
        stamp = self._cache.stamp()
        known = self._index_keys.get(field)
        # INVARIANT: whoever changes the index keys changes the mark after that, so a list is never older than its mark.
        if known is None or known[0] != stamp:
            keys = tuple(IndexKey(field=field, version=version, key=key) for version, key in self._named_keys(field))
            self._index_keys[field] = known = (stamp, keys)
        return known[1]

    def destroy_index_key(self, field: IndexField, version: int) -> None:
        """See `KeyStore.destroy_index_key`."""

        def work(transaction: Transaction) -> None:
            connection = transaction.connection
            (newest,) = connection.execute("SELECT max(version) FROM named_key WHERE name = ?", (field,)).fetchone()
            if version == newest:
                raise ConflictError(f"version {version} is the newest `{field}` key; it goes when a newer one is there")
            connection.execute("DELETE FROM named_key WHERE name = ? AND version = ?", (field, version))

        self._writer.write(work)
        self._cache.forget_everywhere()

    def signing_key(self) -> bytes:
        """See `KeyStore.signing_key`."""
        return self._named_keys(epochs.SIGNING)[0][1]

    def remember_checkpoint(self, checkpoint: RememberedCheckpoint, *, new_log: bool = False) -> None:
        """See `KeyStore.remember_checkpoint`."""

        def work(transaction: Transaction) -> None:
            connection = transaction.connection
            known = _checkpoint(connection)
            if known is not None and not new_log:
                _require_grown(known, checkpoint)
            connection.execute(
                "INSERT OR REPLACE INTO checkpoint (id, size, root, note) VALUES (1, ?, ?, ?)",
                (checkpoint.size, checkpoint.root, checkpoint.note),
            )

        self._writer.write(work)

    def last_checkpoint(self) -> RememberedCheckpoint | None:
        """See `KeyStore.last_checkpoint`."""
        with self._reading() as connection:
            return _checkpoint(connection)

    def status(self) -> KeyStoreStatus:
        """Return what the store holds, in numbers."""
        with self._reading() as connection:
            return read_status(connection)

    def back_up(self, target: Path) -> None:
        """Copy the store, while it is in use, to a folder that does not exist yet; whole and on disk on return.

        Raises:
            KeyStoreError: the target is not empty, or the disk refuses; nothing is left there.
        """
        try:
            back_up(self._folder, target)
        except sqlite3.Error as error:
            raise explain(error, self._database) from error

    def close(self) -> None:
        """See `KeyStore.close`."""
        self._writer.close()
        self._cache.close()
        while self._readers:
            self._readers.pop().close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except sqlite3.Error as error:
            raise explain(error, self._database) from error
        finally:
            self._readers.append(connection)

    def _connect(self) -> sqlite3.Connection:
        try:
            return connect(self._database)
        except sqlite3.Error as error:
            raise explain(error, self._database) from error

    def _read_subject_key(self, subject_id: str, kind: KeyKind) -> bytes | None:
        epoch = 0
        for _ in range(_ATTEMPTS):
            with self._reading() as connection:
                row = connection.execute(_KEY_QUERY[kind], (subject_id,)).fetchone()
            if row is None or row[1] is None:
                return None
            epoch, wrapped = row
            try:
                epoch_key = self._epochs.key(epoch)
                return unwrap_subject_key(epoch_key, wrapped, subject_id=subject_id, kind=kind, epoch=epoch)
            except FileNotFoundError:
                continue  # the epoch ended in between, and the row is wrapped under the next one by now
            except VaultError as error:
                raise KeyStoreError(
                    f"the key store's `{self._database}` was changed: {error}; restore its newest backup"
                ) from error
        raise KeyStoreError(f"the key store's `{epoch_file(self._folder, epoch)}` is missing; restore it from backup")

    def _named_keys(self, name: str) -> list[tuple[int, bytes]]:
        with self._reading() as connection:
            return epochs.named_keys(connection, self._epochs, name)

    def _require_writable(self) -> None:
        try:
            self._writer.write(lambda _transaction: None)
        except KeyStoreError:
            self.close()
            raise


def _tombstone(connection: sqlite3.Connection, subject_id: str, kind: KeyKind) -> Tombstone | None:
    row = connection.execute(
        "SELECT epoch, at FROM tombstone WHERE subject_id = ? AND kind = ?", (subject_id, kind)
    ).fetchone()
    if row is None:
        return None
    return Tombstone(subject_id=subject_id, kind=kind, epoch=row[0], at=from_microseconds(row[1]))


def _checkpoint(connection: sqlite3.Connection) -> RememberedCheckpoint | None:
    row = connection.execute("SELECT size, root, note FROM checkpoint").fetchone()
    return None if row is None else RememberedCheckpoint(size=row[0], root=row[1], note=row[2])


def _require_grown(known: RememberedCheckpoint, new: RememberedCheckpoint) -> None:
    if new.size < known.size:
        raise ConflictError(f"the ledger shrank from {known.size} to {new.size} entries: it was rolled back")
    if new.size == known.size and new.root != known.root:
        raise ConflictError(f"the ledger of {new.size} entries has another root than before: it was changed")
