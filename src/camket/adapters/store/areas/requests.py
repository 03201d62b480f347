"""Requests to exercise a right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables import request as table
from camket.rows import RequestRow, RequestState

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link
    from camket.core.terms import Verification

_THIS: Final = table.c.id == bindparam("request_id")
_THEIRS: Final = table.c.subject_id == bindparam("whose")

ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(table).where(_THEIRS, _THIS), RequestRow)
OF_SUBJECT: Final = Query(
    sa.select(table).where(_THEIRS).order_by(table.c.created_at.desc(), table.c.id.desc()), RequestRow
)
VERIFY: Final = command(
    sa.update(table)
    .where(_THIS, table.c.state == RequestState.UNVERIFIED)
    .values(state=RequestState.VERIFIED, verified_at=bindparam("at"), verified_level=bindparam("level"))
)
MOVE: Final = command(
    sa.update(table)
    .where(_THIS, table.c.state == bindparam("old"))
    .values(state=bindparam("new"), done_at=bindparam("at"))
)
CLEAR: Final = command(sa.update(table).where(_THIS).values(sealed=sa.null()))
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
SWEEP_UNVERIFIED: Final = command(
    sa.delete(table).where(table.c.state == RequestState.UNVERIFIED, table.c.created_at < bindparam("before"))
)


class RequestArea:
    """Queries on the `request` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: RequestRow) -> None:
        """Store a request."""
        ADD.store(self._link, row)

    def get(self, subject_id: str, request_id: str) -> RequestRow | None:
        """Return a request of this subject."""
        return GET.one(self._link, whose=subject_id, request_id=request_id)

    def of_subject(self, subject_id: str) -> tuple[RequestRow, ...]:
        """Return a subject's requests, newest first."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def verify(self, request_id: str, *, at: datetime, level: Verification) -> bool:
        """Mark an unverified request as verified."""
        return VERIFY.run(self._link, request_id=request_id, at=at, level=level) == 1

    def move(self, request_id: str, *, old: RequestState, new: RequestState, at: datetime | None = None) -> bool:
        """Change the state, with the instant when that ends it."""
        return MOVE.run(self._link, request_id=request_id, old=old, new=new, at=at) == 1

    def clear(self, request_id: str) -> None:
        """Drop what was asked for, keep the request."""
        CLEAR.run(self._link, request_id=request_id)

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's requests."""
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def sweep_unverified(self, *, before: datetime) -> int:
        """Drop requests made before an instant and never verified."""
        return SWEEP_UNVERIFIED.run(self._link, before=before)
