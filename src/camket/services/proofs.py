"""Openings with their place in the ledger, proven against one checkpoint: what copies and certificates carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.ledger.checkpoint import open_checkpoint
from camket.core.ledger.merkle import inclusion_path
from camket.core.ledger.multiproof import MultiProof, multi_path
from camket.core.ledger.opening_set import OpeningSet, PlacedOpening
from camket.core.ledger.openings import ProvenOpening
from camket.core.ledger.tiles import TiledHashes
from camket.services.sequencing import verifier_key
from camket.services.tiles import StoredTiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from camket.core.ledger.note import VerifierKey
    from camket.core.ledger.opening_values import AnyOpening
    from camket.ports import Unit
    from camket.services.context import Context


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenOpenings:
    """Openings against one checkpoint.

    Args:
        key: the ledger's verifier key.
        checkpoint: the signed note.
        openings: by index; those without a place in the checkpoint's tree last.
    """

    key: VerifierKey
    checkpoint: str
    openings: tuple[ProvenOpening, ...]


def prove_all(ctx: Context, openings: Iterable[tuple[AnyOpening, int | None]]) -> ProvenOpenings | None:
    """Prove openings against the newest checkpoint.

    Args:
        ctx: the service.
        openings: each with its index, None where it waits for one.

    Returns:
        None before the first checkpoint. An opening whose entry came after the checkpoint has no proof yet.

    Raises:
        LedgerError: the ledger in the store does not hold together.
    """
    known = tuple(openings)
    return ctx.store.read(lambda unit: _prove_in(unit, verifier_key(ctx), known))


def prove_set(ctx: Context, openings: Iterable[tuple[AnyOpening, int | None]]) -> OpeningSet | None:
    """Prove openings against the newest checkpoint, all by one proof.

    Args:
        ctx: the service.
        openings: each with its index, None where it waits for one.

    Returns:
        None before the first checkpoint. An opening whose entry came after the checkpoint has no index yet.

    Raises:
        LedgerError: the ledger in the store does not hold together: what was made does not lead to its signed root.
    """
    known = tuple(openings)
    return ctx.store.read(lambda unit: _prove_set_in(unit, verifier_key(ctx), known))


def _prove_set_in(
    unit: Unit, key: VerifierKey, openings: tuple[tuple[AnyOpening, int | None], ...]
) -> OpeningSet | None:
    text = unit.ledger.head().checkpoint
    if not text:
        return None
    checkpoint = open_checkpoint(text, key)
    placed = {index: opening for opening, index in openings if index is not None and index < checkpoint.size}
    waiting = [opening for opening, index in openings if index is None or index >= checkpoint.size]
    proof = None
    if placed:
        indexes = tuple(sorted(placed))
        path = multi_path(indexes, checkpoint.size, TiledHashes(checkpoint.size, StoredTiles(unit)))
        proof = MultiProof(size=checkpoint.size, indexes=indexes, path=path)
        # INVARIANT: nobody is given a proof that does not hold.
        proof.verify({index: opening.entry() for index, opening in placed.items()}, checkpoint.root)
    known = (*((placed[index], index) for index in sorted(placed)), *((one, None) for one in waiting))
    return OpeningSet(
        key=key,
        checkpoint=text,
        proof=proof,
        openings=tuple(PlacedOpening(opening=opening, index=index) for opening, index in known),
    )


def _prove_in(
    unit: Unit, key: VerifierKey, openings: tuple[tuple[AnyOpening, int | None], ...]
) -> ProvenOpenings | None:
    text = unit.ledger.head().checkpoint
    if not text:
        return None
    checkpoint = open_checkpoint(text, key)
    hashes = TiledHashes(checkpoint.size, StoredTiles(unit))
    placed: list[ProvenOpening] = []
    waiting: list[ProvenOpening] = []
    for opening, index in openings:
        if index is None or index >= checkpoint.size:
            waiting.append(ProvenOpening(opening=opening))
        else:
            path = inclusion_path(index, checkpoint.size, hashes)
            placed.append(ProvenOpening(opening=opening, index=index, path=path))
    placed.sort(key=lambda one: one.index or 0)
    return ProvenOpenings(key=key, checkpoint=text, openings=(*placed, *waiting))
