"""Blind indexes by which subjects are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command, scalar
from camket.adapters.store.tables import identifier as table
from camket.rows import IdentifierRow

if TYPE_CHECKING:
    from camket.adapters.store.statements import Insert, Link

_THEIRS: Final = table.c.subject_id == bindparam("whose")
_OTHER: Final = table.alias("other")


def _add(insert: Insert) -> sa.Insert:
    return insert(table).on_conflict_do_nothing(index_elements=["field", "blind_index", "subject_id"])


ADD: Final = command(_add)
FIND: Final = Query(
    sa.select(table)
    .where(table.c.field == bindparam("of_field"), table.c.blind_index == bindparam("wanted"))
    .order_by(table.c.claim.is_(None), table.c.subject_id),
    IdentifierRow,
)
CLAIM: Final = command(
    sa.update(table)
    .where(
        table.c.field == bindparam("of_field"),
        table.c.blind_index == bindparam("wanted"),
        _THEIRS,
        ~sa.exists().where(_OTHER.c.claim == bindparam("new_claim"), _OTHER.c.subject_id != bindparam("whose")),
    )
    .values(claim=bindparam("new_claim"))
)
OF_SUBJECT: Final = Query(sa.select(table).where(_THEIRS).order_by(table.c.field, table.c.blind_index), IdentifierRow)
_CLAIMED: Final = table.alias("claimed")
WITH_HOLDER: Final[Query[tuple[IdentifierRow, str | None]]] = Query(
    sa.select(*table.c, _CLAIMED.c.subject_id.label("holder"))
    .select_from(table)
    .outerjoin(
        _CLAIMED,
        sa.and_(
            _CLAIMED.c.field == table.c.field,
            _CLAIMED.c.blind_index == table.c.blind_index,
            _CLAIMED.c.claim.is_not(None),
        ),
    )
    .where(_THEIRS, table.c.field == bindparam("of_field"))
    .order_by(table.c.blind_index),
    lambda holder, **columns: (IdentifierRow(**columns), holder),
)
BEHIND: Final[Query[Any]] = Query(
    sa.select(table.c.subject_id)
    .where(table.c.key_version < bindparam("version"), table.c.subject_id > bindparam("after_id"))
    .distinct()
    .order_by(table.c.subject_id)
    .limit(bindparam("limit")),
    scalar,
)
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
DELETE_FIELD_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS, table.c.field == bindparam("of_field")))


class IdentifierArea:
    """Queries on the `identifier` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, *rows: IdentifierRow) -> None:
        """Store blind indexes."""
        ADD.store(self._link, *rows)

    def find(self, field: str, blind_index: bytes) -> tuple[IdentifierRow, ...]:
        """Return every row with this blind index, claimed ones first."""
        return FIND.all(self._link, of_field=field, wanted=blind_index)

    def claim(self, field: str, blind_index: bytes, subject_id: str, *, claim: str) -> bool:
        """Make a stored identifier this subject's alone."""
        changed = CLAIM.run(self._link, of_field=field, wanted=blind_index, whose=subject_id, new_claim=claim)
        return changed == 1

    def of_subject(self, subject_id: str) -> tuple[IdentifierRow, ...]:
        """Return all identifiers of a subject."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def with_holder(self, subject_id: str, *, field: str) -> tuple[tuple[IdentifierRow, str | None], ...]:
        """Return a subject's identifiers of one field, each with who has the claim to it."""
        return WITH_HOLDER.all(self._link, whose=subject_id, of_field=field)

    def behind(self, key_version: int, *, after_id: str, limit: int) -> tuple[str, ...]:
        """Return ids of subjects with a blind index made by an older key than this one."""
        return BEHIND.all(self._link, version=key_version, after_id=after_id, limit=limit)

    def delete_of_subject(self, subject_id: str, *, field: str | None = None) -> int:
        """Drop a subject's identifiers, all or those of one field."""
        if field is None:
            return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)
        return DELETE_FIELD_OF_SUBJECT.run(self._link, whose=subject_id, of_field=field)
