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
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from camket.core.ledger.checkpoint import Checkpoint
    from camket.core.ledger.note import VerifierKey
    from camket.core.ledger.opening_values import AnyOpening
    from camket.ports import Unit
    from camket.services.context import Context

    _Known: TypeAlias = tuple[AnyOpening, int | None]


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Newest:
    """The newest checkpoint, and what of some openings stands in its tree, by index, and what not yet."""

    text: str
    checkpoint: Checkpoint
    hashes: TiledHashes
    placed: Mapping[int, AnyOpening]
    waiting: tuple[AnyOpening, ...]


def prove_all(ctx: Context, openings: Iterable[_Known]) -> ProvenOpenings | None:
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


def prove_set(ctx: Context, openings: Iterable[_Known]) -> OpeningSet | None:
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


def _newest_in(unit: Unit, key: VerifierKey, openings: Iterable[_Known]) -> _Newest | None:
    """Return the newest checkpoint with what has a place in its tree, by index, and what waits; None without one."""
    text = unit.ledger.head().checkpoint
    if not text:
        return None
    checkpoint = open_checkpoint(text, key)
    placed: dict[int, AnyOpening] = {}
    waiting: list[AnyOpening] = []
    for opening, index in openings:
        if index is None or index >= checkpoint.size:
            waiting.append(opening)
        else:
            placed[index] = opening
    return _Newest(
        text=text,
        checkpoint=checkpoint,
        hashes=TiledHashes(checkpoint.size, StoredTiles(unit)),
        placed=dict(sorted(placed.items())),
        waiting=tuple(waiting),
    )


def _prove_set_in(unit: Unit, key: VerifierKey, openings: Iterable[_Known]) -> OpeningSet | None:
    newest = _newest_in(unit, key, openings)
    if newest is None:
        return None
    size, proof = newest.checkpoint.size, None
    if newest.placed:
        indexes = tuple(newest.placed)
        proof = MultiProof(size=size, indexes=indexes, path=multi_path(indexes, size, newest.hashes))
        # INVARIANT: nobody is given a proof that does not hold.
        proof.verify({index: one.entry() for index, one in newest.placed.items()}, newest.checkpoint.root)
    placed = [PlacedOpening(opening=opening, index=index) for index, opening in newest.placed.items()]
    waiting = [PlacedOpening(opening=opening, index=None) for opening in newest.waiting]
    return OpeningSet(key=key, checkpoint=newest.text, proof=proof, openings=(*placed, *waiting))


def _prove_in(unit: Unit, key: VerifierKey, openings: Iterable[_Known]) -> ProvenOpenings | None:
    newest = _newest_in(unit, key, openings)
    if newest is None:
        return None
    placed = [
        ProvenOpening(opening=opening, index=index, path=inclusion_path(index, newest.checkpoint.size, newest.hashes))
        for index, opening in newest.placed.items()
    ]
    waiting = [ProvenOpening(opening=opening) for opening in newest.waiting]
    return ProvenOpenings(key=key, checkpoint=newest.text, openings=(*placed, *waiting))
