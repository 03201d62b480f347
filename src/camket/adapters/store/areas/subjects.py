"""Subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables import policy_version
from camket.adapters.store.tables import subject as table
from camket.core.terms import SubjectState
from camket.rows import ERASED_LANGUAGE, SubjectRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link
    from camket.core.terms import Language

_THIS: Final = table.c.id == bindparam("subject_id")

ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(table).where(_THIS), SubjectRow)
# On PostgreSQL the lock makes units on one subject run one after another; on SQLite every writing unit does.
GET_AND_LOCK: Final = Query(sa.select(table).where(_THIS).with_for_update(key_share=True), SubjectRow)
_NEWEST: Final = sa.select(sa.func.coalesce(sa.func.max(policy_version.c.number), 0)).scalar_subquery().label("newest")
_REVISION: Final = sa.select(table.c.facts_revision, _NEWEST).where(_THIS)
REVISION: Final[Query[tuple[int, int]]] = Query(_REVISION, lambda facts_revision, newest: (facts_revision, newest))
REVISION_AND_LOCK: Final[Query[tuple[int, int]]] = Query(
    _REVISION.with_for_update(key_share=True, of=table), lambda facts_revision, newest: (facts_revision, newest)
)
WITH_NEWEST_AND_LOCK: Final[Query[tuple[SubjectRow, int]]] = Query(
    sa.select(*table.c, _NEWEST).where(_THIS).with_for_update(key_share=True, of=table),
    lambda newest, **columns: (SubjectRow(**columns), newest),
)
CONFIRM: Final = command(
    sa.update(table)
    .where(_THIS, table.c.state == SubjectState.PENDING)
    .values(
        state=SubjectState.ACTIVE,
        confirmed_at=bindparam("at"),
        joined_version=bindparam("version"),
        facts_revision=table.c.facts_revision + 1,
    )
)
ERASE: Final = command(
    sa.update(table)
    .where(_THIS, table.c.state != SubjectState.ERASED)
    .values(
        state=SubjectState.ERASED,
        erased_at=bindparam("at"),
        # INVARIANT: what is left of someone erased says nothing of their own, not even what they read.
        language=ERASED_LANGUAGE,
        gpc_signalled_at=sa.null(),
        gpc_overridden_at=sa.null(),
        facts_revision=table.c.facts_revision + 1,
    )
)
DELETE: Final = command(sa.delete(table).where(_THIS))
SET_LANGUAGE: Final = command(sa.update(table).where(_THIS).values(language=bindparam("read")))
SIGNAL_GPC: Final = command(
    sa.update(table).where(_THIS).values(gpc_signalled_at=bindparam("at"), facts_revision=table.c.facts_revision + 1)
)
OVERRIDE_GPC: Final = command(
    sa.update(table).where(_THIS).values(gpc_overridden_at=bindparam("at"), facts_revision=table.c.facts_revision + 1)
)
# The word stands in the text of the statement: the partial index is used only then.
PENDING_BEFORE: Final = Query(
    sa.select(table)
    .where(sa.text("state = 'pending'"), table.c.joined_at < bindparam("at"))
    .order_by(table.c.joined_at, table.c.id)
    .limit(bindparam("limit")),
    SubjectRow,
)
PAGE: Final = Query(
    sa.select(table)
    .where(table.c.id > bindparam("after_id"), table.c.state == bindparam("wanted"))
    .order_by(table.c.id)
    .limit(bindparam("limit")),
    SubjectRow,
)
RAISE_REVISION: Final = command(sa.update(table).where(_THIS).values(facts_revision=table.c.facts_revision + 1))


class SubjectArea:
    """Queries on the `subject` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: SubjectRow) -> None:
        """Store a new subject."""
        ADD.store(self._link, row)

    def get(self, subject_id: str) -> SubjectRow | None:
        """Return the subject, locked where the unit writes."""
        return (GET_AND_LOCK if self._link.writes else GET).one(self._link, subject_id=subject_id)

    def revision(self, subject_id: str) -> tuple[int, int] | None:
        """Return revision and newest policy number; the subject is locked where the unit writes."""
        return (REVISION_AND_LOCK if self._link.writes else REVISION).one(self._link, subject_id=subject_id)

    def with_newest(self, subject_id: str) -> tuple[SubjectRow, int] | None:
        """Return the subject, locked, and the newest policy number."""
        return WITH_NEWEST_AND_LOCK.one(self._link, subject_id=subject_id)

    def confirm(self, subject_id: str, *, at: datetime, joined_version: int) -> bool:
        """Turn a pending subject into an active one."""
        return CONFIRM.run(self._link, subject_id=subject_id, at=at, version=joined_version) == 1

    def erase(self, subject_id: str, *, at: datetime) -> bool:
        """Mark the subject as erased and blank what they chose."""
        return ERASE.run(self._link, subject_id=subject_id, at=at) == 1

    def delete(self, subject_id: str) -> bool:
        """Drop the row itself."""
        return DELETE.run(self._link, subject_id=subject_id) == 1

    def set_language(self, subject_id: str, language: Language) -> None:
        """Remember the language that they read."""
        SET_LANGUAGE.run(self._link, subject_id=subject_id, read=language)

    def signal_gpc(self, subject_id: str, *, at: datetime) -> None:
        """Store that Global Privacy Control was seen."""
        SIGNAL_GPC.run(self._link, subject_id=subject_id, at=at)

    def override_gpc(self, subject_id: str, *, at: datetime) -> None:
        """Store that they said yes although the signal is set."""
        OVERRIDE_GPC.run(self._link, subject_id=subject_id, at=at)

    def pending_before(self, at: datetime, *, limit: int) -> tuple[SubjectRow, ...]:
        """Return pending subjects that joined before the instant."""
        return PENDING_BEFORE.all(self._link, at=at, limit=limit)

    def page(self, *, after_id: str, limit: int, state: SubjectState) -> tuple[SubjectRow, ...]:
        """Return subjects in one state in the order of their ids."""
        return PAGE.all(self._link, after_id=after_id, limit=limit, wanted=state)
