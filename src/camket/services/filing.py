"""Requests that staff file for someone: who called, who came, or whose letter to support turns out to be one (P15).

They wait for their customer's proof like any other; who files learns nothing of who has an account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import DeniedError
from camket.core.gate.question import ALL_PURPOSES
from camket.core.rights.machine import RequestEvent, RequestKind
from camket.rows.requests import RequestChannel
from camket.services.correction import read_correction
from camket.services.desk_acts import OWN_REQUEST, REASON, DeskAct, require_act_in, row_in
from camket.services.request_moves import move_in
from camket.services.request_thread import read_words
from camket.services.requests import RequestBody, start_request_in
from camket.services.restrictions import BARS

if TYPE_CHECKING:
    from camket.core.vault.lookup import IndexField
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession


def file_for_caller(
    ctx: Context,
    by: StaffSession,
    *,
    field: IndexField,
    value: str,
    kind: RequestKind,
    reason: str,
    body: RequestBody | None = None,
) -> RequestRow:
    """Make a request for someone who called or came; it waits for their proof like any other.

    Args:
        ctx: the service.
        by: who files it.
        field: `email` or `phone`, by which they are known.
        value: *personal*; as typed.
        kind: what they want.
        reason: *personal*; what they said and how they asked.
        body: what exactly, from `wish`; None where the kind says it all.

    Returns:
        The request, unverified; the open one where the same was asked for before. Where nobody has that address it is
        made for no one, by the same work, and nobody will ever prove it.

    Raises:
        FormError: as `refuse`.
        InvalidValueError: a purpose is not declared.
        DeniedError: `by` may not do this, or the policy does not grant the right; nothing was stored.

    Effects: request, lines and records are durable together.
    """
    words = read_words(REASON, reason)

    def file(unit: Unit) -> RequestRow:
        require_act_in(unit, by, DeskAct.FILE, kind)
        handle = ctx.door.look_up_in(unit, field=field, value=value, actor=by.actor)
        return _file_in(unit, ctx, by, subject_id=handle.id, kind=kind, reason=words, body=body)

    return ctx.store.write(file)


def file_from_thread(
    ctx: Context,
    by: StaffSession,
    *,
    request_id: str,
    kind: RequestKind,
    reason: str,
    body: RequestBody | None = None,
) -> RequestRow:
    """Make the request that a customer's letter to support turns out to be; it waits for their proof.

    Args:
        ctx: the service.
        by: who files it.
        request_id: the request in whose thread they asked.
        kind: what they want.
        reason: *personal*; as typed; the customer reads it.
        body: what exactly, from `wish`; None where the kind says it all.

    Returns:
        The new request, unverified; or the open one that asks for the same.

    Raises:
        FormError: as `refuse`.
        NotFoundError: there is no such request, or its customer is gone.
        DeniedError: `by` may not do this, or the policy does not grant the right; nothing was stored.

    Effects: request, lines and records are durable together.
    """
    words = read_words(REASON, reason)

    def file(unit: Unit) -> RequestRow:
        subject_id = row_in(unit, by, request_id, DeskAct.FILE).subject_id
        return _file_in(unit, ctx, by, subject_id=subject_id, kind=kind, reason=words, body=body)

    return ctx.store.write(file)


def wish(
    ctx: Context, kind: RequestKind, *, item: str = "", typed: str = "", purposes: tuple[str, ...] = ()
) -> RequestBody | None:
    """Return what a request asks for beside its kind, as staff write it down; None where the kind says it all.

    Args:
        ctx: the service.
        kind: what they want.
        item: id of the item that is wrong; for a correction.
        typed: *personal*; what is right instead, as typed; for a correction.
        purposes: what is restricted or objected to; for those two; empty for every purpose.

    Raises:
        FormError: the value is not one of the item's kind.
        NotFoundError: there is no such item to correct; names the nearest.
    """
    if kind is RequestKind.RECTIFY:
        return read_correction(ctx, item=item, typed=typed)
    if kind in BARS:
        return RequestBody(purposes=purposes or (ALL_PURPOSES,))
    return None


def _file_in(
    unit: Unit,
    ctx: Context,
    by: StaffSession,
    *,
    subject_id: str,
    kind: RequestKind,
    reason: str,
    body: RequestBody | None,
) -> RequestRow:
    # Of no one there is no key to seal anything with: neither what they want nor why.
    known = unit.subjects.get(subject_id) is not None
    row = start_request_in(
        unit,
        ctx,
        subject_id=subject_id,
        kind=kind,
        body=body if known else None,
        channel=RequestChannel.STAFF,
        filed_by=by.pseudonym,
    )
    if row.subject_id == by.subject_id:
        raise DeniedError(OWN_REQUEST)
    detail = {"filed": kind.value}
    return move_in(unit, ctx, row, RequestEvent.NOTE, actor=by.actor, detail=detail, text=reason if known else None)
