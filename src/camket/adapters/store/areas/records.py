"""Ledger records: private, stored unsequenced in the unit of their effect, given their place later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command, counting, scalar
from camket.adapters.store.tables import record as table
from camket.adapters.store.tables import record_subject as link_table
from camket.core.errors import ConflictError
from camket.rows import RecordRow, SubjectRecordRow, UnsequencedRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link
    from camket.rows import NewRecord, RecordLink

ABOVE_ALL: Final = 2**63 - 1
"""A record id that none is given; a page without a beginning begins below it."""

_THIS: Final = table.c.id == bindparam("record_id")
_THEIRS: Final = link_table.c.subject_id == bindparam("whose")
_UNSEQUENCED: Final = table.c.ledger_index.is_(None)


def _add(insert: Insert) -> sa.UpdateBase:
    given: dict[str, Any] = {name: bindparam(name) for name in ("facts", "nonce_a", "b", "entry", "created_at")}
    return counting(insert, insert(table).values(given), table.c.id)


ADD: Final[Query[Any]] = Query(_add, scalar)
LINK: Final = command(sa.insert(link_table))
GET: Final = Query(sa.select(table).where(_THIS), RecordRow)
BY_INDEX: Final = Query(sa.select(table).where(table.c.ledger_index == bindparam("wanted")), RecordRow)
_OF_SUBJECT: Final = (
    sa.select(*table.c, link_table.c.action, link_table.c.sealed)
    .join(table, table.c.id == link_table.c.record_id)
    .where(_THEIRS)
)
OF_SUBJECT: Final = Query(
    _OF_SUBJECT.where(link_table.c.record_id < bindparam("before_id"))
    .order_by(link_table.c.record_id.desc())
    .limit(bindparam("limit")),
    SubjectRecordRow,
)
ONE_OF_SUBJECT: Final = Query(_OF_SUBJECT.where(link_table.c.record_id == bindparam("wanted")), SubjectRecordRow)
FACTS_OF_ACTION: Final[Query[Any]] = Query(
    sa.select(table.c.facts)
    .join(link_table, table.c.id == link_table.c.record_id)
    .where(_THEIRS, link_table.c.action == bindparam("done"))
    .order_by(link_table.c.record_id),
    scalar,
)
RESEAL: Final = command(
    sa.update(link_table).where(_THEIRS, link_table.c.record_id == bindparam("wanted")).values(sealed=bindparam("part"))
)
UNLINK_SUBJECT: Final = command(sa.delete(link_table).where(_THEIRS))
UNSEQUENCED: Final = Query(
    sa.select(table.c.id, table.c.entry).where(_UNSEQUENCED).order_by(table.c.id).limit(bindparam("limit")),
    UnsequencedRow,
)
COUNT_UNSEQUENCED: Final[Query[Any]] = Query(sa.select(sa.func.count()).select_from(table).where(_UNSEQUENCED), scalar)
SEQUENCE: Final = command(sa.update(table).where(_THIS, _UNSEQUENCED).values(ledger_index=bindparam("place")))
_OLDEST: Final = (
    sa.select(table.c.id, table.c.created_at, table.c.ledger_index)
    .order_by(table.c.id)
    .limit(bindparam("limit"))
    .subquery()
)
# Only the oldest records are looked at: they are made in the order of time, so none behind them is due.
PRUNABLE: Final[Query[Any]] = Query(
    sa.select(_OLDEST.c.id).where(_OLDEST.c.created_at < bindparam("before"), _OLDEST.c.ledger_index.is_not(None)),
    scalar,
)
DELETE: Final = command(sa.delete(table).where(_THIS))
UNLINK: Final = command(sa.delete(link_table).where(link_table.c.record_id == bindparam("wanted")))


class RecordArea:
    """Queries on the `record` and `record_subject` tables."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, record: NewRecord, links: Sequence[RecordLink] = ()) -> int:
        """Store a record with the subjects it is about."""
        record_id = ADD.count(
            self._link,
            facts=record.facts,
            nonce_a=record.nonce_a,
            b=record.b,
            entry=record.entry,
            created_at=record.created_at,
        )
        for link in links:
            LINK.run(
                self._link,
                subject_id=link.subject_id,
                record_id=record_id,
                action=link.action,
                created_at=record.created_at,
                sealed=link.sealed,
            )
        return record_id

    def get(self, record_id: int) -> RecordRow | None:
        """Return one record."""
        return GET.one(self._link, record_id=record_id)

    def by_index(self, ledger_index: int) -> RecordRow | None:
        """Return the record at a place in the tree."""
        return BY_INDEX.one(self._link, wanted=ledger_index)

    def of_subject(self, subject_id: str, *, before_id: int | None = None, limit: int) -> tuple[SubjectRecordRow, ...]:
        """Return a subject's records, newest first."""
        below = ABOVE_ALL if before_id is None else before_id
        return OF_SUBJECT.all(self._link, whose=subject_id, before_id=below, limit=limit)

    def one_of_subject(self, subject_id: str, record_id: int) -> SubjectRecordRow | None:
        """Return a record of this subject."""
        return ONE_OF_SUBJECT.one(self._link, whose=subject_id, wanted=record_id)

    def facts_of_action(self, subject_id: str, action: str) -> tuple[bytes, ...]:
        """Return the facts of a subject's records of one action, oldest first."""
        return FACTS_OF_ACTION.all(self._link, whose=subject_id, done=action)

    def reseal(self, subject_id: str, record_id: int, sealed: bytes) -> bool:
        """Put another sealed part in the place of a subject's."""
        return RESEAL.run(self._link, whose=subject_id, wanted=record_id, part=sealed) == 1

    def unlink_subject(self, subject_id: str) -> int:
        """Drop every link of a subject with its sealed part."""
        return UNLINK_SUBJECT.run(self._link, whose=subject_id)

    def unsequenced(self, *, limit: int) -> tuple[UnsequencedRow, ...]:
        """Return records without a place in the tree, in the order of storing."""
        return UNSEQUENCED.all(self._link, limit=limit)

    def count_unsequenced(self) -> int:
        """Return how many records wait for their place."""
        return int(COUNT_UNSEQUENCED.only(self._link))

    def sequence(self, record_ids: Sequence[int], *, first_index: int) -> None:
        """Give records consecutive places in the given order."""
        places = [
            {"record_id": record_id, "place": place} for place, record_id in enumerate(record_ids, start=first_index)
        ]
        # INVARIANT: a place once given is never changed; the unique index refuses one place for two records.
        if SEQUENCE.many(self._link, places) != len(places):
            raise ConflictError("a record that was to be sequenced has its place already, or is gone")

    def prune(self, *, before: datetime, limit: int) -> int:
        """Drop sequenced records made before an instant, and their links."""
        ids = PRUNABLE.all(self._link, before=before, limit=limit)
        UNLINK.many(self._link, [{"wanted": record_id} for record_id in ids])
        return DELETE.many(self._link, [{"record_id": record_id} for record_id in ids])
