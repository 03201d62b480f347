"""Which step of a request its subject is told by mail, and what those mails are filled with when they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.notices.request_mails import (
    REQUEST_CANCELLED,
    REQUEST_DONE,
    REQUEST_EXPIRED,
    REQUEST_EXTENDED,
    REQUEST_ON_BEHALF,
    REQUEST_REFUSED,
    REQUEST_TAKEN_UP,
)
from camket.core.rights.machine import RequestEvent, RequestKind
from camket.rows.requests import RequestChannel
from camket.services.calendar import day_of
from camket.services.mail_queue import queue_mail_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.notices.text import MailTemplate
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.requests import RequestRow
    from camket.services.context import Context

NOT_THERE: Final = frozenset({RequestChannel.OUTSIDE, RequestChannel.STAFF})
"""How requests come in whose subject is not before their own pages when it is proven."""
ONE_EACH: Final[Mapping[RequestEvent, MailTemplate]] = {
    RequestEvent.APPROVE: REQUEST_ON_BEHALF,
    RequestEvent.EXTEND: REQUEST_EXTENDED,
    RequestEvent.REFUSE: REQUEST_REFUSED,
}
QUIET_UNPROVEN: Final[Mapping[RequestEvent, MailTemplate]] = {
    RequestEvent.WITHDRAW: REQUEST_CANCELLED,
    RequestEvent.EXPIRE: REQUEST_EXPIRED,
}
"""Mails about what was proven: nobody is written to about what a stranger may have asked for in their name."""
TAKES_EFFECT_AT_ONCE: Final = frozenset({RequestKind.RESTRICT, RequestKind.OBJECT, RequestKind.WITHDRAW})
"""Requests whose end has no mail of its own: a copy, a correction and a deletion have."""


def mail_of(before: RequestRow, row: RequestRow, event: RequestEvent) -> MailTemplate | None:
    """Return which mail tells a subject of a step; None for a step that needs none.

    Args:
        before: the request as it stood.
        row: as it stands now.
        event: what happened.
    """
    if row.kind is RequestKind.SUPPORT and event is not RequestEvent.REFUSE:
        return None  # what staff write there is told by a mail of its own
    if event in QUIET_UNPROVEN:
        return QUIET_UNPROVEN[event] if row.verified_at is not None else None
    if event is RequestEvent.VERIFY:
        return REQUEST_TAKEN_UP if before.verified_at is None and row.channel in NOT_THERE else None
    if event is RequestEvent.FINISH:
        return REQUEST_DONE if row.kind in TAKES_EFFECT_AT_ONCE else None
    return ONE_EACH.get(event)


def tell_in(
    unit: Unit, ctx: Context, before: RequestRow, row: RequestRow, event: RequestEvent, *, position: int
) -> None:
    """Queue the mail that tells a subject of a step, in the unit of work of the step.

    Args:
        unit: the mail is queued when this unit is durable.
        ctx: the service.
        before: the request as it stood.
        row: as it stands now.
        event: what happened.
        position: of its line on the timeline.
    """
    template = mail_of(before, row, event)
    if template is not None:
        args = request_args(row, template) | {"position": str(position)}
        queue_mail_in(unit, ctx, subject_id=row.subject_id, template=template.id, args=args)


def request_args(row: RequestRow, template: MailTemplate) -> dict[str, str]:
    """Return what a mail about a request is filled from: ids, its receipt number and, where it says one, a date."""
    args = {"request": row.id, "number": row.number, "wish": row.kind.value}
    if "until" in template.places and row.due_at is not None:
        args["until"] = day_of(row.due_at).isoformat()
    return args


def reason_of(ctx: Context, args: JsonObject) -> str:
    """Return what was written with the line that a mail is about, *personal*; a dash where nothing was.

    Part of the read that fills the mail, which is on record.

    Raises:
        NotFoundError: the request, or the subject's key, is gone.
    """
    request_id, position = str(args["request"]), int(str(args["position"]))
    lines = ctx.store.read(lambda unit: unit.requests.events(request_id))
    line = next((one for one in lines if one.position == position), None)
    if line is None:
        raise NotFoundError("the request is gone")
    if line.sealed is None:
        return "—"
    return ctx.door.open_request_text(subject_id=line.subject_id, place=line.id, sealed=line.sealed)


def due_lines(ctx: Context, args: JsonObject) -> str:
    """Return the receipt numbers and dates of requests that are due, one on each line.

    Args:
        ctx: the service.
        args: of the mail; `due` holds the ids of the requests.

    Raises:
        NotFoundError: all of them have ended, or wait for their subject, meanwhile.
    """
    ids = str(args["due"]).split()
    rows = ctx.store.read(lambda unit: [unit.requests.find(request_id) for request_id in ids])
    due = [(row.number, row.next_due_at) for row in rows if row is not None]
    lines = [f"{number} · {day_of(at):%d/%m/%Y}" for number, at in due if at is not None]
    if not lines:
        raise NotFoundError("none of them is due any more")
    return "\n".join(lines)
