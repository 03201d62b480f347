"""Evidence packs: the case of one request as a file that verifies offline, made when asked for and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError
from camket.core.ledger.canonical import parse_json
from camket.core.ledger.entry import Facts, FactsOpening, LedgerAction
from camket.core.ledger.openings import ProvenOpening
from camket.core.rights.evidence import Evidence, FileHash, ProvenLine, RequestFacts, pack_evidence, sign_evidence
from camket.core.terms import RIGHTS_PURPOSE, Language
from camket.services.desk_acts import DeskAct, require_act_in
from camket.services.evidence_page import FILE_OF, render_evidence
from camket.services.proofs import prove_all
from camket.services.request_clocks import clocks_in
from camket.services.requests import NO_REQUEST
from camket.services.sequencing import ledger_signer, sequence_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from camket.ports import Unit
    from camket.rows import RecordRow
    from camket.rows.requests import RequestEventRow, RequestRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

PAGE: Final = 500
MOST_ACTS: Final = 2_000
"""How many other acts a pack names, the newest ones."""
_CLOCKS_MAY_DIFFER: Final = timedelta(minutes=1)
NOT_SIGNED: Final = "the ledger has not been signed since; take the evidence pack in a minute"


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidencePack:
    """A pack as it is handed over.

    Args:
        file_name: to save it under; the receipt number is in it and nothing personal.
        data: the archive.
    """

    file_name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceSummary:
    """What a pack would be about.

    Args:
        number: receipt number.
        lines: how many lines its timeline has.
        file_name: of the pack.
        command: what checks the pack, offline, with the ledger's key.
    """

    number: str
    lines: int
    file_name: str
    command: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What one unit of work read of a request."""

    request: RequestFacts
    timeline: tuple[RequestEventRow, ...]
    records: Mapping[int, RecordRow]
    acts: tuple[RecordRow, ...]


def evidence_summary(ctx: Context, number: str) -> EvidenceSummary:
    """Return what a pack of a request would be about; nothing is made or recorded.

    Raises:
        NotFoundError: there is no such request.
    """

    def read(unit: Unit) -> int:
        row = unit.requests.by_number(number)
        if row is None:
            raise NotFoundError(NO_REQUEST)
        return len(unit.requests.events(row.id))

    lines, name = ctx.store.read(read), _file_name(number)
    command = f"camket evidence verify {name} --key {ledger_signer(ctx).verifier_key}"
    return EvidenceSummary(number=number, lines=lines, file_name=name, command=command)


def make_evidence(ctx: Context, *, by: StaffSession, number: str) -> EvidencePack:
    """Make the evidence pack of a request.

    Args:
        ctx: the service.
        by: who takes it; an officer or an auditor.
        number: the receipt number.

    Returns:
        The pack. It opens the facts of the request's records alone: no handle, no value, nothing that was written.
        Records that were pruned, or that no checkpoint covers yet, stand in it as such.

    Raises:
        DeniedError: who asks has neither role any more.
        NotFoundError: there is no such request.
        ConflictError: the ledger was never signed; nothing was handed over.

    Effects: that it was made, by whom, is on record for the request's subject before it is returned. As often as asked
        for, each with what stands then.
    """
    read = ctx.store.write(lambda unit: _read_in(unit, ctx, by, number))
    # Records of the last second have no place yet where no sequencer runs beside this process.
    sequence_once(ctx)
    evidence = _proven(ctx, ctx.store.read(lambda unit: _placed_in(unit, read)))
    pages = {FILE_OF[language]: render_evidence(evidence, language).encode() for language in Language}
    files = tuple(FileHash.of(name, content) for name, content in pages.items())
    stated = replace(evidence, files=files)
    data = pack_evidence(sign_evidence(stated, ledger_signer(ctx)), pages)
    return EvidencePack(file_name=_file_name(number), data=data)


def _file_name(number: str) -> str:
    return f"camket-{number}.zip"


def _read_in(unit: Unit, ctx: Context, by: StaffSession, number: str) -> _Read:
    row = unit.requests.by_number(number)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    require_act_in(unit, by, DeskAct.EVIDENCE, row.kind)
    timeline = unit.requests.events(row.id)
    known = {line.record_id for line in timeline if line.record_id is not None}
    found = {record: kept for record in known if (kept := unit.records.get(record)) is not None}
    acts_ids = dict.fromkeys((*_acts_told(timeline), *_acts_in(unit, ctx, row, known)))
    acts = tuple(kept for record in acts_ids if (kept := unit.records.get(record)) is not None)
    ctx.door.record_in(
        unit,
        actor=by.actor,
        action=LedgerAction.USE,
        subject_id=row.subject_id,
        purpose=RIGHTS_PURPOSE,
        request=row.id,
    )
    return _Read(request=_request_in(unit, ctx, row), timeline=timeline, records=found, acts=acts)


def _acts_told(timeline: tuple[RequestEventRow, ...]) -> Iterator[int]:
    """Yield the ids of records that lines name: an erasure's, which its subject's key does not open any more."""
    for line in timeline:
        told = (line.detail or {}).get("record")
        if isinstance(told, int):
            yield told


def _acts_in(unit: Unit, ctx: Context, row: RequestRow, lines: set[int]) -> Iterator[int]:
    """Yield the ids of the subject's records that name this request, but for those of its lines, newest first.

    Only the subject's own key opens which request a record belongs to; what it opens here stays here.
    """
    since = row.created_at - _CLOCKS_MAY_DIFFER
    before: int | None = None
    left = MOST_ACTS
    while page := unit.records.of_subject(row.subject_id, before_id=before, limit=PAGE):
        before = page[-1].id
        sealed = [one for one in page if one.sealed is not None]
        opened = ctx.door.open_records(subject_id=row.subject_id, rows=sealed)
        if len(opened) != len(sealed):
            return
        for one, opening in zip(sealed, opened, strict=True):
            if opening.subject_part.reference == row.id and one.id not in lines and left:
                left -= 1
                yield one.id
        if page[-1].created_at < since or not left:
            return


def _request_in(unit: Unit, ctx: Context, row: RequestRow) -> RequestFacts:
    published = unit.policies.get(row.policy_version)
    history = ctx.policies.in_force_in(unit, ctx.clock.now())
    version = history.version(row.policy_version) or history.newest
    clocks = clocks_in(unit, ctx, row)
    return RequestFacts(
        id=row.id,
        number=row.number,
        kind=row.kind,
        channel=row.channel.value,
        state=row.state,
        policy_version=row.policy_version,
        document_hash=version.document_hash if published is None else published.document_hash,
        law_profile=version.policy.law_profile,
        reply_due_at=row.reply_due_at,
        reply_article=clocks.reply.article if row.reply_due_at else None,
        due_at=row.due_at,
        due_article=clocks.complete.article if row.due_at and clocks.complete else None,
    )


def _placed_in(unit: Unit, read: _Read) -> _Read:
    """Return the same with the places that its records have in the ledger by now."""
    records = {one: unit.records.get(one) or row for one, row in read.records.items()}
    return replace(read, records=records, acts=tuple(unit.records.get(row.id) or row for row in read.acts))


def _proven(ctx: Context, read: _Read) -> Evidence:
    """Return what is told of the request, with proofs against the newest checkpoint; not signed yet."""
    rows = [*read.records.values(), *read.acts]
    openings = {row.id: _facts_of(row) for row in rows}
    found = prove_all(ctx, [(openings[row.id], row.ledger_index) for row in rows])
    if found is None:
        raise ConflictError(NOT_SIGNED)
    by_index = {one.index: one for one in found.openings if one.index is not None}
    proven = {
        row.id: by_index.get(-1 if row.ledger_index is None else row.ledger_index)
        or ProvenOpening(opening=openings[row.id])
        for row in rows
    }
    acts = sorted((proven[row.id] for row in read.acts), key=lambda one: (one.index is None, one.index or 0))
    return Evidence(
        made_at=ctx.clock.now(),
        request=read.request,
        timeline=tuple(_line(row, proven.get(row.record_id or 0)) for row in read.timeline),
        acts=tuple(acts),
        files=(),
        key=found.key,
        checkpoint=found.checkpoint,
    )


def _facts_of(row: RecordRow) -> FactsOpening:
    facts = Facts.from_value(parse_json(row.facts, "the record"), "facts")
    return FactsOpening(nonce_a=row.nonce_a, facts=facts, b=row.b)


def _line(row: RequestEventRow, record: ProvenOpening | None) -> ProvenLine:
    """Return a line as its record has it; as the row has it where that is gone."""
    line = row.as_line()
    if record is not None:
        line = replace(line, at=record.opening.facts.at)
    return ProvenLine(line=line, record=record)
