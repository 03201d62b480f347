"""What the gate must know about a subject beside their row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.areas.subjects import RAISE_REVISION
from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables import subject_fact as table
from camket.rows import FactRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link

_THEIRS: Final = table.c.subject_id == bindparam("whose")

ADD: Final = command(sa.insert(table))
WITHDRAW: Final = command(
    sa.update(table)
    .where(_THEIRS, table.c.id == bindparam("fact_id"), table.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("ended_at"))
)
OF_SUBJECT: Final = Query(sa.select(table).where(_THEIRS).order_by(table.c.at, table.c.id), FactRow)
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))


class FactArea:
    """Queries on the `subject_fact` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: FactRow) -> None:
        """Store a fact."""
        self._raise_revision(row.subject_id)
        ADD.store(self._link, row)

    def withdraw(self, subject_id: str, fact_id: str, *, at: datetime) -> bool:
        """End a fact of this subject from an instant."""
        self._raise_revision(subject_id)
        return WITHDRAW.run(self._link, whose=subject_id, fact_id=fact_id, ended_at=at) == 1

    def of_subject(self, subject_id: str) -> tuple[FactRow, ...]:
        """Return every fact in the order in which they were said."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop all facts of a subject."""
        self._raise_revision(subject_id)
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def _raise_revision(self, subject_id: str) -> None:
        # INVARIANT: facts change only in a unit that raised the revision first; on PostgreSQL this also locks the
        # subject's row, so that no decision is made on facts that are about to change.
        RAISE_REVISION.run(self._link, subject_id=subject_id)
