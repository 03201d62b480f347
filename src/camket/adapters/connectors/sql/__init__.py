"""The connector `sql`: rows of another system's database, shown, copied, corrected, and deleted or anonymised there.

Whatever goes wrong there becomes one `HolderError` without the database's own message, which may quote rows.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from camket.adapters.connectors.sql.engine import failure_of, make_engine, missing_file, reason
from camket.adapters.connectors.sql.reflection import read_tables, undeclared_references
from camket.adapters.connectors.sql.rows import Rows, file_names, json_value
from camket.core.errors import HolderError, HolderFailure
from camket.core.rights.connectors import PlannedCorrection, PlannedRows
from camket.core.rights.exported import ExportedItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from camket.core.policy.model import Text
    from camket.core.rights.connectors import SqlDeclaration, TableDeclaration

UNREADABLE: Final = (ValueError, TypeError, ArithmeticError)
"""What a driver raises over a value that is not of its column's type; SQLite lets a table hold such."""


class SqlConnector:
    """See `camket.holder_ports.Connector` for what it promises. Connects when it is asked and keeps no connection.

    Args:
        declaration: of the database and its tables.

    Raises:
        SettingsError: the address is none, or its driver is not installed.
    """

    def __init__(self, declaration: SqlDeclaration) -> None:
        self._declaration = declaration
        self._engine = make_engine(declaration)
        self._lock = Lock()
        self._rows: Rows | None = None

    @property
    def name(self) -> str:
        """The connector's name."""
        return self._declaration.name

    @property
    def label(self) -> Text:
        """What subjects read as its name."""
        return self._declaration.label

    @property
    def items(self) -> frozenset[str]:
        """The items that its tables hold."""
        return frozenset(table.item for table in self._declaration.tables)

    @property
    def corrects(self) -> frozenset[str]:
        """The items that stand in declared columns."""
        return frozenset(item for table in self._declaration.tables for item in table.corrects.values())

    def check(self) -> tuple[str, ...]:
        """Return what does not hold between the declaration and the database; empty where all does."""
        with self._asking("be checked") as connection:
            _, problems = read_tables(connection, self._declaration)
            return problems or undeclared_references(connection, self._declaration)

    def plan(self, subject_id: str) -> tuple[PlannedRows, ...]:
        """Return what an erasure would do now; nothing is changed."""
        with self._asking("say what it holds") as connection:
            rows = self._known(connection)
            return tuple(
                PlannedRows(
                    table=table.table,
                    item=table.item,
                    rows=rows.count(connection, table, subject_id),
                    end=table.end,
                )
                for table in self._declaration.tables
            )

    def plan_correction(self, subject_id: str, item: str) -> tuple[PlannedCorrection, ...]:
        """Return every column that a correction of the item would set now, and in how many rows; nothing is changed."""
        with self._asking("say what it holds") as connection:
            rows = self._known(connection)
            return tuple(
                PlannedCorrection(table=table.table, column=column, rows=rows.count(connection, table, subject_id))
                for table, column in self._columns_of(item)
            )

    def count(self, subject_id: str) -> Mapping[str, int]:
        """Return how many rows of each item are held."""
        counted: dict[str, int] = {}
        for planned in self.plan(subject_id):
            if planned.rows:
                counted[planned.item] = counted.get(planned.item, 0) + planned.rows
        return counted

    def export(self, subject_id: str) -> Sequence[ExportedItem]:
        """Return the declared columns of every row, one JSON file for each table, *personal*."""
        with self._asking("give what it holds") as connection:
            rows = self._known(connection)
            names = file_names(self._declaration)
            found = [(table, rows.select(connection, table, subject_id)) for table in self._declaration.tables]
            return tuple(_exported(table, names[table.table], held) for table, held in found if held)

    def erase(self, subject_id: str) -> None:
        """Delete or anonymise every row in one transaction of that database; nothing of it where one step fails."""
        with self._asking("delete what it holds") as connection:
            rows = self._known(connection)
            for table in self._declaration.erased_in_order():
                rows.erase(connection, table, subject_id)
            # INVARIANT: what is committed leaves no row that leads to the subject.
            left = [one.table for one in self._declaration.tables if rows.count(connection, one, subject_id)]
            if left:
                raise HolderError(
                    f"the connector `{self.name}` left rows in `{left[0]}`; nothing there was changed",
                    holder=self.name,
                    failure=HolderFailure.REFUSED,
                )

    def correct(
        self,
        subject_id: str,
        *,
        item: str,
        value: str | None,
        since: datetime,  # noqa: ARG002 - a column holds the value alone
    ) -> None:
        """Set every declared column of the item in one transaction of that database; nothing of it where one fails."""
        columns = self._columns_of(item)
        if not columns:
            return
        with self._asking("correct what it holds") as connection:
            rows = self._known(connection)
            for table, column in columns:
                rows.correct(connection, table, column, subject_id, value)
            # INVARIANT: what is committed holds no other value where this one belongs.
            left = [
                table.table for table, column in columns if rows.others(connection, table, column, subject_id, value)
            ]
            if left:
                raise HolderError(
                    f"the connector `{self.name}` kept another value in `{left[0]}`; nothing there was changed",
                    holder=self.name,
                    failure=HolderFailure.REFUSED,
                )

    def close(self) -> None:
        """Let go of what is open; twice is once."""
        self._engine.dispose()

    @contextmanager
    def _asking(self, what: str) -> Iterator[sa.Connection]:
        """Give a transaction that is committed at the end, and undone by whatever is raised."""
        missing = missing_file(self._engine)
        if missing:
            raise self._failed(what, missing, HolderFailure.UNREACHABLE)
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            self._forget()
            # What the database says may quote a row, so the cause goes no further.
            raise self._failed(what, reason(error), failure_of(error)) from None
        except UNREADABLE:
            why = "its database gave a value that is not of its column"
            raise self._failed(what, why, HolderFailure.GARBLED) from None

    def _failed(self, what: str, why: str, failure: HolderFailure) -> HolderError:
        return HolderError(f"the connector `{self.name}` could not {what}: {why}", holder=self.name, failure=failure)

    def _known(self, connection: sa.Connection) -> Rows:
        """Return the tables as they were found; read once, and again after a failure."""
        with self._lock:
            if self._rows is not None:
                return self._rows
        tables, problems = read_tables(connection, self._declaration)
        if problems:
            raise HolderError(
                f"the connector `{self.name}` does not fit its database: {problems[0]}",
                holder=self.name,
                failure=HolderFailure.MISDECLARED,
            )
        rows = Rows(self._declaration, tables)
        with self._lock:
            self._rows = rows
        return rows

    def _columns_of(self, item: str) -> tuple[tuple[TableDeclaration, str], ...]:
        tables = self._declaration.tables
        return tuple((table, column) for table in tables for column, held in table.corrects.items() if held == item)

    def _forget(self) -> None:
        with self._lock:
            self._rows = None


def _exported(table: TableDeclaration, file_name: str, held: Sequence[sa.RowMapping]) -> ExportedItem:
    records = [{column: json_value(row[column]) for column in table.columns} for row in held]
    return ExportedItem(
        item=table.item,
        file_name=file_name,
        media_type="application/json",
        content=json.dumps(records, ensure_ascii=False, indent=2).encode(),
        count=len(records),
        labels={
            column: {language.value: said for language, said in words.items()}
            for column, words in table.columns.items()
        },
    )
