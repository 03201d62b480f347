"""Sessions of staff: short, in a table and a cookie of their own, and good for nothing before the second factor.

A session's token is 256 random bits that only the browser has; what is kept is its SHA-256. Each step of signing in
ends the session of the step before and gives a new token, so that no token grows into more than it was given for.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.staff.roles import Role, read_roles
from camket.core.terms import RIGHTS_PURPOSE, SubjectState
from camket.rows.staff import StaffSessionRow, StaffStage
from camket.services.access_core import STAFF
from camket.services.ids import random_id
from camket.services.sessions import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.services.context import Context

IDLE: Final = timedelta(minutes=30)
"""A session that is not used for this long ends."""
ABSOLUTE: Final = timedelta(hours=12)
"""A session ends this long after signing in, however much it is used."""
HALF_WAY: Final = timedelta(minutes=10)
"""How long the second factor may take."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is remembered when a session was last seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffSession:
    """Who of the staff is signed in, or on the way to it.

    Args:
        id: names the session to its owner; opens nothing.
        subject_id: of the same person as a subject.
        pseudonym: what the ledger calls them.
        roles: what they may do now, read anew for each request; at least one.
        stage: how far signing in has come; only `full` opens pages.
        language: what they read.
        created_at: aware.
        last_seen_at: aware; exact to the minute.
        expires_at: aware; good until, exclusive.
    """

    id: str
    subject_id: str
    pseudonym: str
    roles: frozenset[Role]
    stage: StaffStage
    language: Language
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime

    @property
    def actor(self) -> str:
        """Who acts, as door and ledger want it: `staff:pseudonym`."""
        return staff_actor(self.pseudonym)

    @property
    def signed_in(self) -> bool:
        """Every step of signing in is passed."""
        return self.stage is StaffStage.FULL

    def has(self, *roles: Role) -> bool:
        """Say whether they have one of the roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffSessionView:
    """A session as its owner sees it.

    Args:
        current: it is the one that asks.
    """

    id: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def staff_actor(pseudonym: str) -> str:
    """Return who acts, as door and ledger want it."""
    return f"{STAFF}{pseudonym}"


def open_staff_session_in(unit: Unit, ctx: Context, *, subject_id: str, stage: StaffStage, now: datetime) -> str:
    """Begin a session in the caller's unit of work and return its token, which is nowhere else.

    Args:
        unit: the session stands when this unit is durable.
        ctx: the service.
        subject_id: of a member of staff.
        stage: how far they have come; the last one is on record.
        now: aware.
    """
    token = base64.urlsafe_b64encode(ctx.entropy.token(TOKEN_BYTES)).decode().rstrip("=")
    full = stage is StaffStage.FULL
    unit.staff.sessions.add(
        StaffSessionRow(
            token_hash=token_hash(token),
            id=random_id(ctx.entropy),
            subject_id=subject_id,
            stage=stage,
            tries=0,
            created_at=now,
            last_seen_at=now,
            expires_at=now + (ABSOLUTE if full else HALF_WAY),
        )
    )
    if full:
        _record_in(unit, ctx, subject_id)
    return token


def _record_in(unit: Unit, ctx: Context, subject_id: str) -> None:
    row = unit.staff.get(subject_id)
    if row is None:
        raise NotFoundError("there is no such member of staff")
    ctx.door.record_in(
        unit,
        actor=staff_actor(row.pseudonym),
        action=LedgerAction.SESSION,
        subject_id=subject_id,
        purpose=RIGHTS_PURPOSE,
    )


def find_staff_session(ctx: Context, token: str) -> StaffSession | None:
    """Return who a token is for, whatever the stage; None where it is no one's, has expired, or its owner is gone.

    Effects:
        That a session was seen is written once a minute.
    """
    now = ctx.clock.now()
    found = ctx.store.read(lambda unit: _look(unit, token, now))
    if found is not None and found.signed_in and now - found.last_seen_at >= SEEN_EVERY:
        ctx.store.write(lambda unit: unit.staff.sessions.touch(found.id, seen_at=now))
    return found


def _look(unit: Unit, token: str, now: datetime) -> StaffSession | None:
    row = unit.staff.sessions.by_token(token_hash(token))
    if row is None or not is_good(row, now):
        return None
    # INVARIANT: roles are read with the session, so that one that was taken away opens nothing from then on.
    member = unit.staff.get(row.subject_id)
    subject = unit.subjects.get(row.subject_id)
    if member is None or subject is None or subject.state is not SubjectState.ACTIVE:
        return None
    return StaffSession(
        id=row.id,
        subject_id=row.subject_id,
        pseudonym=member.pseudonym,
        roles=read_roles(member.roles),
        stage=row.stage,
        language=subject.language,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=min(row.expires_at, row.last_seen_at + IDLE),
    )


def is_good(row: StaffSessionRow, now: datetime) -> bool:
    """Say whether a session has neither ended nor been left alone for too long."""
    return now < row.expires_at and now < row.last_seen_at + IDLE


def list_staff_sessions(ctx: Context, session: StaffSession) -> tuple[StaffSessionView, ...]:
    """Return every session in which the same person is signed in, last seen first; the one that asks is marked."""
    now = ctx.clock.now()
    rows = ctx.store.read(lambda unit: unit.staff.sessions.of_subject(session.subject_id))
    return tuple(
        StaffSessionView(
            id=row.id, created_at=row.created_at, last_seen_at=row.last_seen_at, current=row.id == session.id
        )
        for row in rows
        if row.stage is StaffStage.FULL and is_good(row, now)
    )


def end_staff_session(ctx: Context, session: StaffSession, session_id: str) -> None:
    """End one of one's own sessions at once, the one that asks or another; twice is refused.

    Raises:
        NotFoundError: it is not theirs, or has ended.

    Effects:
        The end and its ledger entry are durable together.
    """

    def end(unit: Unit) -> None:
        if not unit.staff.sessions.delete(session.subject_id, session_id):
            raise NotFoundError("there is no such session")
        _record_in(unit, ctx, session.subject_id)

    ctx.store.write(end)
