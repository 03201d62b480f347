"""What someone does on a request that they proved outside a session: say what exactly, read the answer, write, end it.

Deletion, copies and bars are carried out by the same functions as in a session; here is what only comes from outside.
Each takes the proof, so that nothing is done or shown that was not proven in this browser a moment ago.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError, VerificationError
from camket.core.policy.model import ItemKind
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move
from camket.core.rights.proof import suffices
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access import SUBJECT
from camket.services.correction import correctable, read_correction
from camket.services.forms import FieldSpec
from camket.services.limits import count_correction_in, count_message_in
from camket.services.own_requests import withdraw_request_in
from camket.services.request_moves import move_in
from camket.services.request_thread import MESSAGE, add_own_message_in, message_views, read_words, thread_items
from camket.services.requests import NO_REQUEST
from camket.services.spent_proofs import UNPROVEN
from camket.services.staff import STAFF_ITEMS
from camket.services.verification import needed_level_in

if TYPE_CHECKING:
    from camket.core.policy.model import Item, Text
    from camket.core.terms import Verification, VerifiedIdentity
    from camket.ports import Unit
    from camket.rows.requests import RequestMessageRow, RequestRow
    from camket.services.access import Pending
    from camket.services.context import Context
    from camket.services.request_thread import MessageView

TEXT: Final = "text"
"""The field for words."""
_SAYABLE: Final = (RequestState.VERIFIED, RequestState.WAITING)
NOT_NOW: Final = "this request does not take that where it stands"


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeName:
    """A purpose as the policy in force names it; nothing about anyone.

    Args:
        purpose: its id.
    """

    purpose: str
    label: Text
    explains: Text


def level_missing(ctx: Context, identity: VerifiedIdentity) -> Verification | None:
    """Return the proof that a request needs and this one is too weak for; None where it is strong enough.

    Raises:
        NotFoundError: there is no such request.
        DeniedError: the policy does not grant its right.
    """

    def look(unit: Unit) -> Verification:
        return needed_level_in(unit, ctx, _row_in(unit, identity))

    needed = ctx.store.read(look)
    return None if suffices(identity.level, needed=needed) else needed


def correctable_fields(ctx: Context) -> tuple[FieldSpec, ...]:
    """Return the items that one may ask to have corrected, as the policy in force declares them."""
    return tuple(FieldSpec.of(item) for item in _correctable(ctx))


def ask_correction(ctx: Context, identity: VerifiedIdentity, *, item: str, typed: str) -> RequestRow:
    """Say what a verified correction is to put right.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        item: id of the item.
        typed: *personal*; the new value, as typed.

    Returns:
        The request; `finish_correction` then carries it out.

    Raises:
        NotFoundError: there is no such item to correct (names the nearest), or no such request.
        FormError: the value is not one of the item's kind; nothing was stored.
        ConflictError: the request is not one that waits for this.
        DeniedError: no such value is held.
        VerificationError: the proof has run out, or is weaker than a correction needs; nothing was stored.
        RateLimitedError: too many corrections of this subject in this hour; nothing was stored.

    Effects: the new value, sealed in the request, is durable with its line and a record without any value. Twice: the
        last one counts.
    """
    missing = level_missing(ctx, identity)
    if missing is not None:
        # INVARIANT: what a stronger proof will carry out is not changed on a weaker one.
        raise VerificationError(f"this request needs the proof `{missing}`")
    body = read_correction(ctx, item=item, typed=typed)
    if any(one.id == item and one.kind is ItemKind.EMAIL for one in _correctable(ctx)):
        opened = ctx.door.read(actor=SUBJECT, subject_id=identity.subject_id, items=(item,), purpose=RIGHTS_PURPOSE)
        body = replace(body, former=opened.first(item))

    def say(unit: Unit) -> RequestRow:
        row = _living_in(unit, ctx, identity)
        # Each may name another new address, to which a code then goes.
        count_correction_in(unit, ctx, identity.subject_id, ctx.clock.now())
        # INVARIANT: what a second person said yes to is not changed under them.
        if row.kind is not RequestKind.RECTIFY or row.state not in _SAYABLE:
            raise ConflictError(NOT_NOW)
        sealed = ctx.door.seal_request_in(unit, subject_id=row.subject_id, request_id=row.id, text=body.to_text())
        return move_in(unit, ctx, row, RequestEvent.ANSWER, actor=SUBJECT, items=body.items, sealed=sealed)

    return ctx.store.write(say)


def _correctable(ctx: Context) -> tuple[Item, ...]:
    items = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.items
    return tuple(item for item in items if correctable(item) and item.id not in STAFF_ITEMS)


def purpose_names(ctx: Context) -> tuple[PurposeName, ...]:
    """Return the purposes of the policy in force, for who wants to bar one without signing in."""
    purposes = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.purposes
    return tuple(PurposeName(purpose=one.id, label=one.label, explains=one.explains) for one in purposes)


def take_back(ctx: Context, identity: VerifiedIdentity) -> RequestRow:
    """Take a verified request back, wherever it stands; as `withdraw_request` does in a session.

    Raises:
        VerificationError: the proof has run out; nothing was changed.
        ConflictError: it has ended, or what runs cannot be stopped any more; nothing was changed.

    Effects: the end and its record are durable together. Twice is refused.
    """

    def withdraw(unit: Unit) -> RequestRow:
        row = _living_in(unit, ctx, identity)
        return withdraw_request_in(unit, ctx, subject_id=row.subject_id, request_id=row.id)

    return ctx.store.write(withdraw)


def write_outside(ctx: Context, identity: VerifiedIdentity, *, text: str) -> RequestRow:
    """Write to support about a verified request, or answer what staff asked.

    Args:
        ctx: the service.
        identity: proof of who writes, for this request.
        text: *personal*; as typed.

    Raises:
        FormError: there are no words, or a character that misleads; nothing was stored.
        ConflictError: the request has ended, and is no letter to support; nothing was stored.
        RateLimitedError: too many messages of this subject in this hour; nothing was stored.
        AskError: they must first agree to a change of the policy; nothing was stored.
        VerificationError: the proof has run out; nothing was stored.

    Effects: the message, the line and their records are durable together. Twice writes twice.
    """
    words = read_words(TEXT, text)

    def write(unit: Unit) -> RequestRow:
        count_message_in(unit, ctx, identity.subject_id, ctx.clock.now())
        row = _living_in(unit, ctx, identity)
        event = writing_event(row)
        if event is None:
            raise ConflictError(NOT_NOW)
        message = add_own_message_in(unit, ctx, row, text=words)
        return move_in(unit, ctx, row, event, actor=SUBJECT, detail={"message": message.id})

    return ctx.store.write(write)


def writing_event(row: RequestRow) -> RequestEvent | None:
    """Return what it is when the customer writes about a request that stands there; None where they cannot."""
    if may_move(row.kind, row.state, RequestEvent.ANSWER):
        return RequestEvent.ANSWER
    if may_move(row.kind, row.state, RequestEvent.REOPEN):
        return RequestEvent.REOPEN
    return None if row.state.ended else RequestEvent.NOTE


def read_thread(ctx: Context, identity: VerifiedIdentity) -> tuple[MessageView, ...]:
    """Return the thread of a verified request, *personal*, oldest first, without what is among staff.

    Args:
        ctx: the service.
        identity: proof of who reads, for this request.

    Returns:
        Empty where nothing was written.

    Raises:
        NotFoundError: there is no such request.
        VerificationError: the proof has run out.

    Effects: one ledger record of the view, durable before anything is returned, where there is a thread.
    """

    def look(unit: Unit) -> tuple[tuple[RequestMessageRow, ...], Pending | None]:
        row = _living_in(unit, ctx, identity)
        messages = tuple(one for one in unit.request_parts.messages(row.id) if not one.internal)
        if not messages:
            return (), None
        items = thread_items(ctx.policies.in_force_in(unit, ctx.clock.now()))
        return messages, ctx.door.view_in(unit, subject_id=row.subject_id, items=items or (MESSAGE,))

    messages, pending = ctx.store.write(look)
    return () if pending is None else message_views(ctx, messages, pending.open(), pictures=frozenset())


def _row_in(unit: Unit, identity: VerifiedIdentity) -> RequestRow:
    row = unit.requests.get(identity.subject_id, identity.request_id)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    return row


def _living_in(unit: Unit, ctx: Context, identity: VerifiedIdentity) -> RequestRow:
    """Return the request of a proof that lasts."""
    if identity.expires_at <= ctx.clock.now():
        raise VerificationError(UNPROVEN)
    return _row_in(unit, identity)
