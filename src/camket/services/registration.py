"""Registration: exactly the items that the policy requires, confirmed by a code to the e-mail address (P3).

An address that has an account already takes the same way: a pending subject, the same records, the same answer. Only
the mail, which none but the address's owner reads, says that there is an account, and its code signs in to that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from camket.core.errors import CamketError, ConflictError, InvalidValueError, RateLimitedError, VerificationError
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Source, SubjectState
from camket.rows import CodeKind, SubjectRow
from camket.services.access import SUBJECT
from camket.services.codes import (
    EXPIRED,
    RefusedCode,
    issue_code_in,
    refused_code,
    spend_code_in,
)
from camket.services.erasure import erase_unconfirmed_in
from camket.services.forms import FieldSpec, read_form
from camket.services.limits import count_tries_in, remembering_spent, tries_of
from camket.services.outbox import queue_mail_in
from camket.services.refusals import counting_refusals
from camket.services.sessions import SignedIn, open_session_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from camket.core.policy.model import Policy
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.services.context import Context

T = TypeVar("T")

REGISTRATION_CODE: Final = "registration_code"
TRIES_ON_CONFLICT: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A registration that waits for its code; the same for a known address and a new one.

    Args:
        expires_at: aware; the registration is erased if it is not confirmed by then.
    """

    expires_at: datetime


def registration_form(ctx: Context) -> tuple[FieldSpec, ...]:
    """Return the fields of the registration: the items that the policy in force requires, in its order."""
    history = ctx.policies.in_force(ctx.store, ctx.clock.now())
    return tuple(FieldSpec.of(item) for item in history.newest.policy.registration_items)


def email_item(policy: Policy) -> str:
    """Return the id of the registration item that holds the e-mail address.

    Raises:
        InvalidValueError: the policy requires none; no one could confirm a registration.
    """
    for item in policy.registration_items:
        if item.kind is ItemKind.EMAIL:
            return item.id
    raise InvalidValueError("the policy requires no e-mail address, so no registration can be confirmed")


def start_registration(
    ctx: Context, *, fields: Mapping[str, str], language: Language, browser: str, address: str | None
) -> Started:
    """Begin a registration and send a code to its e-mail address.

    Args:
        ctx: the service.
        fields: *personal*; field name -> text as typed.
        language: what the person reads; the mail is written in it.
        browser: the random token of the browser, to which the code is bound.
        address: *personal*; network address for the rate limit; None is not limited.

    Raises:
        FormError: with a problem for each field that is refused; nothing was stored.
        RateLimitedError: too many registrations from this address, or codes to this e-mail, in this hour.

        ConflictError: another version of the policy came into force in this very moment; nothing was stored.

    Effects:
        Durable on return, together: a pending subject, their values sealed, the ledger entry, the code, the mail in the
        outbox. Twice makes two pending subjects, of which one can be confirmed.
    """
    now = ctx.clock.now()
    newest = ctx.policies.in_force(ctx.store, now).newest
    with counting_refusals(ctx):
        values = read_form(newest.policy.registration_items, fields)
        email = values[email_item(newest.policy)]
        tries = tries_of(ctx, "register", address=address, email=email)
        with remembering_spent(ctx, tries, now):
            new = ctx.spare_keys.take(ctx.keys, ctx.entropy, now)
            subject = _pending(new.id, newest.number, language, now)

            def start(unit: Unit) -> None:
                count_tries_in(unit, tries, now)
                if ctx.spare_keys.is_untold(new):
                    unit.installation.set_key_generation(new.generation)
                _add_pending_in(unit, ctx, subject, values)
                code = issue_code_in(unit, ctx, kind=CodeKind.REGISTER, subject_id=new.id, browser=browser, now=now)
                queue_mail_in(unit, ctx, subject_id=new.id, template=REGISTRATION_CODE, args={"code": code})

            try:
                ctx.store.write(start)
            except RateLimitedError:
                ctx.spare_keys.give_back(new)
                raise
            ctx.spare_keys.told(new)
    return Started(expires_at=now + unconfirmed_time(newest.policy))


def _add_pending_in(unit: Unit, ctx: Context, subject: SubjectRow, values: Mapping[str, str]) -> None:
    history = ctx.policies.in_force_in(unit, subject.joined_at)
    newest = history.newest
    if newest.number != subject.joined_version:
        raise ConflictError("another version of the policy has just come into force; send the form again")
    standing = ctx.door.add_subject_in(unit, subject=subject, history=history)
    collected = ctx.door.collect_in(
        unit,
        actor=SUBJECT,
        subject_id=subject.id,
        values=values,
        service=newest.policy.registration_service,
        source=Source.PROVIDED,
        standing=standing,
    )
    collected.require()
    ctx.door.index_in(unit, subject_id=subject.id, values=values, history=history)


def _pending(subject_id: str, version: int, language: Language, now: datetime) -> SubjectRow:
    return SubjectRow(
        id=subject_id,
        state=SubjectState.PENDING,
        joined_version=version,
        joined_at=now,
        confirmed_at=None,
        erased_at=None,
        language=language,
        gpc_signalled_at=None,
        gpc_overridden_at=None,
        facts_revision=0,
    )


def confirm_registration(
    ctx: Context, *, browser: str, code: str, headers: Mapping[str, str], address: str | None
) -> SignedIn:
    """Confirm the e-mail address and sign in.

    Args:
        ctx: the service.
        browser: the random token of the browser that began.
        code: as typed.
        headers: *personal*; of the request, names in small letters: what the device shows (P5).
        address: *personal*; network address.

    Returns:
        A session of the new account, or of the account that has this address already.

    Raises:
        VerificationError: the code is wrong, expired, used, of another browser, or was tried too often; or the
            registration is gone. The try counts.
        RateLimitedError: too many codes from this address in this hour.

    Effects:
        Durable on return, together: the account is active and the address its own, the code is used up, session and
        ledger entries stand. Of two that confirm one address at the same time, the second signs in to the first.
    """
    now = ctx.clock.now()

    def confirm(unit: Unit, email: str | None) -> SignedIn | RefusedCode:
        row = spend_code_in(unit, ctx, kind=CodeKind.REGISTER, browser=browser, typed=code, address=address, now=now)
        if isinstance(row, RefusedCode):
            return row
        subject_id = row.subject_id or ""
        found = unit.subjects.with_newest(subject_id)
        if found is None or found[0].state is not SubjectState.PENDING:
            raise VerificationError(EXPIRED)
        subject, newest = found
        if email is None:
            holder = ctx.door.claim_registered_in(unit, subject_id=subject_id)
        else:
            holder = ctx.door.claim_email_in(unit, subject_id=subject_id, email=email)
        if holder is None:
            raise _AddressNeededError(subject_id)
        if holder == subject_id:
            unit.subjects.confirm(subject_id, at=now, joined_version=subject.joined_version)
            history = ctx.policies.in_force_among(unit, newest, now)
            standing = ctx.door.confirmed_in(unit, subject=subject, history=history)
        else:
            erase_unconfirmed_in(unit, ctx, subject_id)
            standing = None
        return open_session_in(
            unit,
            ctx,
            subject_id=holder,
            browser=browser,
            headers=headers,
            address=address,
            now=now,
            confirmed=standing,
        )

    with counting_refusals(ctx):
        try:
            confirmed = again_on_conflict(lambda: ctx.store.write(lambda unit: confirm(unit, None)))
        except _AddressNeededError as needed:
            email = _read_email(ctx, needed.subject_id)
            confirmed = again_on_conflict(lambda: ctx.store.write(lambda unit: confirm(unit, email)))
    if isinstance(confirmed, RefusedCode):
        raise refused_code(ctx, confirmed)
    return confirmed


class _AddressNeededError(CamketError):
    """The index keys are changing, so that the address itself is needed; the unit was undone.

    Args:
        subject_id: whose address.
    """

    def __init__(self, subject_id: str) -> None:
        super().__init__("the address itself is needed")
        self.subject_id = subject_id


def _read_email(ctx: Context, subject_id: str) -> str:
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    item = email_item(policy)
    opened = ctx.door.read(actor=SUBJECT, subject_id=subject_id, items=(item,), purpose=RIGHTS_PURPOSE)
    return opened.first(item) or ""


def again_on_conflict(work: Callable[[], T]) -> T:
    """Run a unit of work again when another one came first: it then sees what that one did.

    Raises:
        ConflictError: it was not first in any of the tries.
    """
    for _ in range(TRIES_ON_CONFLICT - 1):
        try:
            return work()
        except ConflictError:
            continue
    return work()


def unconfirmed_time(policy: Policy) -> timedelta:
    """Return how long a registration waits for its code."""
    return timedelta(hours=policy.unconfirmed_hours)
