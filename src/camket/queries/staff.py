"""Staff: accounts, sessions, invitations, recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.rows.staff import StaffInvitationRow, StaffRow, StaffSessionRow


class StaffSessionQueries(Protocol):
    """Sessions of staff."""

    def add(self, row: StaffSessionRow) -> None:
        """Store a session."""
        ...

    def by_token(self, token_hash: bytes) -> StaffSessionRow | None:
        """Return the session of a token, expired or not."""
        ...

    def of_subject(self, subject_id: str) -> tuple[StaffSessionRow, ...]:
        """Return someone's sessions, last seen first, whatever their stage."""
        ...

    def touch(self, session_id: str, *, seen_at: datetime) -> bool:
        """Remember that a session was seen; False when it is gone."""
        ...

    def count_try(self, session_id: str, *, limit: int) -> int | None:
        """Count one try and return its number, from 1; None when `limit` tries were counted or the session is gone."""
        ...

    def delete(self, subject_id: str, session_id: str) -> bool:
        """End one session; False when it is not theirs or gone."""
        ...

    def delete_of_subject(self, subject_id: str, *, except_id: str | None = None) -> int:
        """End someone's sessions, all or all but one; return how many."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop sessions that expired before an instant; return how many."""
        ...


class StaffInvitationQueries(Protocol):
    """Invitations that wait."""

    def add(self, row: StaffInvitationRow) -> None:
        """Store an invitation."""
        ...

    def by_token(self, token_hash: bytes) -> StaffInvitationRow | None:
        """Return the invitation of a token, expired or not."""
        ...

    def waiting(self, now: datetime) -> tuple[StaffInvitationRow, ...]:
        """Return every invitation that has not expired, newest first."""
        ...

    def delete(self, invitation_id: str) -> bool:
        """Take an invitation away; False when it was taken, withdrawn or never there."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop invitations that expired before an instant; return how many."""
        ...


class StaffQueries(Protocol):
    """Who works for the operator. In a writing unit, reading them keeps other units from changing them."""

    @property
    def sessions(self) -> StaffSessionQueries:
        """Their sessions."""
        ...

    @property
    def invitations(self) -> StaffInvitationQueries:
        """Invitations that wait."""
        ...

    def add(self, row: StaffRow) -> None:
        """Store a new member of staff; a pseudonym that is taken is a `ConflictError`."""
        ...

    def get(self, subject_id: str) -> StaffRow | None:
        """Return a member of staff."""
        ...

    def by_pseudonym(self, pseudonym: str) -> StaffRow | None:
        """Return who has a pseudonym."""
        ...

    def everyone(self) -> tuple[StaffRow, ...]:
        """Return all staff, by when they came."""
        ...

    def set_roles(self, subject_id: str, roles: Sequence[str]) -> bool:
        """Give other roles; False when there is no such member."""
        ...

    def set_password(self, subject_id: str, password_hash: str | None) -> bool:
        """Keep another password's hash; False when there is no such member."""
        ...

    def set_totp(self, subject_id: str, sealed: bytes | None) -> bool:
        """Keep another secret of one-time passwords, of which none was accepted yet; False when there is no one."""
        ...

    def accept_step(self, subject_id: str, step: int) -> bool:
        """Take note that a one-time password was accepted; False when its time step, or a later one, was before."""
        ...

    def delete(self, subject_id: str) -> bool:
        """Drop a member of staff with their sessions and recovery codes; False when there was none."""
        ...

    def add_recovery_codes(self, subject_id: str, code_hashes: Sequence[bytes]) -> None:
        """Put new recovery codes in the place of those that were there."""
        ...

    def use_recovery_code(self, subject_id: str, code_hash: bytes) -> bool:
        """Use up a recovery code; False when it is none of theirs, or was used."""
        ...

    def count_recovery_codes(self, subject_id: str) -> int:
        """Return how many recovery codes are left."""
        ...
