"""Leased jobs: each to its end, step by step, no step twice, whoever dies or pauses."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from camket.core.errors import ConflictError, InvalidValueError
from camket.jobs.engine import LEASE, MOST_ATTEMPTS, Engine, Kind, registry, retry_pause
from camket.ports import Unit
from camket.rows import JobState
from camket.services.context import Context
from camket.services.steps import Run
from camket.testing.doubles import TEST_NOW
from tests.journeys import Service

WINDOW = datetime(2026, 11, 22, tzinfo=UTC)


def hit(unit: Unit, name: str) -> int:
    """Have an effect that can be counted."""
    return unit.limits.hit(name, b"effect", window_start=WINDOW)


def hits(service: Service, name: str) -> int:
    """Count an effect."""
    return service.ctx.store.read(lambda unit: unit.limits.count(name, b"effect", window_start=WINDOW))


def queue(service: Service, kind: str = "work") -> int:
    """Queue a job and return its id."""
    now = service.clock.now()
    job_id = service.ctx.store.write(lambda unit: unit.jobs.enqueue(kind, {"subject": "s1"}, run_at=now))
    assert job_id is not None
    return job_id


def engine(service: Service, run: Callable[[Context, Run], datetime | None]) -> Engine:
    """Return an engine that knows one kind."""
    return Engine(service.ctx, registry(Kind(name="work", run=run)))


def one_step(_: Context, run: Run) -> None:
    """Have one effect that can be counted."""
    run.step("one", lambda unit: hit(unit, "one"))


def nothing(_: Context, __: Run) -> None:
    """Do nothing."""


def state(service: Service, job_id: int) -> JobState:
    """Return where a job stands."""
    job = service.ctx.store.read(lambda unit: unit.jobs.get(job_id))
    assert job is not None
    return job.state


def test_a_job_runs_to_its_end(service: Service) -> None:
    """A due job is run once, its steps give their results back, and it is done."""
    seen = []

    def work(_: Context, run: Run) -> None:
        seen.append((run.args, run.step("one", lambda _: 41), run.step("two", lambda _: {"n": 42}), run.result("two")))

    job_id = queue(service)
    one = engine(service, work)
    assert one.run_next("w")
    assert not one.run_next("w")
    assert seen == [({"subject": "s1"}, 41, {"n": 42}, {"n": 42})]
    assert state(service, job_id) is JobState.DONE


def test_no_step_is_done_twice(service: Service) -> None:
    """A job that failed goes on at its first step without a row; what was done keeps its result."""
    tries = []

    def work(_: Context, run: Run) -> None:
        first = run.step("first", lambda unit: hit(unit, "first"))
        tries.append(first)
        if len(tries) == 1:
            raise OSError
        run.step("second", lambda unit: hit(unit, "second"))

    job_id = queue(service)
    one = engine(service, work)
    assert one.run_next("w")
    service.clock.advance(seconds=retry_pause(1).total_seconds())
    assert one.run_next("w")
    assert tries == [1, 1]
    assert (hits(service, "first"), hits(service, "second")) == (1, 1)
    assert state(service, job_id) is JobState.DONE


def test_a_step_and_its_row_are_one(service: Service) -> None:
    """A step that fails halfway leaves neither its effect nor the row that says it is done."""

    def work(_: Context, run: Run) -> None:
        def halfway(unit: Unit) -> None:
            hit(unit, "half")
            raise OSError

        run.step("half", halfway)

    job_id = queue(service)
    engine(service, work).run_next("w")
    assert hits(service, "half") == 0
    assert service.ctx.store.read(lambda unit: unit.jobs.steps(job_id)) == ()


def test_a_paused_worker_writes_nothing(service: Service) -> None:
    """A worker whose lease ran out while it slept is fenced out: the one that took over did the work alone."""
    refused: list[str] = []

    def slow(_: Context, run: Run) -> None:
        run.step("first", lambda unit: hit(unit, "first"))
        service.clock.advance(seconds=LEASE.total_seconds() + 1)
        assert engine(service, quick).run_next("other")
        with pytest.raises(ConflictError):
            run.going_on()
        try:
            run.step("second", lambda unit: hit(unit, "second"))
        except ConflictError:
            refused.append("second")
            raise

    def quick(_: Context, run: Run) -> None:
        run.step("first", lambda unit: hit(unit, "first"))
        run.step("second", lambda unit: hit(unit, "second"))

    job_id = queue(service)
    engine(service, slow).run_next("slow")
    assert refused == ["second"]
    assert (hits(service, "first"), hits(service, "second")) == (1, 1)
    assert state(service, job_id) is JobState.DONE


def test_a_step_makes_the_lease_last(service: Service) -> None:
    """A job that goes on step by step keeps its lease, however long it takes in all."""

    def long(_: Context, run: Run) -> None:
        for number in range(5):
            service.clock.advance(seconds=LEASE.total_seconds() - 1)
            run.step(f"step {number}", lambda unit: hit(unit, "long"))
            assert not engine(service, long).run_next("other")

    job_id = queue(service)
    engine(service, long).run_next("w")
    assert hits(service, "long") == 5
    assert state(service, job_id) is JobState.DONE


def test_the_job_of_a_dead_worker_goes_on(service: Service) -> None:
    """A claim whose worker says nothing more is taken over once its lease has run out, not before."""
    job_id = queue(service)
    now = service.clock.now()
    service.ctx.store.write(lambda unit: unit.jobs.claim("dead", ("work",), now=now, until=now + LEASE))
    one = engine(service, one_step)
    assert not one.run_next("w")
    service.clock.advance(seconds=LEASE.total_seconds())
    assert one.run_next("w")
    assert state(service, job_id) is JobState.DONE


def test_many_workers_share_the_jobs(service: Service) -> None:
    """Four workers on one table do every job exactly once."""
    jobs = [queue(service) for _ in range(24)]
    one = engine(service, one_step)

    def work(owner: str) -> None:
        while one.run_next(owner):
            pass

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while one.run_next("last"):
        pass
    assert hits(service, "one") == len(jobs)
    assert {state(service, job_id) for job_id in jobs} == {JobState.DONE}


def test_a_poison_job_ends_as_failed(service: Service) -> None:
    """A job that never works is tried with growing pauses, never at once again, and ends as failed, with its reason."""

    def poison(_: Context, __: Run) -> None:
        message = "alice@shop.example"
        raise ValueError(message)

    job_id = queue(service)
    one = engine(service, poison)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert one.run_next("w")
        assert not one.run_next("w")
        service.clock.advance(seconds=retry_pause(attempt).total_seconds())
    assert not one.run_next("w")
    job = service.ctx.store.read(lambda unit: unit.jobs.get(job_id))
    assert job is not None
    assert (job.state, job.last_error) == (JobState.FAILED, "ValueError")


def test_what_was_promised_is_never_given_up(service: Service) -> None:
    """A kind that does not give up is tried once an hour for as long as it takes, and is done in the end."""
    tries = []

    def hard(_: Context, __: Run) -> None:
        tries.append(service.clock.now())
        if len(tries) < 3 * MOST_ATTEMPTS:
            raise OSError

    job_id = queue(service)
    one = Engine(service.ctx, registry(Kind(name="work", run=hard, gives_up=False)))
    while one.run_next("w"):
        assert not one.run_next("w")
        service.clock.advance(hours=1)
    assert state(service, job_id) is JobState.DONE
    assert len(tries) == 3 * MOST_ATTEMPTS


def test_a_job_that_kills_its_process_ends_as_failed(service: Service) -> None:
    """A job that takes every worker with it is given up after as many claims as any other."""
    job_id = queue(service)
    for _ in range(MOST_ATTEMPTS):
        taken = service.ctx.store.write(lambda unit: unit.jobs.claim("dies", ("work",), now=TEST_NOW, until=TEST_NOW))
        assert taken is not None
    assert engine(service, nothing).run_next("w")
    assert state(service, job_id) is JobState.FAILED


def test_waiting_is_no_failure(service: Service) -> None:
    """A job may wait as often as it likes for something that is not there yet."""
    looked = []

    def wait(ctx: Context, _: Run) -> datetime | None:
        looked.append(ctx.clock.now())
        return None if len(looked) > 3 * MOST_ATTEMPTS else ctx.clock.now() + timedelta(seconds=1)

    job_id = queue(service)
    one = engine(service, wait)
    while one.run_next("w"):
        assert not one.run_next("w") or state(service, job_id) is JobState.DONE
        service.clock.advance(seconds=1)
    assert state(service, job_id) is JobState.DONE


def test_a_job_of_another_kind_is_left_alone(service: Service) -> None:
    """An engine claims nothing that it does not know."""
    job_id = queue(service, "unknown")
    assert not engine(service, nothing).run_next("w")
    assert state(service, job_id) is JobState.READY


def test_a_job_is_not_run_early(service: Service) -> None:
    """A job is run at its time, and not a second before."""
    at = TEST_NOW + timedelta(seconds=10)
    service.ctx.store.write(lambda unit: unit.jobs.enqueue("work", {}, run_at=at))
    one = engine(service, nothing)
    service.clock.advance(seconds=9)
    assert not one.run_next("w")
    service.clock.advance(seconds=1)
    assert one.run_next("w")


def test_kinds_have_their_own_names() -> None:
    """Two kinds of one name are a mistake that is found at once."""
    kind = Kind(name="work", run=nothing)
    with pytest.raises(InvalidValueError):
        registry(kind, kind)


def test_pauses_grow_to_an_hour() -> None:
    """Each pause is at least as long as the one before, and none is longer than an hour."""
    pauses = [retry_pause(attempt) for attempt in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=2)
    assert pauses[-1] == timedelta(hours=1)
