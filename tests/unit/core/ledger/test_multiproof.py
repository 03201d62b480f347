import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import canonical_json
from camket.core.ledger.merkle import MemoryTree, inclusion_path, leaf_hash, verify_inclusion
from camket.core.ledger.multiproof import MultiProof, multi_path, multi_path_length, verify_multi
from camket.core.ledger.tiles import TiledHashes
from tests.unit.core.ledger import reference_tree
from tests.unit.core.ledger.published import Published, numbered

ENTRIES = numbered(600)
TREE = MemoryTree(ENTRIES)
ROOTS = {size: reference_tree.mth(ENTRIES[:size]) for size in (1, 2, 7, 8, 70)}
OTHER = b"\x07" * 32


def leaves_of(indexes: list[int]) -> dict[int, bytes]:
    """Return the leaf hashes of some entries."""
    return {index: leaf_hash(ENTRIES[index]) for index in indexes}


@st.composite
def chosen(draw: st.DrawFn, *, most: int = 70) -> tuple[int, list[int]]:
    """Return a size of a tree and some indexes in it."""
    size = draw(st.integers(1, most))
    return size, sorted(draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=size)))


def test_every_choice_of_entries_up_to_nine() -> None:
    """Every set of entries of every tree up to nine has the slow reader's proof, and that proves it by both readers."""
    for size in range(1, 10):
        root = reference_tree.mth(ENTRIES[:size])
        for mask in range(1, 1 << size):
            indexes = [at for at in range(size) if mask >> at & 1]
            path = multi_path(indexes, size, TREE)
            assert list(path) == reference_tree.multi(indexes, ENTRIES[:size])
            verify_multi(leaves=leaves_of(indexes), size=size, path=path, root=root)
            assert reference_tree.root_of_multi({at: ENTRIES[at] for at in indexes}, size, list(path)) == root


@given(chosen(most=300))
def test_larger_trees_agree_too(choice: tuple[int, list[int]]) -> None:
    """Both readers make the same proof across the width of a tile, from memory and from tiles, and both accept it."""
    size, indexes = choice
    path = multi_path(indexes, size, TREE)
    assert list(path) == reference_tree.multi(indexes, ENTRIES[:size])
    assert path == multi_path(indexes, size, TiledHashes(size, Published(ENTRIES[:size])))
    root = reference_tree.mth(ENTRIES[:size])
    verify_multi(leaves=leaves_of(indexes), size=size, path=path, root=root)
    assert reference_tree.root_of_multi({at: ENTRIES[at] for at in indexes}, size, list(path)) == root


@given(chosen())
def test_it_says_what_the_single_proofs_say(choice: tuple[int, list[int]]) -> None:
    """What one proof shows of many entries, the inclusion proof of each shows too; and it is never the longer way."""
    size, indexes = choice
    root = reference_tree.mth(ENTRIES[:size])
    singles = [inclusion_path(index, size, TREE) for index in indexes]
    for index, path in zip(indexes, singles, strict=True):
        verify_inclusion(index=index, size=size, leaf=leaf_hash(ENTRIES[index]), path=path, root=root)
    together = multi_path(indexes, size, TREE)
    assert len(together) == multi_path_length(indexes, size) <= sum(len(path) for path in singles)
    # The hashes are those of the single proofs that cannot be computed from the entries themselves.
    assert set(together) <= {one for path in singles for one in path}


@given(st.integers(1, 300), st.data())
def test_for_one_entry_it_is_the_inclusion_proof(size: int, data: st.DataObject) -> None:
    """A proof of one entry holds the hashes of its inclusion proof."""
    index = data.draw(st.integers(0, size - 1))
    assert sorted(multi_path([index], size, TREE)) == sorted(inclusion_path(index, size, TREE))


@given(chosen())
def test_no_hash_of_it_can_be_missing(choice: tuple[int, list[int]]) -> None:
    """A hash changed, left out, added or moved, another leaf, index, size or root: none verifies."""
    size, indexes = choice
    root = reference_tree.mth(ENTRIES[:size])
    leaves, path = leaves_of(indexes), list(multi_path(indexes, size, TREE))
    altered: list[tuple[dict[int, bytes], int, list[bytes], bytes]] = [
        (leaves, size, [*path, OTHER], root),
        (leaves, size, [OTHER, *path], root),
        (leaves, size, path, OTHER),
        (leaves | {indexes[0]: OTHER}, size, path, root),
        (leaves | {indexes[-1]: OTHER}, size, path, root),
        ({index + size: leaf for index, leaf in leaves.items()}, size, path, root),
        (leaves_of(indexes[1:]), size, path, root),
    ]
    for at in range(len(path)):
        altered.append((leaves, size, [*path[:at], OTHER, *path[at + 1 :]], root))
        altered.append((leaves, size, [*path[:at], *path[at + 1 :]], root))
        if at:
            altered.append((leaves, size, [*path[: at - 1], path[at], path[at - 1], *path[at + 1 :]], root))
    for shown, of_size, hashes, against in altered:
        with pytest.raises(LedgerError):
            verify_multi(leaves=shown, size=of_size, path=hashes, root=against)


def test_leaves_cannot_change_places() -> None:
    """The same leaves at each other's indexes do not lead to the root."""
    path = multi_path([2, 5], 7, TREE)
    swapped = {2: leaf_hash(ENTRIES[5]), 5: leaf_hash(ENTRIES[2])}
    with pytest.raises(LedgerError, match="leads to another root"):
        verify_multi(leaves=swapped, size=7, path=path, root=ROOTS[7])


def test_all_entries_need_no_hash() -> None:
    """Who has every entry needs nothing else, and the smallest tree has an empty proof."""
    for size in (1, 2, 7, 8, 70):
        assert multi_path(range(size), size, TREE) == ()
        verify_multi(leaves=leaves_of(list(range(size))), size=size, path=(), root=ROOTS[size])


def test_a_thousand_neighbours_share_their_hashes() -> None:
    """The proof of many neighbours is about as long as that of one, not a thousand times as long."""
    assert multi_path_length(range(100, 500), 600) < 15


@pytest.mark.parametrize(
    ("indexes", "size", "said"),
    [
        ([], 5, "at least one entry"),
        ([5], 5, "no entry with index 5 in a tree of 5"),
        ([-1, 2], 5, "index -1"),
        ([2, 2], 5, "do not ascend"),
        ([3, 2], 5, "do not ascend"),
        ([0], 0, "in a tree of 0"),
    ],
)
def test_what_has_no_proof(indexes: list[int], size: int, said: str) -> None:
    """No entry, one past the end, twice the same or out of order: the error says which."""
    with pytest.raises(LedgerError, match=said):
        multi_path(indexes, size, TREE)
    with pytest.raises(InvalidValueError, match=said):
        MultiProof(size=size, indexes=tuple(indexes), path=())


def proof_of(*indexes: int, size: int = 70) -> MultiProof:
    """Return a proof in the known tree."""
    return MultiProof(size=size, indexes=indexes, path=multi_path(indexes, size, TREE))


def test_a_proof_travels_as_json() -> None:
    """Written as JSON and read elsewhere it is the same, and holds for its entries alone."""
    proof = proof_of(3, 4, 69)
    read = MultiProof.from_value(json.loads(canonical_json(proof.to_value())), "proof")
    assert read == proof
    entries = {index: ENTRIES[index] for index in (3, 4, 69)}
    read.verify(entries, ROOTS[70])
    for others in ({3: ENTRIES[3]}, entries | {5: ENTRIES[5]}, {}):
        with pytest.raises(LedgerError, match="other entries than those that were shown"):
            read.verify(others, ROOTS[70])
    with pytest.raises(LedgerError, match="another root"):
        read.verify(entries | {4: ENTRIES[5]}, ROOTS[70])
    with pytest.raises(InvalidValueError, match="has 10 hashes here, not 9"):
        replace(read, size=71)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more": 1}, "unknown field `more`"),
        ({"path": ["00"]}, "not 32 bytes"),
        ({"path": []}, "hashes here, not 0"),
        ({"indexes": [4, 3, 69]}, "do not ascend"),
        ({"indexes": [3, 3, 4, 69]}, "do not ascend"),
        ({"indexes": [3, True, 69]}, "not a list of whole numbers"),
        ({"indexes": [3, 4.0, 69]}, "not a list of whole numbers"),
        ({"indexes": "3"}, "not a list"),
        ({"indexes": [3, 4, 70]}, "no entry with index 70"),
        ({"indexes": []}, "at least one entry"),
        ({"size": "70"}, "not a whole number"),
        ({"size": 4}, "no entry with index 69"),
    ],
)
def test_what_is_no_proof(change: dict[str, Any], said: str) -> None:
    """A field that is unknown, malformed or does not fit the others is refused by name, before anything is hashed."""
    with pytest.raises(LedgerError, match=said):
        MultiProof.from_value({**proof_of(3, 4, 69).to_value(), **change}, "proof")


@pytest.mark.parametrize("missing", ["size", "indexes", "path"])
def test_nothing_of_a_proof_may_be_missing(missing: str) -> None:
    """A field that is not there is named."""
    value = {name: part for name, part in proof_of(3).to_value().items() if name != missing}
    with pytest.raises(LedgerError, match=f"lacks the field `{missing}`"):
        MultiProof.from_value(value, "proof")
