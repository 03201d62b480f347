"""Proving oneself again before changing how one signs in: a code by e-mail that freshens the session.

Who signed in, or proved a request, within the last quarter of an hour is fresh already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import VerificationError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import RIGHTS_PURPOSE
from camket.rows import CodeKind
from camket.services.access import SUBJECT
from camket.services.codes import EXPIRED, enter_code, use_code_in
from camket.services.limits import count_subject_in
from camket.services.refusals import counting_refusals
from camket.services.verification import PROOF_LIFETIME, UNPROVEN, send_code_in

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.sessions import Session

OWN_SESSION: Final = "session"
"""Stands where a request stands in the code of a proof: what is proven is the session itself."""


def is_fresh(ctx: Context, session: Session) -> bool:
    """Say whether the subject proved themselves within the last quarter of an hour, in this session."""
    return ctx.store.read(lambda unit: _is_fresh_in(unit, ctx, session))


def require_fresh_in(unit: Unit, ctx: Context, session: Session) -> None:
    """Refuse what a session alone may not do, in the caller's unit of work.

    Raises:
        VerificationError: the last proof in this session is too old; the unit must not go on.
    """
    if not _is_fresh_in(unit, ctx, session):
        raise VerificationError(UNPROVEN)


def send_session_code(ctx: Context, session: Session, *, browser: str) -> None:
    """Send a code that freshens this session.

    Raises:
        RateLimitedError: too many codes to this subject in this hour.

    Effects: the code and the mail in the outbox are durable on return. Twice sends two; the newest counts.
    """

    def send(unit: Unit) -> None:
        count_subject_in(unit, ctx, session.subject_id, ctx.clock.now())
        send_code_in(unit, ctx, subject_id=session.subject_id, proves=OWN_SESSION, browser=browser)

    with counting_refusals(ctx):
        ctx.store.write(send)


def freshen_session(ctx: Context, session: Session, *, code: str, browser: str, address: str | None) -> None:
    """Take the code of `send_session_code`.

    Args:
        ctx: the service.
        session: who asks.
        code: as typed.
        browser: the random token of the browser.
        address: *personal*; network address for the rate limit; None is not limited.

    Raises:
        VerificationError: the code is wrong, expired, used, of another browser or subject, or was tried too often. The
            try counts.
        RateLimitedError: too many codes from this address in this hour.

    Effects: durable on return, together: the code is used up, the session is fresh, and that is on record.
    """
    row = enter_code(ctx, kind=CodeKind.VERIFY, browser=browser, typed=code, address=address, request_id=OWN_SESSION)
    if row.subject_id != session.subject_id:
        raise VerificationError(EXPIRED)
    now = ctx.clock.now()

    def freshen(unit: Unit) -> None:
        use_code_in(unit, row, now)
        unit.sessions.verify(session.id, until=now + PROOF_LIFETIME)
        ctx.door.record_in(
            unit, actor=SUBJECT, action=LedgerAction.SESSION, subject_id=session.subject_id, purpose=RIGHTS_PURPOSE
        )

    ctx.store.write(freshen)


def _is_fresh_in(unit: Unit, ctx: Context, session: Session) -> bool:
    now = ctx.clock.now()
    if now < session.created_at + PROOF_LIFETIME:
        return True
    rows = unit.sessions.of_subject(session.subject_id)
    return any(row.id == session.id and row.verified_until is not None and row.verified_until > now for row in rows)
