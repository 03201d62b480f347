"""Withdrawing as a request: for who is not signed in, and through staff; signed in, it takes one click and no request.

The withdrawal itself is the same: at once, on record, and as if the yes had never been given (P11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.consent.events import AskedThrough, Expression
from camket.core.errors import NotFoundError
from camket.core.rights.machine import RequestEvent, RequestKind
from camket.core.terms import Right
from camket.rows import FactKind
from camket.rows.requests import RequestChannel
from camket.services.access import SUBJECT
from camket.services.request_moves import add_line_in
from camket.services.requests import RequestBody, begin_in, finish_in, start_request_in
from camket.services.withdrawals import NO_CONSENT, withdraw_in

if TYPE_CHECKING:
    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import FactRow
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.withdrawals import Withdrawn


def start_withdrawal_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    consent_id: str | None = None,
    channel: RequestChannel = RequestChannel.ACCOUNT,
    filed_by: str | None = None,
) -> RequestRow:
    """Ask for a consent to be withdrawn, in the caller's unit of work; it runs once identity is proven.

    Args:
        unit: the request is durable when this unit is.
        ctx: the service.
        subject_id: who asks.
        consent_id: of their own consent; None withdraws every consent that stands when it is carried out.
        channel: how it came in.
        filed_by: pseudonym of the staff who files it for a caller.

    Raises:
        NotFoundError: there is no such consent of this subject; the unit must not go on.
        DeniedError: the policy does not grant the right; the unit must not go on.
    """
    if consent_id is not None and consent_id not in {fact.id for fact in _consents(unit, subject_id)}:
        raise NotFoundError(NO_CONSENT)
    body = None if consent_id is None else RequestBody(consent=consent_id)
    return start_request_in(
        unit, ctx, subject_id=subject_id, kind=RequestKind.WITHDRAW, body=body, channel=channel, filed_by=filed_by
    )


def carry_out_withdrawal(
    ctx: Context, identity: VerifiedIdentity, *, consent_id: str | None = None, actor: str = SUBJECT
) -> tuple[Withdrawn, ...]:
    """Withdraw the consent that a verified request names, or every one that stands.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        consent_id: which, where the request itself names none; None is every one.
        actor: who has it carried out, for the record: its subject, or staff for them.

    Returns:
        What stops, for each; empty where there was nothing to withdraw.

    Raises:
        VerificationError: the proof does not hold; nothing was changed.
        NotFoundError: there is no such request, or no such consent of this subject.
        ConflictError: it was carried out before, or the proof was used.

    Effects: withdrawals, the end of the request and the ledger records are durable together; from the commit on the
        gate decides as if the consents had never been given. Twice is refused.

    Source: LAW Art. 10.
    """

    def withdraw_all(unit: Unit) -> tuple[Withdrawn, ...]:
        request = begin_in(unit, ctx, identity=identity, right=Right.WITHDRAW, actor=actor)
        named = consent_id
        if request.sealed is not None:
            # INVARIANT: what was asked for and proven is what is carried out.
            named = RequestBody.from_text(ctx.door.open_request(subject_id=request.subject_id, request=request)).consent
        stopped = _withdrawn_in(unit, ctx, request.subject_id, named)
        detail = {"withdrawn": sum(one.ended for one in stopped)}
        add_line_in(unit, ctx, request, RequestEvent.NOTE, actor=actor, detail=detail)
        finish_in(unit, ctx, request, actor=actor)
        return stopped

    return ctx.store.write(withdraw_all)


def _withdrawn_in(unit: Unit, ctx: Context, subject_id: str, named: str | None) -> tuple[Withdrawn, ...]:
    """Withdraw one consent, or all; those to the same purpose or recipient end with the first of them."""
    stopped: list[Withdrawn] = []
    for fact in _consents(unit, subject_id):
        standing = {one.id for one in _consents(unit, subject_id) if one.withdrawn_at is None}
        if fact.id == named or (named is None and fact.id in standing):
            stopped.append(
                withdraw_in(
                    unit,
                    ctx,
                    subject_id=subject_id,
                    consent_id=fact.id,
                    through=AskedThrough.PAGE,
                    expression=Expression.BUTTON,
                )
            )
    if named is not None and not stopped:
        raise NotFoundError(NO_CONSENT)
    return tuple(stopped)


def _consents(unit: Unit, subject_id: str) -> list[FactRow]:
    return [fact for fact in unit.facts.of_subject(subject_id) if fact.kind is FactKind.CONSENT]
