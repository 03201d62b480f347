"""Deleting a single value that its subject gave and that nothing requires (P13): after proof, at once, for good.

A value that a law holds is sealed under `hold` instead of deleted, as in an erasure, and shown so until its date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError
from camket.core.policy.model import ItemKind
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import Right, Source
from camket.core.vault.keyring import KeyKind
from camket.services.access import SUBJECT
from camket.services.calendar import day_of
from camket.services.correction_job import spread_in, stands_elsewhere
from camket.services.devices import describes_device
from camket.services.erasure_plan import declared_item
from camket.services.outbox import queue_mail_in
from camket.services.passkey_challenges import PASSKEY
from camket.services.requests import (
    NO_REQUEST,
    RequestBody,
    begin_in,
    find_request,
    read_body,
    start_request_in,
)
from camket.services.retention import forget_indexes_in, plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.policy.model import Item
    from camket.core.terms import VerifiedIdentity
    from camket.core.vault.shred import Kept
    from camket.ports import Unit
    from camket.rows import HeldValueRow
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session

NO_VALUE: Final = "there is no such value to delete"


def removable(item: Item) -> bool:
    """Say whether a subject deletes values of this item one by one: what they gave and may do without.

    What describes a device is not: it goes with its device. Nor is what an app keeps itself: that goes in the app.
    """
    provided = any(one.source is Source.PROVIDED for one in item.collected)
    alone = not item.required and item.kind is not ItemKind.HOLDING
    return provided and alone and not describes_device(item.id)


def start_removal(ctx: Context, session: Session, *, row_id: str) -> RequestRow:
    """Ask for one value to be deleted.

    Args:
        ctx: the service.
        session: whose value.
        row_id: where it is held.

    Raises:
        NotFoundError: it is not theirs, not held any more, or not theirs to delete alone.
        RateLimitedError: too many requests of this subject in this hour; nothing was stored.

    Effects: the request and a ledger record; the value stays until it is proved who asks. Twice makes two requests.
    """

    def start(unit: Unit) -> RequestRow:
        row = _own_row_in(unit, session.subject_id, row_id)
        item = declared_item(ctx.policies.in_force_in(unit, ctx.clock.now()), row.item)
        if not removable(item):
            raise NotFoundError(NO_VALUE)
        body = RequestBody(item=item.id, value="", removes=row.id)
        return start_request_in(unit, ctx, subject_id=session.subject_id, kind=RequestKind.RECTIFY, body=body)

    return ctx.store.write(start)


def removes(ctx: Context, *, subject_id: str, request_id: str) -> bool:
    """Say whether a subject's own request is for a value to go, not to be corrected.

    Raises:
        NotFoundError: it is not theirs, not there any more, or was carried out.
    """
    return read_body(ctx, subject_id=subject_id, request_id=request_id).removes is not None


def finish_removal(ctx: Context, identity: VerifiedIdentity, *, actor: str = SUBJECT) -> None:
    """Delete the value that a verified request names.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        actor: who has it carried out, for the record: its subject, or staff for them.

    Raises:
        VerificationError: the proof does not hold; nothing was changed.
        NotFoundError: there is no such request, or the value is gone.
        ConflictError: it was carried out before.

    Effects: the value, its blind index, the request's state and one ledger record change together. A notice is
        queued. Where the value also stands elsewhere the request is done once everyone there was told. Twice is
        refused.
    """
    subject_id, request_id = identity.subject_id, identity.request_id
    state = find_request(ctx, subject_id=subject_id, request_id=request_id).state
    if state.ended or state is RequestState.RUNNING:
        raise ConflictError("the request was carried out before")
    body = read_body(ctx, subject_id=subject_id, request_id=request_id)
    if body.removes is None:
        raise NotFoundError(NO_REQUEST)
    row_id = body.removes
    elsewhere = stands_elsewhere(ctx, body.item)

    def remove(unit: Unit) -> None:
        begun = begin_in(unit, ctx, identity=identity, right=Right.RECTIFY, actor=actor)
        row = _own_row_in(unit, subject_id, row_id)
        kept = remove_in(unit, ctx, subject_id=subject_id, rows=(row,), request=request_id, actor=actor)
        spread_in(unit, ctx, begun, item=body.item, elsewhere=elsewhere, actor=actor)
        unit.requests.clear(request_id)
        template, args = _notice(kept, request_id=request_id, item=body.item)
        queue_mail_in(unit, ctx, subject_id=subject_id, template=template, args=args)

    ctx.store.write(remove)


def _notice(kept: Sequence[Kept], *, request_id: str, item: str) -> tuple[str, dict[str, str]]:
    """Return which mail says what became of the value, and its arguments."""
    if not kept:
        return "removed", {"request": request_id, "item": item}
    until = day_of(kept[0].until).isoformat()
    return "removed_held", {"request": request_id, "item": item, "article": kept[0].article, "until": until}


def remove_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    rows: Sequence[HeldValueRow],
    request: str | None = None,
    actor: str = SUBJECT,
) -> tuple[Kept, ...]:
    """Delete live values because their subject says so; what a law holds of them goes under `hold`.

    Args:
        unit: everything is durable when this unit is.
        ctx: the service.
        subject_id: whose values.
        rows: at least one.
        request: number of the request that it belongs to.
        actor: who carries it out for them, for the record.

    Returns:
        What a law holds of them; empty where everything is deleted.

    Raises:
        NotFoundError: none of them is held any more; the unit must not go on.
        DeniedError: the gate said no; the unit must not go on.
    """
    now = ctx.clock.now()
    history = ctx.policies.in_force_in(unit, now)
    plan = plan_of(history, rows, now)
    ctx.door.reseal_in(unit, subject_id=subject_id, kept=plan.reseal)
    if plan.destroy:
        gone = [one.row_id for one in plan.destroy]
        ctx.door.erase_in(unit, subject_id=subject_id, row_ids=gone, request=request, actor=actor).require()
    forget_indexes_in(unit, history, subject_id, rows)
    unit.passkeys.delete(subject_id, [row.id for row in rows if row.item == PASSKEY])
    return plan.kept


def _own_row_in(unit: Unit, subject_id: str, row_id: str) -> HeldValueRow:
    row = unit.values.get(row_id)
    if row is None or row.subject_id != subject_id:
        raise NotFoundError(NO_VALUE)
    if row.key_kind is not KeyKind.LIVE or row.source is not Source.PROVIDED:
        raise NotFoundError(NO_VALUE)
    return row
