"""Proving who asks, bound to one request, before anything is done on it (P14): the one place where proofs are made.

A proof holds for one request, in the one place that gave it (a session, a browser outside any, the desk of staff),
until it runs out; and one thing is carried out on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError, InvalidValueError, NotFoundError, VerificationError
from camket.core.rights.machine import RequestEvent, may_move
from camket.core.rights.proof import (
    PROOF_LIFETIME,
    ProofPlace,
    lifetime_of,
    require_session_enough,
    strongest,
)
from camket.core.terms import Verification, VerifiedIdentity
from camket.rows import CodeKind
from camket.rows.requests import RequestProofRow
from camket.services.codes import EXPIRED, enter_code, issue_code_in, use_code_in
from camket.services.desk_acts import DeskAct, still_may_in
from camket.services.ids import random_id
from camket.services.limits import count_subject_in
from camket.services.outbox import queue_mail_in
from camket.services.refusals import counting_refusals
from camket.services.request_clocks import terms_in
from camket.services.request_moves import add_line_in, move_in
from camket.services.requests import NO_REQUEST
from camket.services.spent_proofs import UNPROVEN

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session

__all__ = (
    "PROOF_CODE",
    "PROOF_LIFETIME",
    "UNPROVEN",
    "let_look_in",
    "needed_level_in",
    "place_of",
    "provable_in",
    "prove",
    "prove_by_session",
    "prove_by_session_in",
    "send_code",
    "send_code_in",
    "standing_proof",
    "standing_proof_in",
    "verified_in",
)

PROOF_CODE: Final = "proof_code"


def needed_level_in(unit: Unit, ctx: Context, row: RequestRow) -> Verification:
    """Return how sure we have to be who makes a request: what its right asked for when it was made.

    Being signed in is enough for a letter to support.

    Raises:
        DeniedError: the policy did not grant the right.
    """
    if row.kind.right is None:
        return Verification.SESSION
    terms = terms_in(unit, ctx, row)
    if terms is None:
        raise DeniedError(f"the policy does not grant the right `{row.kind.right}`")
    return terms.verification


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
        provable_in(unit, session.subject_id, request_id)
        count_subject_in(unit, ctx, session.subject_id, now)
        send_code_in(unit, ctx, subject_id=session.subject_id, proves=request_id, browser=browser)

    with counting_refusals(ctx):
        ctx.store.write(send)


def send_code_in(unit: Unit, ctx: Context, *, subject_id: str, proves: str, browser: str) -> None:
    """Send a code in the caller's unit of work.

    Args:
        unit: code and mail are durable when this unit is.
        ctx: the service.
        subject_id: to whom.
        proves: id of the request that it is good for, or what stands in the place of one.
        browser: the random token of the browser; the code works in no other.
    """
    code = issue_code_in(
        unit,
        ctx,
        kind=CodeKind.VERIFY,
        subject_id=subject_id,
        browser=browser,
        now=ctx.clock.now(),
        request_id=proves,
    )
    queue_mail_in(unit, ctx, subject_id=subject_id, template=PROOF_CODE, args={"code": code})


def provable_in(unit: Unit, subject_id: str, request_id: str) -> RequestRow:
    """Return a subject's own request that a proof can be given for.

    Raises:
        NotFoundError: it is not theirs, not there, or past its proof.
    """
    row = unit.requests.get(subject_id, request_id)
    if row is None or not may_move(row.kind, row.state, RequestEvent.VERIFY):
        raise NotFoundError("there is no such request waiting for its proof")
    return row


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
        The proof, good for this request alone and for a quarter of an hour, in this session.

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
        return verified_in(
            unit,
            ctx,
            subject_id=session.subject_id,
            request_id=request_id,
            level=Verification.EMAIL_CODE,
            place=ProofPlace(session_id=session.id),
        )

    return ctx.store.write(verify)


def prove_by_session(ctx: Context, session: Session, request_id: str) -> VerifiedIdentity:
    """Take being signed in for the proof of who asks, where the policy asks for no more.

    Args:
        ctx: the service.
        session: who asks.
        request_id: their request.

    Returns:
        The proof, good for this request alone and for a quarter of an hour, in this session.

    Raises:
        VerificationError: the right asks for more than a session; nothing was changed.
        NotFoundError: there is no such request of this subject, or it is past its proof.

    Effects: the request is verified and that is on record, durable on return. It makes the session no fresher: what
        asks for a proof of a quarter of an hour still does. Twice is on record twice.
    """
    return ctx.store.write(lambda unit: prove_by_session_in(unit, ctx, session, request_id))


def prove_by_session_in(unit: Unit, ctx: Context, session: Session, request_id: str) -> VerifiedIdentity:
    """Do what `prove_by_session` does in the caller's unit of work; it must not go on after an error."""
    row = provable_in(unit, session.subject_id, request_id)
    require_session_enough(needed_level_in(unit, ctx, row))
    return verified_in(
        unit,
        ctx,
        subject_id=session.subject_id,
        request_id=request_id,
        level=Verification.SESSION,
        place=ProofPlace(session_id=session.id),
    )


def verified_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    request_id: str,
    level: Verification,
    place: ProofPlace,
    reason: str | None = None,
) -> VerifiedIdentity:
    """Take down that a subject has proved who they are, in the unit of work that uses their proof up.

    Whoever calls this has just compared a code, verified a passkey, found a session, or is staff who saw the person.

    Args:
        unit: the proof is durable when this unit is.
        ctx: the service.
        subject_id: who asks.
        request_id: the request that the proof was for.
        level: how it was proven.
        place: where it was given, and where alone it holds.
        reason: *personal*; how staff know the person; sealed under the subject's key, and shown to them.

    Returns:
        The proof, good for this request alone and for a quarter of an hour; for a day where staff saw the person.

    Raises:
        VerificationError: there is no such request of this subject; the unit must not go on.
        ConflictError: the request is past its proof; the unit must not go on.
        InvalidValueError: `in_person` without the staff who saw them or their reason, or by anyone else.
    """
    if (level is Verification.IN_PERSON) is not bool(place.given_by and (reason or "").strip()):
        raise InvalidValueError("only staff prove someone `in_person`, and never without saying how they know them")
    now = ctx.clock.now()
    row = _own_in(unit, subject_id, request_id)
    known = (level,) if row.verified_level is None else (row.verified_level, level)
    move_in(
        unit,
        ctx,
        row,
        RequestEvent.VERIFY,
        actor=place.actor,
        detail={"level": level.value},
        text=reason,
        verified_at=row.verified_at or now,
        verified_level=strongest(known),
    )
    identity = _keep_in(unit, ctx, row, level=level, place=place)
    # INVARIANT: being signed in proves a right that asks for no more, and never makes the session itself fresher.
    if place.session_id is not None and level is not Verification.SESSION:
        unit.sessions.verify(place.session_id, until=identity.expires_at)
    return identity


def let_look_in(
    unit: Unit, ctx: Context, *, subject_id: str, request_id: str, level: Verification, place: ProofPlace
) -> VerifiedIdentity:
    """Take a proof down for a request that has ended: its subject reads how; nothing is carried out on it any more.

    As `verified_in`; the request stands where it stood, and the look is on record.

    Raises:
        VerificationError: there is no such request of this subject; the unit must not go on.
    """
    row = _own_in(unit, subject_id, request_id)
    add_line_in(unit, ctx, row, RequestEvent.NOTE, actor=place.actor, detail={"level": level.value}, shown=False)
    return _keep_in(unit, ctx, row, level=level, place=place)


def _own_in(unit: Unit, subject_id: str, request_id: str) -> RequestRow:
    row = unit.requests.get(subject_id, request_id)
    if row is None:
        raise VerificationError(EXPIRED)
    return row


def _keep_in(unit: Unit, ctx: Context, row: RequestRow, *, level: Verification, place: ProofPlace) -> VerifiedIdentity:
    now = ctx.clock.now()
    proof = RequestProofRow(
        id=random_id(ctx.entropy),
        request_id=row.id,
        subject_id=row.subject_id,
        level=level,
        at=now,
        expires_at=now + lifetime_of(level),
        session_id=place.session_id,
        browser_hash=place.browser_hash,
        given_by=place.given_by,
        used_at=None,
    )
    unit.requests.add_proof(proof)
    return _identity(proof)


def standing_proof(ctx: Context, session: Session, request_id: str) -> VerifiedIdentity:
    """Return the strongest proof that this session gave for a request before, while it lasts.

    For what takes two pages: proving who one is, then accepting what happens. Nothing is written.

    Raises:
        NotFoundError: there is no such request of this subject.
        VerificationError: it was not proven, not in this session, or too long ago.
    """

    def look(unit: Unit) -> VerifiedIdentity:
        request = unit.requests.get(session.subject_id, request_id)
        if request is None:
            raise NotFoundError(NO_REQUEST)
        return standing_proof_in(unit, ctx, request, ProofPlace(session_id=session.id))

    return ctx.store.read(look)


def standing_proof_in(unit: Unit, ctx: Context, row: RequestRow, place: ProofPlace | None) -> VerifiedIdentity:
    """Return the strongest proof of a request that lasts, one that is not used before one that is.

    Args:
        unit: nothing is written.
        ctx: the service.
        row: the request.
        place: where it has to have been given; None for staff who act on it, whom a proof given anywhere serves.

    Raises:
        VerificationError: there is none.
    """
    now = ctx.clock.now()
    # INVARIANT: a proof holds where it was given; another session or browser of the same subject proves anew.
    given = [one for one in unit.requests.proofs(row.id) if place is None or place_of(one) == place]
    # INVARIANT: the word of who vouches for nobody any more proves nothing, not what they said before either.
    proofs = [one for one in given if one.expires_at > now and _vouched_in(unit, row, one)]
    if not proofs:
        raise VerificationError(UNPROVEN)
    return _identity(max(proofs, key=lambda one: (one.used_at is None, one.level.strength, one.at)))


def _vouched_in(unit: Unit, row: RequestRow, proof: RequestProofRow) -> bool:
    return proof.given_by is None or still_may_in(unit, proof.given_by, DeskAct.VERIFY, row.kind)


def place_of(proof: RequestProofRow) -> ProofPlace:
    """Return where a proof was given."""
    return ProofPlace(session_id=proof.session_id, browser_hash=proof.browser_hash, given_by=proof.given_by)


def _identity(proof: RequestProofRow) -> VerifiedIdentity:
    return VerifiedIdentity(
        subject_id=proof.subject_id,
        request_id=proof.request_id,
        level=proof.level,
        verified_at=proof.at,
        expires_at=proof.expires_at,
    )
