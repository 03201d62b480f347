"""Consents brought along from another system, and taken elsewhere: by the operator, whole or not at all, on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from camket.core.consent.events import AskedThrough, EventKind, QuestionKind
from camket.core.consent.exchange import ReadConsent, read_consents, written_lines
from camket.core.consent.target import Target
from camket.core.consent.text import QuestionText
from camket.core.errors import ConflictError, Finding
from camket.core.ledger.entry import LedgerAction
from camket.core.policy.model import ClauseKind
from camket.core.terms import Basis, SubjectState
from camket.core.vault.lookup import IndexField
from camket.rows import FactKind, FactRow
from camket.rows.consents import ConsentTextRow, NewConsentEvent
from camket.services.consent_facts import said_no_since, same_consent
from camket.services.ids import random_id
from camket.services.questions import active_standing_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context

OPERATOR: Final = "service:operator"
PAGE: Final = 500
_KINDS: Final = (EventKind.GIVEN, EventKind.RENEWED, EventKind.REFUSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What came of a file.

    Args:
        findings: everything that is wrong with it; where there is one, nothing of the file was taken over.
        added: how many consents and refusals were taken over.
        known: how many were on record already, and were left as they are.
    """

    findings: tuple[Finding, ...]
    added: int = 0
    known: int = 0


class _RefusedError(ConflictError):
    """A line that cannot be taken over after all; what the unit did is undone."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("the file was refused")
        self.findings = findings


def import_consents(ctx: Context, lines: Iterable[str], *, file: str) -> Imported:
    """Take over consents and refusals that were given elsewhere.

    Args:
        ctx: the service.
        lines: JSON, *personal* where they name people by their e-mail addresses; `docs/reference/consents.md`.
        file: how findings call the file.

    Returns:
        Every finding, and then nothing was taken over; or how many were.

    Effects:
        Facts, history and ledger records of the whole file are durable together. Twice is once: what is on record
        already, to the instant, is left as it is.
    """
    now = ctx.clock.now()
    version = ctx.policies.in_force(ctx.store, now).newest
    read, findings = read_consents(lines, file=file, version=version, now=now)
    if findings:
        return Imported(findings=findings)
    try:
        added = ctx.store.write(lambda unit: _import_in(unit, ctx, read, version.number, file))
    except _RefusedError as refused:
        return Imported(findings=refused.findings)
    return Imported(findings=(), added=added, known=len(read) - added)


def _import_in(unit: Unit, ctx: Context, read: tuple[ReadConsent, ...], version: int, file: str) -> int:
    if ctx.policies.in_force_in(unit, ctx.clock.now()).newest.number != version:
        raise ConflictError("another version of the policy took effect in the meantime; import the file again")
    findings: list[Finding] = []
    added = 0
    for one in read:
        subject_id = _subject_in(unit, ctx, one)
        if subject_id is None:
            findings.append(Finding(file=file, line=one.line, message="there is no active account of this subject"))
            continue
        facts = unit.facts.of_subject(subject_id)
        if _is_known(one, facts):
            continue
        against = _against_in(unit, ctx, one, subject_id, facts)
        if against is not None:
            findings.append(Finding(file=file, line=one.line, message=against))
            continue
        _take_in(unit, ctx, one, subject_id, version)
        added += 1
    if findings:
        # INVARIANT: whole or not at all; what was written for the lines before is undone with this unit.
        raise _RefusedError(tuple(findings))
    return added


def _against_in(unit: Unit, ctx: Context, one: ReadConsent, subject_id: str, facts: Sequence[FactRow]) -> str | None:
    """Say what is on record that a line would undo; None for nothing."""
    # INVARIANT: the newest answer stands; what a file remembers brings back nothing that was ended since.
    events = unit.consents.of_subject(subject_id)
    if not events or one.withdrawn_at is not None:
        return None
    standing = active_standing_in(unit, ctx, subject_id)
    if one.yes:
        since = said_no_since(standing, events, _target(one), one.at)
        ended = "the subject said no to it after this yes, on {}: leave the line out, or give it `withdrawn_at`"
        return None if since is None else ended.format(since.date().isoformat())
    if any(same_consent(standing, fact, _target(one)) and fact.at <= one.at for fact in facts):
        return "a yes to it from before this no stands: give that yes `withdrawn_at`, or have the subject withdraw it"
    return None


def _subject_in(unit: Unit, ctx: Context, one: ReadConsent) -> str | None:
    subject_id = one.subject
    if one.email is not None:
        subject_id = ctx.door.look_up_in(unit, field=IndexField.EMAIL, value=one.email, actor=OPERATOR).id
    row = None if subject_id is None else unit.subjects.get(subject_id)
    return row.id if row is not None and row.state is SubjectState.ACTIVE else None


def _body(one: ReadConsent, version: int) -> JsonObject:
    if not one.yes:
        return {"purpose": one.purpose}
    return {
        "purpose": one.purpose,
        "recipient": one.recipient,
        "items": list(one.items),
        "clause_hash": one.clause_hash,
        "version": version,
        "expires_at": None if one.expires_at is None else one.expires_at.isoformat(),
    }


def _is_known(one: ReadConsent, facts: Iterable[FactRow]) -> bool:
    """Say whether the same was said at the same instant; instants count to the microsecond, as they are stored."""
    kind = FactKind.CONSENT if one.yes else FactKind.REFUSAL
    return any(fact.at == one.at and fact.kind is kind and _says_the_same(one, fact.body) for fact in facts)


def _says_the_same(one: ReadConsent, body: JsonObject) -> bool:
    if one.yes:
        target = (body.get("purpose"), body.get("recipient"), _items(body))
        return target == (one.purpose, one.recipient, one.items)
    if one.recipient is not None:
        return body.get("clause") in _target(one).clauses
    return body.get("purpose") == one.purpose


def _items(body: JsonObject) -> tuple[str, ...]:
    items = body.get("items")
    return tuple(str(item) for item in items) if isinstance(items, list | tuple) else ()


def _target(one: ReadConsent) -> Target:
    kind = ClauseKind.USE if one.recipient is None else ClauseKind.SHARE
    name = one.recipient or one.purpose
    return Target(
        purpose=one.purpose,
        recipient=one.recipient,
        items=one.items,
        clauses=tuple(f"{kind}({item}, {name}, {Basis.CONSENT})" for item in one.items),
        clause_hash=one.clause_hash,
    )


def _take_in(unit: Unit, ctx: Context, one: ReadConsent, subject_id: str, version: int) -> None:
    target = _target(one)
    bodies = [_body(one, version)]
    if not one.yes and one.recipient is not None:
        bodies = [{"clause": clause} for clause in target.clauses]
    unit.consents.add_text(ConsentTextRow(hash=one.text.hash, body=one.text.canonical()))
    record = ctx.door.record_in(
        unit,
        actor=OPERATOR,
        action=LedgerAction.CONSENT if one.yes else LedgerAction.REFUSAL,
        subject_id=subject_id,
        items=one.items,
        purpose=one.purpose,
        about=one.text.hash,
        version=version,
    )
    for body in bodies:
        fact = FactRow(
            id=random_id(ctx.entropy),
            subject_id=subject_id,
            kind=FactKind.CONSENT if one.yes else FactKind.REFUSAL,
            body=body,
            at=one.at,
            withdrawn_at=one.withdrawn_at if one.yes else None,
        )
        unit.facts.add(fact)
        kind = EventKind.GIVEN if one.yes else EventKind.REFUSED
        unit.consents.add(_event(one, target, fact, kind, at=one.at, version=version, record=record))
        if fact.withdrawn_at is not None:
            ended = _event(one, target, fact, EventKind.WITHDRAWN, at=fact.withdrawn_at, version=version, record=record)
            unit.consents.add(ended)


def _event(
    one: ReadConsent, target: Target, fact: FactRow, kind: EventKind, *, at: datetime, version: int, record: int
) -> NewConsentEvent:
    return NewConsentEvent(
        subject_id=fact.subject_id,
        kind=kind,
        about=QuestionKind.CONSENT,
        target=target.key,
        body=target.to_body(),
        question_id=None,
        fact_id=fact.id,
        version=version,
        text_hash=one.text.hash,
        language=one.text.language,
        through=AskedThrough.IMPORT,
        expression=one.expression,
        at=at,
        ends_at=one.expires_at if kind is EventKind.GIVEN else None,
        record_id=record,
    )


def export_consents(ctx: Context) -> Iterator[str]:
    """Yield every consent and refusal of active subjects as a line of JSON, subject by subject.

    What is said names a subject by their opaque handle alone; agreements to versions are answers to this policy and
    are not exported.

    Effects: each subject's export has its ledger record, durable before their lines are given.
    """
    after = ""
    while page := _subjects_after(ctx, after):
        for subject_id in page:
            yield from written_lines(_exported(ctx, subject_id))
        after = page[-1]


def _subjects_after(ctx: Context, after: str) -> tuple[str, ...]:
    return ctx.store.read(lambda unit: unit.consents.subjects(after_id=after, limit=PAGE))


def _exported(ctx: Context, subject_id: str) -> list[dict[str, Any]]:
    return ctx.store.write(lambda unit: _export_in(unit, ctx, subject_id))


def _export_in(unit: Unit, ctx: Context, subject_id: str) -> list[dict[str, Any]]:
    row = unit.subjects.get(subject_id)
    events = [
        one
        for one in unit.consents.of_subject(subject_id)
        if one.about is QuestionKind.CONSENT and one.kind in _KINDS and one.text_hash is not None
    ]
    if row is None or row.state is not SubjectState.ACTIVE or not events:
        return []
    facts = {fact.id: fact for fact in unit.facts.of_subject(subject_id)}
    texts = {
        one.hash: QuestionText.from_canonical(one.body)
        for one in unit.consents.texts(sorted({str(event.text_hash) for event in events}))
    }
    said = [
        _line(event, facts[event.fact_id], texts[str(event.text_hash)]) for event in events if event.fact_id in facts
    ]
    # A refusal to share is one event for each item, and one line.
    lines = list({(one["at"], one["said"], one["purpose"], one["recipient"]): one for one in said}.values())
    items = tuple(dict.fromkeys(item for one in lines for item in one["items"]))
    ctx.door.record_in(unit, actor=OPERATOR, action=LedgerAction.USE, subject_id=subject_id, items=items)
    return lines


def _line(event: ConsentEventRow, fact: FactRow, text: QuestionText) -> dict[str, Any]:
    target = Target.from_body(event.body)
    yes = event.kind is not EventKind.REFUSED
    return {
        "subject": event.subject_id,
        "said": "yes" if yes else "no",
        "purpose": target.purpose,
        "recipient": target.recipient,
        "items": list(target.items),
        "clause_hash": target.clause_hash,
        "policy": {"version": event.version},
        "at": event.at.isoformat(),
        "expires_at": None if event.ends_at is None else event.ends_at.isoformat(),
        "withdrawn_at": None if fact.withdrawn_at is None else fact.withdrawn_at.isoformat(),
        "through": event.through.value,
        "expression": None if event.expression is None else event.expression.value,
        "language": text.language.value,
        "text": {"title": text.title, "body": list(text.body)},
        "text_hash": text.hash,
    }
