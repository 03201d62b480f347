"""Staff reading what is a customer's: on a reason alone, for one request and a quarter of an hour, each read on record.

The reason stands on the request's timeline, sealed, and its customer reads it there; each read is a use through the
door that names the request. Without a reason there is nothing but what a row says without being opened.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError, NotFoundError
from camket.core.intake import rendition
from camket.core.rights.machine import RequestEvent
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.desk_acts import REASON, DeskAct, row_in
from camket.services.own_pictures import NO_PICTURE
from camket.services.request_moves import move_in
from camket.services.request_thread import MESSAGE, PICTURE, message_views, read_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.requests import RequestMessageRow, RequestRow
    from camket.services.access import Pending
    from camket.services.context import Context
    from camket.services.request_thread import MessageView
    from camket.services.staff_sessions import StaffSession

READING: Final = timedelta(minutes=15)
"""How long a reason holds; then it is given anew."""
READS: Final = "reads"
"""Marks a line of a timeline as a reason to read."""
NO_REASON: Final = "say first why you look at what is a customer's"


def give_reason(ctx: Context, by: StaffSession, *, request_id: str, reason: str) -> RequestRow:
    """Say why one looks at what is a customer's; for a quarter of an hour it may be read, for this request.

    Args:
        ctx: the service.
        by: who looks; nobody else may on their reason.
        request_id: which.
        reason: *personal*; as typed; the customer reads it.

    Raises:
        FormError: there is no reason, it is too long, or a character in it misleads; the field is `reason`.
        DeniedError: `by` may not read; nothing was changed.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: no one has proven it; nothing was changed.

    Effects: the reason, its line and its record are durable together. Twice is on record twice.
    """
    words = read_words(REASON, reason)

    def give(unit: Unit) -> RequestRow:
        row = row_in(unit, by, request_id, DeskAct.READ)
        return move_in(unit, ctx, row, RequestEvent.NOTE, actor=by.actor, detail={READS: True}, text=words)

    return ctx.store.write(give)


def reads_until_in(unit: Unit, row: RequestRow, by: StaffSession) -> datetime | None:
    """Return until when the last reason of a member of staff holds, or held, for a request; None without one."""
    given = [
        line.at
        for line in unit.requests.events(row.id)
        if line.event is RequestEvent.NOTE and line.actor == by.actor and line.detail and line.detail.get(READS)
    ]
    return given[-1] + READING if given else None


def staff_read_in(
    unit: Unit,
    ctx: Context,
    by: StaffSession,
    *,
    request_id: str,
    items: tuple[str, ...],
    rows: tuple[str, ...] | None = None,
) -> Pending:
    """Read values of a request's customer for staff; what it gives opens once the unit is durable.

    Args:
        unit: the record is durable when this unit is.
        ctx: the service.
        by: who looks; officer or support, whose reason holds.
        request_id: which request they work on.
        items: ids of the items, at least one.
        rows: only the values with these ids; all of the items when None.

    Raises:
        DeniedError: `by` may not read, or has given no reason that holds; the unit must not go on.
        NotFoundError: there is no such request.
    """
    row = row_in(unit, by, request_id, DeskAct.READ)
    # INVARIANT: no member of staff opens a value without a reason that its customer reads.
    until = reads_until_in(unit, row, by)
    if until is None or until <= ctx.clock.now():
        raise DeniedError(NO_REASON)
    return ctx.door.read_in(
        unit,
        actor=by.actor,
        subject_id=row.subject_id,
        items=items,
        purpose=RIGHTS_PURPOSE,
        request=row.id,
        rows=rows,
    )


def staff_thread(ctx: Context, by: StaffSession, *, request_id: str) -> tuple[MessageView, ...]:
    """Return the thread of a request for staff, *personal*, oldest first, with what is among staff.

    Raises:
        DeniedError: `by` may not read, or has given no reason that holds; or the gate said no, which is on record.
        NotFoundError: there is no such request, or its customer is gone.

    Effects: one ledger record of the read, durable before anything is returned.
    """

    def look(unit: Unit) -> tuple[tuple[RequestMessageRow, ...], Pending, frozenset[str]]:
        row = row_in(unit, by, request_id, DeskAct.READ)
        messages = unit.request_parts.messages(row.id)
        words = tuple(message.value_id for message in messages if message.value_id is not None)
        pending = staff_read_in(unit, ctx, by, request_id=request_id, items=(MESSAGE,), rows=words)
        return messages, pending, _pictures_in(unit, messages)

    messages, pending, pictures = ctx.store.write(look)
    return message_views(ctx, messages, pending.open(), pictures=pictures)


def staff_picture(ctx: Context, by: StaffSession, *, request_id: str, row_id: str, size: int) -> bytes:
    """Return one size of a picture in a request's thread for staff, WebP, *personal*.

    Raises:
        DeniedError: as `staff_thread`.
        NotFoundError: it is in no message of this request, not held any more, or not kept in this size.

    Effects: one ledger record of the read, durable before anything is returned.
    """

    def look(unit: Unit) -> Pending:
        row = row_in(unit, by, request_id, DeskAct.READ)
        if not any(row_id in message.pictures for message in unit.request_parts.messages(row.id)):
            raise NotFoundError(NO_PICTURE)
        return staff_read_in(unit, ctx, by, request_id=request_id, items=(PICTURE,), rows=(row_id,))

    values = ctx.store.write(look).open().values[PICTURE]
    shown = [rendition(value.value, size) for value in values if isinstance(value.value, bytes)]
    if not shown or shown[0] is None:
        raise NotFoundError(NO_PICTURE)
    return shown[0]


def _pictures_in(unit: Unit, messages: Sequence[RequestMessageRow]) -> frozenset[str]:
    """Return which of the pictures of messages are still held."""
    wanted = {picture for message in messages for picture in message.pictures}
    if not wanted:
        return frozenset()
    held = unit.values.outlines_of_subject(messages[0].subject_id, (PICTURE,), closed=(PICTURE,))
    return frozenset(row.id for row in held if row.id in wanted)
