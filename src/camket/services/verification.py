"""Step-up: proving who asks, bound to one request, before anything is corrected, copied or deleted (P14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.rights.machine import RequestEvent
from camket.core.terms import Verification, VerifiedIdentity
from camket.rows import CodeKind
from camket.rows.requests import RequestProofRow
from camket.services.access import SUBJECT
from camket.services.codes import EXPIRED, enter_code, issue_code_in, use_code_in
from camket.services.ids import random_id
from camket.services.limits import count_subject_in
from camket.services.outbox import queue_mail_in
from camket.services.request_moves import move_in

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.sessions import Session

PROOF_CODE: Final = "proof_code"
PROOF_LIFETIME: Final = timedelta(minutes=15)
"""How long after the code was entered the request may be carried out on its strength."""
UNPROVEN: Final = "prove who you are first; a proof lasts a quarter of an hour"


def send_code(ctx: Context, session: Session, request_id: str, *, browser: str) -> None:
    """Send a code to the e-mail address that is held, good for this request alone.

    Args:
        ctx: the service.
        session: who asks.
        request_id: the request that it will prove.
        browser: the random token of the browser, to which the code is bound.

    Raises:
        NotFoundError: there is no such request of this subject, or it is past its proof.
        RateLimitedError: too many codes to this subject in this hour.

    Effects:
        Durable on return: the code and the mail in the outbox. Twice sends two; the newest counts.
    """
    now = ctx.clock.now()

    def send(unit: Unit) -> None:
        request = unit.requests.get(session.subject_id, request_id)
        if request is None or request.state.ended:
            raise NotFoundError("there is no such request waiting for its proof")
        count_subject_in(unit, ctx, session.subject_id, now)
        send_code_in(unit, ctx, session, request_id, browser=browser)

    ctx.store.write(send)


def send_code_in(unit: Unit, ctx: Context, session: Session, request_id: str, *, browser: str) -> None:
    """Send a code in the unit of work that makes its request."""
    code = issue_code_in(
        unit,
        ctx,
        kind=CodeKind.VERIFY,
        subject_id=session.subject_id,
        browser=browser,
        now=ctx.clock.now(),
        request_id=request_id,
    )
    queue_mail_in(unit, ctx, subject_id=session.subject_id, template=PROOF_CODE, args={"code": code})


def prove(
    ctx: Context, session: Session, *, request_id: str, code: str, browser: str, address: str | None = None
) -> VerifiedIdentity:
    """Take the code of a request and return the proof of who asks.

    Args:
        ctx: the service.
        session: who asks.
        request_id: the request that the code was sent for.
        code: as typed.
        browser: the random token of the browser.
        address: *personal*; network address for the rate limit; None is not limited.

    Returns:
        The proof, good for this request alone and for a quarter of an hour.

    Raises:
        VerificationError: the code is wrong, expired, used, of another browser, request or subject, or was tried too
            often. The try counts.
        RateLimitedError: too many codes from this address in this hour.

    Effects:
        Durable on return, together: the code is used up, the request is verified, and that is on record.
    """
    row = enter_code(ctx, kind=CodeKind.VERIFY, browser=browser, typed=code, address=address, request_id=request_id)
    if row.subject_id != session.subject_id:
        raise VerificationError(EXPIRED)

    def verify(unit: Unit) -> VerifiedIdentity:
        use_code_in(unit, row, ctx.clock.now())
        return verified_in(unit, ctx, session, request_id=request_id, level=Verification.EMAIL_CODE)

    return ctx.store.write(verify)


def verified_in(
    unit: Unit, ctx: Context, session: Session, *, request_id: str, level: Verification
) -> VerifiedIdentity:
    """Take down that a subject has proved who they are, in the unit of work that uses their proof up.

    Args:
        unit: the proof is durable when this unit is.
        ctx: the service.
        session: who asks.
        request_id: the request that the proof was for.
        level: how it was proven.

    Returns:
        The proof, good for this request alone and for a quarter of an hour.

    Raises:
        VerificationError: there is no such request of this subject, or it is past its proof; the unit must not go on.
    """
    now = ctx.clock.now()
    identity = VerifiedIdentity(
        subject_id=session.subject_id,
        request_id=request_id,
        level=level,
        verified_at=now,
        expires_at=now + PROOF_LIFETIME,
    )
    row = unit.requests.get(session.subject_id, request_id)
    if row is None:
        raise VerificationError(EXPIRED)
    first = row.verified_at is None
    move_in(
        unit,
        ctx,
        row,
        RequestEvent.VERIFY,
        actor=SUBJECT,
        detail={"level": level.value},
        verified_at=now if first else row.verified_at,
        verified_level=level if row.verified_level is None else max(row.verified_level, level, key=_strength),
    )
    # INVARIANT: a proof is bound to its request and to the session that gave it.
    unit.requests.add_proof(
        RequestProofRow(
            id=random_id(ctx.entropy),
            request_id=request_id,
            subject_id=session.subject_id,
            level=level,
            at=now,
            expires_at=identity.expires_at,
            session_id=session.id,
            browser_hash=None,
            given_by=None,
            used_at=None,
        )
    )
    unit.sessions.verify(session.id, until=identity.expires_at)
    return identity


def _strength(level: Verification) -> int:
    return level.strength


def standing_proof(ctx: Context, session: Session, request_id: str) -> VerifiedIdentity:
    """Return the proof that this session gave for a request before, while it lasts.

    For what takes two pages: proving who one is, then accepting what happens. Nothing is written.

    Raises:
        NotFoundError: there is no such request of this subject.
        VerificationError: it was not proven, not in this session, or too long ago.
    """
    now = ctx.clock.now()

    def look(unit: Unit) -> VerifiedIdentity:
        request = unit.requests.get(session.subject_id, request_id)
        if request is None:
            raise NotFoundError("there is no such request")
        # INVARIANT: a proof holds in the session that gave it; another session of the same subject proves anew.
        proofs = [one for one in unit.requests.proofs(request_id) if one.session_id == session.id]
        proof = next((one for one in proofs if one.expires_at > now), None)
        if proof is None:
            raise VerificationError(UNPROVEN)
        return VerifiedIdentity(
            subject_id=session.subject_id,
            request_id=request.id,
            level=proof.level,
            verified_at=proof.at,
            expires_at=proof.expires_at,
        )

    return ctx.store.read(look)
