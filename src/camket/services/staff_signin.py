"""Signing in as staff: work name and password, then a second factor; whether a name is known shows nowhere.

A try is counted, and durable, before anything is compared; names are counted whether anyone has them or not. The second
factor ends after five wrong tries, and signing in begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.staff.one_time import enrolment_address, shown_secret
from camket.core.staff.passwords import find_problem
from camket.core.terms import RIGHTS_PURPOSE
from camket.rows.staff import StaffStage
from camket.services.forms import FormError
from camket.services.limits import RateLimit, count_address_in, count_try_in, visitor_key
from camket.services.refusals import RefusalReason, count_refusal, counting_refusals
from camket.services.signin import SIGN_IN
from camket.services.staff_credentials import (
    accept_password_of_step_in,
    check_password,
    factor_secret,
    has_factor,
    keep_recovery_codes_in,
    new_factor,
    new_recovery_codes,
    password_hash,
    renewed_hash,
    use_recovery_code_in,
)
from camket.services.staff_invitations import PASSWORD
from camket.services.staff_sessions import open_staff_session_in

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.staff import StaffRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

NAME_LIMIT: Final = RateLimit(bucket="staff_name", count=30)
"""Passwords for one work name in an hour, from wherever. Below what guessing needs (NIST SP 800-63B-4, section 3.2.2),
and high enough that who only knows the name, which customers see in the ledger, hardly keeps its owner out."""
FRESH_LIMIT: Final = RateLimit(bucket="staff_factor", count=10)
"""One-time passwords of one signed-in member of staff in an hour, for what a stolen session must not do."""
FACTOR_TRIES: Final = 5
FACTOR_LIMIT: Final = RateLimit(bucket="staff_second", count=15)
"""Second factors of one member in an hour, over every sign-in: who has the password does not get five tries for each of
thirty sign-ins."""

WRONG: Final = "work name or password is wrong"
WRONG_FACTOR: Final = "the one-time password is wrong, or was used already"
OVER: Final = "signing in took too long, or there were too many wrong tries; begin again"


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfWay:
    """The password was right.

    Args:
        token: of a session that opens nothing yet.
        stage: what comes next: the second factor, or setting it up.
    """

    token: str = field(repr=False)
    stage: StaffStage


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolment:
    """What an authenticator has to know.

    Args:
        address: *personal*; for the QR code, `otpauth:`.
        secret: *personal*; the same secret for typing.
        pseudonym: the work name that it will be shown under.
    """

    address: str = field(repr=False)
    secret: str = field(repr=False)
    pseudonym: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """The second factor is set up.

    Args:
        token: of the session, signed in.
        recovery_codes: *personal*; shown once, kept nowhere in this form.
    """

    token: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


def enter_password(ctx: Context, *, name: str, password: str, address: str | None) -> HalfWay:
    """Take work name and password.

    Args:
        ctx: the service.
        name: as typed; capitals and spaces do not matter.
        password: *personal*; as typed.
        address: *personal*; network address for the rate limit; None is not limited.

    Raises:
        VerificationError: the name is no one's or the password is wrong; the two are not told apart.
        RateLimitedError: too many sign-ins from this address, or for this name, in this hour.

    Effects:
        The try is durable before anything is compared, and a refusal is summed with those of visitors. On return a
        session stands that opens nothing yet.
    """
    wanted = "".join(name.lower().split())
    now = ctx.clock.now()

    def count(unit: Unit) -> StaffRow | None:
        count_address_in(unit, ctx, "sign_in", address, now)
        count_try_in(unit, NAME_LIMIT, _name_key(ctx, wanted), now)
        return unit.staff.by_pseudonym(wanted)

    with counting_refusals(ctx):
        member = ctx.store.write(count)
    if not check_password(member, password) or member is None:
        count_refusal(ctx, RefusalReason.STAFF_SIGN_IN)
        raise VerificationError(WRONG)
    renewed = renewed_hash(ctx, member, password)
    stage = StaffStage.SECOND if has_factor(member) else StaffStage.ENROL

    def begin(unit: Unit) -> str:
        # INVARIANT: the password was compared outside the unit; one that was changed in between opens nothing.
        standing = unit.staff.get(member.subject_id)
        if standing is None or standing.password_hash != member.password_hash:
            raise VerificationError(WRONG)
        if renewed is not None:
            unit.staff.set_password(member.subject_id, renewed)
        return open_staff_session_in(unit, ctx, subject_id=member.subject_id, stage=stage, now=now)

    return HalfWay(token=ctx.store.write(begin), stage=stage)


def enter_second_factor(ctx: Context, session: StaffSession, typed: str) -> str:
    """Take a one-time password, or a recovery code in its place, and sign in.

    Args:
        ctx: the service.
        session: of the stage `second`.
        typed: as typed; six digits are a one-time password, anything else is a recovery code.

    Returns:
        The token of the session, signed in; that of the stage before is ended.

    Raises:
        VerificationError: wrong, used before, entered too often, or the session is past its stage. The try counts.
        RateLimitedError: too many tries of this member in this hour, in whatever sign-ins.

    Effects:
        Durable on return, together: password or code is used up, the session and its ledger entry stand. A wrong one is
        on record for its owner: someone had their password.
    """
    now = ctx.clock.now()

    def enter(unit: Unit) -> str | None:
        count_try_in(unit, FACTOR_LIMIT, _name_key(ctx, session.pseudonym), now)
        member = _count_try_in(unit, session, StaffStage.SECOND)
        if member is None or not has_factor(member):
            return OVER
        digits = "".join(typed.split())
        right = (
            accept_password_of_step_in(unit, ctx, member, digits, now)
            if digits.isdigit()
            else use_recovery_code_in(unit, ctx, member.subject_id, typed)
        )
        if right:
            return None
        _record_refusal_in(unit, ctx, member)
        return WRONG_FACTOR

    return _finish(ctx, session, ctx.store.write(enter))


def _record_refusal_in(unit: Unit, ctx: Context, member: StaffRow) -> None:
    ctx.door.record_in(
        unit,
        actor=SIGN_IN,
        action=LedgerAction.SESSION,
        subject_id=member.subject_id,
        purpose=RIGHTS_PURPOSE,
        outcome=LedgerOutcome.DENY,
    )


def _count_try_in(unit: Unit, session: StaffSession, stage: StaffStage) -> StaffRow | None:
    """Count one try of a session that is half way; None where it is past that, or was tried too often."""
    if session.stage is not stage or unit.staff.sessions.count_try(session.id, limit=FACTOR_TRIES) is None:
        return None
    return unit.staff.get(session.subject_id)


def _finish(ctx: Context, session: StaffSession, refused: str | None) -> str:
    """Return the token of the next session, or raise what the try came to once it is durable."""
    # INVARIANT: who typed hears how it ended only once the try is durable, so that no crash gives a try back.
    if refused is not None:
        raise VerificationError(refused)
    return ctx.store.write(lambda unit: _step_up_in(unit, ctx, session))


def _step_up_in(unit: Unit, ctx: Context, session: StaffSession) -> str:
    if not unit.staff.sessions.delete(session.subject_id, session.id):
        raise VerificationError(OVER)
    return open_staff_session_in(unit, ctx, subject_id=session.subject_id, stage=StaffStage.FULL, now=ctx.clock.now())


def begin_enrolment(ctx: Context, session: StaffSession) -> None:
    """Make the secret of a member's one-time passwords where they have none yet; twice is once.

    Raises:
        VerificationError: the session is not of the stage `enrol`.

    Effects:
        The sealed secret is durable on return.
    """
    if session.stage is not StaffStage.ENROL:
        raise VerificationError(OVER)
    sealed = new_factor(ctx, session.subject_id)

    def begin(unit: Unit) -> None:
        member = unit.staff.get(session.subject_id)
        if member is not None and member.totp_sealed is None:
            unit.staff.set_totp(session.subject_id, sealed)

    ctx.store.write(begin)


def enrolment(ctx: Context, session: StaffSession) -> Enrolment | None:
    """Return what the authenticator has to know; None before `begin_enrolment`. Nothing is changed.

    Raises:
        VerificationError: the session is not of the stage `enrol`, or the second factor is set up already.
    """
    member = ctx.store.read(lambda unit: unit.staff.get(session.subject_id))
    if session.stage is not StaffStage.ENROL or member is None or has_factor(member):
        raise VerificationError(OVER)
    if member.totp_sealed is None:
        return None
    secret = factor_secret(ctx, member)
    issuer = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.controller.name
    return Enrolment(
        address=enrolment_address(secret, account=member.pseudonym, issuer=next(iter(issuer.values()))),
        secret=shown_secret(secret),
        pseudonym=member.pseudonym,
    )


def finish_enrolment(ctx: Context, session: StaffSession, typed: str) -> Enrolled:
    """Take the first one-time password: from now on it is asked at each sign-in.

    Raises:
        VerificationError: wrong, entered too often, or the session is past its stage. The try counts.

    Effects:
        Durable on return: the second factor counts, recovery codes are kept hashed, the session and the ledger entries
        stand.
    """
    now = ctx.clock.now()
    codes = new_recovery_codes(ctx)

    def finish(unit: Unit) -> str | None:
        member = _count_try_in(unit, session, StaffStage.ENROL)
        if member is None or member.totp_sealed is None or has_factor(member):
            return OVER
        if not accept_password_of_step_in(unit, ctx, member, typed, now):
            return WRONG_FACTOR
        keep_recovery_codes_in(unit, ctx, member.subject_id, codes)
        return None

    return Enrolled(token=_finish(ctx, session, ctx.store.write(finish)), recovery_codes=codes)


def change_password(ctx: Context, session: StaffSession, *, old: str, new: str, typed: str) -> None:
    """Put a new password in the place of the old one; every other session of theirs ends.

    Args:
        ctx: the service.
        session: signed in.
        old: *personal*; the present password.
        new: *personal*; the next one.
        typed: a one-time password.

    Raises:
        FormError: the new password is refused; nothing was changed.
        VerificationError: the old password or the one-time password is wrong; nothing was changed.
        RateLimitedError: too many tries in this hour.

    Effects:
        Durable on return, together: the new hash, the end of the other sessions, the ledger entry.
    """
    wrong = find_problem(new, personal=(session.pseudonym,))
    if wrong is not None:
        raise FormError({PASSWORD: wrong})
    now = ctx.clock.now()

    def count(unit: Unit) -> StaffRow | None:
        count_try_in(unit, NAME_LIMIT, _name_key(ctx, session.pseudonym), now)
        return unit.staff.get(session.subject_id)

    member = ctx.store.write(count)
    if member is None or not check_password(member, old):
        raise VerificationError(WRONG)
    kept = password_hash(ctx, new)

    def change(unit: Unit) -> bool:
        standing = unit.staff.get(session.subject_id)
        if standing is None or standing.password_hash != member.password_hash:
            raise VerificationError(WRONG)
        if not accept_fresh_password_in(unit, ctx, session, typed, now):
            return False
        unit.staff.set_password(session.subject_id, kept)
        unit.staff.sessions.delete_of_subject(session.subject_id, except_id=session.id)
        ctx.door.record_in(unit, actor=session.actor, action=LedgerAction.STAFF, subject_id=session.subject_id)
        return True

    if not ctx.store.write(change):
        raise VerificationError(WRONG_FACTOR)


def accept_fresh_password_in(unit: Unit, ctx: Context, session: StaffSession, typed: str, now: datetime) -> bool:
    """Say whether someone who is signed in typed a one-time password that was not used before, and take note of it.

    For what a stolen session must not do. The caller lets the unit end where it is wrong, so that the try counts.

    Raises:
        NotFoundError: the account has ended, or has no second factor of this kind; the unit must not go on.
        RateLimitedError: too many tries in this hour; the unit must not go on.
    """
    count_try_in(unit, FRESH_LIMIT, _name_key(ctx, session.pseudonym), now)
    member = unit.staff.get(session.subject_id)
    if member is None or not has_factor(member):
        raise NotFoundError("there is no second factor to prove this with")
    return accept_password_of_step_in(unit, ctx, member, typed, now)


def _name_key(ctx: Context, name: str) -> bytes:
    return visitor_key(ctx, f"staff {name}")


def renew_recovery_codes(ctx: Context, session: StaffSession, typed: str) -> tuple[str, ...]:
    """Put ten new recovery codes in the place of those that are left, and return them, *personal*; shown once.

    Raises:
        VerificationError: the one-time password is wrong or was used.
        NotFoundError: the account has ended, or has no second factor of this kind.
        RateLimitedError: too many tries in this hour.

    Effects:
        Durable on return, together: the new codes' hashes and the ledger entry.
    """
    now = ctx.clock.now()
    codes = new_recovery_codes(ctx)

    def renew(unit: Unit) -> bool:
        if not accept_fresh_password_in(unit, ctx, session, typed, now):
            return False
        keep_recovery_codes_in(unit, ctx, session.subject_id, codes)
        ctx.door.record_in(unit, actor=session.actor, action=LedgerAction.STAFF, subject_id=session.subject_id)
        return True

    if not ctx.store.write(renew):
        raise VerificationError(WRONG_FACTOR)
    return codes
