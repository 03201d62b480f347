"""Using a passkey: to sign in, and to prove who makes a request (P14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import VerificationError
from camket.core.rights.proof import ProofPlace
from camket.core.terms import SubjectState, Verification
from camket.rows.passkeys import Ceremony
from camket.services.limits import count_address_in, count_subject_in
from camket.services.passkey_ceremonies import CHALLENGE_BYTES, REFUSED, read_answer, request_options, verify_use
from camket.services.passkey_challenges import challenge_in, place_of, take_challenge
from camket.services.refusals import counting_refusals
from camket.services.sessions import SignedIn, open_session_in
from camket.services.verification import provable_in, verified_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows.passkeys import PasskeyRow
    from camket.services.context import Context
    from camket.services.passkey_ceremonies import Answer, Options
    from camket.services.sessions import Session


def start_passkey_sign_in(
    ctx: Context, *, browser: str, address: str | None, ceremony: Ceremony = Ceremony.SIGN_IN
) -> Options:
    """Begin to sign in by a passkey; the same for everyone, because no account is named.

    Raises:
        NotFoundError: there are no passkeys at this address or under this policy.
        RateLimitedError: too many sign-ins from this network address in this hour.

    Effects: the challenge is durable on return, and good for five minutes.
    """
    site, _ = place_of(ctx)
    now = ctx.clock.now()
    challenge = ctx.entropy.token(CHALLENGE_BYTES)

    def start(unit: Unit) -> None:
        count_address_in(unit, ctx, "sign_in", address, now)
        challenge_in(unit, challenge, ceremony, browser=browser, now=now)

    with counting_refusals(ctx):
        ctx.store.write(start)
    return request_options(site=site, challenge=challenge)


def sign_in_by_passkey(
    ctx: Context, *, browser: str, credential: str, headers: Mapping[str, str], address: str | None
) -> SignedIn:
    """Sign in with the answer of a passkey.

    Args:
        ctx: the service.
        browser: the random token of the browser that began.
        credential: what the browser sent back, JSON.
        headers: *personal*; of the request, names in small letters: what the device shows (P5).
        address: *personal*; network address.

    Raises:
        VerificationError: no passkey of an active account signed a challenge of this browser. The challenge is used up.
        RateLimitedError: too many tries from this network address in this hour.

    Effects: durable on return, together: the passkey's count, session and ledger entries.
    """
    now = ctx.clock.now()
    passkey, count = verify_sign_in(ctx, browser=browser, credential=credential, address=address)

    def sign_in(unit: Unit) -> SignedIn:
        subject = unit.subjects.get(passkey.subject_id)
        if subject is None or subject.state is not SubjectState.ACTIVE:
            raise VerificationError(REFUSED)
        # INVARIANT: the passkey of a member of staff opens the desk, never an account of a customer.
        if unit.staff.get(subject.id) is not None:
            raise VerificationError(REFUSED)
        use_passkey_in(unit, passkey, count, now)
        return open_session_in(
            unit, ctx, subject_id=subject.id, browser=browser, headers=headers, address=address, now=now
        )

    return ctx.store.write(sign_in)


def verify_sign_in(
    ctx: Context, *, browser: str, credential: str, address: str | None, ceremony: Ceremony = Ceremony.SIGN_IN
) -> tuple[PasskeyRow, int]:
    """Return whose passkey answered a challenge of `start_passkey_sign_in`, and its new count.

    The caller then calls `use_passkey_in` in the unit of its effect.

    Raises:
        VerificationError: as `sign_in_by_passkey`; the challenge is used up.
        RateLimitedError: too many tries from this network address in this hour.
    """
    site, _ = place_of(ctx)
    answer = read_answer(credential)
    take_challenge(ctx, answer, ceremony, browser=browser, address=address)
    passkey = _find(ctx, answer)
    return passkey, verify_use(answer, passkey, site=site, origin=ctx.settings.origin)


def use_passkey_in(unit: Unit, passkey: PasskeyRow, count: int, now: datetime) -> None:
    """Remember that a passkey was used, in the unit of work of its effect.

    Raises:
        VerificationError: its count did not grow since it was verified: the unit must not go on.
    """
    # INVARIANT: a count that does not grow is a copied passkey, or an answer sent twice.
    if not unit.passkeys.used(passkey.id, sign_count=count, at=now):
        raise VerificationError(REFUSED)


def start_passkey_proof(ctx: Context, session: Session, request_id: str, *, browser: str) -> Options:
    """Begin to prove by a passkey who makes a request (P14).

    Raises:
        NotFoundError: there are no passkeys here, or no such request of this subject.
        RateLimitedError: too many proofs of this subject in this hour.

    Effects: the challenge is durable on return, and good for five minutes and this request alone.
    """
    site, _ = place_of(ctx)
    now = ctx.clock.now()
    challenge = ctx.entropy.token(CHALLENGE_BYTES)

    def start(unit: Unit) -> None:
        provable_in(unit, session.subject_id, request_id)
        count_subject_in(unit, ctx, session.subject_id, now)
        challenge_in(
            unit,
            challenge,
            Ceremony.PROVE,
            browser=browser,
            now=now,
            subject_id=session.subject_id,
            request_id=request_id,
        )

    with counting_refusals(ctx):
        ctx.store.write(start)
    return request_options(site=site, challenge=challenge)


def prove_by_passkey(
    ctx: Context, session: Session, *, request_id: str, browser: str, credential: str
) -> VerifiedIdentity:
    """Take the answer of a passkey for a request and return the proof of who asks.

    Raises:
        VerificationError: no passkey of this subject signed a challenge for this request. The challenge is used up.

    Effects: durable on return, together: the passkey's count, the request is verified, and that is on record.
    """
    site, _ = place_of(ctx)
    now = ctx.clock.now()
    answer = read_answer(credential)
    take_challenge(ctx, answer, Ceremony.PROVE, browser=browser, subject_id=session.subject_id, request_id=request_id)
    passkey = _find(ctx, answer)
    # INVARIANT: a passkey proves its own subject, whoever is signed in.
    if passkey.subject_id != session.subject_id:
        raise VerificationError(REFUSED)
    count = verify_use(answer, passkey, site=site, origin=ctx.settings.origin)

    def prove(unit: Unit) -> VerifiedIdentity:
        use_passkey_in(unit, passkey, count, now)
        return verified_in(
            unit,
            ctx,
            subject_id=session.subject_id,
            request_id=request_id,
            level=Verification.PASSKEY,
            place=ProofPlace(session_id=session.id),
        )

    return ctx.store.write(prove)


def _find(ctx: Context, answer: Answer) -> PasskeyRow:
    passkey = ctx.store.read(lambda unit: unit.passkeys.by_credential(answer.credential_hash))
    if passkey is None:
        raise VerificationError(REFUSED)
    return passkey
