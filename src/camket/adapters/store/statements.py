"""Statements written once in SQLAlchemy Core, compiled once per store, executed on the driver's own cursor.

Building and compiling a statement costs many times what running it costs, so each is a module-level constant and what
happens per call is one dictionary of parameters and one `execute`.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg as postgresql_psycopg
from sqlalchemy.ext.compiler import compiles

from camket.adapters.store.types import CanonicalJson, Portable
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler

R = TypeVar("R")

Convert: TypeAlias = "Callable[[Any], Any]"


class Cursor(Protocol):
    """What both drivers' cursors can do."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        ...

    @property
    def lastrowid(self) -> Any:  # noqa: ANN401 - an integer where the driver has it
        """The id that SQLite gave the last row."""
        ...

    def execute(self, sql: Any, params: Any = ..., /) -> Any:  # noqa: ANN401 - the drivers' own types differ
        """Run one statement."""
        ...

    def executemany(self, sql: Any, params: Any, /) -> Any:  # noqa: ANN401 - the drivers' own types differ
        """Run one statement for many parameter sets."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401 - a tuple of what the columns hold
        """Return the next row."""
        ...

    def fetchall(self) -> Sequence[Any]:
        """Return all rows."""
        ...


# Parameters go by their place: both drivers bind a list faster than a dictionary.
SQLITE: Final[Dialect] = sqlite.dialect(paramstyle="qmark")
POSTGRESQL: Final[Dialect] = postgresql_psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap

ROWS_OF_A_STATEMENT: Final = 8
"""Rows that are stored with one statement; it is compiled once for each number of them."""

ONLY_READS: Final = "this unit of work only reads; write in a unit that was started for writing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One open connection: its cursor, the store's dialect, and whether units on it may write."""

    cursor: Cursor
    dialect: Dialect
    writes: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A statement as one store wants it: its text, and what turns Python values into the driver's and back.

    Args:
        places: the name of the parameter in each place of the text.
        read: reads a row's attributes of these names, in this order.
        binds: what converts the parameter in each place; None where it stays as it is.
        fixed: values that are the same in every run, by name.
        columns: names of the columns of its rows.
        results: columns that are converted, and by what.
    """

    sql: str
    places: tuple[str, ...]
    read: Callable[[Any], Iterable[Any]]
    binds: tuple[Convert | None, ...]
    fixed: Mapping[str, Any]
    columns: tuple[str, ...]
    writes: bool
    results: tuple[tuple[str, Convert], ...]


Statement: TypeAlias = "sa.Select[Any] | sa.Insert | sa.Update | sa.Delete"
Insert: TypeAlias = "Callable[[sa.Table], sqlite.Insert | postgresql.Insert]"
"""The store's own `insert`, for statements with ON CONFLICT: the two dialects spell it alike and share no class."""


class Query(Generic[R]):
    """One statement and how its rows are made.

    Args:
        statement: the statement, or a function of the store's own `insert` that makes it.
        row: makes a row from its columns by name; for a single unnamed column use `scalar`.
    """

    def __init__(self, statement: Any, row: Callable[..., R]) -> None:  # noqa: ANN401 - `Statement` or a function
        self._statement = statement
        self._row = row
        self._prepared: dict[str, Prepared] = {}

    def one(self, link: Link, **params: Any) -> R | None:  # noqa: ANN401 - a column's own type each
        """Run it and return its only row, or None."""
        prepared = self._run(link, params)
        values = link.cursor.fetchone()
        return None if values is None else self._make(prepared, values)

    def only(self, link: Link, **params: Any) -> R:  # noqa: ANN401 - a column's own type each
        """Run it and return the one row that it always gives."""
        prepared = self._run(link, params)
        return self._make(prepared, link.cursor.fetchone())

    def all(self, link: Link, **params: Any) -> tuple[R, ...]:  # noqa: ANN401 - a column's own type each
        """Run it and return its rows."""
        prepared = self._run(link, params)
        return tuple([self._make(prepared, values) for values in link.cursor.fetchall()])

    def count(self, link: Link, **params: Any) -> int:  # noqa: ANN401 - a column's own type each
        """Run an insert made by `counting` and return the id that the store gave the row."""
        prepared = self._run(link, params)
        counted: int = link.cursor.fetchone()[0] if prepared.columns else link.cursor.lastrowid
        return counted

    def run(self, link: Link, **params: Any) -> int:  # noqa: ANN401 - a column's own type each
        """Run it and return how many rows it changed."""
        self._run(link, params)
        return link.cursor.rowcount

    def store(self, link: Link, *rows: Any) -> int:  # noqa: ANN401 - any of the frozen rows
        """Run an insert of whole rows and return how many rows it changed; a few of them are one statement.

        Args:
            link: the connection.
            rows: each with an attribute for every column that is inserted; none runs nothing.
        """
        prepared = self._prepared.get(link.dialect.name) or self._on(link.dialect)
        changed = 0
        for first in range(0, len(rows), ROWS_OF_A_STATEMENT):
            few = rows[first : first + ROWS_OF_A_STATEMENT]
            values = [value for row in few for value in _converted(prepared.binds, prepared.read(row))]
            self._execute(link, prepared if len(few) == 1 else self._for_rows(link.dialect, len(few)), values)
            changed += link.cursor.rowcount
        return changed

    def many(self, link: Link, params: Iterable[Mapping[str, Any]]) -> int:
        """Run it once for each set of parameters and return how many rows were changed in all."""
        if not link.writes:
            raise StoreError(ONLY_READS)
        prepared = self._on(link.dialect)
        bound = [_bind(prepared, dict(one)) for one in params]
        if not bound:
            return 0
        link.cursor.executemany(prepared.sql, bound)
        return link.cursor.rowcount

    def _run(self, link: Link, params: dict[str, Any]) -> Prepared:
        prepared = self._prepared.get(link.dialect.name) or self._on(link.dialect)
        self._execute(link, prepared, _bind(prepared, params))
        return prepared

    @staticmethod
    def _execute(link: Link, prepared: Prepared, values: list[Any]) -> None:
        if prepared.writes and not link.writes:
            raise StoreError(ONLY_READS)
        link.cursor.execute(prepared.sql, values)

    def _make(self, prepared: Prepared, values: Sequence[Any]) -> R:
        # Not strict: a statement's columns and its rows are of one length by construction, and this runs for each row.
        named = dict(zip(prepared.columns, values))  # noqa: B905
        for name, convert in prepared.results:
            if (value := named[name]) is not None:
                named[name] = convert(value)
        return self._row(**named)

    def _on(self, dialect: Dialect) -> Prepared:
        if dialect.name not in self._prepared:
            self._prepared[dialect.name] = prepare(self._statement, dialect)
        return self._prepared[dialect.name]

    def _for_rows(self, dialect: Dialect, number: int) -> Prepared:
        name = f"{dialect.name} {number}"
        if name not in self._prepared:
            self._prepared[name] = prepare(self._statement, dialect, rows=number)
        return self._prepared[name]


def _bind(prepared: Prepared, params: dict[str, Any]) -> list[Any]:
    if prepared.fixed:
        params.update(prepared.fixed)
    return _converted(prepared.binds, map(params.__getitem__, prepared.places))


def _converted(binds: Iterable[Convert | None], values: Iterable[Any]) -> list[Any]:
    # Not strict: both have one entry for each place by construction, and this runs for each statement.
    return [
        value if convert is None or value is None else convert(value)
        for convert, value in zip(binds, values)  # noqa: B905
    ]


def command(statement: Any) -> Query[None]:  # noqa: ANN401 - `Statement` or a function of the store's `insert`
    """Return the query for a statement that gives no rows back."""
    return Query(statement, _no_row)


def _no_row(**columns: object) -> None:
    del columns


def scalar(**columns: Any) -> Any:  # noqa: ANN401 - the type of the one column
    """Return the value of a row's only column."""
    (value,) = columns.values()
    return value


def counting(insert: Insert, statement: sqlite.Insert | postgresql.Insert, column: sa.Column[Any]) -> sa.UpdateBase:
    """Return the insert with what tells the new row's id; SQLite's driver tells it by itself, and faster."""
    return statement if insert is sqlite.insert else statement.returning(column)


def columns_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the frozen rows
    """Return a row's columns by name."""
    return {name: getattr(row, name) for name in row.__slots__}


def prepare(statement: Any, dialect: Dialect, *, rows: int = 1) -> Prepared:  # noqa: ANN401 - `Statement` or a function
    """Compile a statement for one store; an insert for so many rows."""
    if callable(statement):
        statement = statement(sqlite.insert if dialect.name == "sqlite" else postgresql.insert)
    if rows > 1:
        names = [column.key for column in statement.table.c]
        statement = statement.values([{name: sa.bindparam(f"{name}_{row}") for name in names} for row in range(rows)])
    compiled: SQLCompiler = statement.compile(dialect=dialect)
    places = tuple(compiled.positiontup or ())
    binds: list[Convert | None] = []
    fixed = {}
    for name in places:
        bind = compiled.binds[name]
        convert = bind.type.to_driver if isinstance(bind.type, Portable) else None
        if not bind.required and bind.value is not None:
            fixed[name] = convert(bind.value) if convert else bind.value
            convert = None
        binds.append(convert)
    columns = [(str(column.key or index), column.type) for index, column in enumerate(exported(statement))]
    return Prepared(
        sql=str(compiled),
        places=places,
        read=attrgetter(*places) if len(places) > 1 else _unread,
        binds=tuple(binds),
        fixed=fixed,
        columns=tuple(name for name, _ in columns),
        writes=not isinstance(statement, sa.Select),
        results=tuple(
            (name, kind.from_driver) for name, kind in columns if isinstance(kind, Portable) and kind.from_driver
        ),
    )


def _unread(row: object) -> Iterable[Any]:
    del row
    raise StoreError("a statement without columns to insert stores no row")


def exported(statement: Any) -> tuple[sa.ColumnElement[Any], ...]:  # noqa: ANN401 - `Statement`
    """Return the columns of the rows that a statement gives back."""
    return tuple(getattr(statement, "exported_columns", ()))


class Among(sa.ColumnElement[bool]):
    """`column IN (a list of texts given as one parameter)`, so that the statement stays one for every length."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: sa.ColumnElement[str], parameter: str) -> None:
        self.column = column
        self.texts = sa.bindparam(parameter, type_=CanonicalJson(), required=True)


class JsonText(sa.ColumnElement[str]):
    """The value of a key of a JSON object, as text; NULL where it is null or not there."""

    inherit_cache = False
    type = sa.Text()

    def __init__(self, column: sa.ColumnElement[Any], key: str) -> None:
        self.column = column
        self.key = key


@compiles(JsonText, "sqlite")
def _json_text_sqlite(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"CAST(json_extract({compiler.process(element.column, **options)}, '$.{element.key}') AS TEXT)"


@compiles(JsonText, "postgresql")
def _json_text_postgresql(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"(CAST({compiler.process(element.column, **options)} AS json) ->> '{element.key}')"


class JoinedTexts(sa.ColumnElement[str]):
    """The texts of a group in one text, a line each, in the order in which they are read."""

    inherit_cache = False
    type = sa.Text()

    def __init__(self, column: sa.ColumnElement[str]) -> None:
        self.column = column


@compiles(JoinedTexts, "sqlite")
def _joined_sqlite(element: JoinedTexts, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"group_concat({compiler.process(element.column, **options)}, char(10))"


@compiles(JoinedTexts, "postgresql")
def _joined_postgresql(element: JoinedTexts, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"string_agg({compiler.process(element.column, **options)}, chr(10))"


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column = compiler.process(element.column, **options)
    texts = compiler.process(element.texts, **options)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 - a column and a parameter, both rendered


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column = compiler.process(element.column, **options)
    texts = compiler.process(element.texts, **options)
    return f"{column} IN (SELECT json_array_elements_text(CAST({texts} AS json)))"
