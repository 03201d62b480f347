"""The one way in which a request changes where it stands: by the machine, on record, with its clocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from camket.core.errors import ConflictError
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.machine import move
from camket.core.rights.timeline import line_hash
from camket.core.terms import RIGHTS_PURPOSE
from camket.rows.requests import RequestEventRow
from camket.services.ids import random_id
from camket.services.request_clocks import timed_in
from camket.services.request_mails import tell_in

if TYPE_CHECKING:
    from camket.core.rights.machine import RequestEvent
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.requests import RequestRow
    from camket.services.context import Context

MOVED_ON: Final = "the request has moved on meanwhile; look at it again"


def move_in(  # noqa: PLR0913 - each names one part of what happened
    unit: Unit,
    ctx: Context,
    row: RequestRow,
    event: RequestEvent,
    *,
    actor: str,
    detail: JsonObject | None = None,
    text: str | None = None,
    shown: bool = True,
    items: tuple[str, ...] = (),
    **changes: Any,  # noqa: ANN401 - columns of the request that change with it
) -> RequestRow:
    """Let an event happen to a request, in the unit of work of its effect.

    Args:
        unit: request, timeline and record are durable together when this unit is.
        ctx: the service.
        row: the request as this unit read it.
        event: what happens.
        actor: `subject`, `service:name` or `staff:pseudonym`.
        detail: names and numbers for the timeline, nothing personal.
        text: *personal*; what was written with it; sealed under the subject's key.
        shown: its subject sees the line.
        items: ids of the items that the record names.
        changes: columns of the request that change with it, by name.

    Returns:
        The request as it stands now. Its subject is told by mail of what they are to know at once.

    Raises:
        ConflictError: the request does not take this event where it stands, or has moved on meanwhile; the unit must
            not go on.
        NotFoundError: there is text and the subject has no key any more; the unit must not go on.
    """
    state = move(row.kind, row.state, event)
    before = unit.requests.hold(row.id)
    # INVARIANT: whoever moves it first has it; the other one's unit is undone whole.
    if before is None or before.state is not row.state:
        raise ConflictError(MOVED_ON)
    # What others changed of it without moving it, since this unit read it, stays.
    moved = timed_in(unit, ctx, before, replace(before, state=state, **changes), event)
    if not unit.requests.save(moved, old=row.state):
        raise ConflictError(MOVED_ON)
    line = add_line_in(unit, ctx, moved, event, actor=actor, detail=detail, text=text, shown=shown, items=items)
    tell_in(unit, ctx, before, moved, event, position=line.position)
    return moved


def add_line_in(  # noqa: PLR0913 - each names one part of what happened
    unit: Unit,
    ctx: Context,
    row: RequestRow,
    event: RequestEvent,
    *,
    actor: str,
    detail: JsonObject | None = None,
    text: str | None = None,
    shown: bool = True,
    items: tuple[str, ...] = (),
) -> RequestEventRow:
    """Record what happened to a request, and write it on its timeline, in the unit of work of its effect."""
    now = ctx.clock.now()
    position = len(unit.requests.events(row.id))
    record_id = ctx.door.record_in(
        unit,
        actor=actor,
        action=LedgerAction.REQUEST,
        subject_id=row.subject_id,
        items=items,
        purpose=RIGHTS_PURPOSE,
        request=row.id,
        about=line_hash(
            request_id=row.id,
            number=row.number,
            kind=row.kind,
            position=position,
            event=event,
            state=row.state,
            detail=detail,
            shown=shown,
        ),
    )
    line_id = random_id(ctx.entropy)
    sealed = None
    if text is not None:
        sealed = ctx.door.seal_request_in(unit, subject_id=row.subject_id, request_id=line_id, text=text)
    line = RequestEventRow(
        id=line_id,
        request_id=row.id,
        subject_id=row.subject_id,
        position=position,
        event=event,
        state=row.state,
        at=now,
        actor=actor,
        detail=detail,
        sealed=sealed,
        shown=shown,
        record_id=record_id,
    )
    unit.requests.add_event(line)
    return line
