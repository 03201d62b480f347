import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.merkle import consistency_path, inclusion_path, leaf_hash, verify_consistency, verify_inclusion
from camket.core.ledger.tiles import (
    ENTRIES_LEVEL,
    TileAddress,
    TiledHashes,
    TreeState,
    append,
    edge_widths,
    load_state,
    new_tiles,
    parse_tile_path,
    read_entry,
    read_tile,
    split_bundle,
)
from tests.unit.core.ledger import reference_tree
from tests.unit.core.ledger.published import Published, numbered

ENTRIES = numbered(900)
ADDRESSES = st.builds(TileAddress, level=st.integers(-1, 7), index=st.integers(0, 10**12), width=st.integers(1, 256))


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (TileAddress(level=0, index=0), "tile/0/000"),
        (TileAddress(level=0, index=1234), "tile/0/x001/234"),
        (TileAddress(level=2, index=1_234_067, width=7), "tile/2/x001/x234/067.p/7"),
        (TileAddress(level=ENTRIES_LEVEL, index=999, width=255), "tile/entries/999.p/255"),
        (TileAddress(level=1, index=1000), "tile/1/x001/000"),
    ],
)
def test_paths_are_those_of_tlog_tiles(address: TileAddress, path: str) -> None:
    """Indexes stand in groups of three digits, all but the last with an x; partial tiles carry their width."""
    assert address.path == path
    assert parse_tile_path(path) == address


@given(ADDRESSES)
def test_a_path_names_one_tile(address: TileAddress) -> None:
    """Reading the path of any tile gives that tile back."""
    assert parse_tile_path(address.path) == address


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1",
        "tile/0/x000/001",
        "tile/00/001",
        "tile/8/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/007",
        "tile/0/001/002",
        "tile/entries/../../key",
        "/tile/0/001",
        "tile/0/001\n",
        "tile/data/001",
        "checkpoint",
    ],
)
def test_another_spelling_is_no_path(path: str) -> None:
    """A tile has one path; any other spelling, and any way out of the ledger's folder, is refused."""
    with pytest.raises(LedgerError, match="is not the path of a tile"):
        parse_tile_path(path)


def test_the_tiles_of_seventy_thousand_entries() -> None:
    """The worked example of C2SP tlog-tiles: 273 full and a partial of 112, one full and one of 17, one of 1."""
    levels = [[tile for tile in new_tiles(0, 70_000) if tile.level == level] for level in range(4)]
    assert [len(level) for level in levels] == [274, 2, 1, 0]
    assert [level[-1].width for level in levels[:3]] == [112, 17, 1]
    assert edge_widths(70_000) == (112, 17, 1)
    assert edge_widths(256) == (0, 1)
    assert edge_widths(0) == ()


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_growth_names_what_changed_and_nothing_else(one: int, other: int) -> None:
    """The tiles new at the larger size are those of it that the smaller one does not have at that width."""
    old, new = sorted((one, other))
    assert set(new_tiles(old, new)) == set(new_tiles(0, new)) - set(new_tiles(0, old))


def test_a_ledger_does_not_shrink() -> None:
    """Asking for the tiles of a tree that lost entries is an error."""
    with pytest.raises(InvalidValueError, match="cannot become"):
        new_tiles(5, 4)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=3))
def test_appending_in_batches_gives_the_tree_of_the_definition(batches: list[int]) -> None:
    """However the entries are cut into batches, root, tiles and bundles are those of the definition."""
    state, stored, size = TreeState(), dict[str, bytes](), 0
    for count in batches:
        appended = append(state, ENTRIES[size : size + count])
        assert sorted(tile.address for tile in appended.tiles) == sorted(new_tiles(size, size + count))
        stored.update({tile.path: tile.data for tile in appended.tiles})
        state, size = appended.state, size + count
        assert appended.root == state.root() == reference_tree.mth(ENTRIES[:size])
    expected = reference_tree.tiles(ENTRIES[:size])
    assert {path: stored[path] for path in expected} == expected
    assert {tile.path for tile in new_tiles(0, size)} == set(expected)


def test_appending_twice_gives_the_same() -> None:
    """A sequencer that died before it stored anything repeats the batch and gets the same tiles and root."""
    state = append(TreeState(), ENTRIES[:300]).state
    assert append(state, ENTRIES[300:700]) == append(state, ENTRIES[300:700])


def test_appending_nothing_changes_nothing() -> None:
    """An empty batch writes no tile and keeps state and root."""
    state = append(TreeState(), ENTRIES[:300]).state
    appended = append(state, [])
    assert appended.state == state
    assert appended.tiles == ()
    assert appended.root == state.root()


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 900, 65_800])
def test_the_edge_is_read_back_from_tiles(size: int) -> None:
    """A sequencer that starts reads the right edge of the stored tree and goes on where it ended."""
    published = Published(numbered(size), step=20_000)
    assert load_state(size, published) == published.state


def test_a_full_tile_stands_in_for_a_cleared_partial_one() -> None:
    """Partial tiles of the past may be cleared away once the tile is full; an older tree is still readable."""
    published = Published(ENTRIES[:600], step=100)
    old = TreeState(
        size=300,
        bundle=published.files["tile/entries/001.p/44"],
        edges=(published.files["tile/0/001.p/44"], published.files["tile/1/000.p/1"]),
    )
    del published.files["tile/entries/001.p/44"], published.files["tile/0/001.p/44"]
    assert load_state(300, published) == old


@pytest.mark.parametrize("path", ["tile/0/003.p/132", "tile/entries/003.p/132", "tile/1/000.p/3"])
def test_a_missing_or_short_edge_is_an_error(path: str) -> None:
    """A sequencer never goes on over an edge that it cannot read in full."""
    published = Published(ENTRIES)
    published.files[path] = published.files[path][:-1]
    with pytest.raises(LedgerError, match=f"`{path}` has"):
        load_state(900, published)
    del published.files[path]
    with pytest.raises(LedgerError, match=f"`{path}` is missing"):
        load_state(900, published)


def test_an_edge_of_another_size_is_refused() -> None:
    """A state whose edge does not fit its size cannot be made, so nothing is appended to it."""
    state = append(TreeState(), ENTRIES[:300]).state
    with pytest.raises(InvalidValueError, match="does not fit"):
        TreeState(size=301, bundle=state.bundle, edges=state.edges)
    with pytest.raises(InvalidValueError, match="does not fit"):
        TreeState(size=300, bundle=b"", edges=state.edges)


def test_an_entry_has_its_length() -> None:
    """Only 32-byte commitments enter the public tree."""
    with pytest.raises(InvalidValueError, match="32 bytes"):
        append(TreeState(), [b"alice"])


@settings(max_examples=60)
@given(st.integers(1, 900), st.data())
def test_proofs_come_from_tiles(size: int, data: st.DataObject) -> None:
    """Inclusion and consistency proofs read from the tiles of the newest tree hold for every smaller one."""
    hashes = TiledHashes(900, WHOLE)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, hashes)
    root = ROOTS(size)
    verify_inclusion(index=index, size=size, leaf=leaf_hash(ENTRIES[index]), path=path, root=root)
    consistency = consistency_path(size, 900, hashes)
    verify_consistency(old_size=size, new_size=900, old_root=root, new_root=ROOTS(900), path=consistency)
    assert read_entry(index, 900, WHOLE) == ENTRIES[index]


def test_reading_past_the_end_is_an_error() -> None:
    """No hash and no entry outside the tree is ever read, so no partial tile is asked for that no checkpoint needs."""
    with pytest.raises(LedgerError, match="no entry with index 900"):
        read_entry(900, 900, WHOLE)
    with pytest.raises(LedgerError, match="no complete subtree 900"):
        TiledHashes(900, WHOLE).hash_at(0, 900)
    with pytest.raises(LedgerError, match="is missing"):
        read_tile(TileAddress(level=0, index=4), WHOLE)


def test_a_malformed_bundle_names_the_entry() -> None:
    """An entry that says another length is named by its place in the bundle."""
    bundle = bytearray(WHOLE.files["tile/entries/000"])
    bundle[34 * 7 + 1] = 31
    with pytest.raises(LedgerError, match="entry 7 of the bundle"):
        split_bundle(bytes(bundle))


def ROOTS(size: int) -> bytes:  # noqa: N802 - reads like the table of roots that it stands for
    """Return the root over the first entries, by the slow recursion."""
    return reference_tree.mth(ENTRIES[:size])


WHOLE = Published(ENTRIES)
