"""Passkeys of staff: one alone signs in, for the device recognised its user; adding one takes a one-time password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import VerificationError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import SubjectState
from camket.rows.passkeys import Ceremony
from camket.rows.staff import StaffStage
from camket.services.passkey_ceremonies import CHALLENGE_BYTES, REFUSED, creation_options
from camket.services.passkey_use import start_passkey_sign_in, use_passkey_in, verify_sign_in
from camket.services.passkeys import remove_passkey_in, require_name, start_creation_in
from camket.services.refusals import counting_refusals
from camket.services.staff_sessions import open_staff_session_in
from camket.services.staff_signin import WRONG_FACTOR, accept_fresh_password_in

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.passkey_ceremonies import Options
    from camket.services.staff_sessions import StaffSession


def start_staff_passkey(ctx: Context, session: StaffSession, *, browser: str, name: str, code: str) -> Options:
    """Begin to add a passkey, on a one-time password; `camket.services.passkeys.add_passkey` then takes it.

    Args:
        ctx: the service.
        session: signed in.
        browser: the random token of the browser, to which the challenge is bound.
        name: *personal*; as typed, to be refused before the authenticator makes anything; not stored yet.
        code: a one-time password that was not used before.

    Returns:
        Options; they name the account by its work name.

    Raises:
        NotFoundError: there are no passkeys at this address or under this policy.
        FormError: the name is none; nothing was stored.
        VerificationError: the one-time password is wrong or was used, or there are too many passkeys. The try counts.
        RateLimitedError: too many tries in this hour.

    Effects: challenge and ledger entry are durable on return; the challenge is good for five minutes.
    """
    site = require_name(ctx, name)
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    challenge = ctx.entropy.token(CHALLENGE_BYTES)

    def start(unit: Unit) -> bool:
        if not accept_fresh_password_in(unit, ctx, session, code, ctx.clock.now()):
            return False
        start_creation_in(unit, ctx, challenge, subject_id=session.subject_id, browser=browser)
        ctx.door.record_in(unit, actor=session.actor, action=LedgerAction.STAFF, subject_id=session.subject_id)
        return True

    with counting_refusals(ctx):
        started = ctx.store.write(start)
    if not started:
        raise VerificationError(WRONG_FACTOR)
    return creation_options(
        site=site,
        service_name=policy.controller.name[session.language],
        subject_id=session.subject_id,
        user_name=session.pseudonym,
        challenge=challenge,
    )


def remove_staff_passkey(ctx: Context, session: StaffSession, passkey_id: str) -> None:
    """Delete one of one's own passkeys at once; the password and its second factor still sign in.

    Raises:
        NotFoundError: it is not theirs, or gone.

    Effects: passkey, name and ledger entries go and come together. Twice is refused.
    """

    def remove(unit: Unit) -> None:
        remove_passkey_in(unit, ctx, session.subject_id, passkey_id)
        ctx.door.record_in(unit, actor=session.actor, action=LedgerAction.STAFF, subject_id=session.subject_id)

    ctx.store.write(remove)


def start_staff_passkey_sign_in(ctx: Context, *, browser: str, address: str | None) -> Options:
    """Begin to sign in as staff by a passkey; as `camket.services.passkey_use.start_passkey_sign_in`."""
    return start_passkey_sign_in(ctx, browser=browser, address=address, ceremony=Ceremony.STAFF_SIGN_IN)


def sign_in_staff_by_passkey(ctx: Context, *, browser: str, credential: str, address: str | None) -> str:
    """Sign in as staff with the answer of a passkey and return the session's token.

    Args:
        ctx: the service.
        browser: the random token of the browser that began.
        credential: what the browser sent back, JSON.
        address: *personal*; network address.

    Raises:
        VerificationError: no passkey of a member of staff signed a challenge of this browser. The challenge is used up.
        RateLimitedError: too many tries from this network address in this hour.

    Effects: durable on return, together: the passkey's count, session and ledger entry.
    """
    now = ctx.clock.now()
    passkey, count = verify_sign_in(
        ctx, browser=browser, credential=credential, address=address, ceremony=Ceremony.STAFF_SIGN_IN
    )

    def sign_in(unit: Unit) -> str:
        subject = unit.subjects.get(passkey.subject_id)
        member = unit.staff.get(passkey.subject_id)
        # INVARIANT: the passkey of a customer opens no desk.
        if member is None or subject is None or subject.state is not SubjectState.ACTIVE:
            raise VerificationError(REFUSED)
        use_passkey_in(unit, passkey, count, now)
        return open_staff_session_in(unit, ctx, subject_id=member.subject_id, stage=StaffStage.FULL, now=now)

    return ctx.store.write(sign_in)
