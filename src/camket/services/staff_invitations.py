"""Invitations of staff: a one-time link, and the account that whoever has it begins.

Nothing is known of who is invited until they give it themselves.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.staff.passwords import find_problem
from camket.core.staff.roles import Role, read_roles, role_words
from camket.core.terms import SubjectState
from camket.rows import SubjectRow
from camket.rows.staff import StaffInvitationRow, StaffStage
from camket.services.forms import FieldSpec, FormError, read_form
from camket.services.ids import random_id
from camket.services.sessions import TOKEN_BYTES, token_hash
from camket.services.staff import acting, add_member_in, require_admin_in, staff_items
from camket.services.staff_credentials import password_hash
from camket.services.staff_sessions import open_staff_session_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.policy.model import Policy
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

PASSWORD: Final = "password"  # noqa: S105 - the name of a field, not its value
INVITATION_LIFETIME: Final = timedelta(hours=24)
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
        ctx.door.record_in(unit, actor=acting(by), action=LedgerAction.STAFF)

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


def list_invitations(ctx: Context, by: StaffSession) -> tuple[InvitationView, ...]:
    """Return the invitations that wait, newest first.

    Raises:
        DeniedError: who asks is no administrator any more.
    """
    now = ctx.clock.now()

    def look(unit: Unit) -> tuple[StaffInvitationRow, ...]:
        require_admin_in(unit, by)
        return tuple(row for row in unit.staff.invitations.waiting(now) if _stands_in(unit, row))

    return tuple(_invitation_view(row) for row in ctx.store.read(look))


def find_invitation(ctx: Context, token: str) -> InvitationView:
    """Return the invitation of a link; nothing is changed, so that no scanner of mails uses it up.

    Raises:
        NotFoundError: it was used, withdrawn or has expired, or who made it is no administrator any more; these are not
            told apart.
    """
    now = ctx.clock.now()
    return _invitation_view(ctx.store.read(lambda unit: _invitation_in(unit, token, now)))


def _invitation_in(unit: Unit, token: str, now: datetime) -> StaffInvitationRow:
    row = unit.staff.invitations.by_token(token_hash(token))
    if row is None or row.expires_at <= now or not _stands_in(unit, row):
        raise NotFoundError(NO_INVITATION)
    return row


def _stands_in(unit: Unit, row: StaffInvitationRow) -> bool:
    # INVARIANT: a link is worth no more than who made it: whose account or role has ended lets no one in.
    if row.invited_by is None:
        return True
    inviter = unit.staff.by_pseudonym(row.invited_by)
    return inviter is not None and Role.ADMIN.value in inviter.roles


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
        # INVARIANT: of many who take a link at once, the one whose unit takes it away gets the account.
        if not unit.staff.invitations.delete(invitation.id):
            raise NotFoundError(NO_INVITATION)
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
