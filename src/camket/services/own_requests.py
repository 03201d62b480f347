"""A subject's own requests as they follow them: where each stands, what happened, until when, why; taking one back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from camket.core.errors import NotFoundError
from camket.core.intake import show
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access import SUBJECT
from camket.services.access_core import STAFF
from camket.services.cooling_off import keep_account_in
from camket.services.erasure_plan import declared_item
from camket.services.request_clocks import clocks_in
from camket.services.request_failures import failing_of
from camket.services.request_moves import move_in
from camket.services.request_time import ANSWER_WITHIN
from camket.services.requests import NO_REQUEST, RequestBody

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.requests import RequestEventRow, RequestRow
    from camket.services.context import Context
    from camket.services.request_clocks import Clocks
    from camket.services.request_failures import FailingView
    from camket.services.sessions import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRequest:
    """A request in a subject's list.

    Args:
        due_at: until when it is carried out; for support, answered. None where no clock runs: it ended, waits for its
            subject, or was not proven yet.
    """

    id: str
    number: str
    kind: RequestKind
    state: RequestState
    created_at: datetime
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLine:
    """A line of a timeline as its subject sees it.

    Args:
        staff: pseudonym of the staff who did it; None where it was the subject or the service.
        own: the subject did it.
        detail: names and numbers.
        text: *personal*; what was written with it; None for nothing.
    """

    event: RequestEvent
    state: RequestState
    at: datetime
    staff: str | None
    own: bool
    detail: JsonObject
    text: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRequestView:
    """A request as its subject follows it.

    Args:
        article: what the due date rests on; None where there is none.
        reply_due_at: until when it is answered; None once it was, and where no clock runs.
        answer_until: until when its subject's answer is waited for; None where none is.
        wants_yes: what it waits for is the subject's yes alone.
        item: id of the item that it is about; None where it is about none.
        value: *personal*; the value that is to be held instead; None where none is, or where it is not shown.
        removes: it asks for a value to go.
        lines: oldest first.
        failing: which of its steps cannot be done now; they are tried again.
        may_withdraw: it can be taken back now.
    """

    request: OwnRequest
    verified_at: datetime | None
    extended: bool
    article: str | None
    reply_due_at: datetime | None
    answer_until: datetime | None
    wants_yes: bool
    item: str | None
    value: str | None = field(repr=False)
    removes: bool
    lines: tuple[OwnLine, ...]
    failing: tuple[FailingView, ...]
    may_withdraw: bool


def own_requests(ctx: Context, session: Session) -> tuple[OwnRequest, ...]:
    """Return a subject's requests, newest first; empty where there was none in the time that they are kept."""
    rows = ctx.store.read(lambda unit: unit.requests.of_subject(session.subject_id))
    return tuple(_listed(row) for row in rows)


def own_request(ctx: Context, session: Session, *, request_id: str) -> OwnRequestView:
    """Return a subject's own request with its timeline, *personal*.

    Args:
        ctx: the service.
        session: who looks.
        request_id: which.

    Raises:
        NotFoundError: it is not theirs, or not there any more.

    Effects: that it was looked at is on record before anything is returned.
    """
    return request_view(ctx, subject_id=session.subject_id, request_id=request_id)


def request_view(ctx: Context, *, subject_id: str, request_id: str, texts: bool = True) -> OwnRequestView:
    """Do what `own_request` does, for who proved the request outside a session too.

    Args:
        ctx: the service.
        subject_id: whose.
        request_id: which.
        texts: what was asked for and what was written with its lines is opened; False where who looks has no proof
            any more.
    """

    def read(unit: Unit) -> tuple[RequestRow, tuple[RequestEventRow, ...], Clocks]:
        row = _own_in(unit, subject_id, request_id)
        ctx.door.record_in(
            unit,
            actor=SUBJECT,
            action=LedgerAction.USE,
            subject_id=subject_id,
            purpose=RIGHTS_PURPOSE,
            request=row.id,
        )
        return row, unit.requests.events(row.id), clocks_in(unit, ctx, row)

    row, timeline, clocks = ctx.store.write(read)
    lines = tuple(_line(ctx, line, opened=texts) for line in timeline if line.shown)
    body = _body(ctx, row) if texts else RequestBody()
    waits = row.paused_at is not None
    return OwnRequestView(
        request=_listed(row),
        verified_at=row.verified_at,
        extended=row.extended_at is not None,
        article=clocks.last.article if _runs(row) else None,
        reply_due_at=row.reply_due_at if _runs(row) and row.replied_at is None else None,
        answer_until=None if row.paused_at is None else row.paused_at + ANSWER_WITHIN,
        wants_yes=waits and asks_for_yes(timeline),
        item=body.item or None,
        value=_said_value(ctx, body),
        removes=body.removes is not None,
        lines=lines,
        failing=failing_of(ctx, row),
        may_withdraw=may_move(row.kind, row.state, RequestEvent.WITHDRAW),
    )


def asks_for_yes(timeline: tuple[RequestEventRow, ...]) -> bool:
    """Say whether the last thing that a subject was asked is whether they want their request carried out."""
    asked = [line for line in timeline if line.event is RequestEvent.ASK_SUBJECT]
    return bool(asked) and (asked[-1].detail or {}).get("asked") == "acceptance"


def withdraw_request(ctx: Context, session: Session, *, request_id: str) -> RequestRow:
    """Take a request back, wherever it stands.

    Args:
        ctx: the service.
        session: whose request.
        request_id: which.

    Raises:
        NotFoundError: it is not theirs, or not there any more.
        ConflictError: it has ended, or what runs cannot be stopped any more: a deletion that has begun. Nothing was
            changed.

    Effects: the end and its record are durable together; a job that is at work on it stops at its next step. Twice is
        refused.

    Source: Personal Data Protection Law 91/2025/QH15, Art. 4.
    """
    return ctx.store.write(
        lambda unit: withdraw_request_in(unit, ctx, subject_id=session.subject_id, request_id=request_id)
    )


def withdraw_request_in(
    unit: Unit, ctx: Context, *, subject_id: str, request_id: str, actor: str = SUBJECT
) -> RequestRow:
    """Do what `withdraw_request` does in the caller's unit of work; it must not go on after an error."""
    row = _own_in(unit, subject_id, request_id)
    if row.kind is RequestKind.ERASE and row.state is RequestState.APPROVED:
        return keep_account_in(unit, ctx, subject_id=subject_id, request_id=row.id, actor=actor)
    return move_in(unit, ctx, row, RequestEvent.WITHDRAW, actor=actor)


def _own_in(unit: Unit, subject_id: str, request_id: str) -> RequestRow:
    row = unit.requests.get(subject_id, request_id)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    return row


def _runs(row: RequestRow) -> bool:
    return row.verified_at is not None and row.done_at is None and row.paused_at is None


def _listed(row: RequestRow) -> OwnRequest:
    due_at = row.due_at or (None if row.replied_at else row.reply_due_at)
    return OwnRequest(
        id=row.id,
        number=row.number,
        kind=row.kind,
        state=row.state,
        created_at=row.created_at,
        due_at=due_at if _runs(row) else None,
        done_at=row.done_at,
    )


def _line(ctx: Context, line: RequestEventRow, *, opened: bool) -> OwnLine:
    text = None
    if opened and line.sealed is not None:
        text = ctx.door.open_request_text(subject_id=line.subject_id, place=line.id, sealed=line.sealed)
    return OwnLine(
        event=line.event,
        state=line.state,
        at=line.at,
        staff=line.actor.removeprefix(STAFF) if line.actor.startswith(STAFF) else None,
        own=line.actor == SUBJECT,
        detail=line.detail or {},
        text=text,
    )


def _said_value(ctx: Context, body: RequestBody) -> str | None:
    if not body.value:
        return None
    history = ctx.policies.in_force(ctx.store, ctx.clock.now())
    return show(declared_item(history, body.item).kind, body.value)


def _body(ctx: Context, row: RequestRow) -> RequestBody:
    if row.sealed is None:
        return RequestBody()
    return RequestBody.from_text(ctx.door.open_request(subject_id=row.subject_id, request=row))
