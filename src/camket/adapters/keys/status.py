"""What a key store holds, in numbers: for the operator, never a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.adapters.keys.epochs import list_epochs

if TYPE_CHECKING:
    import sqlite3

    from camket.core.vault.keyring import Epoch


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyStoreStatus:
    """The state of a key store.

    Args:
        instance_id: which database it belongs to.
        generation: how many times it was written.
        epochs: oldest first; the last is the present one.
        subjects: how many subjects have a key.
        waiting: how many of them are still wrapped under an older epoch, whose end is not finished.
        deleted: epoch -> how many keys that were wrapped under it have been deleted.
        index_versions: field -> versions of its index key, newest first.
        checkpoint_size: entries of the last remembered checkpoint; None before the first.
    """

    instance_id: str
    generation: int
    epochs: tuple[Epoch, ...]
    subjects: int
    waiting: int
    deleted: dict[int, int]
    index_versions: dict[str, tuple[int, ...]]
    checkpoint_size: int | None


def read_status(connection: sqlite3.Connection) -> KeyStoreStatus:
    """Return the state of the key store that the connection reads."""
    connection.execute("BEGIN")
    try:
        instance_id, generation = connection.execute("SELECT instance_id, generation FROM store").fetchone()
        epochs = list_epochs(connection)
        counts = dict(connection.execute("SELECT epoch, count(*) FROM subject_key GROUP BY epoch").fetchall())
        deleted = dict(connection.execute("SELECT epoch, count(*) FROM tombstone GROUP BY epoch").fetchall())
        versions: dict[str, tuple[int, ...]] = {}
        for name, version in connection.execute("SELECT name, version FROM named_key ORDER BY name, version DESC"):
            versions[name] = (*versions.get(name, ()), version)
        size = connection.execute("SELECT size FROM checkpoint").fetchone()
    finally:
        connection.execute("COMMIT")
    return KeyStoreStatus(
        instance_id=instance_id,
        generation=generation,
        epochs=epochs,
        subjects=sum(counts.values()),
        waiting=sum(count for epoch, count in counts.items() if epoch < epochs[-1].number),
        deleted=deleted,
        index_versions=versions,
        checkpoint_size=None if size is None else size[0],
    )
