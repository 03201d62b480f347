"""The Merkle tree: hashes, roots, inclusion and consistency proofs.

What an inclusion proof shows: one entry stands at one index of the tree with that root. What a consistency proof
shows: the older tree is the beginning of the newer one. Neither shows that the entry is true.

Source: RFC 6962 section 2.1 and RFC 9162 section 2.1 (SHA-256; leaf prefix 0x00, node prefix 0x01).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from camket.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without entries (RFC 9162 section 2.1.1)."""


class SubtreeHashes(Protocol):
    """Gives the hashes of complete subtrees, from memory, tiles or a table."""

    def hash_at(self, level: int, index: int) -> bytes:
        """Return the hash of the subtree over entries `index * 2**level` up to `(index + 1) * 2**level`.

        Raises:
            LedgerError: the subtree is not there in full.
        """


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the nodes one level up, over whole pairs; an odd last hash is left out."""
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[0::2], hashes[1::2], strict=False)]


def peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the largest complete subtrees that cover the nodes from left to right, largest first."""
    found = []
    level = hashes
    while level:
        if len(level) % 2:
            found.append(level[-1])
        level = parents(level)
    return found[::-1]


def root_of_peaks(tops: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees given from left (largest) to right; the empty root for none."""
    if not tops:
        return EMPTY_ROOT
    root = tops[-1]
    for top in reversed(tops[:-1]):
        root = node_hash(top, root)
    return root


def tree_hash(entries: Iterable[bytes]) -> bytes:
    """Return the root of the tree over the entries, in their order; `EMPTY_ROOT` for none.

    Source: RFC 9162 section 2.1.1.
    """
    return root_of_peaks(peaks([leaf_hash(entry) for entry in entries]))


class MemoryTree:
    """A whole tree in memory, for batches and for tests; proofs for every entry without hashing twice.

    Args:
        entries: any number of byte strings, in order.
    """

    def __init__(self, entries: Iterable[bytes]) -> None:
        self._levels = [[leaf_hash(entry) for entry in entries]]
        while len(self._levels[-1]) > 1:
            self._levels.append(parents(self._levels[-1]))

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._levels[0])

    def hash_at(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree; see `SubtreeHashes`."""
        if level < len(self._levels) and index < len(self._levels[level]):
            return self._levels[level][index]
        message = f"the tree of {self.size} entries has no complete subtree {index} at level {level}"
        raise LedgerError(message)

    def root(self) -> bytes:
        """Return the root over all entries."""
        return root_at(self.size, self)


def root_at(size: int, hashes: SubtreeHashes) -> bytes:
    """Return the root of the tree over the first `size` entries; `EMPTY_ROOT` for zero."""
    return range_hash(hashes, 0, size) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, hashes: SubtreeHashes) -> tuple[bytes, ...]:
    """Return the inclusion proof of the entry at `index` in the tree over the first `size` entries.

    Returns:
        Sibling hashes from the leaf up; empty for the only entry of a tree.

    Raises:
        LedgerError: no entry has that index, or a hash is not to be had.

    Source: RFC 9162 section 2.1.3.1.
    """
    require_index(index, size)
    path = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + left_width(end - begin)
        if index < middle:
            path.append(range_hash(hashes, middle, end))
            end = middle
        else:
            path.append(range_hash(hashes, begin, middle))
            begin = middle
    return tuple(reversed(path))


def consistency_path(old_size: int, new_size: int, hashes: SubtreeHashes) -> tuple[bytes, ...]:
    """Return the proof that the tree over `old_size` entries is the beginning of the one over `new_size`.

    Returns:
        Hashes from the bottom up; empty when both sizes are the same.

    Raises:
        LedgerError: the old size is zero (there is nothing to be consistent with) or larger than the new one.

    Source: RFC 9162 section 2.1.4.1.
    """
    _require_sizes(old_size, new_size)
    path = []
    begin, end = 0, new_size
    while end != old_size:
        middle = begin + left_width(end - begin)
        if old_size <= middle:
            path.append(range_hash(hashes, middle, end))
            end = middle
        else:
            path.append(range_hash(hashes, begin, middle))
            begin = middle
    if begin:
        path.append(range_hash(hashes, begin, end))
    return tuple(reversed(path))


def verify_inclusion(*, index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Accept the proof that the leaf stands at `index` of the tree with `size` entries and that root.

    Args:
        index: from 0.
        size: of the tree.
        leaf: the leaf hash, not the entry.
        path: as `inclusion_path` gives it.
        root: of the tree, from a checkpoint that was believed first.

    Raises:
        LedgerError: the proof does not hold; the message says in what.

    Source: RFC 9162 section 2.1.3.2.
    """
    require_index(index, size)
    require_hashes([leaf, root, *path])
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            message = f"the inclusion proof of index {index} in {size} entries is too long"
            raise LedgerError(message)
        if at % 2 or at == last:
            found = node_hash(sibling, found)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last:
        message = f"the inclusion proof of index {index} in {size} entries is too short"
        raise LedgerError(message)
    if not hmac.compare_digest(found, root):
        message = f"the inclusion proof of index {index} in {size} entries leads to another root"
        raise LedgerError(message)


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Accept the proof that the tree with the old root is the beginning of the tree with the new root.

    Raises:
        LedgerError: the proof does not hold, or the old size is zero.

    Source: RFC 9162 section 2.1.4.2.
    """
    _require_sizes(old_size, new_size)
    require_hashes([old_root, new_root, *path])
    if old_size == new_size:
        if path:
            message = f"the consistency proof from {old_size} to {new_size} entries is too long"
            raise LedgerError(message)
        old_found = new_found = new_root
    else:
        old_found, new_found = _roots_from_consistency(old_size, new_size, old_root, path)
    if not hmac.compare_digest(old_found, old_root) or not hmac.compare_digest(new_found, new_root):
        message = f"the tree of {new_size} entries does not begin with the tree of {old_size} entries"
        raise LedgerError(message)


def _roots_from_consistency(
    old_size: int, new_size: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    # A complete older tree is itself the first node of the proof (RFC 9162 section 2.1.4.2, step 2).
    nodes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    at, last = old_size - 1, new_size - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    if not nodes:
        message = f"the consistency proof from {old_size} to {new_size} entries is too short"
        raise LedgerError(message)
    old_found = new_found = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            message = f"the consistency proof from {old_size} to {new_size} entries is too long"
            raise LedgerError(message)
        if at % 2 or at == last:
            old_found, new_found = node_hash(sibling, old_found), node_hash(sibling, new_found)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            new_found = node_hash(new_found, sibling)
        at, last = at >> 1, last >> 1
    if last:
        message = f"the consistency proof from {old_size} to {new_size} entries is too short"
        raise LedgerError(message)
    return old_found, new_found


def left_width(width: int) -> int:
    """Return the largest power of two below the width (RFC 9162 section 2.1.1, `k`)."""
    return 1 << ((width - 1).bit_length() - 1)


def range_hash(hashes: SubtreeHashes, begin: int, end: int) -> bytes:
    """Return the hash over a range that starts where a subtree of its width may start."""
    tops = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        tops.append(hashes.hash_at(level, begin >> level))
        begin += 1 << level
    return root_of_peaks(tops)


def require_index(index: int, size: int) -> None:
    """Refuse an index that no entry of a tree of this size has.

    Raises:
        LedgerError: there is no such entry.
    """
    if not 0 <= index < size:
        message = f"there is no entry with index {index} in a tree of {size} entries"
        raise LedgerError(message)


def _require_sizes(old_size: int, new_size: int) -> None:
    if old_size < 1:
        message = "a consistency proof from an empty tree says nothing; the older tree needs at least one entry"
        raise LedgerError(message)
    if old_size > new_size:
        message = f"the older tree has {old_size} entries, more than the newer one with {new_size}"
        raise LedgerError(message)


def require_hashes(hashes: Sequence[bytes]) -> None:
    """Refuse what cannot be hashes of a proof.

    Raises:
        LedgerError: one of them does not have 32 bytes.
    """
    if any(len(one) != HASH_BYTES for one in hashes):
        message = f"a proof holds a hash that is not {HASH_BYTES} bytes long"
        raise LedgerError(message)
