"""One writer thread: the writes of many threads reach the disk together, each whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

from camket.adapters.keys.schema import connect, explain
from camket.core.errors import CamketError, KeyStoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

UNITS_IN_A_COMMIT: Final = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """What a unit of work writes with.

    Args:
        connection: inside a transaction that holds the write lock; the unit neither begins nor commits.
        generation: of the store once this transaction is on disk.
    """

    connection: sqlite3.Connection
    generation: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unit:
    work: Callable[[Transaction], Any]
    answer: Future[Any]


class Writer:
    """Runs units of work one after another, many to a commit.

    Args:
        database: the key store's SQLite file, which exists.

    Raises:
        sqlite3.Error: the file cannot be opened.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._connection = connect(database)
        self._units: SimpleQueue[_Unit | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="key store writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run a unit of work and return its answer once it is on disk.

        A unit that raises leaves nothing behind and does not touch the others of its commit.

        Raises:
            CamketError: what the unit raised.
            KeyStoreError: the disk refused, or the store is closed; nothing of the unit is on disk.
        """
        unit = _Unit(work=work, answer=Future())
        with self._door:
            if self._closed:
                raise KeyStoreError(f"the key store's `{self._database}` is closed")
            self._units.put(unit)
        answer: T = unit.answer.result()
        return answer

    def close(self) -> None:
        """Finish the units that are waiting, then end the thread; twice is once."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._units.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while (first := self._units.get()) is not None:
            units, ends = self._waiting(first)
            self._commit(units)
            if ends:
                return

    def _waiting(self, first: _Unit) -> tuple[list[_Unit], bool]:
        units = [first]
        while len(units) < UNITS_IN_A_COMMIT:
            try:
                unit = self._units.get_nowait()
            except Empty:
                break
            if unit is None:
                return units, True
            units.append(unit)
        return units, False

    def _commit(self, units: list[_Unit]) -> None:
        try:
            answers = self._write(units)
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                self._connection.execute("ROLLBACK")
            for unit in units:
                unit.answer.set_exception(explain(error, self._database))
            return
        # INVARIANT: nobody hears of success before the commit is on disk.
        for unit, (result, failure) in zip(units, answers, strict=True):
            if failure is None:
                unit.answer.set_result(result)
            else:
                unit.answer.set_exception(failure)

    def _write(self, units: list[_Unit]) -> list[tuple[Any, Exception | None]]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE store SET generation = generation + 1")
        (generation,) = connection.execute("SELECT generation FROM store").fetchone()
        transaction = Transaction(connection=connection, generation=generation)
        answers = [self._run_unit(unit, transaction) for unit in units]
        connection.execute("COMMIT")
        return answers

    def _run_unit(self, unit: _Unit, transaction: Transaction) -> tuple[Any, Exception | None]:
        connection = transaction.connection
        connection.execute("SAVEPOINT unit")
        result: Any = None
        failure: Exception | None = None
        try:
            result = unit.work(transaction)
        except CamketError as error:
            failure = error
        except sqlite3.Error as error:
            if not connection.in_transaction:  # a full disk: SQLite has rolled back everything
                raise
            failure = explain(error, self._database)
        except Exception as error:  # noqa: BLE001 - the thread's outermost loop: a fault goes to the unit's caller
            failure = error
        if failure is not None:
            connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        return result, failure
