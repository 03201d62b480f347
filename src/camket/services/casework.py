"""What staff do with a request at the desk: each act by its role, with its reason, on the timeline and in the ledger.

A reason is sealed under the customer's key, and they read it: on the page of their request and, where the act answers
them, from a mail that leads there. What would give data away or destroy it on the customer's behalf takes a second
person; nothing at all is carried out without a proof of who asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from camket.core.errors import ConflictError, NotFoundError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move
from camket.core.rights.proof import ProofPlace
from camket.core.staff.roles import Role
from camket.core.terms import Verification
from camket.services.desk_acts import ASSIGNABLE, REASON, DeskAct, row_in
from camket.services.outbox import queue_mail_in
from camket.services.request_moves import move_in
from camket.services.request_thread import add_staff_message_in, read_words
from camket.services.staff import NO_MEMBER
from camket.services.verification import verified_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

STAFF_WROTE: Final = "staff_wrote"
"""The mail that says that staff wrote; what they wrote stands where it leads."""
TEXT: Final = "text"
"""The field for words, as `FormError` names it; `REASON` is the one for a reason."""


def assign(ctx: Context, by: StaffSession, *, request_id: str, to: str | None) -> RequestRow:
    """Give a request to a member of staff to work on, or to nobody.

    Args:
        ctx: the service.
        by: who gives it.
        request_id: which.
        to: pseudonym of an officer or of support; None takes it from whoever has it.

    Raises:
        DeniedError: `by` may not do this; nothing was changed.
        NotFoundError: there is no such request, or no such member of staff who works on requests.

    Effects: assignment, a line that the customer does not see, and its record are durable together. Twice is on record
        twice.
    """

    def act(unit: Unit, row: RequestRow) -> RequestRow:
        if to is not None:
            member = next((one for one in unit.staff.everyone() if one.pseudonym == to), None)
            if member is None or ASSIGNABLE.isdisjoint(Role(word) for word in member.roles):
                raise NotFoundError(NO_MEMBER)
        detail = {"assigned": to or ""}
        return move_in(unit, ctx, row, RequestEvent.NOTE, actor=by.actor, detail=detail, shown=False, assigned_to=to)

    return _act(ctx, by, request_id, DeskAct.ASSIGN, act)


def note(ctx: Context, by: StaffSession, *, request_id: str, text: str) -> RequestRow:
    """Write something down beside a request, for staff; the customer finds it in the copy of their data alone.

    Args:
        ctx: the service.
        by: who writes.
        request_id: which; also one that has ended.
        text: *personal*; as typed.

    Raises:
        FormError: there is no text, it is too long, or a character in it misleads; the field is `text`.
        DeniedError: `by` may not do this; nothing was stored.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: no one has proven it; nothing was stored.

    Effects: message, line and record are durable together. Twice writes twice.
    """
    words = read_words(TEXT, text)

    def act(unit: Unit, row: RequestRow) -> RequestRow:
        message = add_staff_message_in(unit, ctx, row, by=by, text=words, internal=True)
        detail = {"message": message.id}
        return move_in(unit, ctx, row, RequestEvent.NOTE, actor=by.actor, detail=detail, shown=False)

    return _act(ctx, by, request_id, DeskAct.NOTE, act)


def reply(ctx: Context, by: StaffSession, *, request_id: str, text: str, finish: bool = True) -> RequestRow:
    """Write to the customer.

    Args:
        ctx: the service.
        by: who writes.
        request_id: which.
        text: *personal*; as typed.
        finish: this answers a question to support, which is then done; the customer opens it again by writing. Means
            nothing for a right, which ends when it is carried out or refused.

    Raises:
        FormError: as `note`.
        DeniedError: `by` may not do this; nothing was stored.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: no one has proven it; nothing was stored.

    Effects: message, line, record and the mail that leads to it are durable together. Twice writes twice.
    """
    words = read_words(TEXT, text)

    def act(unit: Unit, row: RequestRow) -> RequestRow:
        answers = finish and row.kind is RequestKind.SUPPORT
        ends = answers and may_move(row.kind, row.state, RequestEvent.FINISH)
        event = RequestEvent.FINISH if ends else RequestEvent.NOTE
        changes = {"replied_at": row.replied_at or ctx.clock.now()}
        return _write_in(unit, ctx, row, event, by=by, text=words, **changes)

    return _act(ctx, by, request_id, DeskAct.REPLY, act)


def ask_subject(ctx: Context, by: StaffSession, *, request_id: str, text: str) -> RequestRow:
    """Ask the customer something; the clocks stand still until they answer.

    Args:
        ctx: the service.
        by: who asks.
        request_id: which; verified, or proposed.
        text: *personal*; the question as typed.

    Raises:
        FormError: as `note`.
        DeniedError: `by` may not do this; nothing was stored.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: the request does not stand where something is asked.

    Effects: as `reply`. A second question before the answer is refused: write it as a reply.
    """
    words = read_words(TEXT, text)
    return _act(
        ctx,
        by,
        request_id,
        DeskAct.ASK_SUBJECT,
        lambda unit, row: _write_in(unit, ctx, row, RequestEvent.ASK_SUBJECT, by=by, text=words),
    )


def refuse(ctx: Context, by: StaffSession, *, request_id: str, reason: str) -> RequestRow:
    """Refuse a request and tell the customer why, and where they can complain.

    Args:
        ctx: the service.
        by: who refuses.
        request_id: which.
        reason: *personal*; as typed.

    Raises:
        FormError: as `note`; the field is `reason`.
        DeniedError: `by` may not do this; nothing was changed.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: it is being carried out, or has ended.

    Effects: the end, its reason, the record and the mail are durable together. Twice is refused.
    """
    return _with_reason(ctx, by, request_id, DeskAct.REFUSE, RequestEvent.REFUSE, reason)


def extend(ctx: Context, by: StaffSession, *, request_id: str, reason: str) -> RequestRow:
    """Use the one extension that the law gives, and tell the customer why it takes longer.

    Args:
        ctx: the service.
        by: who extends.
        request_id: which; verified.
        reason: *personal*; as typed.

    Raises:
        FormError: as `refuse`.
        DeniedError: `by` may not do this; nothing was changed.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: the law gives no extension, gave it before, or the time is over.

    Effects: the new due date, its reason, the record and the mail are durable together. Twice is refused.
    """
    return _with_reason(ctx, by, request_id, DeskAct.EXTEND, RequestEvent.EXTEND, reason)


def verify_in_person(ctx: Context, by: StaffSession, *, request_id: str, reason: str) -> VerifiedIdentity:
    """Take down that a member of staff saw who asks, and how they know them.

    Args:
        ctx: the service.
        by: who saw them.
        request_id: which request they asked for.
        reason: *personal*; how they proved who they are; the customer reads it.

    Returns:
        The proof, good for this request alone and for a day.

    Raises:
        FormError: as `refuse`.
        DeniedError: `by` may not do this; nothing was changed.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: the request is past its proof.

    Effects: the proof, its reason and the record are durable together.
    """
    words = read_words(REASON, reason)

    def verify(unit: Unit) -> VerifiedIdentity:
        row = row_in(unit, by, request_id, DeskAct.VERIFY)
        return verified_in(
            unit,
            ctx,
            subject_id=row.subject_id,
            request_id=row.id,
            level=Verification.IN_PERSON,
            place=ProofPlace(given_by=by.pseudonym),
            reason=words,
        )

    return ctx.store.write(verify)


def _with_reason(
    ctx: Context, by: StaffSession, request_id: str, act: DeskAct, event: RequestEvent, reason: str
) -> RequestRow:
    words = read_words(REASON, reason)

    def work(unit: Unit, row: RequestRow) -> RequestRow:
        # Of no one there is no key to seal a reason with, and nobody to read it.
        known = unit.subjects.get(row.subject_id) is not None
        return move_in(unit, ctx, row, event, actor=by.actor, text=words if known else None)

    return _act(ctx, by, request_id, act, work)


def _act(
    ctx: Context,
    by: StaffSession,
    request_id: str,
    act: DeskAct,
    work: Callable[[Unit, RequestRow], RequestRow],
) -> RequestRow:
    return ctx.store.write(lambda unit: work(unit, row_in(unit, by, request_id, act)))


def _write_in(
    unit: Unit,
    ctx: Context,
    row: RequestRow,
    event: RequestEvent,
    *,
    by: StaffSession,
    text: str,
    **changes: Any,  # noqa: ANN401 - columns of the request that change with it
) -> RequestRow:
    if row.state is RequestState.EXPIRED:
        raise ConflictError("nobody ever proved that this request is theirs; there is no one to write to")
    message = add_staff_message_in(unit, ctx, row, by=by, text=text)
    moved = move_in(unit, ctx, row, event, actor=by.actor, detail={"message": message.id}, **changes)
    args = {"request": row.id, "number": row.number}
    queue_mail_in(unit, ctx, subject_id=row.subject_id, template=STAFF_WROTE, args=args)
    return moved
