"""Which installation this database belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables import installation as table
from camket.rows import InstallationRow

if TYPE_CHECKING:
    from camket.adapters.store.statements import Link

THE_ROW: Final = 1

GET: Final = Query(sa.select(table.c.instance_id, table.c.created_at, table.c.key_generation), InstallationRow)
CREATE: Final = command(sa.insert(table))
# Units of one moment may come in any order: the highest generation counts.
SET_KEY_GENERATION: Final = command(
    sa.update(table)
    .where(table.c.key_generation < bindparam("generation"))
    .values(key_generation=bindparam("generation"))
)


class InstallationArea:
    """Queries on the `installation` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self) -> InstallationRow | None:
        """Return the one row."""
        return GET.one(self._link)

    def create(self, row: InstallationRow) -> None:
        """Write the one row."""
        CREATE.run(
            self._link,
            id=THE_ROW,
            instance_id=row.instance_id,
            created_at=row.created_at,
            key_generation=row.key_generation,
        )

    def set_key_generation(self, generation: int) -> None:
        """Remember the key store's generation; a lower one changes nothing."""
        SET_KEY_GENERATION.run(self._link, generation=generation)
