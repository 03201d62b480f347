"""Sealed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Among, Query, command, scalar
from camket.adapters.store.tables import held_value as table
from camket.adapters.store.tables import policy_version, subject
from camket.core.errors import ConflictError
from camket.rows import HeldValueRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link

Stamped: TypeAlias = "tuple[tuple[int, int], HeldValueRow | None]"

_THEIRS: Final = table.c.subject_id == bindparam("whose")
_THIS: Final = table.c.id == bindparam("value_id")
COLUMNS: Final = tuple(column.key for column in table.c if column.key not in ("id", "subject_id"))
_ORDER: Final = (table.c.item, table.c.collected_at, table.c.id)

ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(table).where(_THIS), HeldValueRow)
OF_SUBJECT: Final = Query(sa.select(table).where(_THEIRS).order_by(*_ORDER), HeldValueRow)
# A picture has as many bytes as a thousand other values; the case keeps them where they are.
_OUTLINES: Final = (
    sa.select(
        *(column for column in table.c if column.key != "sealed"),
        sa.case((Among(table.c.item, "closed"), sa.literal(b"", table.c.sealed.type)), else_=table.c.sealed).label(
            "sealed"
        ),
    )
    .where(_THEIRS)
    .order_by(*_ORDER)
)
OUTLINES_OF_SUBJECT: Final = Query(_OUTLINES, HeldValueRow)
OUTLINES_OF_ITEMS: Final = Query(_OUTLINES.where(Among(table.c.item, "wanted")), HeldValueRow)
ONE_ITEM_OF_SUBJECT: Final = Query(
    sa.select(table).where(_THEIRS, table.c.item == bindparam("wanted")).order_by(*_ORDER), HeldValueRow
)
ITEMS_OF_SUBJECT: Final = Query(
    sa.select(table).where(_THEIRS, Among(table.c.item, "wanted")).order_by(*_ORDER), HeldValueRow
)
# One look for what a prepared read has to prove and what it gives: every statement gives the interpreter away.
_STAMPED: Final = (
    sa.select(
        subject.c.facts_revision,
        sa.select(sa.func.coalesce(sa.func.max(policy_version.c.number), 0)).scalar_subquery().label("newest"),
        *table.c,
    )
    .select_from(subject)
    .where(subject.c.id == bindparam("whose"))
    .order_by(*_ORDER)
)
_OF_THIS_ITEM: Final = sa.and_(table.c.subject_id == subject.c.id, table.c.item == bindparam("wanted"))
_OF_THESE_ITEMS: Final = sa.and_(table.c.subject_id == subject.c.id, Among(table.c.item, "wanted"))


def _stamped(facts_revision: int, newest: int, **columns: Any) -> Stamped:  # noqa: ANN401 - a column's own type each
    row = None if columns["id"] is None else HeldValueRow(**columns)
    return (facts_revision, newest), row


def _stamped_query(of_items: sa.ColumnElement[bool]) -> Query[Stamped]:
    statement = _STAMPED.outerjoin_from(subject, table, of_items)
    return Query(statement.with_for_update(key_share=True, of=subject), _stamped)


ONE_ITEM_STAMPED: Final = _stamped_query(_OF_THIS_ITEM)
ITEMS_STAMPED: Final = _stamped_query(_OF_THESE_ITEMS)
REPLACE: Final = command(
    sa.update(table).where(_THIS, _THEIRS).values({name: bindparam(f"new_{name}") for name in COLUMNS})
)


def _put(insert: Insert) -> sa.UpdateBase:
    given = insert(table)
    # INVARIANT: a row stays its subject's; one that is another's is not touched, and `put` sees that by the count.
    return given.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={name: given.excluded[name] for name in COLUMNS},
        where=table.c.subject_id == given.excluded.subject_id,
    )


PUT: Final = command(_put)
MARK_USED: Final = command(
    sa.update(table)
    .where(_THIS, sa.or_(table.c.last_used_at.is_(None), table.c.last_used_at < bindparam("at")))
    .values(last_used_at=bindparam("at"))
)
DELETE: Final = command(sa.delete(table).where(_THIS))
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
EXPIRED_HOLDS: Final = Query(
    sa.select(table)
    .where(table.c.hold_until.is_not(None), table.c.hold_until <= bindparam("at"))
    .order_by(table.c.hold_until, table.c.id)
    .limit(bindparam("limit")),
    HeldValueRow,
)
COUNT_ITEMS: Final[Query[tuple[str, int]]] = Query(
    sa.select(table.c.item, sa.func.count().label("held")).where(_THEIRS).group_by(table.c.item).order_by(table.c.item),
    lambda item, held: (item, held),
)
SUBJECTS_WITH: Final[Query[Any]] = Query(
    sa.select(table.c.subject_id)
    .where(table.c.item == bindparam("wanted"), table.c.subject_id > bindparam("after_id"))
    .distinct()
    .order_by(table.c.subject_id)
    .limit(bindparam("limit")),
    scalar,
)


class ValueArea:
    """Queries on the `held_value` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, rows: Sequence[HeldValueRow]) -> None:
        """Store values."""
        ADD.store(self._link, *rows)

    def get(self, value_id: str) -> HeldValueRow | None:
        """Return one value."""
        return GET.one(self._link, value_id=value_id)

    def of_subject(self, subject_id: str, items: Sequence[str] | None = None) -> tuple[HeldValueRow, ...]:
        """Return a subject's values, all or those of the items."""
        if items is None:
            return OF_SUBJECT.all(self._link, whose=subject_id)
        if len(items) == 1:
            return ONE_ITEM_OF_SUBJECT.all(self._link, whose=subject_id, wanted=items[0])
        return ITEMS_OF_SUBJECT.all(self._link, whose=subject_id, wanted=tuple(items))

    def outlines_of_subject(
        self, subject_id: str, items: Sequence[str] | None, *, closed: Sequence[str]
    ) -> tuple[HeldValueRow, ...]:
        """Return a subject's values; those of the closed items without their sealed bytes."""
        if items is None:
            return OUTLINES_OF_SUBJECT.all(self._link, whose=subject_id, closed=tuple(closed))
        return OUTLINES_OF_ITEMS.all(self._link, whose=subject_id, closed=tuple(closed), wanted=tuple(items))

    def of_subject_if(
        self, subject_id: str, items: Sequence[str], *, stamp: tuple[int, int]
    ) -> tuple[HeldValueRow, ...] | None:
        """Return a subject's values of the items, if the subject still has this stamp; the subject is locked."""
        query, wanted = (ONE_ITEM_STAMPED, items[0]) if len(items) == 1 else (ITEMS_STAMPED, tuple(items))
        found = query.all(self._link, whose=subject_id, wanted=wanted)
        if not found or found[0][0] != stamp:
            return None
        return tuple([row for _, row in found if row is not None])

    def replace(self, row: HeldValueRow) -> bool:
        """Store the row in the place of the one with its id and subject."""
        new = {f"new_{name}": getattr(row, name) for name in COLUMNS}
        return REPLACE.run(self._link, value_id=row.id, whose=row.subject_id, **new) == 1

    def put(self, rows: Sequence[HeldValueRow]) -> None:
        """Store values, each in the place of the one with its id and subject where there is one."""
        if PUT.store(self._link, *rows) != len(rows):
            raise ConflictError("a value of another subject stands under the id of one that was to be stored")

    def mark_used(self, value_ids: Sequence[str], *, at: datetime) -> None:
        """Remember when values were last used."""
        MARK_USED.many(self._link, [{"value_id": value_id, "at": at} for value_id in value_ids])

    def delete(self, value_ids: Sequence[str]) -> int:
        """Drop values."""
        return DELETE.many(self._link, [{"value_id": value_id} for value_id in value_ids])

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop every value of a subject."""
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def expired_holds(self, at: datetime, *, limit: int) -> tuple[HeldValueRow, ...]:
        """Return held values whose legal minimum has passed."""
        return EXPIRED_HOLDS.all(self._link, at=at, limit=limit)

    def items_of_subject(self, subject_id: str) -> Mapping[str, int]:
        """Return how many values of each item a subject has."""
        return dict(COUNT_ITEMS.all(self._link, whose=subject_id))

    def subjects_with(self, item: str, *, after_id: str, limit: int) -> tuple[str, ...]:
        """Return ids of subjects who have a value of the item."""
        return SUBJECTS_WITH.all(self._link, wanted=item, after_id=after_id, limit=limit)
