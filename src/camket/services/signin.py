"""Signing in by a code to the e-mail address; an address that no one has gets the same answer by the same work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import VerificationError
from camket.core.policy.model import ItemKind
from camket.core.terms import SubjectState
from camket.core.vault.lookup import IndexField
from camket.rows import CodeKind
from camket.services.codes import (
    EXPIRED,
    RefusedCode,
    issue_code_in,
    refused_code,
    spend_code_in,
)
from camket.services.forms import read_value
from camket.services.limits import count_address_in, count_email_in
from camket.services.outbox import queue_mail_in
from camket.services.refusals import counting_refusals
from camket.services.sessions import SignedIn, open_session_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import Item, Policy
    from camket.ports import Unit
    from camket.services.context import Context

SIGN_IN_CODE: Final = "sign_in_code"
SIGN_IN: Final = "service:sign-in"


def start_sign_in(ctx: Context, *, email: str, browser: str, address: str | None) -> None:
    """Send a sign-in code to an e-mail address, if someone has it.

    Args:
        ctx: the service.
        email: *personal*; as typed.
        browser: the random token of the browser, to which the code is bound.
        address: *personal*; network address for the rate limit; None is not limited.

    Raises:
        FormError: it is not an e-mail address; nothing was stored.
        RateLimitedError: too many sign-ins from this address, or codes to this e-mail, in this hour.

    Effects:
        Durable on return, together: the ledger entry of the look-up, the code, the mail in the outbox. The same rows
        are written where no one has the address; that mail goes nowhere.
    """
    now = ctx.clock.now()
    policy = ctx.policies.in_force(ctx.store, now).newest.policy
    value = read_value(_email(policy), email)

    def start(unit: Unit) -> None:
        count_address_in(unit, ctx, "sign_in", address, now)
        count_email_in(unit, ctx, value, now)
        # INVARIANT: from here on the handle alone is used, and it does not tell whether it names anyone.
        handle = ctx.door.look_up_in(unit, field=IndexField.EMAIL, value=value, actor=SIGN_IN)
        code = issue_code_in(unit, ctx, kind=CodeKind.SIGN_IN, subject_id=handle.id, browser=browser, now=now)
        queue_mail_in(unit, ctx, subject_id=handle.id, template=SIGN_IN_CODE, args={"code": code})

    with counting_refusals(ctx):
        ctx.store.write(start)


def _email(policy: Policy) -> Item:
    return next(item for item in policy.items if item.kind is ItemKind.EMAIL)


def confirm_sign_in(
    ctx: Context, *, browser: str, code: str, headers: Mapping[str, str], address: str | None
) -> SignedIn:
    """Sign in with the code that was sent.

    Args:
        ctx: the service.
        browser: the random token of the browser that began.
        code: as typed.
        headers: *personal*; of the request, names in small letters: what the device shows (P5).
        address: *personal*; network address.

    Raises:
        VerificationError: the code is wrong, expired, used, of another browser, or was tried too often; or the account
            is gone. The try counts.
        RateLimitedError: too many codes from this address in this hour.

    Effects:
        Durable on return, together: the code is used up, session and ledger entries stand.
    """
    now = ctx.clock.now()

    def confirm(unit: Unit) -> SignedIn | RefusedCode:
        row = spend_code_in(unit, ctx, kind=CodeKind.SIGN_IN, browser=browser, typed=code, address=address, now=now)
        if isinstance(row, RefusedCode):
            return row
        subject = unit.subjects.get(row.subject_id or "")
        if subject is None or subject.state is not SubjectState.ACTIVE:
            raise VerificationError(EXPIRED)
        return open_session_in(
            unit, ctx, subject_id=subject.id, browser=browser, headers=headers, address=address, now=now
        )

    with counting_refusals(ctx):
        confirmed = ctx.store.write(confirm)
    if isinstance(confirmed, RefusedCode):
        raise refused_code(ctx, confirmed)
    return confirmed
