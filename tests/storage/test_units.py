"""The unit of work: whole or not at all, apart from others, durable on return, safe among threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from camket.core.errors import ConflictError, StoreError
from camket.ports import Store, Ticket, Unit
from tests.storage.samples import NOW, about, after, code, each, fact, identifier, record, subject, value

THREADS = 16


class PlannedError(Exception):
    """What a test's unit raises."""


def together(store: Store, works: list[Callable[[Unit], object]]) -> list[object]:
    """Run units in as many threads, started at one instant; return results and errors in their order."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[Unit], object]) -> object:
        barrier.wait()
        try:
            return store.write(work)
        except Exception as error:  # noqa: BLE001 - the error is what the test looks at
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_unit_returns_what_its_function_returns(store: Store) -> None:
    """The result of the function comes back, from writing and from reading."""
    assert store.write(lambda unit: ("written", unit.policies.newest_number())) == ("written", 0)
    assert store.read(lambda unit: ("read", unit.policies.newest_number())) == ("read", 0)


def test_a_unit_sees_its_own_writes(store: Store) -> None:
    """What a unit has written it reads back before it ends."""

    def work(unit: Unit) -> tuple[object, int]:
        unit.subjects.add(subject())
        unit.records.add(record(), [about()])
        return unit.subjects.get("alice"), len(unit.records.of_subject("alice", limit=9))

    assert store.write(work) == (subject(), 1)


def test_a_unit_that_fails_leaves_nothing(store: Store) -> None:
    """Whatever a unit raises reaches its caller unchanged, and nothing that it wrote stays."""
    planned = PlannedError("planned")

    def work(unit: Unit) -> None:
        unit.subjects.add(subject())
        unit.records.add(record(), [about()])
        unit.limits.hit("code", b"k", window_start=NOW)
        raise planned

    with pytest.raises(PlannedError) as caught:
        store.write(work)
    assert caught.value is planned
    assert store.read(lambda unit: unit.subjects.get("alice")) is None
    assert store.read(lambda unit: unit.records.count_unsequenced()) == 0
    assert store.read(lambda unit: unit.limits.count("code", b"k", window_start=NOW)) == 0


def test_a_failing_unit_leaves_the_others_of_its_group(store: Store) -> None:
    """Of many units at once, those that fail are undone alone; every other one is stored whole."""

    def work(number: int) -> Callable[[Unit], int]:
        def run(unit: Unit) -> int:
            unit.subjects.add(subject(f"s{number:02}"))
            unit.records.add(record(number), [about(f"s{number:02}")])
            if number % 3 == 0:
                raise PlannedError(number)
            if number % 3 == 1:
                unit.subjects.add(subject(f"s{number:02}"))
            return number

        return run

    results = together(store, [work(number) for number in range(48)])
    assert [type(result) for result in results] == [PlannedError, ConflictError, int] * 16
    for number in range(48):
        name = f"s{number:02}"
        row, links = store.read(
            lambda unit, name=name: (unit.subjects.get(name), unit.records.of_subject(name, limit=9))  # type: ignore[misc]
        )
        assert (row is not None, len(links)) == ((True, 1) if number % 3 == 2 else (False, 0))


def test_what_was_acknowledged_is_seen_by_the_next_unit(store: Store) -> None:
    """After writing has returned, reading in any thread sees it, and so does the store opened a second time."""

    def write_and_read(number: int) -> bool:
        store.write(lambda unit: unit.subjects.add(subject(f"s{number}")))
        return store.read(lambda unit: unit.subjects.get(f"s{number}")) is not None

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(write_and_read, range(200)))


def test_a_closed_store_keeps_what_it_acknowledged(store: Store, open_again: Callable[[], Store]) -> None:
    """Closing finishes what waits and refuses what comes; opened again, everything acknowledged is there."""
    added: list[int] = []

    def add(number: int) -> None:
        try:
            store.write(lambda unit: unit.subjects.add(subject(f"s{number:03}")))
        except StoreError:
            return
        added.append(number)

    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(300):
            pool.submit(add, number)
        store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.write(lambda unit: unit.policies.newest_number())
    again = open_again()
    found = again.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=1))
    assert found == ()
    for number in added:
        assert again.read(lambda unit, number=number: unit.subjects.get(f"s{number:03}"))  # type: ignore[misc]


def test_a_ticket_says_durable_after_the_commit_alone(store: Store) -> None:
    """A unit's ticket is not durable inside it, is once writing has returned, and never is when it failed."""
    tickets: list[Ticket] = []

    def work(unit: Unit) -> bool:
        tickets.append(unit.ticket)
        unit.subjects.add(subject())
        return unit.ticket.durable

    assert store.write(work) is False
    assert tickets[0].durable
    with pytest.raises(ConflictError):
        store.write(work)
    assert [ticket.durable for ticket in tickets[1:]] == [False] * len(tickets[1:])
    assert store.read(lambda unit: unit.ticket).durable is False


@pytest.mark.parametrize(
    "write",
    [
        lambda unit: unit.subjects.add(subject()),
        lambda unit: unit.subjects.erase("alice", at=NOW),
        lambda unit: unit.values.delete(["v"]),
        lambda unit: unit.values.delete([]),
        lambda unit: unit.limits.hit("code", b"k", window_start=NOW),
        lambda unit: unit.ledger.lease("one", now=NOW, until=after(1)),
        lambda unit: unit.jobs.enqueue("erase", {}, run_at=NOW),
    ],
    ids=["add", "erase", "delete", "delete nothing", "hit", "lease", "enqueue"],
)
def test_a_reading_unit_does_not_write(store: Store, write: Callable[[Unit], object]) -> None:
    """A query that writes is refused in a reading unit."""
    with pytest.raises(StoreError, match="only reads"):
        store.read(write)
    assert store.read(lambda unit: unit.subjects.get("alice")) is None


def test_a_reading_unit_sees_one_state(store: Store) -> None:
    """What is written while a reading unit runs is not seen by it, and is seen by the next."""
    store.write(lambda unit: unit.subjects.add(subject()))
    with ThreadPoolExecutor(1) as pool:

        def work(unit: Unit) -> tuple[int, int]:
            before = unit.subjects.get("alice")
            pool.submit(store.write, lambda other: other.subjects.signal_gpc("alice", at=NOW)).result()
            after_it = unit.subjects.get("alice")
            assert before is not None
            assert after_it is not None
            return before.facts_revision, after_it.facts_revision

        assert store.read(work) == (0, 0)
    row = store.read(lambda unit: unit.subjects.get("alice"))
    assert row is not None
    assert row.facts_revision == 1


@pytest.mark.parametrize("outer", ["read", "write"])
@pytest.mark.parametrize("inner", ["read", "write"])
def test_a_unit_starts_no_other(store: Store, outer: str, inner: str) -> None:
    """A unit inside a unit, which would wait for itself, is refused at once; afterwards the store works on."""

    def nested(unit: Unit) -> object:
        del unit
        return getattr(store, inner)(lambda other: other.policies.newest_number())

    with pytest.raises(StoreError, match="cannot start another"):
        getattr(store, outer)(nested)
    assert getattr(store, outer)(lambda unit: unit.policies.newest_number()) == 0
    assert getattr(store, inner)(lambda unit: unit.policies.newest_number()) == 0


def test_jobs_are_claimed_once_among_threads(store: Store) -> None:
    """Sixteen workers claiming at once get every job exactly once."""
    store.write(lambda unit: [unit.jobs.enqueue("erase", {}, run_at=NOW) for _ in range(40)])

    def claim(owner: str) -> list[int]:
        mine = []
        while job := store.write(lambda unit: unit.jobs.claim(owner, ["erase"], now=NOW, until=after(9))):
            mine.append(job.id)
        return mine

    with ThreadPoolExecutor(THREADS) as pool:
        claimed = [job for mine in pool.map(claim, map(str, range(THREADS))) for job in mine]
    assert len(claimed) == len(set(claimed)) == 40


def test_a_claim_goes_to_one_of_many_threads(store: Store) -> None:
    """Of sixteen subjects who claim one e-mail address at once, one gets it and the others are told no, not failed."""
    names = [f"s{number:02}" for number in range(THREADS)]
    store.write(lambda unit: each(unit.identifiers.add, [identifier(name) for name in names]))
    index = identifier("x").blind_index

    def work(name: str) -> Callable[[Unit], bool]:
        return lambda unit: unit.identifiers.claim("email", index, name, claim="email:1")

    results = together(store, [work(name) for name in names])
    assert sorted(map(str, results)) == ["False"] * (THREADS - 1) + ["True"]


def test_tries_at_once_are_all_counted(store: Store) -> None:
    """Sixteen tries at one instant get the numbers to the limit once each, and no more."""
    store.write(lambda unit: unit.codes.add(code("c1")))
    results = together(store, [lambda unit: unit.codes.count_try("c1", limit=5)] * THREADS)
    assert sorted(map(str, results)) == sorted([*"12345", *["None"] * (THREADS - 5)])


def test_attempts_at_once_are_all_counted(store: Store) -> None:
    """Hits on one window from many threads are all counted, though no row was there before."""
    results = together(store, [lambda unit: unit.limits.hit("code", b"k", window_start=NOW)] * THREADS)
    assert sorted(map(int, map(str, results))) == list(range(1, THREADS + 1))


def test_one_of_many_takes_the_lease(store: Store) -> None:
    """Of sixteen that ask for the ledger's lease at once, one gets it."""

    def work(owner: str) -> Callable[[Unit], int | None]:
        return lambda unit: unit.ledger.lease(owner, now=NOW, until=after(9))

    results = together(store, [work(str(number)) for number in range(THREADS)])
    assert sorted(map(str, results)) == ["1"] + ["None"] * (THREADS - 1)


def test_facts_do_not_change_between_reading_and_writing(store: Store) -> None:
    """A unit that reads a subject and then writes is not overtaken: every revision is read by one unit alone."""
    store.write(lambda unit: unit.subjects.add(subject()))

    def work(number: int) -> Callable[[Unit], int]:
        def run(unit: Unit) -> int:
            row = unit.subjects.get("alice")
            assert row is not None
            unit.facts.add(fact(f"f{number}", at=after(row.facts_revision)))
            return row.facts_revision

        return run

    results = together(store, [work(number) for number in range(THREADS)])
    assert sorted(map(int, map(str, results))) == list(range(THREADS))


def test_records_of_many_threads_are_all_there(store: Store) -> None:
    """Records stored from many threads get ids of their own, and each subject has exactly their own."""
    names = [f"s{number:02}" for number in range(THREADS)]
    store.write(lambda unit: each(unit.subjects.add, map(subject, names)))
    store.write(lambda unit: unit.values.add([value(name, subject_id=name) for name in names]))

    def audited_read(name: str) -> list[int]:
        def work(unit: Unit) -> int:
            assert unit.subjects.get(name)
            assert len(unit.values.of_subject(name, ["email"])) == 1
            return unit.records.add(record(), [about(name)])

        return [store.write(work) for _ in range(25)]

    with ThreadPoolExecutor(THREADS) as pool:
        ids = dict(zip(names, pool.map(audited_read, names), strict=True))
    assert len({one for mine in ids.values() for one in mine}) == 25 * THREADS
    for name in names:
        found = store.read(lambda unit, name=name: unit.records.of_subject(name, limit=99))  # type: ignore[misc]
        assert sorted(row.id for row in found) == sorted(ids[name])


def test_a_pool_whose_connections_are_all_lent_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One reader more than there are connections waits, and after the longest wait is told that the store is busy."""
    pool = store._readers  # type: ignore[attr-defined]  # both stores have one, the port does not
    monkeypatch.setattr(pool, "_longest_wait_seconds", 0)
    every_one_reads, go_on = threading.Barrier(pool._size + 1), threading.Event()

    def slow(unit: Unit) -> int:
        every_one_reads.wait(30)
        go_on.wait(30)
        return unit.policies.newest_number()

    with ThreadPoolExecutor(pool._size) as threads:
        reading = [threads.submit(store.read, slow) for _ in range(pool._size)]
        every_one_reads.wait(30)
        with pytest.raises(StoreError, match="all 8 connections are in use; try again"):
            store.read(lambda unit: unit.policies.newest_number())
        go_on.set()
        assert [future.result() for future in reading] == [0] * pool._size


def test_a_closed_store_refuses_readers_too(store: Store) -> None:
    """After closing, reading is refused like writing, and no connection is opened for it."""
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        store.read(lambda unit: unit.policies.newest_number())
