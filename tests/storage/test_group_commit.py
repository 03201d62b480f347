"""Group commit on SQLite: who shares a flush with whom, and in what order units run."""

import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from camket.adapters.store import SqliteStore
from camket.adapters.store.group_commit import MOST_WAITING, Waiting
from camket.core.errors import StoreError
from camket.ports import Unit
from tests.storage.samples import about, record, subject

WAL_HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24


def commits(path: Path) -> int:
    """Count the commits in a write-ahead log: the frames that name the size of the database after them."""
    log = path.with_name(f"{path.name}-wal").read_bytes()
    (page_bytes,) = struct.unpack_from(">8xI", log)
    frames = range(WAL_HEADER_BYTES, len(log), FRAME_HEADER_BYTES + page_bytes)
    return sum(struct.unpack_from(">4xI", log, frame)[0] > 0 for frame in frames)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another thread brings about."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)


def run_while_one_is_under_way(store: SqliteStore, works: list[Callable[[Unit], object]]) -> list[object]:
    """Start units that all wait behind one that is under way; return their results and errors."""
    under_way, go_on = threading.Event(), threading.Event()

    def first(unit: Unit) -> None:
        unit.subjects.add(subject("first"))
        under_way.set()
        go_on.wait(30)

    def run(work: Callable[[Unit], object]) -> object:
        try:
            return store.write(work)
        except Exception as error:  # noqa: BLE001 - the error is what the test looks at
            return error

    with ThreadPoolExecutor(len(works) + 1) as pool:
        leading = pool.submit(store.write, first)
        under_way.wait(30)
        results = [pool.submit(run, work) for work in works]
        wait_until(lambda: store._writer._queue.qsize() == len(works))
        go_on.set()
        leading.result()
        return [result.result() for result in results]


def add(number: int) -> Callable[[Unit], int]:
    """Return a unit that stores a subject and a record."""

    def work(unit: Unit) -> int:
        unit.subjects.add(subject(f"s{number}"))
        return unit.records.add(record(number), [about(f"s{number}")])

    return work


@pytest.mark.parametrize(("units_per_commit", "expected"), [(256, 1), (21, 1), (10, 3), (1, 21)])
def test_waiting_units_share_a_commit(tmp_path: Path, units_per_commit: int, expected: int) -> None:
    """Twenty units that wait behind one share its commit, up to the stated number; at one each has its own."""
    path = tmp_path / "camket.db"
    with closing(SqliteStore(path, units_per_commit=units_per_commit)) as store:
        store.read(lambda unit: unit.policies.newest_number())
        before = commits(path)
        results = run_while_one_is_under_way(store, [add(number) for number in range(20)])
        assert len(set(map(str, results))) == 20
        assert commits(path) - before == expected


def test_units_run_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    """Of units that were started one after another, each sees what those before it wrote."""
    with closing(SqliteStore(tmp_path / "camket.db")) as store, ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(store.write, add(number)) for number in range(50)]
        ids = [future.result() for future in waiting]
        assert ids == sorted(ids)


def test_a_failing_unit_shares_no_fate(tmp_path: Path) -> None:
    """In one and the same commit the failing units leave nothing, and those around them are stored whole."""
    path = tmp_path / "camket.db"

    def fail(unit: Unit) -> None:
        add(99)(unit)
        raise KeyError("planned")

    with closing(SqliteStore(path)) as store:
        before = commits(path)
        results = run_while_one_is_under_way(store, [fail, add(1), fail, add(2), add(2), fail])
        assert [type(result).__name__ for result in results] == [
            "KeyError",
            "int",
            "KeyError",
            "int",
            "ConflictError",
            "KeyError",
        ]
        assert commits(path) - before == 1
        assert store.read(lambda unit: unit.subjects.get("s99")) is None
        assert store.read(lambda unit: unit.records.count_unsequenced()) == 2


def test_what_stood_before_a_failing_unit_is_stored(tmp_path: Path) -> None:
    """Units that ran before the first one that fails are stored in the same commit, each under the id it was told."""
    path = tmp_path / "camket.db"

    def fail(unit: Unit) -> None:
        add(99)(unit)
        raise KeyError("planned")

    with closing(SqliteStore(path)) as store:
        before = commits(path)
        results = run_while_one_is_under_way(store, [add(1), add(2), fail, add(3)])
        assert [type(result).__name__ for result in results] == ["int", "int", "KeyError", "int"]
        assert commits(path) - before == 1
        ids = [result for result in results if isinstance(result, int)]
        stored = store.read(lambda unit: [unit.records.get(record_id) for record_id in ids])
        assert [row.entry for row in stored if row is not None] == [record(number).entry for number in (1, 2, 3)]
        subjects = store.read(lambda unit: [unit.subjects.get(name) for name in ("s1", "s2", "s3", "s99")])
        assert [row is not None for row in subjects] == [True, True, True, False]


def test_a_unit_that_ends_its_thread_is_told_so(tmp_path: Path) -> None:
    """Even what would end a program is raised where the unit was started, and the writer goes on."""

    def leave(unit: Unit) -> None:
        del unit
        raise SystemExit(3)

    with closing(SqliteStore(tmp_path / "camket.db")) as store:
        with pytest.raises(SystemExit):
            store.write(leave)
        assert store.write(add(1)) == 1


def test_an_interrupt_is_raised_after_the_commit_and_wakes_the_next() -> None:
    """Whoever is interrupted while waiting still waits for the commit, wakes the next, and only then is interrupted."""

    class Interrupted:
        """A lock whose first wait is interrupted."""

        def __init__(self) -> None:
            self.waits = 0

        def acquire(self) -> bool:
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt
            return True

    one, other = Waiting(lambda unit: unit), Waiting(lambda unit: unit)
    lock = Interrupted()
    one.done = lock  # type: ignore[assignment]  # stands in for a lock that a signal interrupts
    one.following = other
    with pytest.raises(KeyboardInterrupt):
        one.wait()
    assert lock.waits == 2
    assert other.done.acquire(blocking=False)


def test_a_full_queue_refuses_instead_of_keeping_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When as many units wait as may wait, one more is refused at once; those that wait are stored."""
    monkeypatch.setattr("camket.adapters.store.group_commit.MOST_WAITING", 3)
    with closing(SqliteStore(tmp_path / "camket.db")) as store, ThreadPoolExecutor(4) as pool:
        under_way, go_on = threading.Event(), threading.Event()

        def first(unit: Unit) -> None:
            del unit
            under_way.set()
            go_on.wait(30)

        pool.submit(store.write, first)
        under_way.wait(30)
        waiting = [pool.submit(store.write, add(number)) for number in range(3)]
        wait_until(lambda: store._writer._queue.qsize() == 3)
        with pytest.raises(StoreError, match="3 units of work are waiting; try again"):
            store.write(add(9))
        go_on.set()
        assert len({future.result() for future in waiting}) == 3
    assert MOST_WAITING == 4096


def test_those_who_shared_a_commit_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a commit of four, the next begins once four wait again: no unit of it runs before, and they share it."""
    monkeypatch.setattr("camket.adapters.store.group_commit.GATHER_SECONDS", 60.0)
    path = tmp_path / "camket.db"
    with closing(SqliteStore(path)) as store, ThreadPoolExecutor(4) as pool:
        run_while_one_is_under_way(store, [add(number) for number in range(3)])
        before = commits(path)
        waiting = [pool.submit(store.write, add(number)) for number in range(10, 14)]
        assert all(one.result(timeout=20) for one in waiting)
        assert commits(path) - before == 1


def test_closing_ends_the_wait_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that is alone after a commit of four is stored when the store closes, without the others."""
    monkeypatch.setattr("camket.adapters.store.group_commit.GATHER_SECONDS", 60.0)
    store = SqliteStore(tmp_path / "camket.db")
    run_while_one_is_under_way(store, [add(number) for number in range(3)])
    with ThreadPoolExecutor(2) as pool:
        alone = pool.submit(store.write, add(10))
        while not store._writer._expected < MOST_WAITING:
            pass
        pool.submit(store.close).result(timeout=20)
        assert alone.result(timeout=20)
