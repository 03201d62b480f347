"""Verifying a whole published ledger, without an account and without asking the service.

Every tile is recomputed from the entries, up to the root that the ledger's key signed, and compared with older
checkpoints that the caller kept. If it holds: what was recorded was not changed, removed or reordered since those
checkpoints, and whoever holds the same checkpoint sees the same ledger. It does not show that nothing happened outside
the product, that no copy of a key exists, what the entries mean (openings do), or that other people were shown the
same checkpoint; for the last, compare checkpoints or ask for a witness's cosignature.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from camket.core.errors import LedgerError
from camket.core.ledger.checkpoint import Checkpoint, open_checkpoint
from camket.core.ledger.findings import Fault, LedgerFinding
from camket.core.ledger.merkle import leaf_hash, peaks, root_of_peaks
from camket.core.ledger.note import VerifierKey, parse_note
from camket.core.ledger.tiles import (
    CHECKPOINT_PATH,
    ENTRIES_LEVEL,
    KEY_PATH,
    TILE_WIDTH,
    TileAddress,
    read_tile,
    split_bundle,
    split_hashes,
    tile_hash,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.ledger.tiles import TileReader


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerReport:
    """What verifying a ledger found.

    Args:
        key: the key it was verified with, or None when there was none.
        first_use: the key came from the ledger itself, so trust began with this reading.
        checkpoint: the newest checkpoint, or None when it is not to be believed.
        signed: the whole note of that checkpoint, for the caller to keep and compare next time; empty without one.
        findings: everything that does not hold; empty when the ledger holds.
    """

    key: VerifierKey | None
    first_use: bool
    checkpoint: Checkpoint | None
    signed: str
    findings: tuple[LedgerFinding, ...]

    @property
    def holds(self) -> bool:
        """Say whether nothing was found wrong."""
        return not self.findings


def verify_ledger(
    reader: TileReader,
    *,
    key: VerifierKey | None = None,
    older: Sequence[str] = (),
    witnesses: Sequence[VerifierKey] = (),
) -> LedgerReport:
    """Verify all of a published ledger; every finding at once.

    Args:
        reader: where it is published.
        key: the ledger's key as the caller knows it; None takes the one that the ledger publishes.
        older: checkpoints that the caller kept, as signed notes; the ledger must begin with each.
        witnesses: keys whose cosignature the newest checkpoint must carry.

    Returns:
        The report. Its checkpoint is there only if the key signed it.
    """
    findings: list[LedgerFinding] = []
    trusted = ledger_key(reader, key, findings)
    note, checkpoint = _newest(reader, trusted, findings)
    if trusted is not None and checkpoint is not None:
        _verify_witnesses(note, witnesses, findings)
        kept = [_older(text, trusted, checkpoint, findings) for text in older]
        _verify_tree(reader, checkpoint, [one for one in kept if one is not None], findings)
    return LedgerReport(
        key=trusted, first_use=key is None, checkpoint=checkpoint, signed=note, findings=tuple(findings)
    )


def ledger_key(reader: TileReader, given: VerifierKey | None, findings: list[LedgerFinding]) -> VerifierKey | None:
    """Return the key to verify with: the given one, else the published one; what is odd goes to the findings."""
    raw = reader.read(KEY_PATH)
    if raw is None:
        if given is None:
            findings.append(LedgerFinding(fault=Fault.KEY_MISSING, path=KEY_PATH))
        return given
    try:
        published = VerifierKey.parse(raw.decode("utf-8", "replace"))
    except LedgerError as error:
        findings.append(LedgerFinding(fault=Fault.KEY_MALFORMED, path=KEY_PATH, detail=str(error)))
        return given
    if given is not None and published != given:
        findings.append(LedgerFinding(fault=Fault.KEY_DIFFERS, path=KEY_PATH, detail=str(published)))
    return given or published


def _newest(
    reader: TileReader, key: VerifierKey | None, findings: list[LedgerFinding]
) -> tuple[str, Checkpoint | None]:
    raw = reader.read(CHECKPOINT_PATH)
    if raw is None:
        findings.append(LedgerFinding(fault=Fault.CHECKPOINT_MISSING, path=CHECKPOINT_PATH))
        return "", None
    try:
        note = parse_note(raw)
        Checkpoint.parse(note.text)
    except LedgerError as error:
        fault = Fault.CHECKPOINT_MALFORMED
        findings.append(LedgerFinding(fault=fault, path=CHECKPOINT_PATH, detail=str(error)))
        return "", None
    if key is None:
        return "", None
    try:
        return str(note), open_checkpoint(raw, key)
    except LedgerError as error:
        fault = Fault.CHECKPOINT_UNSIGNED
        findings.append(LedgerFinding(fault=fault, path=CHECKPOINT_PATH, detail=str(error)))
        return "", None


def _verify_witnesses(note: str, witnesses: Sequence[VerifierKey], findings: list[LedgerFinding]) -> None:
    for witness in witnesses:
        try:
            parse_note(note).verify_cosignature(witness)
        except LedgerError as error:
            fault = Fault.COSIGNATURE_MISSING
            findings.append(LedgerFinding(fault=fault, path=CHECKPOINT_PATH, detail=str(error)))


def _older(text: str, key: VerifierKey, newest: Checkpoint, findings: list[LedgerFinding]) -> Checkpoint | None:
    try:
        checkpoint = open_checkpoint(text, key)
    except LedgerError as error:
        findings.append(LedgerFinding(fault=Fault.OLDER_MALFORMED, detail=str(error)))
        return None
    if checkpoint.size > newest.size:
        count = checkpoint.size - newest.size
        findings.append(LedgerFinding(fault=Fault.OLDER_LARGER, index=newest.size, count=count))
        return None
    return checkpoint


@dataclass(kw_only=True, slots=True)
class _Leaves:
    """The bottom of the tree as one source tells it: hashes of full tiles, and the leaf hashes that sizes end in."""

    tiles: list[bytes] = field(default_factory=list)
    tails: dict[int, list[bytes]] = field(default_factory=dict)

    def add(self, number: int, hashes: list[bytes], wanted: frozenset[int]) -> None:
        if len(hashes) == TILE_WIDTH:
            self.tiles.append(tile_hash(b"".join(hashes)))
        if number in wanted:
            self.tails[number] = hashes

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` entries; the tile that the size ends in was wanted."""
        number, width = divmod(size, TILE_WIDTH)
        tail = self.tails[number][:width] if width else []
        return root_of_peaks(peaks(self.tiles[:number]) + peaks(tail))


def _verify_tree(
    reader: TileReader, newest: Checkpoint, kept: Sequence[Checkpoint], findings: list[LedgerFinding]
) -> None:
    wanted = frozenset(one.size // TILE_WIDTH for one in (newest, *kept) if one.size % TILE_WIDTH)
    from_entries, from_tiles = _Leaves(), _Leaves()
    differing: list[tuple[TileAddress, int, int]] = []
    whole = True
    for number in range(-(-newest.size // TILE_WIDTH)):
        width = min(TILE_WIDTH, newest.size - number * TILE_WIDTH)
        tile = TileAddress(level=0, index=number, width=width)
        computed = _leaf_hashes(reader, number, width, findings)
        stored = _stored(reader, tile, findings)
        stored_hashes = split_hashes(stored) if stored is not None else computed
        computed = computed if computed is not None else stored_hashes
        if computed is None or stored_hashes is None:
            whole = False
            continue
        unlike = [at for at in range(width) if computed[at] != stored_hashes[at]]
        if unlike:
            differing.append((tile, number * TILE_WIDTH + unlike[0], len(unlike)))
        from_entries.add(number, computed, wanted)
        from_tiles.add(number, stored_hashes, wanted)
    if not whole:
        _report(Fault.DISAGREEMENT, differing, findings)
        return
    right = _blame(newest, from_entries, from_tiles, differing, findings)
    _verify_upper_tiles(reader, right.tiles, findings)
    findings += [
        LedgerFinding(fault=Fault.OLDER_DIFFERS, index=one.size) for one in kept if right.root(one.size) != one.root
    ]


def _blame(
    newest: Checkpoint,
    from_entries: _Leaves,
    from_tiles: _Leaves,
    differing: Sequence[tuple[TileAddress, int, int]],
    findings: list[LedgerFinding],
) -> _Leaves:
    """Say of the entries and the leaf hashes which is altered, by the root that was signed; return the right one."""
    if from_entries.root(newest.size) == newest.root:
        fault, right = Fault.TILE_ALTERED, from_entries
    elif from_tiles.root(newest.size) == newest.root:
        fault, right = Fault.ENTRY_ALTERED, from_tiles
    else:
        fault, right = Fault.DISAGREEMENT, from_entries
        findings.append(LedgerFinding(fault=Fault.ROOT_DIFFERS, path=CHECKPOINT_PATH, count=newest.size))
    _report(fault, differing, findings)
    return right


def _report(fault: Fault, differing: Sequence[tuple[TileAddress, int, int]], findings: list[LedgerFinding]) -> None:
    level = ENTRIES_LEVEL if fault is Fault.ENTRY_ALTERED else 0
    for tile, index, count in differing:
        path = TileAddress(level=level, index=tile.index, width=tile.width).path
        findings.append(LedgerFinding(fault=fault, path=path, index=index, count=count))


def _leaf_hashes(reader: TileReader, number: int, width: int, findings: list[LedgerFinding]) -> list[bytes] | None:
    bundle = TileAddress(level=ENTRIES_LEVEL, index=number, width=width)
    data = _stored(reader, bundle, findings)
    if data is None:
        return None
    try:
        return [leaf_hash(entry) for entry in split_bundle(data)]
    except LedgerError as error:
        findings.append(_at_tile(Fault.TILE_MALFORMED, bundle, str(error)))
        return None


def _verify_upper_tiles(reader: TileReader, hashes: list[bytes], findings: list[LedgerFinding]) -> None:
    level = 1
    while hashes:
        for number in range(-(-len(hashes) // TILE_WIDTH)):
            expected = hashes[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
            tile = TileAddress(level=level, index=number, width=len(expected))
            stored = _stored(reader, tile, findings)
            if stored is not None and stored != b"".join(expected):
                findings.append(_at_tile(Fault.TILE_ALTERED, tile, ""))
        full = len(hashes) // TILE_WIDTH
        hashes = [tile_hash(b"".join(hashes[at * TILE_WIDTH : (at + 1) * TILE_WIDTH])) for at in range(full)]
        level += 1


def _stored(reader: TileReader, tile: TileAddress, findings: list[LedgerFinding]) -> bytes | None:
    try:
        return read_tile(tile, reader)
    except LedgerError as error:
        missing = reader.read(tile.path) is None and reader.read(tile.full.path) is None
        fault = Fault.TILE_MISSING if missing else Fault.TILE_MALFORMED
        findings.append(_at_tile(fault, tile, "" if missing else str(error)))
        return None


def _at_tile(fault: Fault, tile: TileAddress, detail: str) -> LedgerFinding:
    span = TILE_WIDTH ** max(tile.level, 0)
    return LedgerFinding(
        fault=fault,
        path=tile.path,
        index=tile.index * TILE_WIDTH * span,
        count=tile.width * span,
        detail=detail,
    )
