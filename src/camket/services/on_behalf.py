"""What staff have carried out on a customer's behalf, with the reason on record (P15), and never without their proof.

What gives data away or destroys it takes two members of staff: one proposes, another one approves who neither proposed
it nor said that they had seen the customer. The proof of who asks is looked at again when it is carried out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, DeniedError
from camket.core.gate.question import ALL_PURPOSES
from camket.core.rights.kinds import require_proof
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access_core import STAFF
from camket.services.copy_requests import begin_copy_in
from camket.services.correction import finish_correction, needs_new_address, send_new_address_code
from camket.services.desk_acts import REASON, DeskAct, row_in, still_may_in
from camket.services.erasure import carry_out_erasure
from camket.services.request_clocks import terms_in
from camket.services.request_moves import move_in
from camket.services.request_thread import read_words
from camket.services.requests import RequestBody, read_body
from camket.services.restrictions import BARS, carry_out_restriction
from camket.services.spent_proofs import spend_proof_in
from camket.services.verification import standing_proof_in
from camket.services.withdrawal_requests import carry_out_withdrawal

if TYPE_CHECKING:
    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

NEED_A_SECOND: Final = frozenset({RequestKind.ERASE, RequestKind.ACCESS, RequestKind.PORT})
"""What destroys a customer's data or gives it away: two members of staff, or nobody."""
SAME_PERSON: Final = "someone else has to approve this: you proposed it, or said that you saw the customer"
SAW_ALONE: Final = "someone else has to change the e-mail address: you said that you saw the customer"
PROPOSER_GONE: Final = "who proposed this may do so no more; decline it, and have it proposed anew"


def needs_second(kind: RequestKind) -> bool:
    """Say whether a request of this kind takes a second member of staff to be carried out on a customer's behalf."""
    return kind in NEED_A_SECOND


def propose(ctx: Context, by: StaffSession, *, request_id: str, reason: str) -> RequestRow:
    """Propose to carry a verified request out on its customer's behalf; another member of staff approves it.

    Args:
        ctx: the service.
        by: who proposes it.
        request_id: which; to see, to copy or to erase.
        reason: *personal*; why it is not the customer who does it; they read it.

    Raises:
        FormError: there is no reason, it is too long, or a character in it misleads; the field is `reason`.
        DeniedError: `by` may not do this; nothing was changed.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: it is not verified, is under way or has ended; or it needs no second person: carry it out.

    Effects: the proposal, its reason and the record are durable together. Twice is refused.
    """
    words = read_words(REASON, reason)

    def act(unit: Unit) -> RequestRow:
        row = row_in(unit, by, request_id, DeskAct.PROPOSE)
        if not needs_second(row.kind):
            raise ConflictError("this needs no second person; carry it out")
        return move_in(unit, ctx, row, RequestEvent.PROPOSE, actor=by.actor, text=words)

    return ctx.store.write(act)


def decline(ctx: Context, by: StaffSession, *, request_id: str, reason: str) -> RequestRow:
    """Say no to what another member of staff proposed; the request stands where it did before.

    Args:
        ctx: the service.
        by: who declines; not who proposed it.
        request_id: which.
        reason: *personal*; as typed.

    Raises:
        FormError: as `propose`.
        DeniedError: `by` may not do this, or proposed it; nothing was changed.
        NotFoundError: there is no such request, or its customer is gone.
        ConflictError: nobody proposed it.

    Effects: the no, its reason and the record are durable together. Twice is refused.
    """
    words = read_words(REASON, reason)

    def act(unit: Unit) -> RequestRow:
        row = row_in(unit, by, request_id, DeskAct.APPROVE)
        _require_second_in(unit, by, row)
        return move_in(unit, ctx, row, RequestEvent.DECLINE, actor=by.actor, text=words)

    return ctx.store.write(act)


def approve(ctx: Context, by: StaffSession, *, request_id: str) -> RequestRow:
    """Say yes to what another member of staff proposed, and have it carried out.

    Args:
        ctx: the service.
        by: who approves; neither who proposed it nor who said that they saw the customer.
        request_id: which.

    Returns:
        The request, approved: its job does the rest. An erasure begins a day later at the earliest.

    Raises:
        DeniedError: `by` may not do this, proposed it, or vouched for the customer; nothing was changed.
        NotFoundError: there is no such request.
        ConflictError: nobody proposed it, or who did may not any more; it was carried out before, or the proof was
            used.
        VerificationError: the proof of who asks has run out, or is weaker than the right needs; nothing was changed.
        HolderError: an app cannot say what it holds of who is to be erased; nothing was changed.

    Effects: the yes, the proof's use, the records and the job are durable together; a mail tells the customer. Twice
        is refused.
    """
    row = ctx.store.read(lambda unit: row_in(unit, by, request_id, DeskAct.APPROVE))
    identity = ctx.store.read(lambda unit: standing_proof_in(unit, ctx, row, None))
    if row.kind is RequestKind.ERASE:
        return carry_out_erasure(
            ctx, identity, actor=by.actor, before=lambda unit: _approve_in(unit, ctx, by, identity)
        )

    def act(unit: Unit) -> RequestRow:
        _approve_in(unit, ctx, by, identity)
        spend_proof_in(unit, ctx, identity)
        return begin_copy_in(unit, ctx, identity)

    return ctx.store.write(act)


def carry_out(
    ctx: Context,
    by: StaffSession,
    *,
    request_id: str,
    reason: str,
    purposes: tuple[str, ...] = (ALL_PURPOSES,),
    code: str | None = None,
) -> RequestRow:
    """Carry a verified request out on its customer's behalf that needs no second person.

    Args:
        ctx: the service.
        by: who does it.
        request_id: which; to correct, restrict, object or withdraw.
        reason: *personal*; why it is not the customer who does it; they read it.
        purposes: what is restricted or objected to, where the request itself does not say.
        code: that was sent to a new e-mail address by `send_code_to_new_address`, as the customer read it out.

    Returns:
        The request, done.

    Raises:
        FormError: as `propose`.
        DeniedError: `by` may not do this; or an e-mail address is to change, and it is their own word that says who
            asks; nothing was changed.
        NotFoundError: there is no such request, its customer is gone, or a correction does not say what is wrong.
        ConflictError: it needs a second person: propose it; or it was carried out before, or the proof was used.
        VerificationError: the proof of who asks has run out or is too weak, or the code does not hold.

    Effects: the reason is on the timeline first; then the effect, its end and the records are durable together. Twice
        is refused.
    """
    words = read_words(REASON, reason)
    told = _told_of_change(ctx, by, request_id)

    def begin(unit: Unit) -> tuple[RequestRow, VerifiedIdentity]:
        row = row_in(unit, by, request_id, DeskAct.PROPOSE)
        if needs_second(row.kind) or row.kind is RequestKind.SUPPORT:
            raise ConflictError("this is not carried out by one member of staff alone; propose it")
        identity = standing_proof_in(unit, ctx, row, None)
        _require_proof_in(unit, ctx, row, identity)
        sealed = row.sealed
        if told is not None:
            # INVARIANT: nobody alone leads an account to a mailbox of their own: that gives everything away.
            if by.pseudonym in _vouched_in(unit, row):
                raise DeniedError(SAW_ALONE)
            text = told.to_text()
            sealed = ctx.door.seal_request_in(unit, subject_id=row.subject_id, request_id=row.id, text=text)
        detail = {"on_behalf": True}
        noted = move_in(unit, ctx, row, RequestEvent.NOTE, actor=by.actor, detail=detail, text=words, sealed=sealed)
        return noted, identity

    row, identity = ctx.store.write(begin)
    if row.kind in BARS:
        asked = None if row.sealed is not None else RequestBody(purposes=purposes)
        carry_out_restriction(ctx, identity, asked=asked, actor=by.actor)
    elif row.kind is RequestKind.WITHDRAW:
        carry_out_withdrawal(ctx, identity, actor=by.actor)
    else:
        finish_correction(ctx, identity, browser=by.id, new_address_code=code, actor=by.actor)
    return ctx.store.read(lambda unit: row_in(unit, by, request_id, DeskAct.PROPOSE))


def send_code_to_new_address(ctx: Context, by: StaffSession, *, request_id: str) -> None:
    """Send a code to the new e-mail address that a verified correction asks for; the customer reads it to staff.

    Args:
        ctx: the service.
        by: who carries it out; the code works in their session alone.
        request_id: which.

    Raises:
        DeniedError: `by` may not do this.
        NotFoundError: there is no such request, or it changes no e-mail address.
        VerificationError: the proof of who asks has run out.
        RateLimitedError: too many codes to this address in this hour.

    Effects: the code and its mail are durable on return; an older code no longer counts.
    """
    row = ctx.store.read(lambda unit: row_in(unit, by, request_id, DeskAct.PROPOSE))
    identity = ctx.store.read(lambda unit: standing_proof_in(unit, ctx, row, None))
    send_new_address_code(ctx, identity, browser=by.id)


def _told_of_change(ctx: Context, by: StaffSession, request_id: str) -> RequestBody | None:
    """Return what a correction of an e-mail address asks for, with the address held now, which gets a notice.

    None where no address changes. Reading the address is a use on record, for this request.
    """
    row = ctx.store.read(lambda unit: row_in(unit, by, request_id, DeskAct.PROPOSE))
    if row.kind is not RequestKind.RECTIFY or row.verified_at is None or row.state.ended:
        return None
    if not needs_new_address(ctx, subject_id=row.subject_id, request_id=row.id):
        return None
    ctx.store.read(lambda unit: standing_proof_in(unit, ctx, row, None))
    body = read_body(ctx, subject_id=row.subject_id, request_id=row.id)
    opened = ctx.door.read(
        actor=by.actor, subject_id=row.subject_id, items=(body.item,), purpose=RIGHTS_PURPOSE, request=row.id
    )
    # INVARIANT: who loses an address is told at that address, whoever says that they are the customer.
    return replace(body, former=opened.first(body.item))


def _approve_in(unit: Unit, ctx: Context, by: StaffSession, identity: VerifiedIdentity) -> RequestRow:
    row = row_in(unit, by, identity.request_id, DeskAct.APPROVE)
    _require_second_in(unit, by, row)
    if row.state is RequestState.PROPOSED:
        _require_proposer_in(unit, row)
    _require_proof_in(unit, ctx, row, identity)
    return move_in(unit, ctx, row, RequestEvent.APPROVE, actor=by.actor)


def _require_second_in(unit: Unit, by: StaffSession, row: RequestRow) -> None:
    """Refuse who decides on what they proposed, or on a customer for whom they alone vouch."""
    # INVARIANT: what destroys or gives away has two members of staff behind it.
    if by.pseudonym in {_proposer_in(unit, row), *_vouched_in(unit, row)}:
        raise DeniedError(SAME_PERSON)


def _require_proposer_in(unit: Unit, row: RequestRow) -> None:
    """Refuse to carry out what someone proposed who has lost the role for it since, or is gone."""
    proposer = _proposer_in(unit, row)
    if proposer is None or not still_may_in(unit, proposer, DeskAct.PROPOSE, row.kind):
        raise ConflictError(PROPOSER_GONE)


def _proposer_in(unit: Unit, row: RequestRow) -> str | None:
    proposed = [line.actor for line in unit.requests.events(row.id) if line.event is RequestEvent.PROPOSE]
    return proposed[-1].removeprefix(STAFF) if proposed else None


def _vouched_in(unit: Unit, row: RequestRow) -> set[str | None]:
    """Return who said that they saw the customer."""
    return {proof.given_by for proof in unit.requests.proofs(row.id)} - {None}


def _require_proof_in(unit: Unit, ctx: Context, row: RequestRow, identity: VerifiedIdentity) -> None:
    terms = terms_in(unit, ctx, row)
    if terms is None:
        raise DeniedError("the policy does not grant this right")
    require_proof(terms, identity, request_id=row.id, now=ctx.clock.now())
