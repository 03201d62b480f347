"""The declared names held against the tables that are really there, each with its nearest where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from camket.core.errors import nearest
from camket.core.rights.connectors import RowEnd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from camket.core.rights.connectors import SqlDeclaration, TableDeclaration


def read_tables(
    connection: sa.Connection, declaration: SqlDeclaration
) -> tuple[Mapping[str, sa.Table], tuple[str, ...]]:
    """Return the declared tables as they are, and every problem that keeps them from being used."""
    there = sa.inspect(connection).get_table_names(schema=declaration.schema)
    problems = [
        f"there is no table `{one.table}`{nearest(one.table, there)}"
        for one in declaration.tables
        if one.table not in there
    ]
    if problems:
        return {}, tuple(problems)
    metadata = sa.MetaData(schema=declaration.schema)
    tables = {
        one.table: sa.Table(one.table, metadata, autoload_with=connection, resolve_fks=False)
        for one in declaration.tables
    }
    return tables, tuple(problem for one in declaration.tables for problem in _problems(declaration, one, tables))


def undeclared_references(connection: sa.Connection, declaration: SqlDeclaration) -> tuple[str, ...]:
    """Return the tables that refer to rows which an erasure deletes, and are not declared themselves.

    The database would refuse the erasure because of them, or delete what nobody was shown.
    """
    declared = {one.table for one in declaration.tables}
    deleted = {one.table for one in declaration.tables if one.end is RowEnd.DELETE}
    found = sa.inspect(connection).get_multi_foreign_keys(schema=declaration.schema)
    return tuple(
        f"`{table}` refers to `{key['referred_table']}`, whose rows are deleted; declare it too"
        for (_, table), keys in sorted(found.items(), key=lambda one: one[0][1])
        for key in keys
        if key["referred_table"] in deleted and table not in declared
    )


def cleared_columns(declaration: SqlDeclaration, table: TableDeclaration) -> dict[str, str | None]:
    """Return every column that an erasure sets in rows that stay, with its new value.

    Beside what is declared, the column that leads to the subject: the id itself, or a reference to a row that goes.
    """
    cleared = dict(table.cleared or {})
    if table.subject is not None:
        cleared.setdefault(table.subject, None)
    elif table.through is not None and declaration.table(table.through.table).end is RowEnd.DELETE:
        cleared.setdefault(table.through.column, None)
    return cleared


def _problems(declaration: SqlDeclaration, table: TableDeclaration, tables: Mapping[str, sa.Table]) -> Iterator[str]:
    yield from _unknown(tables[table.table], _named(table))
    if table.through is not None:
        yield from _unknown(tables[table.through.table], [table.through.key])
    subject = tables[table.table].columns.get(table.subject) if table.subject else None
    if subject is not None and not isinstance(subject.type, sa.String | sa.Uuid | sa.types.NullType):
        yield f"`{table.table}.{subject.name}` holds no text, and a subject's id is 32 hexadecimal digits"
    for name in table.corrects:
        column = tables[table.table].columns.get(name)
        if column is not None and not isinstance(column.type, sa.String | sa.types.NullType):
            yield f"`{table.table}.{name}` holds no text, so nothing can be corrected in it"
    if table.end is RowEnd.ANONYMISE:
        for name, value in cleared_columns(declaration, table).items():
            column = tables[table.table].columns.get(name)
            if column is not None and value is None and not column.nullable:
                yield f"`{table.table}.{name}` must not be empty there; give it a text in `replace`, or delete the rows"


def _named(table: TableDeclaration) -> list[str]:
    ways = [table.subject, table.through.column if table.through else None]
    return list(dict.fromkeys([*(way for way in ways if way), *table.columns, *table.corrects, *(table.cleared or {})]))


def _unknown(table: sa.Table, names: Iterable[str]) -> Iterator[str]:
    there = list(table.columns.keys())
    for name in names:
        if name not in there:
            yield f"`{table.name}` has no column `{name}`{nearest(name, there)}"
