"""Accounts of staff: invited by a one-time link, begun by whoever has it, given roles, ended.

A member of staff is a subject like any other. Their name and e-mail address are declared items in the vault, collected
from themselves; what the ledger and the sign-in know is a random work name, the pseudonym.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, DeniedError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.staff.one_time import PSEUDONYM_BYTES, pseudonym
from camket.core.staff.passwords import find_problem
from camket.core.staff.roles import Role, read_roles, role_words
from camket.core.terms import Source, SubjectState
from camket.rows import SubjectRow
from camket.rows.staff import StaffInvitationRow, StaffRow, StaffStage
from camket.services.access import SUBJECT
from camket.services.erasure import ERASE_JOB, erasure_key
from camket.services.forms import FieldSpec, FormError, read_form
from camket.services.ids import random_id
from camket.services.sessions import TOKEN_BYTES, token_hash
from camket.services.staff_credentials import has_factor, password_hash
from camket.services.staff_sessions import open_staff_session_in, staff_actor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.policy.model import Item, Policy
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

NAME: Final = "staff.name"
EMAIL: Final = "staff.email"
PASSWORD: Final = "password"  # noqa: S105 - the name of a field, not its value
PROTECT: Final = "protect"
"""What the names of staff are read for by those who give them roles."""
OPERATOR: Final = "service:operator"
"""Who acts for the machine's own command line."""
INVITATION_LIFETIME: Final = timedelta(hours=24)
LAST_ADMIN: Final = "someone has to be left who can invite staff: give another one the role `admin` first"
NO_INVITATION: Final = "there is no such invitation: it was used, withdrawn, or has expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """A new invitation.

    Args:
        token: the secret of the link; it is nowhere else.
        roles: that come with it.
        expires_at: aware; good until, exclusive.
    """

    token: str = field(repr=False)
    roles: frozenset[Role]
    expires_at: datetime

    @property
    def path(self) -> str:
        """Where the link leads, without the service's address."""
        return f"/officer/join/{self.token}"


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationView:
    """An invitation that waits.

    Args:
        id: names it; opens nothing.
        invited_by: pseudonym of who invited; None for the machine's own operator.
    """

    id: str
    roles: frozenset[Role]
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


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
    return tuple(item for item in policy.items if item.id in {NAME, EMAIL})


def invite_staff(ctx: Context, *, roles: frozenset[Role], by: StaffSession | None = None) -> Invited:
    """Make a one-time link with which someone begins an account of staff.

    Args:
        ctx: the service.
        roles: that come with it, at least one.
        by: who invites; None for the machine's own operator, whose new link takes the place of the one before.

    Raises:
        DeniedError: who invites is no administrator any more.
        InvalidValueError: no role was named.

    Effects:
        The invitation and its ledger entry are durable together. Twice makes two links.
    """
    now = ctx.clock.now()
    given = read_roles(roles)
    token = base64.urlsafe_b64encode(ctx.entropy.token(TOKEN_BYTES)).decode().rstrip("=")

    def invite(unit: Unit) -> None:
        if by is None:
            _withdraw_of_machine_in(unit, now)
        else:
            require_admin_in(unit, by)
        unit.staff.invitations.add(
            StaffInvitationRow(
                id=random_id(ctx.entropy),
                token_hash=token_hash(token),
                roles=role_words(given),
                invited_by=None if by is None else by.pseudonym,
                created_at=now,
                expires_at=now + INVITATION_LIFETIME,
            )
        )
        ctx.door.record_in(unit, actor=_actor(by), action=LedgerAction.STAFF)

    ctx.store.write(invite)
    return Invited(token=token, roles=given, expires_at=now + INVITATION_LIFETIME)


def invite_first_admin(ctx: Context) -> Invited | None:
    """Make the link for the first administrator where there is no staff yet; None where there is, or a link waits.

    Effects:
        As `invite_staff`. On many nodes that start at once, the newest link is good.
    """
    now = ctx.clock.now()

    def needed(unit: Unit) -> bool:
        waiting = any(one.invited_by is None for one in unit.staff.invitations.waiting(now))
        return not waiting and not unit.staff.everyone()

    return invite_staff(ctx, roles=frozenset({Role.ADMIN})) if ctx.store.read(needed) else None


def _withdraw_of_machine_in(unit: Unit, now: datetime) -> None:
    for one in unit.staff.invitations.waiting(now):
        if one.invited_by is None:
            unit.staff.invitations.delete(one.id)


def require_admin_in(unit: Unit, by: StaffSession) -> None:
    """Refuse who is no administrator any more, in the unit of work of the effect.

    Raises:
        DeniedError: their account has ended, or the role was taken from them.
    """
    # INVARIANT: the role is read in the transaction of what it allows.
    member = unit.staff.get(by.subject_id)
    if member is None or Role.ADMIN.value not in member.roles:
        raise DeniedError("only administrators may do this")


def _actor(by: StaffSession | None) -> str:
    return OPERATOR if by is None else by.actor


def find_invitation(ctx: Context, token: str) -> InvitationView:
    """Return the invitation of a link; nothing is changed, so that no scanner of mails uses it up.

    Raises:
        NotFoundError: it was used, withdrawn or has expired; the three are not told apart.
    """
    now = ctx.clock.now()
    return _invitation_view(ctx.store.read(lambda unit: _invitation_in(unit, token, now)))


def _invitation_in(unit: Unit, token: str, now: datetime) -> StaffInvitationRow:
    row = unit.staff.invitations.by_token(token_hash(token))
    if row is None or row.expires_at <= now:
        raise NotFoundError(NO_INVITATION)
    return row


def _invitation_view(row: StaffInvitationRow) -> InvitationView:
    return InvitationView(
        id=row.id,
        roles=read_roles(row.roles),
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def withdraw_invitation(ctx: Context, by: StaffSession, invitation_id: str) -> None:
    """Take an invitation back; twice is refused.

    Raises:
        DeniedError: who asks is no administrator any more.
        NotFoundError: it was used, or withdrawn before.

    Effects:
        The end of the link and its ledger entry are durable together.
    """

    def withdraw(unit: Unit) -> None:
        require_admin_in(unit, by)
        if not unit.staff.invitations.delete(invitation_id):
            raise NotFoundError(NO_INVITATION)
        ctx.door.record_in(unit, actor=by.actor, action=LedgerAction.STAFF)

    ctx.store.write(withdraw)


def joining_form(ctx: Context) -> tuple[FieldSpec, ...]:
    """Return what whoever begins an account is asked about themselves: what the policy declares for staff."""
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    return tuple(FieldSpec.of(item) for item in staff_items(policy))


def join_staff(ctx: Context, *, token: str, fields: Mapping[str, str], language: Language) -> str:
    """Begin an account of staff with a one-time link.

    Args:
        ctx: the service.
        token: of the link.
        fields: *personal*; field name -> text as typed: those of `joining_form`, and `password`.
        language: what the person reads.

    Returns:
        The token of a session in which the second factor is to be set up.

    Raises:
        NotFoundError: the link was used, withdrawn or has expired; nothing was stored.
        FormError: with a problem for each field that is refused; nothing was stored, and the link is still good.
        ConflictError: another version of the policy came into force in this very moment; nothing was stored.

    Effects:
        Durable on return, together: the link is used up, the subject, their values sealed, the account, the ledger
        entry, the session.
    """
    find_invitation(ctx, token)
    now = ctx.clock.now()
    newest = ctx.policies.in_force(ctx.store, now).newest
    values, password = _read_joining(newest.policy, fields)
    kept = password_hash(ctx, password)
    subject_id = random_id(ctx.entropy)
    # INVARIANT: the key store is written before the row that needs it; keys without a subject do no harm.
    keys = ctx.keys.add_subject_keys(subject_id)

    def join(unit: Unit) -> str:
        invitation = _invitation_in(unit, token, now)
        unit.staff.invitations.delete(invitation.id)
        unit.installation.set_key_generation(keys.generation)
        subject = _subject(subject_id, newest.number, language, now)
        add_member_in(unit, ctx, subject=subject, values=values, roles=read_roles(invitation.roles), password_hash=kept)
        return open_staff_session_in(unit, ctx, subject_id=subject_id, stage=StaffStage.ENROL, now=now)

    return ctx.store.write(join)


def _read_joining(policy: Policy, fields: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the values and the password of a form, or all of its problems at once."""
    typed = {name: text for name, text in fields.items() if name != PASSWORD}
    password = fields.get(PASSWORD, "")
    wrong = find_problem(password, personal=tuple(typed.values()))
    problems = {} if wrong is None else {PASSWORD: wrong}
    values: dict[str, str] = {}
    try:
        values = read_form(staff_items(policy), typed)
    except FormError as error:
        problems = error.problems | problems
    if problems:
        raise FormError(problems)
    return values, password


def _subject(subject_id: str, version: int, language: Language, now: datetime) -> SubjectRow:
    return SubjectRow(
        id=subject_id,
        state=SubjectState.ACTIVE,
        joined_version=version,
        joined_at=now,
        confirmed_at=now,
        erased_at=None,
        language=language,
        gpc_signalled_at=None,
        gpc_overridden_at=None,
        facts_revision=0,
    )


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


def list_staff(ctx: Context, by: StaffSession) -> tuple[tuple[MemberView, ...], tuple[InvitationView, ...]]:
    """Return all staff by when they came, and the invitations that wait.

    Raises:
        DeniedError: who asks is no administrator any more.

    Effects:
        Reading the names is on record, purpose `protect`, and each sees it among the uses of their own data.
    """
    now = ctx.clock.now()

    def look(unit: Unit) -> tuple[tuple[StaffRow, ...], tuple[StaffInvitationRow, ...]]:
        require_admin_in(unit, by)
        return unit.staff.everyone(), unit.staff.invitations.waiting(now)

    rows, waiting = ctx.store.read(look)
    policy = ctx.policies.in_force(ctx.store, now).newest.policy
    items = tuple(item.id for item in staff_items(policy))
    names = _names(ctx, by, tuple(row.subject_id for row in rows), items)
    members = tuple(
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
    return members, tuple(_invitation_view(one) for one in waiting)


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
        The roles and their ledger entry are durable together.
    """
    given = read_roles(roles)

    def give(unit: Unit) -> None:
        require_admin_in(unit, by)
        member = _require_other_admin_in(unit, name, stays=Role.ADMIN in given)
        unit.staff.set_roles(member.subject_id, role_words(given))
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
        Durable on return, together: account, credentials and sessions are gone, the erasure is queued, and it is on
        record.
    """

    def revoke(unit: Unit) -> None:
        if by is not None:
            require_admin_in(unit, by)
        member = _require_other_admin_in(unit, name, stays=False)
        unit.staff.delete(member.subject_id)
        _record_in(unit, ctx, _actor(by), member)
        args = {"subject": member.subject_id}
        unit.jobs.enqueue(ERASE_JOB, args, run_at=ctx.clock.now(), dedupe_key=erasure_key(member.subject_id))

    ctx.store.write(revoke)


def _require_other_admin_in(unit: Unit, name: str, *, stays: bool) -> StaffRow:
    """Return the member that a pseudonym names, unless no administrator would be left.

    `stays` says that they are an administrator afterwards too.
    """
    everyone = unit.staff.everyone()
    member = next((one for one in everyone if one.pseudonym == name), None)
    if member is None:
        raise NotFoundError("there is no such member of staff")
    # INVARIANT: those who count administrators run one after another (`StaffQueries`), so that one is always left.
    others = [one for one in everyone if one is not member and Role.ADMIN.value in one.roles]
    if Role.ADMIN.value in member.roles and not stays and not others:
        raise ConflictError(LAST_ADMIN)
    return member


def _record_in(unit: Unit, ctx: Context, actor: str, member: StaffRow) -> None:
    ctx.door.record_in(unit, actor=actor, action=LedgerAction.STAFF, subject_id=member.subject_id)
