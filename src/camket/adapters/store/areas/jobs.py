"""Leased jobs with fencing and one row per finished step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Among, Query, command, scalar
from camket.adapters.store.tables import job as table
from camket.adapters.store.tables import job_step as step_table
from camket.adapters.store.types import ByteText
from camket.core.errors import ConflictError
from camket.rows import JobRow, JobState, JobStepRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link
    from camket.rows import Json, JsonObject

_THIS: Final = table.c.id == bindparam("job_id")
_HELD: Final = sa.and_(_THIS, table.c.fence == bindparam("held_fence"), table.c.state == JobState.RUNNING)
_ENDED: Final = sa.or_(table.c.state == JobState.DONE, table.c.state == JobState.FAILED)


def _enqueue(insert: Insert) -> sa.Insert:
    given: dict[str, Any] = {name: bindparam(name) for name in ("kind", "args", "dedupe_key", "run_at")}
    return (
        insert(table)
        .values(**given, state=JobState.READY, attempts=0, fence=0)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(table.c.id)
    )


def _finish_step(insert: Insert) -> sa.Insert:
    return insert(step_table).on_conflict_do_nothing(index_elements=["job_id", "step"])


ENQUEUE: Final[Query[Any]] = Query(_enqueue, scalar)
GET: Final = Query(sa.select(table).where(_THIS), JobRow)
# Arguments are canonical JSON: one spelling, without spaces. Few jobs stand in the table, and few people ask.
OF_REQUEST: Final = Query(
    sa.select(table).where(sa.type_coerce(table.c.args, ByteText()).like(bindparam("named"))).order_by(table.c.id),
    JobRow,
)
FIND: Final = Query(sa.select(table).where(table.c.dedupe_key == bindparam("wanted")), JobRow)
# A job that was ever begun, or may be claimed at this instant, is left to its worker.
WITHDRAW: Final = command(
    sa.delete(table).where(
        _THIS, table.c.state == JobState.READY, table.c.attempts == 0, table.c.run_at > bindparam("now")
    )
)
RELEASE: Final = command(sa.update(table).where(_THIS, table.c.state == JobState.DONE).values(dedupe_key=sa.null()))
# A job that was never begun waits for its day, and one that is done stays done.
HASTEN: Final = command(
    sa.update(table)
    .where(_THIS, table.c.fence > 0, sa.or_(table.c.state == JobState.READY, table.c.state == JobState.FAILED))
    .values(state=JobState.READY, run_at=bindparam("now"), attempts=0, finished_at=sa.null())
)
# On PostgreSQL a job that another unit is taking is passed over; on SQLite there is no other writing unit.
CLAIMABLE: Final[Query[Any]] = Query(
    sa.select(table.c.id)
    .where(
        Among(table.c.kind, "kinds"),
        sa.or_(
            sa.and_(table.c.state == JobState.READY, table.c.run_at <= bindparam("now")),
            sa.and_(table.c.state == JobState.RUNNING, table.c.lease_until <= bindparam("now")),
        ),
    )
    .order_by(table.c.run_at, table.c.id)
    .limit(1)
    .with_for_update(skip_locked=True),
    scalar,
)
CLAIM: Final = Query(
    sa.update(table)
    .where(_THIS)
    .values(
        state=JobState.RUNNING,
        attempts=table.c.attempts + 1,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        fence=table.c.fence + 1,
    )
    .returning(*table.c),
    JobRow,
)
LOCK: Final[Query[Any]] = Query(sa.select(table.c.id).where(_HELD).with_for_update(), scalar)
HEARTBEAT: Final = command(sa.update(table).where(_HELD).values(lease_until=bindparam("until")))
STEPS: Final = Query(
    sa.select(step_table)
    .where(step_table.c.job_id == bindparam("wanted"))
    .order_by(step_table.c.done_at, step_table.c.fence, step_table.c.step),
    JobStepRow,
)
FINISH_STEP: Final = command(_finish_step)
_FREE: Final = {"lease_owner": sa.null(), "lease_until": sa.null()}
_RESCHEDULE: Final = sa.update(table).where(_HELD).values(state=JobState.READY, run_at=bindparam("next_run"), **_FREE)
RESCHEDULE: Final = command(_RESCHEDULE.values(last_error=bindparam("error")))
GO_ON_LATER: Final = command(_RESCHEDULE.values(last_error=sa.null(), attempts=0))
END: Final = command(
    sa.update(table)
    .where(_HELD)
    .values(state=bindparam("new_state"), finished_at=bindparam("at"), last_error=bindparam("error"), **_FREE)
)
NEXT_AT: Final[Query[Any]] = Query(
    sa.select(
        sa.type_coerce(
            sa.func.min(sa.case((table.c.state == JobState.RUNNING, table.c.lease_until), else_=table.c.run_at)),
            table.c.run_at.type,
        )
    ).where(Among(table.c.kind, "kinds"), ~_ENDED),
    scalar,
)
COUNT: Final[Query[tuple[str, int]]] = Query(
    sa.select(table.c.state, sa.func.count().label("held")).group_by(table.c.state).order_by(table.c.state),
    lambda state, held: (state, held),
)
_SWEPT: Final = sa.and_(_ENDED, table.c.finished_at < bindparam("before"))
SWEEP_STEPS: Final = command(sa.delete(step_table).where(step_table.c.job_id.in_(sa.select(table.c.id).where(_SWEPT))))
SWEEP: Final = command(sa.delete(table).where(_SWEPT))


class JobArea:
    """Queries on the `job` and `job_step` tables."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def enqueue(self, kind: str, args: JsonObject, *, run_at: datetime, dedupe_key: str | None = None) -> int | None:
        """Store a job."""
        job_id: int | None = ENQUEUE.one(self._link, kind=kind, args=args, dedupe_key=dedupe_key, run_at=run_at)
        return job_id

    def get(self, job_id: int) -> JobRow | None:
        """Return a job."""
        return GET.one(self._link, job_id=job_id)

    def find(self, dedupe_key: str) -> JobRow | None:
        """Return the job with a key."""
        return FIND.one(self._link, wanted=dedupe_key)

    def of_request(self, request_id: str) -> tuple[JobRow, ...]:
        """Return the jobs that carry a request, oldest first."""
        rows = OF_REQUEST.all(self._link, named=f'%"request":"{request_id}"%')
        return tuple(row for row in rows if row.args.get("request") == request_id)

    def withdraw(self, job_id: int, *, now: datetime) -> bool:
        """Drop a job that no one has begun and that is not due yet."""
        return WITHDRAW.run(self._link, job_id=job_id, now=now) == 1

    def release(self, job_id: int) -> bool:
        """Let another job have the key of one that is done."""
        return RELEASE.run(self._link, job_id=job_id) == 1

    def hasten(self, job_id: int, *, now: datetime) -> bool:
        """Have a job that was begun and waits, or was given up, go on at once."""
        return HASTEN.run(self._link, job_id=job_id, now=now) == 1

    def claim(self, owner: str, kinds: Sequence[str], *, now: datetime, until: datetime) -> JobRow | None:
        """Take the job that has been due the longest, or whose lease ran out."""
        job_id = CLAIMABLE.one(self._link, kinds=tuple(kinds), now=now)
        return None if job_id is None else CLAIM.one(self._link, job_id=job_id, owner=owner, until=until)

    def heartbeat(self, job_id: int, *, fence: int, until: datetime) -> None:
        """Make the lease last longer."""
        self._require_held(job_id, HEARTBEAT.run(self._link, job_id=job_id, held_fence=fence, until=until))

    def steps(self, job_id: int) -> tuple[JobStepRow, ...]:
        """Return the finished steps in the order in which they finished."""
        return STEPS.all(self._link, wanted=job_id)

    def finish_step(self, job_id: int, *, fence: int, step: str, result: Json, at: datetime) -> None:
        """Write that a step is done."""
        # INVARIANT: the fence is checked in the unit of the step's effect, with the job's row locked until it ends, so
        # that a worker whose lease ran out cannot write beside the one that has the job now.
        held = LOCK.one(self._link, job_id=job_id, held_fence=fence)
        self._require_held(job_id, 0 if held is None else 1)
        written = FINISH_STEP.run(self._link, job_id=job_id, step=step, fence=fence, result=result, done_at=at)
        if written != 1:
            raise ConflictError(f"step `{step}` of job {job_id} is done already")

    def reschedule(self, job_id: int, *, fence: int, run_at: datetime, error: str | None = None) -> None:
        """Give the job back."""
        held = {"job_id": job_id, "held_fence": fence, "next_run": run_at}
        if error is None:
            changed = GO_ON_LATER.run(self._link, **held)
        else:
            changed = RESCHEDULE.run(self._link, **held, error=error)
        self._require_held(job_id, changed)

    def finish(self, job_id: int, *, fence: int, at: datetime) -> None:
        """Write that the job is done."""
        self._end(job_id, fence=fence, state=JobState.DONE, at=at, error=None)

    def fail(self, job_id: int, *, fence: int, at: datetime, error: str) -> None:
        """Write that the job will not be tried again."""
        self._end(job_id, fence=fence, state=JobState.FAILED, at=at, error=error)

    def next_at(self, kinds: Sequence[str]) -> datetime | None:
        """Return when the next job of the kinds is due or its lease runs out."""
        due: datetime | None = NEXT_AT.one(self._link, kinds=tuple(kinds))
        return due

    def count(self) -> Mapping[str, int]:
        """Return how many jobs stand in each state."""
        return dict(COUNT.all(self._link))

    def sweep(self, *, before: datetime) -> int:
        """Drop jobs that finished or failed before an instant, with their steps."""
        SWEEP_STEPS.run(self._link, before=before)
        return SWEEP.run(self._link, before=before)

    def _end(self, job_id: int, *, fence: int, state: JobState, at: datetime, error: str | None) -> None:
        changed = END.run(self._link, job_id=job_id, held_fence=fence, new_state=state, at=at, error=error)
        self._require_held(job_id, changed)

    @staticmethod
    def _require_held(job_id: int, changed: int) -> None:
        if changed != 1:
            raise ConflictError(f"job {job_id} is no longer this worker's: its lease ran out, or it has ended")
