"""What a member of staff holds in their own hands: their data as a subject, and correcting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import NotFoundError, VerificationError
from camket.core.terms import Source
from camket.services.access import SUBJECT
from camket.services.forms import FieldSpec, read_value
from camket.services.sessions import Session
from camket.services.staff import staff_items
from camket.services.staff_signin import WRONG_FACTOR, accept_fresh_password_in

if TYPE_CHECKING:
    from camket.core.policy.model import Item
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession


def as_subject(session: StaffSession) -> Session:
    """Return the same person as the use cases of subjects know them: to see their own data, uses and log."""
    return Session(
        id=session.id,
        subject_id=session.subject_id,
        language=session.language,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        device_id=None,
    )


def correction_field(ctx: Context, item: str) -> FieldSpec:
    """Return the field in which staff correct one of their values.

    Raises:
        NotFoundError: it is not asked of staff.
    """
    return FieldSpec.of(_item(ctx, item))


def correct_own(ctx: Context, session: StaffSession, *, item: str, typed: str, code: str) -> None:
    """Put a corrected value in the place of what a member of staff gave before (P13), on a one-time password (P14).

    Args:
        ctx: the service.
        session: signed in.
        item: id of the item.
        typed: *personal*; as typed.
        code: a one-time password that was not used before.

    Raises:
        NotFoundError: the item is not asked of staff; nothing was changed.
        FormError: the value is not one of the item's kind; nothing was changed.
        VerificationError: the one-time password is wrong or was used; nothing was changed, and the try counts.
        RateLimitedError: too many tries in this hour.
        DeniedError: the gate said no; nothing was changed, and the refusal is on record.

    Effects:
        The old value is gone and the new one held, durable together with their ledger entries.
    """
    declared = _item(ctx, item)
    value = read_value(declared, typed)
    now = ctx.clock.now()

    def correct(unit: Unit) -> bool:
        if not accept_fresh_password_in(unit, ctx, session, code, now):
            return False
        held = [row.id for row in unit.values.of_subject(session.subject_id, (declared.id,))]
        if held:
            ctx.door.erase_in(unit, subject_id=session.subject_id, row_ids=held).require()
        ctx.door.collect_in(
            unit,
            actor=SUBJECT,
            subject_id=session.subject_id,
            values={declared.id: value},
            service=declared.collected[0].service,
            source=Source.PROVIDED,
        ).require()
        return True

    if not ctx.store.write(correct):
        raise VerificationError(WRONG_FACTOR)


def _item(ctx: Context, item: str) -> Item:
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    for declared in staff_items(policy):
        if declared.id == item:
            return declared
    raise NotFoundError("there is nothing of this kind to correct")
