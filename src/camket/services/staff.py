"""Accounts of staff: begun on an invitation (`camket.services.staff_invitations`), given roles, ended.

A member of staff is a subject like any other. Their name and e-mail address are declared items in the vault, collected
from themselves; what the ledger and the sign-in know is a random work name, the pseudonym.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, DeniedError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.staff.one_time import PSEUDONYM_BYTES, pseudonym
from camket.core.staff.roles import Role, read_roles, role_words
from camket.core.terms import Source
from camket.rows import SubjectRow
from camket.rows.staff import StaffRow
from camket.services.access import SUBJECT
from camket.services.desk_acts import ASSIGNABLE
from camket.services.erasure import ERASE_JOB, erasure_key
from camket.services.released_requests import release_all_in
from camket.services.staff_credentials import has_factor
from camket.services.staff_sessions import staff_actor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.policy.model import Item, Policy
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

NAME: Final = "staff.name"
EMAIL: Final = "staff.email"
STAFF_ITEMS: Final = frozenset({NAME, EMAIL})
"""What is asked of staff alone, and of no customer."""
PROTECT: Final = "protect"
"""What the names of staff are read for by those who give them roles."""
OPERATOR: Final = "service:operator"
"""Who acts for the machine's own command line."""
NO_MEMBER: Final = "there is no such member of staff"
LAST_ADMIN: Final = "someone has to be left who can invite staff: give another one the role `admin` first"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """A work account without anything about whose it is.

    Args:
        enrolled: its owner has set up a second factor.
    """

    pseudonym: str
    roles: frozenset[Role]
    since: datetime
    enrolled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberView:
    """A member of staff as administrators see them.

    Args:
        name: *personal*; empty where the policy declares no such item.
        email: *personal*; empty where the policy declares no such item.
        enrolled: they have set up their second factor.
        current: it is the one that asks.
    """

    pseudonym: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    roles: frozenset[Role]
    since: datetime
    enrolled: bool
    current: bool


def staff_items(policy: Policy) -> tuple[Item, ...]:
    """Return the items that are asked of staff, as far as the policy declares them: name and e-mail address."""
    return tuple(item for item in policy.items if item.id in STAFF_ITEMS)


def require_admin_in(unit: Unit, by: StaffSession) -> None:
    """Refuse who is no administrator any more, in the unit of work of the effect.

    Raises:
        DeniedError: their account has ended, or the role was taken from them.
    """
    # INVARIANT: the role is read in the transaction of what it allows.
    member = unit.staff.get(by.subject_id)
    if member is None or Role.ADMIN.value not in member.roles:
        raise DeniedError("only administrators may do this")


def acting(by: StaffSession | None) -> str:
    """Return who acts, as door and ledger want it."""
    return OPERATOR if by is None else by.actor


def add_member_in(
    unit: Unit,
    ctx: Context,
    *,
    subject: SubjectRow,
    values: Mapping[str, str],
    roles: frozenset[Role],
    password_hash: str | None,
) -> StaffRow:
    """Store a new member of staff in the caller's unit of work: subject, sealed values, account, ledger entry.

    Raises:
        ConflictError: another version of the policy came into force in this very moment; the unit must not go on.
        AskError: the policy in force does not let the values be collected; the unit must not go on.
        DeniedError: likewise.
    """
    history = ctx.policies.in_force_in(unit, subject.joined_at)
    if history.newest.number != subject.joined_version:
        raise ConflictError("another version of the policy has just come into force; send the form again")
    ctx.door.add_subject_in(unit, subject=subject, history=history)
    if values:
        ctx.door.collect_in(
            unit,
            actor=SUBJECT,
            subject_id=subject.id,
            values=values,
            service=history.newest.policy.registration_service,
            source=Source.PROVIDED,
        ).require()
    member = StaffRow(
        subject_id=subject.id,
        pseudonym=pseudonym(ctx.entropy.token(PSEUDONYM_BYTES)),
        roles=role_words(roles),
        password_hash=password_hash,
        totp_sealed=None,
        totp_step=None,
        created_at=subject.joined_at,
    )
    unit.staff.add(member)
    _record_in(unit, ctx, staff_actor(member.pseudonym), member)
    return member


def list_staff(ctx: Context, by: StaffSession) -> tuple[MemberView, ...]:
    """Return all staff by when they came.

    Raises:
        DeniedError: who asks is no administrator any more.

    Effects:
        Reading the names is on record, purpose `protect`, and each sees it among the uses of their own data.
    """

    def look(unit: Unit) -> tuple[StaffRow, ...]:
        require_admin_in(unit, by)
        return unit.staff.everyone()

    return _member_views(ctx, by, ctx.store.read(look))


def find_member(ctx: Context, by: StaffSession, name: str) -> MemberView:
    """Return the member of staff that a pseudonym names.

    Raises:
        DeniedError: who asks is no administrator any more.
        NotFoundError: there is no such member of staff.

    Effects:
        As `list_staff`, for this member alone.
    """

    def look(unit: Unit) -> StaffRow | None:
        require_admin_in(unit, by)
        return unit.staff.by_pseudonym(name)

    row = ctx.store.read(look)
    if row is None:
        raise NotFoundError(NO_MEMBER)
    return _member_views(ctx, by, (row,))[0]


def _member_views(ctx: Context, by: StaffSession, rows: tuple[StaffRow, ...]) -> tuple[MemberView, ...]:
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    items = tuple(item.id for item in staff_items(policy))
    names = _names(ctx, by, tuple(row.subject_id for row in rows), items)
    return tuple(
        MemberView(
            pseudonym=row.pseudonym,
            name=names.get((row.subject_id, NAME), ""),
            email=names.get((row.subject_id, EMAIL), ""),
            roles=read_roles(row.roles),
            since=row.created_at,
            enrolled=has_factor(row),
            current=row.subject_id == by.subject_id,
        )
        for row in rows
    )


def _names(
    ctx: Context, by: StaffSession, subject_ids: tuple[str, ...], items: tuple[str, ...]
) -> dict[tuple[str, str], str]:
    """Return what each is called, *personal*; nothing of those of whom the gate does not let it be read."""
    if not items:
        return {}
    answers = ctx.door.read_many(actor=by.actor, subject_ids=subject_ids, items=items, purpose=PROTECT)
    return {
        (subject_id, item): answer.first(item) or ""
        for subject_id, answer in answers.items()
        if not isinstance(answer, DeniedError)
        for item in items
    }


def list_accounts(ctx: Context) -> tuple[AccountView, ...]:
    """Return all work accounts by when they began; nothing about their owners is read."""
    rows = ctx.store.read(lambda unit: unit.staff.everyone())
    return tuple(
        AccountView(
            pseudonym=row.pseudonym, roles=read_roles(row.roles), since=row.created_at, enrolled=has_factor(row)
        )
        for row in rows
    )


def give_roles(ctx: Context, by: StaffSession, name: str, roles: frozenset[Role]) -> None:
    """Give a member of staff other roles, with effect at their next request.

    Args:
        ctx: the service.
        by: who gives them.
        name: pseudonym of who gets them.
        roles: all that they have from now on, at least one.

    Raises:
        DeniedError: who asks is no administrator any more.
        NotFoundError: there is no such member of staff.
        ConflictError: no administrator would be left; nothing was changed.
        InvalidValueError: no role was named.

    Effects:
        The roles and their ledger entry are durable together. Who works on requests no more has none of them left.
    """
    given = read_roles(roles)

    def give(unit: Unit) -> None:
        member = _member_in(unit, by, name, stays=Role.ADMIN in given)
        unit.staff.set_roles(member.subject_id, role_words(given))
        if given.isdisjoint(ASSIGNABLE):
            release_all_in(unit, ctx, pseudonym=name, actor=by.actor)
        _record_in(unit, ctx, by.actor, member)

    ctx.store.write(give)


def revoke_staff(ctx: Context, name: str, *, by: StaffSession | None = None) -> None:
    """End an account of staff: it opens nothing from this instant, and what is held about its owner is erased.

    Args:
        ctx: the service.
        name: pseudonym; it stays in the ledger and is never given again.
        by: who ends it; None for the machine's own operator.

    Raises:
        DeniedError: who asks is no administrator any more.
        NotFoundError: there is no such member of staff.
        ConflictError: no administrator would be left; nothing was changed.

    Effects:
        Durable on return, together: account, credentials and sessions are gone, the requests that they worked on are
        nobody's, the erasure is queued, and it is on record.
    """

    def revoke(unit: Unit) -> None:
        member = _member_in(unit, by, name, stays=False)
        unit.staff.delete(member.subject_id)
        release_all_in(unit, ctx, pseudonym=name, actor=acting(by))
        _record_in(unit, ctx, acting(by), member)
        args = {"subject": member.subject_id}
        unit.jobs.enqueue(ERASE_JOB, args, run_at=ctx.clock.now(), dedupe_key=erasure_key(member.subject_id))

    ctx.store.write(revoke)


def _member_in(unit: Unit, by: StaffSession | None, name: str, *, stays: bool) -> StaffRow:
    """Return the member that a pseudonym names, for an administrator, unless none of them would be left.

    Args:
        unit: of the effect.
        by: who asks; None for the machine's own operator.
        name: the pseudonym.
        stays: they are an administrator afterwards too.
    """
    # INVARIANT: those who count administrators run one after another (`StaffQueries`), so that one is always left.
    everyone = unit.staff.everyone()
    if by is not None:
        require_admin_in(unit, by)
    member = next((one for one in everyone if one.pseudonym == name), None)
    if member is None:
        raise NotFoundError(NO_MEMBER)
    others = [one for one in everyone if one is not member and Role.ADMIN.value in one.roles]
    if Role.ADMIN.value in member.roles and not stays and not others:
        raise ConflictError(LAST_ADMIN)
    return member


def _record_in(unit: Unit, ctx: Context, actor: str, member: StaffRow) -> None:
    ctx.door.record_in(unit, actor=actor, action=LedgerAction.STAFF, subject_id=member.subject_id)
