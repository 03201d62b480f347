"""Openings as a file: what a subject or an auditor keeps, to show what entries of the ledger mean.

A subject's file opens both parts of their own entries, an auditor's the facts alone. What is shown: these records, with
these words, are the ones the ledger has held since its checkpoint. What is not: that the list is complete - a withheld
opening, for example under a lawful delay, leaves no trace in the file, only in the number of entries of the ledger.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import Fields, canonical_json, parse_json
from camket.core.ledger.checkpoint import Checkpoint, open_checkpoint
from camket.core.ledger.findings import Fault, LedgerFinding
from camket.core.ledger.merkle import leaf_hash, verify_inclusion
from camket.core.ledger.note import VerifierKey
from camket.core.ledger.opening_values import OPENING_FIELDS, handle_of, opening_value, read_opening
from camket.core.ledger.proof import require_format
from camket.core.ledger.tiles import read_entry
from camket.core.ledger.verify import LedgerReport, ledger_key, verify_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.opening_values import AnyOpening
    from camket.core.ledger.tiles import TileReader

FORMAT: Final = "camket-openings"
FORMAT_VERSION: Final = 1
MOST_FILE_BYTES: Final = 64 * 1024 * 1024
"""The largest certificate or file of openings that is read; about 30,000 openings."""

_FIELDS = OPENING_FIELDS | {"index", "path"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenOpening:
    """An opening with its place in the ledger.

    Args:
        opening: what the entry means. *Personal* unless it opens the facts alone.
        index: of the entry; None while it awaits its checkpoint.
        path: inclusion proof against the checkpoint beside it; None while it awaits one.
    """

    opening: AnyOpening
    index: int | None = None
    path: tuple[bytes, ...] | None = None

    def __post_init__(self) -> None:
        if (self.index is None) != (self.path is None):
            message = "an opening has both an index and an inclusion proof, or neither yet"
            raise InvalidValueError(message)

    @property
    def handle(self) -> str | None:
        """The subject's handle, or None where the facts alone are opened."""
        return handle_of(self.opening)

    def to_value(self) -> dict[str, JsonValue]:
        """Return the opening as a JSON value."""
        path: JsonValue = None if self.path is None else [one.hex() for one in self.path]
        return {"index": self.index, "path": path, **opening_value(self.opening)}

    @classmethod
    def from_value(cls, value: object, where: str) -> ProvenOpening:
        """Read an opening back from a JSON value.

        Raises:
            LedgerError: a field is missing, unknown or malformed.
        """
        fields = Fields(value, where, _FIELDS)
        try:
            return cls(
                opening=read_opening(fields),
                index=fields.integer("index") if fields.has("index") else None,
                path=fields.hashes("path") if fields.has("path") else None,
            )
        except InvalidValueError as error:
            message = f"`{where}` cannot stand: {error}"
            raise LedgerError(message) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Openings:
    """A file of openings with the checkpoint they are proven against.

    Args:
        key: the ledger's verifier key.
        checkpoint: a signed note of the ledger.
        openings: in the order of their indexes; those without index last.
    """

    key: VerifierKey
    checkpoint: str
    openings: tuple[ProvenOpening, ...]

    def to_bytes(self) -> bytes:
        """Return the file: UTF-8 JSON, indented for people, with a final line end. *Personal* for a subject's file."""
        return to_file(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "key": str(self.key),
                "checkpoint": self.checkpoint,
                "openings": [one.to_value() for one in self.openings],
            }
        )

    @classmethod
    def parse(cls, raw: bytes) -> Openings:
        """Read a file of openings; nothing in it is verified here.

        Raises:
            LedgerError: not such a file; the message names the field.
        """
        known = frozenset({"format", "format_version", "key", "checkpoint", "openings"})
        fields = Fields(parse_file(raw, "the file of openings"), "file", known)
        require_format(fields, FORMAT, FORMAT_VERSION)
        return cls(
            key=VerifierKey.parse(fields.text("key")),
            checkpoint=fields.text("checkpoint"),
            openings=read_openings(fields),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningsReport:
    """What verifying openings found.

    Args:
        ledger: the report on the whole ledger.
        proven: how many openings hold.
        awaiting: how many have no checkpoint yet.
        findings: what is wrong with the file itself; the ledger's findings stand in its own report.
    """

    ledger: LedgerReport
    proven: int
    awaiting: int
    findings: tuple[LedgerFinding, ...]

    @property
    def holds(self) -> bool:
        """Say whether nothing was found wrong, in the file or the ledger."""
        return not self.findings and self.ledger.holds


def verify_openings(
    openings: Openings, reader: TileReader, *, key: VerifierKey | None = None, older: Sequence[str] = ()
) -> OpeningsReport:
    """Verify a file of openings and the whole ledger it belongs to.

    Args:
        openings: as `Openings.parse` gave it.
        reader: where the ledger is published.
        key: the ledger's key as the caller knows it; None takes the one that the ledger publishes.
        older: further checkpoints that the caller kept.
    """
    findings: list[LedgerFinding] = []
    checkpoint = embedded_checkpoint(openings.checkpoint, openings.key, findings)
    kept = (openings.checkpoint, *older) if checkpoint is not None else older
    ledger = verify_same_ledger(reader, openings.key, findings, key=key, older=kept)
    proven = prove_openings(openings.openings, checkpoint, reader, findings)
    awaiting = sum(one.index is None for one in openings.openings)
    return OpeningsReport(ledger=ledger, proven=proven, awaiting=awaiting, findings=tuple(findings))


def embedded_checkpoint(text: str, key: VerifierKey, findings: list[LedgerFinding]) -> Checkpoint | None:
    """Return the checkpoint that a file carries, or None with a finding."""
    try:
        return open_checkpoint(text, key)
    except LedgerError as error:
        findings.append(LedgerFinding(fault=Fault.EMBEDDED_CHECKPOINT, detail=str(error)))
        return None


def verify_same_ledger(
    reader: TileReader,
    named: VerifierKey,
    findings: list[LedgerFinding],
    *,
    key: VerifierKey | None,
    older: Sequence[str],
) -> LedgerReport:
    """Verify the ledger, and that it is the one whose key the file names.

    A ledger with another key is verified all the same, but not compared with checkpoints of the file's ledger.
    """
    trusted = ledger_key(reader, key, [])
    if trusted is not None and trusted != named:
        findings.append(LedgerFinding(fault=Fault.OTHER_KEY, detail=str(named)))
        return verify_ledger(reader, key=key)
    return verify_ledger(reader, key=key, older=older)


def prove_openings(
    openings: Sequence[ProvenOpening],
    checkpoint: Checkpoint | None,
    reader: TileReader,
    findings: list[LedgerFinding],
) -> int:
    """Check each opening against the checkpoint and return how many hold; what does not goes to the findings."""
    proven = 0
    find_foreign([(one.index, one.handle) for one in openings], findings)
    for one in openings:
        finding = _prove(one, checkpoint, reader)
        if finding is not None:
            findings.append(finding)
        elif one.index is not None and checkpoint is not None:
            proven += 1
    return proven


def find_foreign(handles: Sequence[tuple[int | None, str | None]], findings: list[LedgerFinding]) -> None:
    """Report openings that are of another subject than the first: index and handle of each, None where it has none."""
    named = [(index, handle) for index, handle in handles if handle is not None]
    findings += [
        LedgerFinding(fault=Fault.FOREIGN_OPENING, index=index) for index, handle in named if handle != named[0][1]
    ]


def _prove(one: ProvenOpening, checkpoint: Checkpoint | None, reader: TileReader) -> LedgerFinding | None:
    try:
        entry = one.opening.entry()
    except LedgerError as error:
        return LedgerFinding(fault=Fault.OPENING_MALFORMED, index=one.index, detail=str(error))
    if checkpoint is None or one.index is None or one.path is None:
        return None
    try:
        verify_inclusion(
            index=one.index, size=checkpoint.size, leaf=leaf_hash(entry), path=one.path, root=checkpoint.root
        )
    except LedgerError as error:
        fault = Fault.PROOF_ALTERED if stands(entry, one.index, checkpoint, reader) else Fault.OPENING_ALTERED
        return LedgerFinding(fault=fault, index=one.index, detail=str(error))
    return None


def stands(entry: bytes, index: int, checkpoint: Checkpoint, reader: TileReader) -> bool:
    """Say whether the published ledger has the entry at the index; only to name the fault, never to accept."""
    try:
        return read_entry(index, checkpoint.size, reader) == entry
    except LedgerError:
        return False


def read_openings(fields: Fields) -> tuple[ProvenOpening, ...]:
    """Return the field `openings` of a file."""
    listed = enumerate(fields.items("openings"))
    return tuple(ProvenOpening.from_value(value, f"openings[{at}]") for at, value in listed)


def to_file(value: dict[str, JsonValue]) -> bytes:
    """Return a JSON value as a file for people: keys in canonical order, indented, with a final line end."""
    ordered = json.loads(canonical_json(value))
    return (json.dumps(ordered, ensure_ascii=False, indent=2) + "\n").encode()


def parse_file(raw: bytes, what: str) -> object:
    """Return the JSON value of a file of bounded size.

    Raises:
        LedgerError: too large, or not strict JSON.
    """
    if len(raw) > MOST_FILE_BYTES:
        message = f"{what} is larger than {MOST_FILE_BYTES // (1024 * 1024)} MB"
        raise LedgerError(message)
    return parse_json(raw, what)
