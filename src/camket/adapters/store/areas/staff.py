"""Staff: accounts, sessions, invitations, recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command, scalar
from camket.adapters.store.tables.staff import staff, staff_invitation, staff_recovery_code, staff_session
from camket.rows.staff import StaffInvitationRow, StaffRow, StaffSessionRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Link

_MEMBER: Final = staff.c.subject_id == bindparam("whose")
_CODES: Final = staff_recovery_code.c.subject_id == bindparam("whose")
_SESSIONS: Final = staff_session.c.subject_id == bindparam("whose")
_SESSION: Final = staff_session.c.id == bindparam("session_id")

ADD: Final = command(sa.insert(staff))
_GET: Final = sa.select(staff).where(_MEMBER)
GET: Final = Query(_GET, StaffRow)
GET_AND_LOCK: Final = Query(_GET.with_for_update(), StaffRow)
BY_PSEUDONYM: Final = Query(sa.select(staff).where(staff.c.pseudonym == bindparam("wanted")), StaffRow)
_EVERYONE: Final = sa.select(staff).order_by(staff.c.created_at, staff.c.subject_id)
EVERYONE: Final = Query(_EVERYONE, StaffRow)
# On PostgreSQL the locks make units on the same staff run one after another; on SQLite every writing unit does.
EVERYONE_AND_LOCK: Final = Query(_EVERYONE.with_for_update(), StaffRow)
SET_ROLES: Final = command(sa.update(staff).where(_MEMBER).values(roles=bindparam("given")))
SET_PASSWORD: Final = command(sa.update(staff).where(_MEMBER).values(password_hash=bindparam("given")))
SET_TOTP: Final = command(sa.update(staff).where(_MEMBER).values(totp_sealed=bindparam("given"), totp_step=sa.null()))
ACCEPT_STEP: Final = command(
    sa.update(staff)
    .where(_MEMBER, sa.or_(staff.c.totp_step.is_(None), staff.c.totp_step < bindparam("step")))
    .values(totp_step=bindparam("step"))
)
DELETE: Final = command(sa.delete(staff).where(_MEMBER))
ADD_CODE: Final = command(sa.insert(staff_recovery_code))
USE_CODE: Final = command(
    sa.delete(staff_recovery_code).where(_CODES, staff_recovery_code.c.code_hash == bindparam("given"))
)
COUNT_CODES: Final[Query[Any]] = Query(
    sa.select(sa.func.count().label("codes")).select_from(staff_recovery_code).where(_CODES), scalar
)
DELETE_CODES: Final = command(sa.delete(staff_recovery_code).where(_CODES))

ADD_SESSION: Final = command(sa.insert(staff_session))
SESSION_BY_TOKEN: Final = Query(
    sa.select(staff_session).where(staff_session.c.token_hash == bindparam("wanted")), StaffSessionRow
)
SESSIONS: Final = Query(
    sa.select(staff_session).where(_SESSIONS).order_by(staff_session.c.last_seen_at.desc(), staff_session.c.id),
    StaffSessionRow,
)
TOUCH: Final = command(sa.update(staff_session).where(_SESSION).values(last_seen_at=bindparam("seen_at")))
COUNT_TRY: Final[Query[Any]] = Query(
    sa.update(staff_session)
    .where(_SESSION, staff_session.c.tries < bindparam("most"))
    .values(tries=staff_session.c.tries + 1)
    .returning(staff_session.c.tries),
    scalar,
)
DELETE_SESSION: Final = command(sa.delete(staff_session).where(_SESSIONS, _SESSION))
DELETE_SESSIONS: Final = command(sa.delete(staff_session).where(_SESSIONS))
DELETE_OTHER_SESSIONS: Final = command(
    sa.delete(staff_session).where(_SESSIONS, staff_session.c.id != bindparam("kept"))
)
SWEEP_SESSIONS: Final = command(sa.delete(staff_session).where(staff_session.c.expires_at < bindparam("before")))

ADD_INVITATION: Final = command(sa.insert(staff_invitation))
INVITATION_BY_TOKEN: Final = Query(
    sa.select(staff_invitation).where(staff_invitation.c.token_hash == bindparam("wanted")), StaffInvitationRow
)
WAITING: Final = Query(
    sa.select(staff_invitation)
    .where(staff_invitation.c.expires_at > bindparam("now"))
    .order_by(staff_invitation.c.created_at.desc(), staff_invitation.c.id),
    StaffInvitationRow,
)
DELETE_INVITATION: Final = command(sa.delete(staff_invitation).where(staff_invitation.c.id == bindparam("invitation")))
SWEEP_INVITATIONS: Final = command(
    sa.delete(staff_invitation).where(staff_invitation.c.expires_at < bindparam("before"))
)


class StaffSessionArea:
    """Queries on the `staff_session` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: StaffSessionRow) -> None:
        """Store a session."""
        ADD_SESSION.run(self._link, **columns_of(row))

    def by_token(self, token_hash: bytes) -> StaffSessionRow | None:
        """Return the session of a token."""
        return SESSION_BY_TOKEN.one(self._link, wanted=token_hash)

    def of_subject(self, subject_id: str) -> tuple[StaffSessionRow, ...]:
        """Return someone's sessions, last seen first."""
        return SESSIONS.all(self._link, whose=subject_id)

    def touch(self, session_id: str, *, seen_at: datetime) -> bool:
        """Remember that a session was seen."""
        return TOUCH.run(self._link, session_id=session_id, seen_at=seen_at) == 1

    def count_try(self, session_id: str, *, limit: int) -> int | None:
        """Count one try and return its number."""
        # INVARIANT: counting and checking are one statement, so that two tries at once are two tries.
        tries: int | None = COUNT_TRY.one(self._link, session_id=session_id, most=limit)
        return tries

    def delete(self, subject_id: str, session_id: str) -> bool:
        """End one session."""
        return DELETE_SESSION.run(self._link, whose=subject_id, session_id=session_id) == 1

    def delete_of_subject(self, subject_id: str, *, except_id: str | None = None) -> int:
        """End someone's sessions, all or all but one."""
        if except_id is None:
            return DELETE_SESSIONS.run(self._link, whose=subject_id)
        return DELETE_OTHER_SESSIONS.run(self._link, whose=subject_id, kept=except_id)

    def sweep(self, *, before: datetime) -> int:
        """Drop sessions that expired before an instant."""
        return SWEEP_SESSIONS.run(self._link, before=before)


class StaffInvitationArea:
    """Queries on the `staff_invitation` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: StaffInvitationRow) -> None:
        """Store an invitation."""
        ADD_INVITATION.run(self._link, **columns_of(row))

    def by_token(self, token_hash: bytes) -> StaffInvitationRow | None:
        """Return the invitation of a token."""
        return INVITATION_BY_TOKEN.one(self._link, wanted=token_hash)

    def waiting(self, now: datetime) -> tuple[StaffInvitationRow, ...]:
        """Return every invitation that has not expired."""
        return WAITING.all(self._link, now=now)

    def delete(self, invitation_id: str) -> bool:
        """Take an invitation away."""
        return DELETE_INVITATION.run(self._link, invitation=invitation_id) == 1

    def sweep(self, *, before: datetime) -> int:
        """Drop invitations that expired before an instant."""
        return SWEEP_INVITATIONS.run(self._link, before=before)


class StaffArea:
    """Queries on the tables `staff` and `staff_recovery_code`."""

    __slots__ = ("_link", "invitations", "sessions")

    def __init__(self, link: Link) -> None:
        self._link = link
        self.sessions = StaffSessionArea(link)
        self.invitations = StaffInvitationArea(link)

    def add(self, row: StaffRow) -> None:
        """Store a new member of staff."""
        ADD.run(self._link, **columns_of(row))

    def get(self, subject_id: str) -> StaffRow | None:
        """Return a member of staff."""
        return (GET_AND_LOCK if self._link.writes else GET).one(self._link, whose=subject_id)

    def by_pseudonym(self, pseudonym: str) -> StaffRow | None:
        """Return who has a pseudonym."""
        return BY_PSEUDONYM.one(self._link, wanted=pseudonym)

    def everyone(self) -> tuple[StaffRow, ...]:
        """Return all staff."""
        return (EVERYONE_AND_LOCK if self._link.writes else EVERYONE).all(self._link)

    def set_roles(self, subject_id: str, roles: Sequence[str]) -> bool:
        """Give other roles."""
        return SET_ROLES.run(self._link, whose=subject_id, given=list(roles)) == 1

    def set_password(self, subject_id: str, password_hash: str | None) -> bool:
        """Keep another password's hash."""
        return SET_PASSWORD.run(self._link, whose=subject_id, given=password_hash) == 1

    def set_totp(self, subject_id: str, sealed: bytes | None) -> bool:
        """Keep another secret of one-time passwords."""
        return SET_TOTP.run(self._link, whose=subject_id, given=sealed) == 1

    def accept_step(self, subject_id: str, step: int) -> bool:
        """Take note that a one-time password was accepted."""
        # INVARIANT: comparing and noting are one statement, so that one password used twice at once is used once.
        return ACCEPT_STEP.run(self._link, whose=subject_id, step=step) == 1

    def delete(self, subject_id: str) -> bool:
        """Drop a member of staff with their sessions and recovery codes."""
        DELETE_CODES.run(self._link, whose=subject_id)
        DELETE_SESSIONS.run(self._link, whose=subject_id)
        return DELETE.run(self._link, whose=subject_id) == 1

    def add_recovery_codes(self, subject_id: str, code_hashes: Sequence[bytes]) -> None:
        """Put new recovery codes in the place of those that were there."""
        DELETE_CODES.run(self._link, whose=subject_id)
        for code_hash in code_hashes:
            ADD_CODE.run(self._link, subject_id=subject_id, code_hash=code_hash)

    def use_recovery_code(self, subject_id: str, code_hash: bytes) -> bool:
        """Use up a recovery code."""
        return USE_CODE.run(self._link, whose=subject_id, given=code_hash) == 1

    def count_recovery_codes(self, subject_id: str) -> int:
        """Return how many recovery codes are left."""
        return int(COUNT_CODES.only(self._link, whose=subject_id))
