"""What was asked of subjects and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Among, Query, columns_of, command, counting, scalar
from camket.adapters.store.tables import subject_fact
from camket.adapters.store.tables.consents import consent_event as table
from camket.adapters.store.tables.consents import consent_text
from camket.core.consent.events import EventKind
from camket.rows import FactKind
from camket.rows.consents import ConsentEventRow, ConsentTextRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link
    from camket.rows.consents import NewConsentEvent

_THEIRS: Final = table.c.subject_id == bindparam("whose")
_GIVES: Final = sa.or_(table.c.kind == EventKind.GIVEN, table.c.kind == EventKind.RENEWED)


def _add_text(insert: Insert) -> sa.Insert:
    return insert(consent_text).on_conflict_do_nothing()


def _add(insert: Insert) -> sa.UpdateBase:
    columns = {column.name: bindparam(column.name, type_=column.type) for column in table.c if column.name != "id"}
    return counting(insert, insert(table).values(columns), table.c.id)


def _ended() -> sa.Exists:
    later = table.alias("later")
    ends = sa.or_(later.c.kind == EventKind.EXPIRED, later.c.kind == EventKind.WITHDRAWN)
    return sa.exists().where(later.c.fact_id == table.c.fact_id, ends)


def _rests() -> sa.Exists:
    """Say that the fact that the event made still counts; a refusal counts for its quiet time, which is shorter."""
    fact = subject_fact
    return sa.exists().where(
        fact.c.id == table.c.fact_id, fact.c.withdrawn_at.is_(None), fact.c.kind != FactKind.REFUSAL
    )


ADD_TEXT: Final = command(_add_text)
TEXTS: Final = Query(
    sa.select(consent_text).where(Among(consent_text.c.hash, "hashes")).order_by(consent_text.c.hash), ConsentTextRow
)
ADD: Final[Query[Any]] = Query(_add, scalar)
OF_SUBJECT: Final = Query(sa.select(table).where(_THEIRS).order_by(table.c.id), ConsentEventRow)
SUBJECTS: Final[Query[Any]] = Query(
    sa.select(table.c.subject_id)
    .where(table.c.subject_id > bindparam("after_id"))
    .distinct()
    .order_by(table.c.subject_id)
    .limit(bindparam("limit")),
    scalar,
)
RUN_OUT: Final = Query(
    sa.select(table)
    .where(_GIVES, table.c.ends_at <= bindparam("until"), sa.not_(_ended()))
    .order_by(table.c.ends_at, table.c.id)
    .limit(bindparam("limit")),
    ConsentEventRow,
)
SWEEP: Final = command(
    sa.delete(table).where(
        table.c.id.in_(
            sa.select(table.c.id)
            .where(table.c.at < bindparam("before"), sa.not_(_rests()))
            .order_by(table.c.id)
            .limit(bindparam("limit"))
        )
    )
)
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))


class ConsentArea:
    """Queries on the tables `consent_event` and `consent_text`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add_text(self, row: ConsentTextRow) -> None:
        """Store a text that is shown."""
        ADD_TEXT.run(self._link, **columns_of(row))

    def texts(self, hashes: Sequence[str]) -> tuple[ConsentTextRow, ...]:
        """Return the texts with these hashes."""
        return TEXTS.all(self._link, hashes=list(hashes))

    def add(self, row: NewConsentEvent) -> int:
        """Store a fact of the history."""
        return ADD.count(self._link, **columns_of(row))

    def of_subject(self, subject_id: str) -> tuple[ConsentEventRow, ...]:
        """Return a subject's whole history, oldest first."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def subjects(self, *, after_id: str, limit: int) -> tuple[str, ...]:
        """Return ids of subjects who have a history."""
        return SUBJECTS.all(self._link, after_id=after_id, limit=limit)

    def run_out(self, at: datetime, *, limit: int) -> tuple[ConsentEventRow, ...]:
        """Return what gave a consent that ended by its date and of which nothing says so yet."""
        return RUN_OUT.all(self._link, until=at, limit=limit)

    def sweep(self, *, before: datetime, limit: int) -> int:
        """Drop old facts that nothing rests on any more."""
        return SWEEP.run(self._link, before=before, limit=limit)

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's whole history."""
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)
