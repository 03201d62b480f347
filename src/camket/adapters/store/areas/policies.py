"""Published policy versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command, scalar
from camket.adapters.store.tables import policy_version as table
from camket.rows import PolicyVersionRow

if TYPE_CHECKING:
    from camket.adapters.store.statements import Link

ADD: Final = command(sa.insert(table))
NEWEST_NUMBER: Final[Query[Any]] = Query(sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)), scalar)
GET: Final = Query(sa.select(table).where(table.c.number == bindparam("number")), PolicyVersionRow)
ALL: Final = Query(sa.select(table).order_by(table.c.number), PolicyVersionRow)


class PolicyArea:
    """Queries on the `policy_version` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: PolicyVersionRow) -> None:
        """Store a version."""
        ADD.store(self._link, row)

    def newest_number(self) -> int:
        """Return the highest number; 0 when there is none."""
        return int(NEWEST_NUMBER.only(self._link))

    def get(self, number: int) -> PolicyVersionRow | None:
        """Return the version with this number."""
        return GET.one(self._link, number=number)

    def all(self) -> tuple[PolicyVersionRow, ...]:
        """Return every version, oldest first."""
        return ALL.all(self._link)
