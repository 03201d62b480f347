"""Runs jobs from the leased table: each to its end, step by step, and no step twice.

A worker claims a job under a lease with a fencing token. Every step writes its effect, and the row that says it is
done, in one transaction that carries the token: a worker that was paused and lost its lease writes nothing. A worker
that dies leaves a lease that runs out; the next one goes on at the first step that has no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from camket.core.errors import ConflictError, InvalidValueError
from camket.services.steps import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows import JobRow, Json, JsonObject
    from camket.services.context import Context

LEASE: Final = timedelta(seconds=5)
"""How long a worker that says nothing keeps its job; a job of a killed worker goes on after at most this long."""
FIRST_RETRY: Final = timedelta(seconds=2)
LONGEST_RETRY: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 12
"""Attempts without getting on before a job ends as failed: with the back-off, about three hours."""

log = structlog.get_logger("camket.jobs")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of job.

    Args:
        name: as the table names it; never reused.
        run: does the job; returns None when it is done, or when to go on with it. What it raises is an attempt that
            failed; it is tried again with growing pauses, then ends as failed.
        gives_up: False for what was promised to someone: it is tried once an hour until it is done.
    """

    name: str
    run: Callable[[Context, Run], datetime | None]
    gives_up: bool = True


def registry(*kinds: Kind) -> Mapping[str, Kind]:
    """Return the kinds by name.

    Raises:
        InvalidValueError: two kinds have one name.
    """
    found = {kind.name: kind for kind in kinds}
    if len(found) != len(kinds):
        raise InvalidValueError("two kinds of job have one name")
    return found


class LeasedRun:
    """A run of one claimed job under one fencing token."""

    def __init__(self, ctx: Context, job: JobRow) -> None:
        self._ctx = ctx
        self._job = job
        rows = ctx.store.read(lambda unit: unit.jobs.steps(job.id))
        self._results: dict[str, Json] = {row.step: row.result for row in rows}

    @property
    def args(self) -> JsonObject:
        """The job's arguments."""
        return self._job.args

    def step(self, name: str, effect: Callable[[Unit], Json]) -> Json:
        """Do a step unless it is done; see `camket.services.steps.Run`."""
        if name in self._results:
            return self._results[name]

        def work(unit: Unit) -> Json:
            now = self._ctx.clock.now()
            # INVARIANT: the token is proven in the transaction of the effect, before the effect.
            unit.jobs.heartbeat(self._job.id, fence=self._job.fence, until=now + LEASE)
            result = effect(unit)
            unit.jobs.finish_step(self._job.id, fence=self._job.fence, step=name, result=result, at=now)
            return result

        result = self._ctx.store.write(work)
        self._results[name] = result
        return result

    def result(self, name: str) -> Json:
        """Return the result of a step that is done, or None."""
        return self._results.get(name)

    def going_on(self) -> None:
        """Make the lease last from now on."""
        until = self._ctx.clock.now() + LEASE
        self._ctx.store.write(lambda unit: unit.jobs.heartbeat(self._job.id, fence=self._job.fence, until=until))


class Engine:
    """Claims and runs jobs. Safe to use from many threads; nodes of one database share its jobs.

    Args:
        ctx: the service.
        kinds: what can be run; jobs of other kinds are left alone.
    """

    def __init__(self, ctx: Context, kinds: Mapping[str, Kind]) -> None:
        self._ctx = ctx
        self._kinds = kinds
        self._names = tuple(kinds)

    def run_next(self, owner: str) -> bool:
        """Claim the job that has been due the longest and run it as far as it goes.

        Returns:
            False when nothing is due.

        Raises:
            StoreError: the store does not work; the job goes on when its lease has run out.

        Effects: each finished step is durable; what is not finished is done again by whoever claims the job next.
        """
        job = self._claim(owner)
        if job is None:
            return False
        if job.attempts > MOST_ATTEMPTS and self._kinds[job.kind].gives_up:
            # Only a job that takes its whole process with it comes this far: any other ends in `_failed`.
            self._close(job, lambda unit: self._fail_in(unit, job, "gave_up"))
            return True
        try:
            go_on_at = self._kinds[job.kind].run(self._ctx, LeasedRun(self._ctx, job))
        except Exception as error:  # noqa: BLE001 - the outermost loop of a job: it fails, the worker goes on
            self._failed(job, error)
            return True
        if go_on_at is None:
            at = self._ctx.clock.now()
            self._close(job, lambda unit: unit.jobs.finish(job.id, fence=job.fence, at=at))
        else:
            self._close(job, lambda unit: unit.jobs.reschedule(job.id, fence=job.fence, run_at=go_on_at))
        return True

    def _claim(self, owner: str) -> JobRow | None:
        now = self._ctx.clock.now()
        due = self._ctx.store.read(lambda unit: unit.jobs.next_at(self._names))
        if due is None or due > now:
            return None
        until = now + LEASE
        return self._ctx.store.write(lambda unit: unit.jobs.claim(owner, self._names, now=now, until=until))

    def _failed(self, job: JobRow, error: Exception) -> None:
        tell = log.error if job.attempts >= MOST_ATTEMPTS else log.warning
        tell("job_failed", kind=job.kind, job=job.id, attempts=job.attempts, exc_info=error)
        # The class alone: a message may quote what a customer typed.
        name = type(error).__name__
        if job.attempts >= MOST_ATTEMPTS and self._kinds[job.kind].gives_up:
            self._close(job, lambda unit: self._fail_in(unit, job, name))
            return
        run_at = self._ctx.clock.now() + retry_pause(job.attempts)
        self._close(job, lambda unit: unit.jobs.reschedule(job.id, fence=job.fence, run_at=run_at, error=name))

    def _fail_in(self, unit: Unit, job: JobRow, name: str) -> None:
        unit.jobs.fail(job.id, fence=job.fence, at=self._ctx.clock.now(), error=name)
        log.error("job_given_up", kind=job.kind, job=job.id, attempts=job.attempts)

    def _close(self, job: JobRow, effect: Callable[[Unit], None]) -> None:
        try:
            self._ctx.store.write(effect)
        except ConflictError:
            log.warning("job_lost", kind=job.kind, job=job.id)


def retry_pause(attempts: int) -> timedelta:
    """Return how long to wait after the n-th attempt failed: twice as long each time, an hour at most.

    Args:
        attempts: from 1.
    """
    doublings = min(attempts - 1, 16)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
