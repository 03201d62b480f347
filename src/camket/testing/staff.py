"""Staff for tests: an account as if it had been begun by a link, and a browser's token as if it had signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.terms import Language, SubjectState
from camket.rows import SubjectRow
from camket.rows.staff import StaffStage
from camket.services.ids import random_id
from camket.services.staff import EMAIL, NAME, add_member_in, staff_items
from camket.services.staff_credentials import new_factor, password_hash
from camket.services.staff_sessions import open_staff_session_in

if TYPE_CHECKING:
    from camket.core.staff.roles import Role
    from camket.ports import Unit
    from camket.rows.staff import StaffRow
    from camket.services.context import Context

STAFF_PASSWORD: Final = "giấy dán tường xanh lục"  # noqa: S105 - of tests alone


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedInStaff:
    """A member of staff of a test.

    Args:
        token: of a session, signed in; for the cookie `camket_staff`.
    """

    subject_id: str
    pseudonym: str
    token: str

    @property
    def actor(self) -> str:
        """What the ledger calls them."""
        return f"staff:{self.pseudonym}"


def add_staff(ctx: Context, *roles: Role, name: str = "Alice", password: bool = False) -> SignedInStaff:
    """Add a member of staff with a second factor, and sign them in.

    Args:
        ctx: the service.
        roles: theirs, at least one.
        name: of the person.
        password: they have `STAFF_PASSWORD`; making its hash takes a while, and most tests sign in without.
    """
    now = ctx.clock.now()
    newest = ctx.policies.in_force(ctx.store, now).newest
    subject_id = random_id(ctx.entropy)
    keys = ctx.keys.add_subject_keys(subject_id)
    subject = SubjectRow(
        id=subject_id,
        state=SubjectState.ACTIVE,
        joined_version=newest.number,
        joined_at=now,
        confirmed_at=now,
        erased_at=None,
        language=Language.VI,
        gpc_signalled_at=None,
        gpc_overridden_at=None,
        facts_revision=0,
    )
    given = {NAME: name, EMAIL: f"{name.split(maxsplit=1)[0].lower()}@work.example"}
    values = {item.id: given[item.id] for item in staff_items(newest.policy)}
    kept = password_hash(ctx, STAFF_PASSWORD) if password else None
    sealed = new_factor(ctx, subject_id)

    def add(unit: Unit) -> tuple[StaffRow, str]:
        unit.installation.set_key_generation(keys.generation)
        member = add_member_in(unit, ctx, subject=subject, values=values, roles=frozenset(roles), password_hash=kept)
        unit.staff.set_totp(subject_id, sealed)
        unit.staff.accept_step(subject_id, 0)
        return member, open_staff_session_in(unit, ctx, subject_id=subject_id, stage=StaffStage.FULL, now=now)

    member, token = ctx.store.write(add)
    return SignedInStaff(subject_id=subject_id, pseudonym=member.pseudonym, token=token)
