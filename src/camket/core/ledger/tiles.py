"""Tiles: the tree as small files that never change, and its growth batch by batch.

A full tile holds 256 hashes; the last tile of a level may be partial and has its width in its path. A tree that grows
writes only the tiles at its right edge. Source: C2SP tlog-tiles.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.merkle import HASH_BYTES, leaf_hash, parents, peaks, root_of_peaks

if TYPE_CHECKING:
    from collections.abc import Sequence

TILE_WIDTH: Final = 256
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
ENTRIES_LEVEL: Final = -1
"""Stands for the level of a bundle of entries, which lies under the leaf hashes of level 0."""

CHECKPOINT_PATH: Final = "checkpoint"
KEY_PATH: Final = "key"
"""Where an exported ledger publishes its verifier key."""

_ENTRY_PREFIX: Final = HASH_BYTES.to_bytes(2, "big")
_BUNDLED_BYTES: Final = len(_ENTRY_PREFIX) + HASH_BYTES
_MOST_LEVELS: Final = 8
_CACHED_TILES: Final = 64
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(x[0-9]{3}/)*[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileReader(Protocol):
    """Reads what a ledger has published: tiles, bundles, the checkpoint and the key."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes at the path, relative and with `/`, or None when nothing stands there.

        A reader never returns part of a file. A place that cannot be asked (no network, no permission) is an error of
        the reader's own, not None.
        """


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class TileAddress:
    """Which tile: level (`ENTRIES_LEVEL` for a bundle of entries), index in the level, and how full it is.

    Args:
        width: 1 to 256; 256 is a full tile.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not ENTRIES_LEVEL <= self.level < _MOST_LEVELS or self.index < 0 or not 1 <= self.width <= TILE_WIDTH:
            message = f"there is no tile {self.index} of width {self.width} at level {self.level}"
            raise InvalidValueError(message)

    @property
    def path(self) -> str:
        """The path of the tile, relative to the ledger, for example `tile/0/x001/234.p/7`."""
        level = "entries" if self.level == ENTRIES_LEVEL else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_index_path(self.index)}{partial}"

    @property
    def full(self) -> TileAddress:
        """The address of the same tile once it is full."""
        return TileAddress(level=self.level, index=self.index)

    @property
    def data_bytes(self) -> int:
        """How many bytes a tile of this width has."""
        return self.width * (_BUNDLED_BYTES if self.level == ENTRIES_LEVEL else HASH_BYTES)


def parse_tile_path(path: str) -> TileAddress:
    """Return the address that a path names; every tile has exactly one path.

    Raises:
        LedgerError: the path is no tile's.
    """
    match = _PATH.fullmatch(path)
    if match is not None:
        level = ENTRIES_LEVEL if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("/", "").replace("x", ""))
        width = int(match["width"] or TILE_WIDTH)
        if level < _MOST_LEVELS and width <= TILE_WIDTH:
            address = TileAddress(level=level, index=index, width=width)
            if address.path == path:
                return address
    message = f"`{path[:80]}` is not the path of a tile, such as tile/0/x001/234 or tile/entries/007.p/12"
    raise LedgerError(message)


def new_tiles(old_size: int, new_size: int) -> tuple[TileAddress, ...]:
    """Return the tiles to be written when the tree grows, bundles of entries first, then level by level.

    `new_tiles(0, size)` are all the tiles of a tree, without the partial ones of its past.

    Raises:
        InvalidValueError: the tree would shrink.
    """
    if not 0 <= old_size <= new_size:
        message = f"a ledger of {old_size} entries cannot become one of {new_size}"
        raise InvalidValueError(message)
    found = []
    for level in range(ENTRIES_LEVEL, _MOST_LEVELS):
        shift = 8 * max(level, 0)
        old, new = old_size >> shift, new_size >> shift
        if old == new:
            continue
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            width = min(TILE_WIDTH, new - index * TILE_WIDTH)
            found.append(TileAddress(level=level, index=index, width=width))
    return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One tile with its bytes, ready to be stored.

    Args:
        address: where it belongs.
        data: hashes one after the other, or a bundle of length-prefixed entries.
    """

    address: TileAddress
    data: bytes

    @property
    def path(self) -> str:
        """The path of the tile, relative to the ledger."""
        return self.address.path


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeState:
    """The right edge of a tree: all that is needed to append to it, at most 8 kB a level.

    Args:
        size: number of entries.
        bundle: the partial bundle of entries; empty when the last one is full.
        edges: for each level from 0, the partial tile; empty bytes when the last one is full.

    Raises:
        InvalidValueError: the edge does not belong to a tree of that size.
    """

    size: int = 0
    bundle: bytes = b""
    edges: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        widths = edge_widths(self.size)
        fits = tuple(len(edge) for edge in self.edges) == tuple(HASH_BYTES * width for width in widths)
        if not fits or len(self.bundle) != _BUNDLED_BYTES * (self.size % TILE_WIDTH):
            message = f"the edge of the tree does not fit a ledger of {self.size} entries"
            raise InvalidValueError(message)

    def root(self) -> bytes:
        """Return the root of the tree; `EMPTY_ROOT` when there is no entry."""
        tops: list[bytes] = []
        for edge in self.edges:
            tops[:0] = peaks(split_hashes(edge))
        return root_of_peaks(tops)


@dataclass(frozen=True, kw_only=True, slots=True)
class Appended:
    """A tree after it grew.

    Args:
        state: the new right edge; append to it next.
        root: the new root, for the checkpoint.
        tiles: what has to be stored before the checkpoint is shown to anyone.
    """

    state: TreeState
    root: bytes
    tiles: tuple[Tile, ...]


def append(state: TreeState, entries: Sequence[bytes]) -> Appended:
    """Return the tree with the entries added at its end, in their order.

    Twice with the same arguments gives the same tiles, so a sequencer that died may simply repeat.

    Args:
        state: the right edge; `TreeState()` for a new ledger.
        entries: 32 bytes each; none leaves everything as it is.

    Raises:
        InvalidValueError: an entry is not 32 bytes long.
    """
    if any(len(entry) != HASH_BYTES for entry in entries):
        message = f"a ledger entry has {HASH_BYTES} bytes"
        raise InvalidValueError(message)
    size = state.size + len(entries)
    bundles = state.bundle + b"".join(_ENTRY_PREFIX + entry for entry in entries)
    bundle, tiles = _cut(ENTRIES_LEVEL, state.size // TILE_WIDTH, bundles, changed=bool(entries))
    edges = []
    added = [leaf_hash(entry) for entry in entries]
    for level, _ in enumerate(edge_widths(size)):
        old = state.edges[level] if level < len(state.edges) else b""
        first = (state.size >> (8 * level)) // TILE_WIDTH
        edge, grown = _cut(level, first, old + b"".join(added), changed=bool(added))
        edges.append(edge)
        tiles += grown
        added = [tile_hash(tile.data) for tile in grown if tile.address.width == TILE_WIDTH]
    grown_state = TreeState(size=size, bundle=bundle, edges=tuple(edges))
    return Appended(state=grown_state, root=grown_state.root(), tiles=tuple(tiles))


def _cut(level: int, first: int, data: bytes, *, changed: bool) -> tuple[bytes, list[Tile]]:
    """Cut the bytes of a level, from its first tile that was not full, into tiles; return what is left over too."""
    step = TileAddress(level=level, index=0).data_bytes
    full = len(data) // step
    tiles = [
        Tile(address=TileAddress(level=level, index=first + at), data=data[at * step : (at + 1) * step])
        for at in range(full)
    ]
    rest = data[full * step :]
    if rest and changed:
        width = len(rest) * TILE_WIDTH // step
        tiles.append(Tile(address=TileAddress(level=level, index=first + full, width=width), data=rest))
    return rest, tiles


def edge_widths(size: int) -> tuple[int, ...]:
    """Return how wide the partial tile of each level is, from level 0; 0 where the last tile is full.

    There are as many levels as have a hash at all: none for an empty tree.
    """
    widths = []
    while size:
        widths.append(size % TILE_WIDTH)
        size //= TILE_WIDTH
    return tuple(widths)


def load_state(size: int, reader: TileReader) -> TreeState:
    """Return the right edge of a stored tree, to append to it.

    Raises:
        LedgerError: a tile of the edge is missing or has another length.
    """
    edges = [
        read_tile(TileAddress(level=level, index=(size >> (8 * level)) // TILE_WIDTH, width=width), reader)
        if width
        else b""
        for level, width in enumerate(edge_widths(size))
    ]
    width = size % TILE_WIDTH
    bundle = b""
    if width:
        bundle = read_tile(TileAddress(level=ENTRIES_LEVEL, index=size // TILE_WIDTH, width=width), reader)
        split_bundle(bundle)
    return TreeState(size=size, bundle=bundle, edges=tuple(edges))


def read_tile(address: TileAddress, reader: TileReader) -> bytes:
    """Return the bytes of a tile; where a partial one was cleared away, the beginning of the full one.

    Raises:
        LedgerError: nothing stands there, or what stands there has another length.
    """
    data = reader.read(address.path)
    if data is None and address.width < TILE_WIDTH:
        full = reader.read(address.full.path)
        data = full[: address.data_bytes] if full is not None and len(full) == address.full.data_bytes else None
    if data is None:
        message = f"`{address.path}` is missing from the ledger"
        raise LedgerError(message)
    if len(data) != address.data_bytes:
        message = f"`{address.path}` has {len(data)} bytes and should have {address.data_bytes}"
        raise LedgerError(message)
    return data


def read_entry(index: int, size: int, reader: TileReader) -> bytes:
    """Return one entry of a tree with `size` entries.

    Raises:
        LedgerError: there is no such entry, or its bundle is missing or malformed.
    """
    if not 0 <= index < size:
        message = f"there is no entry with index {index} in a ledger of {size} entries"
        raise LedgerError(message)
    number = index // TILE_WIDTH
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    bundle = read_tile(TileAddress(level=ENTRIES_LEVEL, index=number, width=width), reader)
    return split_bundle(bundle)[index % TILE_WIDTH]


def split_hashes(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def split_bundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        LedgerError: an entry does not have the length that all entries of this ledger have.
    """
    entries = []
    for at in range(0, len(data), _BUNDLED_BYTES):
        if data[at : at + len(_ENTRY_PREFIX)] != _ENTRY_PREFIX or at + _BUNDLED_BYTES > len(data):
            message = f"entry {at // _BUNDLED_BYTES} of the bundle is not {HASH_BYTES} bytes long"
            raise LedgerError(message)
        entries.append(data[at + len(_ENTRY_PREFIX) : at + _BUNDLED_BYTES])
    return entries


def tile_hash(data: bytes) -> bytes:
    """Return the hash that a full tile has one level up."""
    hashes = split_hashes(data)
    while len(hashes) > 1:
        hashes = parents(hashes)
    return hashes[0]


class TiledHashes:
    """The hashes of a published tree, read from its tiles; see `SubtreeHashes`.

    Tiles are believed as they are read: whoever makes a proof from them checks it against a signed checkpoint.

    Args:
        size: number of entries of the checkpoint in hand; no other partial tiles are asked for.
        reader: where the tiles are.
    """

    def __init__(self, size: int, reader: TileReader) -> None:
        self._size = size
        self._reader = reader
        self._tiles: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()

    def hash_at(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree.

        Raises:
            LedgerError: the tree has no such subtree, or its tile is missing.
        """
        if (index + 1) << level > self._size or index < 0:
            message = f"the ledger of {self._size} entries has no complete subtree {index} at level {level}"
            raise LedgerError(message)
        inside = level % 8
        number, place = divmod(index << inside, TILE_WIDTH)
        tile = self._tile(level // 8, number)
        while len(tile) <= inside:
            tile.append(parents(tile[-1]))
        return tile[inside][place >> inside]

    def _tile(self, level: int, number: int) -> list[list[bytes]]:
        tile = self._tiles.get((level, number))
        if tile is None:
            width = min(TILE_WIDTH, (self._size >> (8 * level)) - number * TILE_WIDTH)
            data = read_tile(TileAddress(level=level, index=number, width=width), self._reader)
            tile = [split_hashes(data)]
            self._tiles[level, number] = tile
            if len(self._tiles) > _CACHED_TILES:
                self._tiles.popitem(last=False)
        return tile


def _index_path(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))
