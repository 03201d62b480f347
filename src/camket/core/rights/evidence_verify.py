"""Verifying an evidence pack, offline: with its bytes alone, and the ledger's key where one knows it.

Everything is looked at and every finding told at once. Who changes a pack breaks the signature; who may sign cannot
make a line fit a record that says something else, nor a proof lead to a root that it does not lead to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from camket.core.errors import ConflictError, InvalidValueError, LedgerError
from camket.core.ledger.checkpoint import open_checkpoint
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.merkle import leaf_hash, verify_inclusion
from camket.core.ledger.note import parse_note
from camket.core.rights.archive import unpack
from camket.core.rights.evidence import STATEMENT_FILE, Evidence, FileHash
from camket.core.rights.machine import RequestEvent, move

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from camket.core.ledger.checkpoint import Checkpoint
    from camket.core.ledger.note import VerifierKey
    from camket.core.ledger.openings import ProvenOpening
    from camket.core.rights.evidence import ProvenLine
    from camket.core.rights.machine import RequestState


class EvidenceFault(StrEnum):
    """One way in which a pack does not hold. The sentences that people read are made from these by the CLI."""

    ARCHIVE_ALTERED = "archive_altered"
    """A byte of the archive itself is another one than packing these files gives, or it is no archive."""
    FILE_MISSING = "file_missing"
    FILE_UNKNOWN = "file_unknown"
    """The pack holds a file that the evidence does not name."""
    FILE_ALTERED = "file_altered"
    EVIDENCE_MALFORMED = "evidence_malformed"
    """`evidence.json` does not have its form, or not its one spelling."""
    SIGNATURE_ALTERED = "signature_altered"
    """The operator's signature does not fit what the evidence says."""
    OTHER_KEY = "other_key"
    """The evidence names another key than the one given."""
    CHECKPOINT_ALTERED = "checkpoint_altered"
    """The checkpoint is malformed or not signed by the key."""
    RECORD_ALTERED = "record_altered"
    """A record does not stand in the ledger at its place: its opening or its proof was altered."""
    RECORD_TWICE = "record_twice"
    RECORD_FOREIGN = "record_foreign"
    """A record shows that it belongs to another request, or to another subject than the rest."""
    LINE_DIFFERS = "line_differs"
    """A line of the timeline is not what its record says was recorded."""
    LINES_MISSING = "lines_missing"
    """Lines are left out, stand twice or in another order."""
    LINE_UNLAWFUL = "line_unlawful"
    """The request could not go from where it stood to where the line says."""
    SAME_PERSON = "same_person"
    """Who approved is who proposed: there was no second person."""
    STATE_DIFFERS = "state_differs"
    """The evidence says that the request stands somewhere else than its timeline leads."""
    MAKING_DIFFERS = "making_differs"
    """The evidence names another policy version, or way in which the request came, than its making recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceFinding:
    """One thing that does not hold, and where.

    Args:
        fault: which.
        name: of the file concerned, or empty.
        number: position of the line or index of the entry concerned; None where it is neither.
        detail: more in the words of the error, in English and without personal data; may be empty.
    """

    fault: EvidenceFault
    name: str = ""
    number: int | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceReport:
    """What verifying a pack found.

    Args:
        evidence: what it says; None where it could not be read.
        first_use: the key came from the pack itself, so that trust begins with this reading.
        proven: how many records hold, those of lines and of other acts.
        awaiting: how many have no checkpoint yet.
        pruned: how many lines have no record any more.
        findings: everything that does not hold.
    """

    evidence: Evidence | None
    first_use: bool
    proven: int = 0
    awaiting: int = 0
    pruned: int = 0
    findings: tuple[EvidenceFinding, ...]

    @property
    def holds(self) -> bool:
        """Say whether nothing was found wrong."""
        return self.evidence is not None and not self.findings


def verify_pack(raw: bytes, *, key: VerifierKey | None = None) -> EvidenceReport:
    """Verify an evidence pack by its bytes.

    Args:
        raw: the file.
        key: the ledger's key as the caller knows it; None takes the one that the pack names.

    Returns:
        The report. Lines and proofs are looked at even where the signature does not hold, so that it names what was
        altered.
    """
    try:
        files = unpack(raw)
    except LedgerError as error:
        finding = EvidenceFinding(fault=EvidenceFault.ARCHIVE_ALTERED, detail=str(error))
        return EvidenceReport(evidence=None, first_use=key is None, findings=(finding,))
    stated = files.get(STATEMENT_FILE)
    if stated is None:
        finding = EvidenceFinding(fault=EvidenceFault.FILE_MISSING, name=STATEMENT_FILE)
        return EvidenceReport(evidence=None, first_use=key is None, findings=(finding,))
    try:
        evidence = Evidence.parse(stated)
        spelled = evidence.to_bytes()
    except (LedgerError, InvalidValueError) as error:
        finding = EvidenceFinding(fault=EvidenceFault.EVIDENCE_MALFORMED, name=STATEMENT_FILE, detail=str(error))
        return EvidenceReport(evidence=None, first_use=key is None, findings=(finding,))
    found = [*_other_files(evidence, files), *_signature(evidence, key)]
    if spelled != stated:
        detail = "it is written in another way than `camket` writes it"
        found.append(EvidenceFinding(fault=EvidenceFault.EVIDENCE_MALFORMED, name=STATEMENT_FILE, detail=detail))
    return _report(evidence, key, found)


def _report(evidence: Evidence, key: VerifierKey | None, found: list[EvidenceFinding]) -> EvidenceReport:
    checkpoint = _checkpoint(evidence, found)
    records = [one.record for one in evidence.timeline if one.record is not None] + list(evidence.acts)
    found += _records(evidence, records, checkpoint)
    found += _timeline(evidence)
    placed = sum(one.index is not None for one in records)
    altered = sum(one.fault is EvidenceFault.RECORD_ALTERED for one in found)
    return EvidenceReport(
        evidence=evidence,
        first_use=key is None,
        proven=max(0, placed - altered) if checkpoint is not None else 0,
        awaiting=len(records) - placed,
        pruned=sum(one.record is None for one in evidence.timeline),
        findings=tuple(found),
    )


def _other_files(evidence: Evidence, files: Mapping[str, bytes]) -> Iterator[EvidenceFinding]:
    named = {one.name: one for one in evidence.files}
    for name, told in named.items():
        if name not in files:
            yield EvidenceFinding(fault=EvidenceFault.FILE_MISSING, name=name)
        elif FileHash.of(name, files[name]) != told:
            yield EvidenceFinding(fault=EvidenceFault.FILE_ALTERED, name=name)
    for name in files:
        if name not in named and name != STATEMENT_FILE:
            yield EvidenceFinding(fault=EvidenceFault.FILE_UNKNOWN, name=name)


def _signature(evidence: Evidence, key: VerifierKey | None) -> Iterator[EvidenceFinding]:
    if key is not None and key != evidence.key:
        yield EvidenceFinding(fault=EvidenceFault.OTHER_KEY, detail=str(evidence.key))
    try:
        note = parse_note(evidence.signature)
        note.verify(evidence.key)
    except LedgerError as error:
        yield EvidenceFinding(fault=EvidenceFault.SIGNATURE_ALTERED, detail=str(error))
        return
    # A line that someone else adds would be another byte of the same evidence.
    if note.text != evidence.statement() or len(note.signatures) != 1:
        detail = "the signed statement is of another content, or someone else signed it too"
        yield EvidenceFinding(fault=EvidenceFault.SIGNATURE_ALTERED, detail=detail)


def _checkpoint(evidence: Evidence, found: list[EvidenceFinding]) -> Checkpoint | None:
    try:
        return open_checkpoint(evidence.checkpoint, evidence.key)
    except LedgerError as error:
        found.append(EvidenceFinding(fault=EvidenceFault.CHECKPOINT_ALTERED, detail=str(error)))
        return None


def _records(
    evidence: Evidence, records: list[ProvenOpening], checkpoint: Checkpoint | None
) -> Iterator[EvidenceFinding]:
    handles = {one.handle for one in records if one.handle is not None}
    for one in records:
        fault = _proof_fault(one, checkpoint)
        if fault is not None:
            yield fault
        reference = getattr(getattr(one.opening, "subject_part", None), "reference", evidence.request.id)
        if len(handles) > 1 or reference != evidence.request.id:
            yield EvidenceFinding(fault=EvidenceFault.RECORD_FOREIGN, number=one.index)
    times = Counter(one.index for one in records if one.index is not None)
    for index, count in times.items():
        if count > 1:
            yield EvidenceFinding(fault=EvidenceFault.RECORD_TWICE, number=index)


def _proof_fault(one: ProvenOpening, checkpoint: Checkpoint | None) -> EvidenceFinding | None:
    try:
        entry = one.opening.entry()
        if checkpoint is not None and one.index is not None and one.path is not None:
            verify_inclusion(
                index=one.index, size=checkpoint.size, leaf=leaf_hash(entry), path=one.path, root=checkpoint.root
            )
    except LedgerError as error:
        return EvidenceFinding(fault=EvidenceFault.RECORD_ALTERED, number=one.index, detail=str(error))
    return None


def _timeline(evidence: Evidence) -> Iterator[EvidenceFinding]:
    lines = evidence.timeline
    places = [one.record.index for one in lines if one.record is not None and one.record.index is not None]
    in_order = [one.line.position for one in lines] == list(range(len(lines)))
    if not lines or not in_order or places != sorted(places):
        yield EvidenceFinding(fault=EvidenceFault.LINES_MISSING)
    state: RequestState | None = None
    for one in lines:
        if not _is_recorded(evidence, one):
            yield EvidenceFinding(fault=EvidenceFault.LINE_DIFFERS, number=one.line.position)
        if not _is_lawful(evidence, state, one):
            yield EvidenceFinding(fault=EvidenceFault.LINE_UNLAWFUL, number=one.line.position)
        state = one.line.state
    if state is not evidence.request.state:
        yield EvidenceFinding(fault=EvidenceFault.STATE_DIFFERS)
    yield from _second_person(evidence)
    if lines and not _is_made(evidence, lines[0]):
        yield EvidenceFinding(fault=EvidenceFault.MAKING_DIFFERS)


def _is_recorded(evidence: Evidence, proven: ProvenLine) -> bool:
    if proven.record is None:
        return True
    facts, line = proven.record.opening.facts, proven.line
    said = (LedgerAction.REQUEST, line.at, line.actor, evidence.request.hash_of(line))
    return (facts.action, facts.at, facts.actor, facts.history) == said


def _is_made(evidence: Evidence, first: ProvenLine) -> bool:
    """Say whether the request was made as it is told: under which policy, in which way."""
    record, told = first.record, first.line.detail or {}
    version = evidence.request.policy_version
    made_under = version if record is None else record.opening.facts.version
    return made_under == version and told.get("channel", evidence.request.channel) == evidence.request.channel


def _second_person(evidence: Evidence) -> Iterator[EvidenceFinding]:
    proposer: str | None = None
    for one in evidence.timeline:
        if one.line.event is RequestEvent.PROPOSE:
            proposer = one.line.actor
        elif one.line.event is RequestEvent.APPROVE and one.line.actor == proposer:
            yield EvidenceFinding(fault=EvidenceFault.SAME_PERSON, number=one.line.position)


def _is_lawful(evidence: Evidence, before: RequestState | None, proven: ProvenLine) -> bool:
    line = proven.line
    if before is None:
        return line.event is RequestEvent.MAKE and not line.state.ended
    try:
        return move(evidence.request.kind, before, line.event) is line.state
    except ConflictError:
        return False
