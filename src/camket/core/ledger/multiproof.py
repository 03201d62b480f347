"""One proof that many entries stand at their indexes of one tree: the hashes that their own proofs share stand once.

The proof holds a hash for every largest subtree that has none of the entries, from left to right, and no other hash:
each of them is needed, and none follows from the rest. Whoever has the entries folds both together to the root, in the
same order in which the tree is cut in two. For one entry it holds the hashes of the inclusion proof, in another order.

Source: RFC 9162 section 2.1 (the tree; SHA-256, leaf prefix 0x00, node prefix 0x01).
"""

from __future__ import annotations

import hmac
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import Fields
from camket.core.ledger.merkle import leaf_hash, left_width, node_hash, range_hash, require_hashes, require_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.merkle import SubtreeHashes

_FIELDS = frozenset({"size", "indexes", "path"})


@dataclass(frozen=True, kw_only=True, slots=True)
class MultiProof:
    """Proof that entries stand at these indexes of a tree.

    Args:
        size: of the tree; it has to be the checkpoint's.
        indexes: from 0, ascending, each once, at least one.
        path: hashes of the largest subtrees without any of these entries, from left to right.

    Raises:
        InvalidValueError: the indexes do not ascend or lie outside of the tree, or the path has not exactly as many
            hashes as these indexes need.
    """

    size: int
    indexes: tuple[int, ...]
    path: tuple[bytes, ...]

    def __post_init__(self) -> None:
        try:
            needed = multi_path_length(self.indexes, self.size)
            require_hashes(self.path)
        except LedgerError as error:
            raise InvalidValueError(str(error)) from error
        if len(self.path) != needed:
            count = len(self.indexes)
            message = f"a proof of {count} entries among {self.size} has {needed} hashes here, not {len(self.path)}"
            raise InvalidValueError(message)

    def to_value(self) -> dict[str, JsonValue]:
        """Return the proof as a JSON value, hashes in lower-case hexadecimal."""
        return {"size": self.size, "indexes": list(self.indexes), "path": [one.hex() for one in self.path]}

    @classmethod
    def from_value(cls, value: object, where: str) -> MultiProof:
        """Read a proof back from a JSON value.

        Raises:
            LedgerError: a field is missing, unknown or malformed, or the fields do not fit each other.
        """
        fields = Fields(value, where, _FIELDS)
        try:
            return cls(size=fields.integer("size"), indexes=fields.integers("indexes"), path=fields.hashes("path"))
        except InvalidValueError as error:
            message = f"`{where}` cannot stand: {error}"
            raise LedgerError(message) from error

    def verify(self, entries: Mapping[int, bytes], root: bytes) -> None:
        """Accept the proof for these entries, and for no more and no fewer.

        Args:
            entries: index -> 32 bytes; the proof's indexes.
            root: of the tree of `size` entries, from a checkpoint that was believed first.

        Raises:
            LedgerError: it is for other indexes, or does not lead to the root.
        """
        if tuple(sorted(entries)) != self.indexes:
            raise LedgerError("the proof is for other entries than those that were shown")
        leaves = {index: leaf_hash(entry) for index, entry in entries.items()}
        verify_multi(leaves=leaves, size=self.size, path=self.path, root=root)


def multi_path(indexes: Sequence[int], size: int, hashes: SubtreeHashes) -> tuple[bytes, ...]:
    """Return the one proof of the entries at these indexes in the tree over the first `size` entries.

    Args:
        indexes: ascending, each once, at least one.
        size: of the tree.
        hashes: where the tree's hashes are; only those near the entries are asked for.

    Returns:
        As few hashes as prove it, from left to right; none where the indexes are all of the tree.

    Raises:
        LedgerError: an index has no entry, they do not ascend, or a hash is not to be had.
    """
    return tuple(range_hash(hashes, begin, end) for begin, end in _gaps(indexes, size))


def multi_path_length(indexes: Sequence[int], size: int) -> int:
    """Return how many hashes the proof of these indexes has; never more than all their own proofs together.

    Raises:
        LedgerError: an index has no entry, or they do not ascend.
    """
    return sum(1 for _ in _gaps(indexes, size))


def verify_multi(*, leaves: Mapping[int, bytes], size: int, path: Sequence[bytes], root: bytes) -> None:
    """Accept the proof that all these leaves stand at their indexes of the tree with `size` entries and that root.

    Args:
        leaves: index -> leaf hash, not the entry; at least one.
        size: of the tree.
        path: as `multi_path` gives it.
        root: of the tree, from a checkpoint that was believed first.

    Raises:
        LedgerError: the proof does not hold; the message says in what.
    """
    indexes = sorted(leaves)
    require_hashes([*leaves.values(), *path, root])
    needed = multi_path_length(indexes, size)
    # INVARIANT: every hash of the proof is used and none is missing, so that a proof has one form.
    if len(path) != needed:
        word = "long" if len(path) > needed else "short"
        message = f"the proof of {len(indexes)} entries in {size} is too {word}: {len(path)} hashes for {needed}"
        raise LedgerError(message)
    found = _fold(0, size, indexes, [leaves[index] for index in indexes], iter(path))
    if not hmac.compare_digest(found, root):
        message = f"the proof of {len(indexes)} entries in {size} leads to another root"
        raise LedgerError(message)


def _gaps(indexes: Sequence[int], size: int) -> Iterator[tuple[int, int]]:
    """Yield the largest subtrees that hold none of the indexes, as ranges from left to right."""
    if not indexes:
        raise LedgerError("a proof is of at least one entry")
    for index in (indexes[0], indexes[-1]):
        require_index(index, size)
    if any(after <= before for before, after in pairwise(indexes)):
        raise LedgerError("the indexes of a proof do not ascend, or one of them stands there twice")
    return _gaps_between(0, size, indexes, 0, len(indexes))


def _gaps_between(begin: int, end: int, indexes: Sequence[int], first: int, last: int) -> Iterator[tuple[int, int]]:
    if first == last:
        yield begin, end
    elif end - begin > last - first:
        middle = begin + left_width(end - begin)
        cut = bisect_left(indexes, middle, first, last)
        yield from _gaps_between(begin, middle, indexes, first, cut)
        yield from _gaps_between(middle, end, indexes, cut, last)


def _fold(begin: int, end: int, indexes: Sequence[int], leaves: Sequence[bytes], path: Iterator[bytes]) -> bytes:
    """Return the hash over a range, from the leaves that lie in it and the proof's hashes where none does."""
    if not indexes:
        return next(path)
    if end - begin == 1:
        return leaves[0]
    middle = begin + left_width(end - begin)
    cut = bisect_left(indexes, middle)
    left = _fold(begin, middle, indexes[:cut], leaves[:cut], path)
    return node_hash(left, _fold(middle, end, indexes[cut:], leaves[cut:], path))
