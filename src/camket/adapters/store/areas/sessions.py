"""Sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables import session as table
from camket.rows import SessionRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link

_THIS: Final = table.c.id == bindparam("session_id")
_THEIRS: Final = table.c.subject_id == bindparam("whose")

ADD: Final = command(sa.insert(table))
BY_TOKEN: Final = Query(sa.select(table).where(table.c.token_hash == bindparam("wanted")), SessionRow)
OF_SUBJECT: Final = Query(sa.select(table).where(_THEIRS).order_by(table.c.last_seen_at.desc(), table.c.id), SessionRow)
TOUCH: Final = command(
    sa.update(table).where(_THIS).values(last_seen_at=bindparam("seen_at"), expires_at=bindparam("until"))
)
VERIFY: Final = command(sa.update(table).where(_THIS).values(verified_until=bindparam("until")))
DELETE: Final = command(sa.delete(table).where(_THEIRS, _THIS))
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
DELETE_OTHERS_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS, table.c.id != bindparam("kept")))
SWEEP: Final = command(sa.delete(table).where(table.c.expires_at < bindparam("before")))


class SessionArea:
    """Queries on the `session` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: SessionRow) -> None:
        """Store a session."""
        ADD.store(self._link, row)

    def by_token(self, token_hash: bytes) -> SessionRow | None:
        """Return the session of a token."""
        return BY_TOKEN.one(self._link, wanted=token_hash)

    def of_subject(self, subject_id: str) -> tuple[SessionRow, ...]:
        """Return a subject's sessions, last seen first."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def touch(self, session_id: str, *, seen_at: datetime, expires_at: datetime) -> bool:
        """Remember that a session was seen."""
        return TOUCH.run(self._link, session_id=session_id, seen_at=seen_at, until=expires_at) == 1

    def verify(self, session_id: str, *, until: datetime | None) -> bool:
        """Set until when a step-up verification holds."""
        return VERIFY.run(self._link, session_id=session_id, until=until) == 1

    def delete(self, subject_id: str, session_id: str) -> bool:
        """End one session of a subject."""
        return DELETE.run(self._link, whose=subject_id, session_id=session_id) == 1

    def delete_of_subject(self, subject_id: str, *, except_id: str | None = None) -> int:
        """End a subject's sessions, all or all but one."""
        if except_id is None:
            return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)
        return DELETE_OTHERS_OF_SUBJECT.run(self._link, whose=subject_id, kept=except_id)

    def sweep(self, *, before: datetime) -> int:
        """Drop sessions that expired before an instant."""
        return SWEEP.run(self._link, before=before)
