"""The ledger as it is published, read from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.ledger.tiles import CHECKPOINT_PATH, KEY_PATH

if TYPE_CHECKING:
    from camket.core.ledger.note import VerifierKey
    from camket.ports import Store, Unit


class StoredTiles:
    """The tiles that one unit of work sees; see `camket.core.ledger.tiles.TileReader`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def read(self, path: str) -> bytes | None:
        """Return the tile at a path, or None."""
        return self._unit.ledger.tile(path)


class PublishedLedger:
    """Tiles, checkpoint and key by their public paths; see `camket.core.ledger.tiles.TileReader`.

    Args:
        store: where the tiles are.
        key: verifies the checkpoints.
    """

    def __init__(self, store: Store, key: VerifierKey) -> None:
        self._store = store
        self._key = key

    def read(self, path: str) -> bytes | None:
        """Return what stands at a path, or None; no checkpoint stands before the first is signed."""
        if path == KEY_PATH:
            return f"{self._key}\n".encode()
        if path == CHECKPOINT_PATH:
            return self._store.read(lambda unit: unit.ledger.head().checkpoint).encode() or None
        return self._store.read(lambda unit: unit.ledger.tile(path))
