import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import LedgerError
from camket.core.ledger.merkle import (
    EMPTY_ROOT,
    MemoryTree,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_at,
    tree_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.unit.core.ledger import reference_tree
from tests.unit.core.ledger.published import numbered

ENTRIES = numbered(260)
TREE = MemoryTree(ENTRIES)
ROOTS = [reference_tree.mth(ENTRIES[:size]) for size in range(len(ENTRIES) + 1)]
SIZES = st.integers(1, len(ENTRIES))
OTHER = b"\x07" * 32


def test_every_root_is_the_recursion_of_the_rfc() -> None:
    """For every size from nothing to 260 the root equals the slow recursion of RFC 9162 section 2.1.1."""
    for size, root in enumerate(ROOTS):
        assert tree_hash(ENTRIES[:size]) == root
        assert root_at(size, TREE) == root
    assert tree_hash([]) == EMPTY_ROOT == ROOTS[0]


def test_every_inclusion_proof_up_to_seventy_entries() -> None:
    """Each index of each size up to 70 has the RFC's proof, which fits that root and not the next one."""
    for size in range(1, 71):
        for index in range(size):
            path = inclusion_path(index, size, TREE)
            assert list(path) == reference_tree.inclusion(index, ENTRIES[:size])
            leaf = leaf_hash(ENTRIES[index])
            verify_inclusion(index=index, size=size, leaf=leaf, path=path, root=ROOTS[size])
            with pytest.raises(LedgerError):
                verify_inclusion(index=index, size=size, leaf=leaf, path=path, root=ROOTS[size + 1])


def test_every_consistency_proof_up_to_seventy_entries() -> None:
    """Each pair of sizes m <= n up to 70 has the RFC's proof, which verifies and fits no other pair of roots."""
    for new in range(1, 71):
        for old in range(1, new + 1):
            path = consistency_path(old, new, TREE)
            assert list(path) == reference_tree.consistency(old, ENTRIES[:new])
            verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], path=path)
            with pytest.raises(LedgerError):
                verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old - 1], new_root=ROOTS[new], path=path)
            with pytest.raises(LedgerError):
                verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new + 1], path=path)


@given(SIZES, st.data())
def test_larger_trees_agree_too(size: int, data: st.DataObject) -> None:
    """Proofs in trees across the width of a tile are those of the recursion."""
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert list(inclusion_path(index, size, TREE)) == reference_tree.inclusion(index, ENTRIES[:size])
    assert list(consistency_path(old, size, TREE)) == reference_tree.consistency(old, ENTRIES[:size])


@given(SIZES, st.data())
def test_an_altered_inclusion_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    """One hash changed, left out, added or moved, another index, another size or another leaf: none verifies."""
    index = data.draw(st.integers(0, size - 1))
    path = list(inclusion_path(index, size, TREE))
    leaf = leaf_hash(ENTRIES[index])
    altered = [
        (index, leaf, [*path, OTHER]),
        (index, leaf, [OTHER, *path]),
        (index, OTHER, path),
        ((index + 1) % size if size > 1 else 1, leaf, path),
        (index + size, leaf, path),
    ]
    for at in range(len(path)):
        altered.append((index, leaf, [*path[:at], OTHER, *path[at + 1 :]]))
        altered.append((index, leaf, [*path[:at], *path[at + 1 :]]))
    for other_index, other_leaf, other_path in altered:
        with pytest.raises(LedgerError):
            verify_inclusion(index=other_index, size=size, leaf=other_leaf, path=other_path, root=ROOTS[size])


@given(SIZES, st.data())
def test_an_altered_consistency_proof_does_not_hold(new: int, data: st.DataObject) -> None:
    """One hash changed, left out or added: the proof no longer verifies."""
    old = data.draw(st.integers(1, new))
    path = list(consistency_path(old, new, TREE))
    altered = [[*path, OTHER], [OTHER, *path]]
    for at in range(len(path)):
        altered.append([*path[:at], OTHER, *path[at + 1 :]])
        altered.append([*path[:at], *path[at + 1 :]])
    for one in altered:
        with pytest.raises(LedgerError):
            verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], path=one)


@pytest.mark.parametrize("old", [3, 4])
def test_an_empty_proof_holds_for_nothing_that_grew(old: int) -> None:
    """Without any hash there is no proof from one size to a larger one."""
    with pytest.raises(LedgerError, match="too short"):
        verify_consistency(old_size=old, new_size=9, old_root=ROOTS[old], new_root=ROOTS[9], path=[])


def test_nothing_is_consistent_with_an_empty_tree() -> None:
    """A consistency proof from size 0 is an error, to make and to verify: it would say nothing."""
    with pytest.raises(LedgerError, match="empty tree"):
        consistency_path(0, 5, TREE)
    with pytest.raises(LedgerError, match="empty tree"):
        verify_consistency(old_size=0, new_size=5, old_root=EMPTY_ROOT, new_root=ROOTS[5], path=[])


def test_sizes_and_indexes_out_of_the_tree_are_refused() -> None:
    """An index past the end, a tree that shrank and a hash of another length are named in the error."""
    with pytest.raises(LedgerError, match="no entry with index 5 in a tree of 5"):
        inclusion_path(5, 5, TREE)
    with pytest.raises(LedgerError, match="index -1"):
        inclusion_path(-1, 5, TREE)
    with pytest.raises(LedgerError, match="the older tree has 6 entries"):
        consistency_path(6, 5, TREE)
    with pytest.raises(LedgerError, match="no complete subtree"):
        inclusion_path(0, 300, TREE)
    with pytest.raises(LedgerError, match="not 32 bytes"):
        verify_inclusion(index=0, size=2, leaf=OTHER, path=[b"short"], root=ROOTS[2])


def test_a_leaf_is_no_node() -> None:
    """The entry that spells out two hashes does not have the hash of their node (RFC 9162 section 2.1)."""
    assert tree_hash([leaf_hash(ENTRIES[0]) + leaf_hash(ENTRIES[1])]) != ROOTS[2]
