"""Group commit: one thread writes, and many waiting units of work share one flush to disk.

Why a thread of its own, why units join a group that is already running, and why those who waited wake each other one
by one was decided by measuring: docs/adr/0002-group-commit.md.
"""

from __future__ import annotations

import sqlite3
import threading
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

from camket.adapters.store.failures import disk_failure, from_sqlite, is_disk_failure
from camket.adapters.store.statements import SQLITE, Link
from camket.adapters.store.unit import Inside, StoreTicket, StoreUnit
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camket.ports import Unit

T = TypeVar("T")

MOST_WAITING: Final = 4096
"""Units that may wait; one more is refused at once instead of being kept waiting."""

GATHER_SECONDS: Final = 0.002
"""How long a group waits at most for as many units as shared the commit before it."""

NOT_GATHERING: Final = MOST_WAITING + 1
"""Never reached by the units that wait."""


class Waiting:
    """A unit of work that waits for its turn, then for the commit."""

    __slots__ = ("done", "error", "following", "result", "ticket", "work")

    def __init__(self, work: Callable[[Unit], Any]) -> None:
        self.work = work
        self.ticket = StoreTicket()
        self.result: Any = None
        self.error: BaseException | None = None
        self.following: Waiting | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def take(self) -> Any:  # noqa: ANN401 - whatever the unit returned
        """Return the unit's result, or raise its error and forget it: its traceback would hold it in a circle."""
        error, self.error = self.error, None
        if error is None:
            return self.result
        try:
            raise error
        finally:
            del error

    def wait(self) -> None:
        """Wait until the group's commit has ended, then wake the next of the group.

        An interrupt is raised only then: the unit may be stored already, and others wait behind this one.
        """
        interrupt: KeyboardInterrupt | None = None
        while True:
            try:
                self.done.acquire()
                break
            except KeyboardInterrupt as error:
                interrupt = error
        if self.following is not None:
            self.following.done.release()
        if interrupt is not None:
            raise interrupt


class GroupCommit:
    """The writing side of a SQLite store.

    Args:
        connection: handed over; only the writer's thread uses it from now on, and closes it.
        path: named in errors.
        units_per_commit: at most so many units share a commit; 1 gives every unit its own.
        inside: marks threads that run units.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, units_per_commit: int, inside: Inside) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._unit = StoreUnit(Link(cursor=self._cursor, dialect=SQLITE, writes=True))
        self._path = path
        self._units_per_commit = units_per_commit
        self._inside = inside
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._entrance = threading.Lock()
        self._closed = False
        self._ending = False
        self._failed = False
        self._expected = NOT_GATHERING
        self._enough = threading.Lock()
        self._enough.acquire()
        self._thread = threading.Thread(target=self._serve, name="camket-writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Unit], T]) -> T:
        """Have the unit of work run in the writer's thread, and return when its commit is on disk."""
        self._inside.refuse()
        waiting = Waiting(work)
        with self._entrance:
            if self._closed:
                raise StoreError("the store is closed")
            if self._queue.qsize() >= MOST_WAITING:
                raise StoreError(f"the store is busy: {MOST_WAITING} units of work are waiting; try again")
            self._queue.put(waiting)
            if self._queue.qsize() >= self._expected:
                self._stop_gathering()
        waiting.wait()
        result: T = waiting.take()
        return result

    def close(self) -> None:
        """Commit what waits, then end the thread and close its connection; twice is once."""
        with self._entrance:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
                self._stop_gathering()
        self._thread.join()

    def _stop_gathering(self) -> None:
        """End the writer's wait for more units, if it waits; the entrance is held."""
        if self._expected != NOT_GATHERING:
            self._expected = NOT_GATHERING
            self._enough.release()

    def _gather(self, number: int) -> None:
        """Wait until so many units wait, but not for long.

        Callers that shared a commit come back together. While units run, each statement gives the interpreter to a
        caller that is on its way and has to take it back; waiting for all of them first spares both sides that.
        """
        with self._entrance:
            if self._closed or self._queue.qsize() >= number:
                return
            self._expected = number
        self._enough.acquire(timeout=GATHER_SECONDS)
        with self._entrance:
            self._expected = NOT_GATHERING
            # Told in the very moment of giving up: the next wait must not end at once for that.
            self._enough.acquire(blocking=False)

    def _serve(self) -> None:
        self._inside.running = True
        group: list[Waiting] = []
        while (first := self._queue.get()) is not None:
            self._gather(len(group) - 1)
            group = [first]
            try:
                self._commit_group(group)
            except BaseException as error:  # noqa: BLE001 - the outermost loop: whoever waits must hear of anything
                self._undo()
                self._fail(group, error)
            # Woken all at once they would fight for the interpreter; each wakes the next before it goes on itself.
            for waiting, following in pairwise(group):
                waiting.following = following
            first.done.release()
            if self._ending:
                break
        # A cursor that is left open would keep the file open after the connection has been closed.
        self._cursor.close()
        self._connection.close()

    def _commit_group(self, group: list[Waiting]) -> None:
        """Run waiting units one after another and commit them together."""
        if self._failed:
            raise disk_failure(self._path)
        execute = self._cursor.execute
        execute("BEGIN IMMEDIATE")
        run: Callable[[Waiting], bool] = self._run_bare
        if not run(group[0]):
            run = self._run_again(group)
        # Units that arrive while the group runs still join it: the flush is shared by as many as possible.
        while len(group) < self._units_per_commit:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if following is None:
                self._ending = True
                break
            group.append(following)
            if not run(following):
                run = self._run_again(group)
        execute("COMMIT")
        # INVARIANT: a unit is acknowledged after the commit that holds it has returned, never before.
        for waiting in group:
            waiting.ticket.durable = waiting.error is None

    def _run_bare(self, waiting: Waiting) -> bool:
        """Run one unit straight in the group's transaction; return whether it ended well.

        Almost every unit does. A savepoint for each would cost two statements more, and each statement gives the
        interpreter away; so only a group in which a unit failed is run with them, from its beginning.
        """
        self._unit.ticket = waiting.ticket
        try:
            waiting.result = waiting.work(self._unit)
        except BaseException as error:
            if isinstance(error, sqlite3.Error) and not self._connection.in_transaction:
                # Some failures of the disk make SQLite undo the whole transaction: the group is lost.
                waiting.error = from_sqlite(error, self._path)
                raise
            return False
        return True

    def _run_again(self, group: list[Waiting]) -> Callable[[Waiting], bool]:
        """Undo what a group did and run it again, each unit in a savepoint of its own; return how to run the rest."""
        self._cursor.execute("ROLLBACK")
        self._cursor.execute("BEGIN IMMEDIATE")
        for waiting in group:
            self._run_apart(waiting)
        return self._run_apart

    def _run_apart(self, waiting: Waiting) -> bool:
        """Run one unit in a savepoint of its own; its failure undoes it alone."""
        execute = self._cursor.execute
        self._unit.ticket = waiting.ticket
        execute("SAVEPOINT unit")
        try:
            waiting.result = waiting.work(self._unit)
        except BaseException as error:
            waiting.error = from_sqlite(error, self._path) if isinstance(error, sqlite3.Error) else error
            if not self._connection.in_transaction:
                # Some failures of the disk make SQLite undo the whole transaction: the group is lost.
                raise
            execute("ROLLBACK TO unit")
        execute("RELEASE unit")
        return True

    def _undo(self) -> None:
        try:
            self._connection.rollback()
        except sqlite3.Error:
            self._failed = True

    def _fail(self, group: list[Waiting], error: BaseException) -> None:
        """Tell every unit of a group that nothing was stored; a unit's own error stays."""
        # INVARIANT: after a flush has failed, a later one may succeed without the lost pages; so none is tried.
        self._failed = self._failed or (isinstance(error, sqlite3.Error) and is_disk_failure(error))
        for waiting in group:
            if waiting.error is not None:
                continue
            # An error of their own for each: they are raised in as many threads.
            if self._failed:
                waiting.error = disk_failure(self._path)
            elif isinstance(error, sqlite3.Error):
                waiting.error = from_sqlite(error, self._path)
            else:
                waiting.error = StoreError("the units that ran together were all undone, as one of them failed")
