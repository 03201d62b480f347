"""The rows that belong to a subject: counted, read, corrected, deleted or anonymised.

Every identifier is quoted by SQLAlchemy.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date, datetime, time
from math import isfinite
from typing import TYPE_CHECKING, Final
from uuid import UUID

import sqlalchemy as sa

from camket.adapters.connectors.sql.reflection import cleared_columns
from camket.core.rights.connectors import RowEnd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.rights.connectors import SqlDeclaration, TableDeclaration

_NO_FILE_NAME: Final = re.compile(r"[^a-z0-9]+", re.ASCII)
_LONGEST_NAME: Final = 40


class Rows:
    """The declared tables of one database.

    Args:
        declaration: which rows belong to a subject.
        tables: as they are there; every declared name is known to exist.
    """

    def __init__(self, declaration: SqlDeclaration, tables: Mapping[str, sa.Table]) -> None:
        self._declaration = declaration
        self._tables = tables

    def count(self, connection: sa.Connection, table: TableDeclaration, subject_id: str) -> int:
        """Return how many rows belong to the subject."""
        found = sa.select(sa.func.count()).select_from(self._tables[table.table])
        return int(connection.scalar(found.where(self._belongs(table, subject_id))) or 0)

    def select(self, connection: sa.Connection, table: TableDeclaration, subject_id: str) -> Sequence[sa.RowMapping]:
        """Return the declared columns of the rows that belong to the subject, by their key; *personal*."""
        there = self._tables[table.table]
        columns = [there.columns[name] for name in table.columns]
        found = sa.select(*columns).where(self._belongs(table, subject_id)).order_by(*there.primary_key.columns)
        return connection.execute(found).mappings().all()

    def erase(self, connection: sa.Connection, table: TableDeclaration, subject_id: str) -> None:
        """Delete or anonymise the rows that belong to the subject, in the caller's transaction."""
        there, belongs = self._tables[table.table], self._belongs(table, subject_id)
        if table.end is RowEnd.DELETE:
            connection.execute(sa.delete(there).where(belongs))
        else:
            values = {there.columns[name]: value for name, value in cleared_columns(self._declaration, table).items()}
            connection.execute(sa.update(there).where(belongs).values(values))

    def correct(
        self, connection: sa.Connection, table: TableDeclaration, column: str, subject_id: str, value: str | None
    ) -> None:
        """Set a column of the rows that belong to the subject, in the caller's transaction.

        No value is an empty text where the column must not be empty.
        """
        there = self._tables[table.table]
        others = self._others(table, column, subject_id, value)
        held = there.columns[column]
        connection.execute(sa.update(there).where(others).values({held: _or_empty(held, value)}))

    def others(
        self, connection: sa.Connection, table: TableDeclaration, column: str, subject_id: str, value: str | None
    ) -> int:
        """Return how many of the subject's rows hold another value in a column."""
        found = sa.select(sa.func.count()).select_from(self._tables[table.table])
        return int(connection.scalar(found.where(self._others(table, column, subject_id, value))) or 0)

    def _others(
        self, table: TableDeclaration, column: str, subject_id: str, value: str | None
    ) -> sa.ColumnElement[bool]:
        held = self._tables[table.table].columns[column]
        return self._belongs(table, subject_id) & held.is_distinct_from(_or_empty(held, value))

    def _belongs(self, table: TableDeclaration, subject_id: str) -> sa.ColumnElement[bool]:
        there = self._tables[table.table]
        if table.through is None:
            subject = there.columns[str(table.subject)]
            return subject == (UUID(subject_id) if isinstance(subject.type, sa.Uuid) else subject_id)
        way = table.through
        key = self._tables[way.table].columns[way.key]
        owned = sa.select(key).where(self._belongs(self._declaration.table(way.table), subject_id))
        return there.columns[way.column].in_(owned)


def _or_empty(column: sa.Column[str], value: str | None) -> str | None:
    return "" if value is None and not column.nullable else value


def file_names(declaration: SqlDeclaration) -> dict[str, str]:
    """Return the name of each table's file in a copy: its own name in plain letters, numbered where two are alike."""
    names: dict[str, str] = {}
    for place, table in enumerate(declaration.tables, 1):
        plain = _NO_FILE_NAME.sub("-", table.table.lower()).strip("-")[:_LONGEST_NAME] or "table"
        name = f"{plain}.json"
        names[table.table] = f"{plain}-{place}.json" if name in names.values() else name
    return names


def json_value(value: object) -> str | int | float | None:
    """Return a value of a column as JSON has it: instants in ISO 8601, bytes in Base64, numbers as they are."""
    if value is None or isinstance(value, int | str) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    return str(value)
