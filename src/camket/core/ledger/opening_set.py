"""Openings that one proof shows together: what a copy of someone's data carries, however many entries are theirs.

Version 2 of the file of openings. In version 1 (`camket.core.ledger.openings`) every opening brings its own inclusion
proof; that form stays readable, for whoever kept one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import Fields, lined_json
from camket.core.ledger.findings import Fault, LedgerFinding
from camket.core.ledger.multiproof import MultiProof
from camket.core.ledger.note import VerifierKey
from camket.core.ledger.opening_values import OPENING_FIELDS, handle_of, opening_value, read_opening
from camket.core.ledger.openings import (
    FORMAT,
    Openings,
    OpeningsReport,
    embedded_checkpoint,
    find_foreign,
    parse_file,
    stands,
    verify_openings,
    verify_same_ledger,
)
from camket.core.ledger.openings import FORMAT_VERSION as FIRST_VERSION
from camket.core.ledger.proof import require_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.checkpoint import Checkpoint
    from camket.core.ledger.opening_values import AnyOpening
    from camket.core.ledger.tiles import TileReader

FORMAT_VERSION: Final = 2
_FILE_FIELDS = frozenset({"format", "format_version", "key", "checkpoint", "proof", "openings"})
_FIELDS = OPENING_FIELDS | {"index"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedOpening:
    """An opening with its place in the ledger, proven together with others.

    Args:
        opening: what the entry means. *Personal* unless it opens the facts alone.
        index: of the entry; None while it awaits its checkpoint.
    """

    opening: AnyOpening
    index: int | None = None

    def to_value(self) -> dict[str, JsonValue]:
        """Return the opening as a JSON value."""
        return {"index": self.index, **opening_value(self.opening)}

    @classmethod
    def from_value(cls, value: object, where: str) -> PlacedOpening:
        """Read an opening back from a JSON value.

        Raises:
            LedgerError: a field is missing, unknown or malformed.
        """
        fields = Fields(value, where, _FIELDS)
        index = fields.integer("index") if fields.has("index") else None
        return cls(opening=read_opening(fields), index=index)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningSet:
    """A file of openings with the checkpoint and the one proof that shows all of them.

    Args:
        key: the ledger's verifier key.
        checkpoint: a signed note of the ledger.
        proof: of all openings with an index; None where there is none.
        openings: by index, each once; those without index last.

    Raises:
        InvalidValueError: the proof is for other indexes than the openings have, or these do not ascend.
    """

    key: VerifierKey
    checkpoint: str
    proof: MultiProof | None
    openings: tuple[PlacedOpening, ...]

    def __post_init__(self) -> None:
        placed = tuple(one.index for one in self.openings if one.index is not None)
        proven = () if self.proof is None else self.proof.indexes
        # INVARIANT: no opening has an index that the proof does not cover.
        if placed != proven or any(one.index is not None for one in self.openings[len(placed) :]):
            raise InvalidValueError("the openings do not stand in the order of their indexes, each with its proof")

    def to_bytes(self) -> bytes:
        """Return the file: UTF-8 JSON, an opening to a line, with a final line end. *Personal* for a subject's file."""
        return lined_json(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "key": str(self.key),
                "checkpoint": self.checkpoint,
                "proof": None if self.proof is None else self.proof.to_value(),
                "openings": [one.to_value() for one in self.openings],
            }
        )

    @classmethod
    def parse(cls, raw: bytes) -> OpeningSet:
        """Read a file of openings; nothing in it is verified here.

        Raises:
            LedgerError: not such a file; the message names the field.
        """
        return cls.from_fields(Fields(parse_file(raw, "the file of openings"), "file", _FILE_FIELDS))

    @classmethod
    def from_fields(cls, fields: Fields) -> OpeningSet:
        """Read the object that such a file holds, as `parse` does."""
        require_format(fields, FORMAT, FORMAT_VERSION)
        try:
            return cls(
                key=VerifierKey.parse(fields.text("key")),
                checkpoint=fields.text("checkpoint"),
                proof=MultiProof.from_value(fields.get("proof"), "proof") if fields.get("proof") is not None else None,
                openings=tuple(
                    PlacedOpening.from_value(value, f"openings[{at}]")
                    for at, value in enumerate(fields.items("openings"))
                ),
            )
        except InvalidValueError as error:
            message = f"the file of openings cannot stand: {error}"
            raise LedgerError(message) from error


def parse_openings(raw: bytes) -> Openings | OpeningSet:
    """Read a file of openings of any version; nothing in it is verified here.

    Raises:
        LedgerError: not such a file; the message names the field.
    """
    fields = Fields(parse_file(raw, "the file of openings"), "file", _FILE_FIELDS)
    if fields.has("format_version") and fields.integer("format_version") == FIRST_VERSION:
        return Openings.parse(raw)
    return OpeningSet.from_fields(fields)


def verify_any_openings(
    openings: Openings | OpeningSet, reader: TileReader, *, key: VerifierKey | None = None, older: Sequence[str] = ()
) -> OpeningsReport:
    """Verify a file of openings of any version and the whole ledger it belongs to.

    Args:
        openings: as `parse_openings` gave it.
        reader: where the ledger is published.
        key: the ledger's key as the caller knows it; None takes the one that the ledger publishes.
        older: further checkpoints that the caller kept.
    """
    if isinstance(openings, Openings):
        return verify_openings(openings, reader, key=key, older=older)
    findings: list[LedgerFinding] = []
    checkpoint = embedded_checkpoint(openings.checkpoint, openings.key, findings)
    kept = (openings.checkpoint, *older) if checkpoint is not None else older
    ledger = verify_same_ledger(reader, openings.key, findings, key=key, older=kept)
    proven = prove_together(openings.openings, openings.proof, checkpoint, reader, findings)
    awaiting = sum(one.index is None for one in openings.openings)
    return OpeningsReport(ledger=ledger, proven=proven, awaiting=awaiting, findings=tuple(findings))


def prove_together(
    openings: Sequence[PlacedOpening],
    proof: MultiProof | None,
    checkpoint: Checkpoint | None,
    reader: TileReader | None,
    findings: list[LedgerFinding],
) -> int:
    """Check openings against one checkpoint by their one proof and return how many hold: all of them or none.

    Args:
        openings: with or without index.
        proof: of those with an index.
        checkpoint: that was believed; None where there is none to believe, and nothing is proven.
        reader: the published ledger, to name what was altered; None where it is not at hand. It never makes one hold.
        findings: what does not hold is added.
    """
    find_foreign([(one.index, handle_of(one.opening)) for one in openings], findings)
    entries: dict[int, bytes] = {}
    for one in openings:
        try:
            entry = one.opening.entry()
        except LedgerError as error:
            findings.append(LedgerFinding(fault=Fault.OPENING_MALFORMED, index=one.index, detail=str(error)))
            continue
        if one.index is not None:
            entries[one.index] = entry
    placed = sum(one.index is not None for one in openings)
    if checkpoint is None or proof is None or len(entries) != placed:
        return 0
    try:
        _require_size(proof, checkpoint)
        proof.verify(entries, checkpoint.root)
    except LedgerError as error:
        findings += _altered(entries, checkpoint, reader, str(error))
        return 0
    return placed


def _require_size(proof: MultiProof, checkpoint: Checkpoint) -> None:
    if proof.size != checkpoint.size:
        message = f"the proof is for {proof.size} entries and its checkpoint for {checkpoint.size}"
        raise LedgerError(message)


def _altered(
    entries: dict[int, bytes], checkpoint: Checkpoint, reader: TileReader | None, detail: str
) -> list[LedgerFinding]:
    """Return a finding for each opening that is not what the ledger holds, or one for all where none is named."""
    found = [
        LedgerFinding(fault=Fault.OPENING_ALTERED, index=index, detail=detail)
        for index, entry in entries.items()
        if reader is not None and not stands(entry, index, checkpoint, reader)
    ]
    return found or [LedgerFinding(fault=Fault.PROOF_DIFFERS, count=len(entries), detail=detail)]
