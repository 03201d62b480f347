"""Receipts of consents and agreements, on demand: in two standard forms, with the ledger entry opened and proven."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from camket.core.consent.events import EventKind, QuestionKind
from camket.core.consent.receipt import ReceiptEvent, ReceiptFacts, iso_27560, kantara
from camket.core.consent.text import QuestionText
from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.openings import Openings
from camket.core.terms import RIGHTS_PURPOSE
from camket.rows import FactKind
from camket.services.access import SUBJECT
from camket.services.consent_facts import items_of, target_of
from camket.services.consent_states import state_of
from camket.services.consequences import declaring
from camket.services.ids import ID_BYTES
from camket.services.own_answers import OwnState
from camket.services.proofs import prove_all
from camket.services.questions import active_standing_in
from camket.services.withdrawals import NO_CONSENT

if TYPE_CHECKING:
    from camket.core.consent.target import Target
    from camket.core.policy.model import PolicyVersion
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.rows import FactRow, SubjectRecordRow
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context

_GAVE: Final = (EventKind.GIVEN, EventKind.RENEWED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """A receipt of one consent or agreement.

    Args:
        consent_id: what it is about.
        kind: whether that is a consent or an agreement.
        receipt_id: a version 4 UUID; of this receipt alone.
        record_id: a version 4 UUID; the same in every receipt of this consent.
        iso_27560: JSON-LD as ISO/IEC TS 27560 has it. *Personal.*
        kantara: JSON as Kantara 1.1 has it. *Personal.*
        text: the exact text that was shown; None where none is on record.
        text_hash: hex; of that text.
        version: number of the version that asked.
        document_hash: hex; of that version.
        given_at: aware.
        valid_until: None is until it is withdrawn.
        state: where it stands now.
        history: every fact on record, oldest first.
        ledger_index: place of its entry in the public tree; None while it waits for one, or once it was pruned.
        checkpoint: the signed note that the proof inside is against; None before the first.
        openings: the evidence inside as a file of its own, for `camket ledger openings`. *Personal.* None where the
            receipt has none.
        made_at: aware.
    """

    consent_id: str
    kind: QuestionKind
    receipt_id: str
    record_id: str
    iso_27560: dict[str, Any] = field(repr=False)
    kantara: dict[str, Any] = field(repr=False)
    text: QuestionText | None
    text_hash: str | None
    version: int
    document_hash: str
    given_at: datetime
    valid_until: datetime | None
    state: OwnState
    history: tuple[ReceiptEvent, ...]
    ledger_index: int | None
    checkpoint: str | None
    openings: bytes | None = field(repr=False)
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What one unit of work read."""

    fact: FactRow
    gave: ConsentEventRow | None
    history: tuple[ReceiptEvent, ...]
    target: Target
    version: PolicyVersion
    text: QuestionText | None
    record: SubjectRecordRow | None
    state: OwnState


def receipt(ctx: Context, *, subject_id: str, consent_id: str, language: Language) -> Receipt:
    """Return a receipt of a subject's own consent or agreement, one that was withdrawn too.

    Args:
        ctx: the service.
        subject_id: whose.
        consent_id: of their consent or agreement.
        language: of labels; the exact text is in the language in which it was shown.

    Raises:
        NotFoundError: there is no such consent or agreement of this subject.

    Effects: that a receipt was made is on record before it is returned. As often as asked for, each with its own id.

    Source: LAW Art. 9; D356 Art. 6: in a form that can be printed and verified.
    """
    read = ctx.store.write(lambda unit: _read_in(unit, ctx, subject_id, consent_id))
    openings = _openings(ctx, subject_id, read.record)
    file = None if openings is None else openings.to_bytes()
    evidence = None if file is None else json.loads(file)
    facts = ReceiptFacts(
        receipt_id=str(UUID(bytes=ctx.entropy.token(ID_BYTES), version=4)),
        record_id=str(UUID(bytes=bytes.fromhex(consent_id), version=4)),
        handle=subject_id,
        origin=ctx.settings.origin,
        language=language,
        version=read.version,
        target=read.target,
        text=read.text,
        text_hash=None if read.gave is None else read.gave.text_hash,
        history=read.history,
        given_at=read.fact.at,
        valid_until=None if read.gave is None else read.gave.ends_at,
        ended=read.state is OwnState.ENDED,
        evidence=evidence,
    )
    return Receipt(
        consent_id=consent_id,
        kind=read.target.kind,
        receipt_id=facts.receipt_id,
        record_id=facts.record_id,
        iso_27560=iso_27560(facts),
        kantara=kantara(facts),
        text=facts.text,
        text_hash=facts.text_hash,
        version=read.version.number,
        document_hash=read.version.document_hash,
        given_at=facts.given_at,
        valid_until=facts.valid_until,
        state=read.state,
        history=facts.history,
        ledger_index=None if openings is None else openings.openings[0].index,
        checkpoint=None if openings is None else openings.checkpoint,
        openings=file,
        made_at=ctx.clock.now(),
    )


def _read_in(unit: Unit, ctx: Context, subject_id: str, consent_id: str) -> _Read:
    standing = active_standing_in(unit, ctx, subject_id)
    yes = (FactKind.CONSENT, FactKind.AGREEMENT)
    facts = unit.facts.of_subject(subject_id)
    fact = next((one for one in facts if one.id == consent_id and one.kind in yes), None)
    if fact is None:
        raise NotFoundError(NO_CONSENT)
    events = unit.consents.of_subject(subject_id)
    about = [one for one in events if one.fact_id == fact.id]
    gave = next((one for one in about if one.kind in _GAVE), None)
    question = None if gave is None else gave.question_id
    asked = [one for one in events if one.kind is EventKind.ASKED and question and one.question_id == question]
    texts = () if gave is None or gave.text_hash is None else unit.consents.texts((gave.text_hash,))
    record = None
    if gave is not None and gave.record_id is not None:
        record = unit.records.one_of_subject(subject_id, gave.record_id)
    target = target_of(standing, fact, events)
    ctx.door.record_in(
        unit,
        actor=SUBJECT,
        action=LedgerAction.USE,
        subject_id=subject_id,
        items=items_of(target),
        purpose=RIGHTS_PURPOSE,
    )
    return _Read(
        fact=fact,
        gave=gave,
        history=_history(fact, [*asked, *about]),
        target=target,
        version=declaring(standing.history, fact),
        text=QuestionText.from_canonical(texts[0].body) if texts else None,
        record=record,
        state=state_of(standing, fact, ctx.clock.now()),
    )


def _history(fact: FactRow, events: list[ConsentEventRow]) -> tuple[ReceiptEvent, ...]:
    """Return what is on record of a consent, oldest first; the yes itself where no history tells of it."""
    told = [ReceiptEvent(kind=one.kind, at=one.at, through=one.through, expression=one.expression) for one in events]
    if not any(one.kind in _GAVE for one in told):
        told.insert(0, ReceiptEvent(kind=EventKind.GIVEN, at=fact.at, through=None, expression=None))
    return tuple(told)


def _openings(ctx: Context, subject_id: str, record: SubjectRecordRow | None) -> Openings | None:
    """Return the subject's opening of the answer's own record; None where it was pruned or nothing is signed yet."""
    if record is None or record.sealed is None:
        return None
    opened = ctx.door.open_records(subject_id=subject_id, rows=(record,))
    proven = prove_all(ctx, [(opening, record.ledger_index) for opening in opened])
    if proven is None or not proven.openings:
        return None
    return Openings(key=proven.key, checkpoint=proven.checkpoint, openings=proven.openings)
