"""Requests as who runs the service sees them from the machine: by receipt number, never by whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.rows import JobState
from camket.rows.request_queue import QueueList, QueueWish
from camket.services.request_case import receipt_form
from camket.services.request_moves import move_in
from camket.services.staff import OPERATOR

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows import JobRow
    from camket.rows.requests import RequestEventRow, RequestRow
    from camket.services.context import Context

PAGE: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestDetail:
    """One request with its timeline and its job.

    Args:
        row: the request.
        timeline: its lines, oldest first; what was written with them stays sealed.
        job: what carries it out; None where no job does now.
    """

    row: RequestRow
    timeline: tuple[RequestEventRow, ...]
    job: JobRow | None


def list_requests(
    ctx: Context,
    *,
    which: QueueList = QueueList.DUE,
    kinds: tuple[RequestKind, ...] = tuple(RequestKind),
    failing: bool = False,
    limit: int = PAGE,
) -> tuple[RequestRow, ...]:
    """Return requests in the order of their list: the open ones by when they are due.

    Args:
        ctx: the service.
        which: the list.
        kinds: of these kinds.
        failing: only those of which a step fails.
        limit: how many at most.
    """
    wish = QueueWish(kinds=kinds, states=tuple(RequestState))

    def read(unit: Unit) -> tuple[RequestRow, ...]:
        if failing:
            return tuple(row for row in unit.request_queue.failing(limit=limit) if row.kind in kinds)
        return unit.request_queue.page(which, wish, after=None, back=False, limit=limit)

    return ctx.store.read(read)


def show_request(ctx: Context, number: str) -> RequestDetail:
    """Return one request by its receipt number.

    Raises:
        NotFoundError: there is no such request.
    """

    def read(unit: Unit) -> RequestDetail:
        row = _by_number(unit, number)
        return RequestDetail(row=row, timeline=unit.requests.events(row.id), job=_job_of(unit, row))

    return ctx.store.read(read)


def carry_on(ctx: Context, number: str) -> JobRow:
    """Have the job of a request go on now, instead of when its next try is due.

    Args:
        ctx: the service.
        number: the receipt number.

    Returns:
        The job as it stood before; whichever worker of the service is free takes it.

    Raises:
        NotFoundError: there is no such request.
        ConflictError: the request has ended, no job carries it, a worker is at it, or its customer may still take it
            back; the message says which, and nothing was changed.

    Effects: durable on return, with a line that staff see. A job that was given up is tried again from its step.
    """

    def work(unit: Unit) -> JobRow:
        row = _by_number(unit, number)
        job = _job_of(unit, row)
        now = ctx.clock.now()
        job = _require_waiting(row, job, now)
        # INVARIANT: what a customer may still take back never begins early.
        if not unit.jobs.hasten(job.id, now=now):
            raise ConflictError("a worker has just taken the job; look at the request again")
        detail = {"carried_on": job.kind}
        move_in(unit, ctx, row, RequestEvent.NOTE, actor=OPERATOR, detail=detail, shown=False)
        return job

    return ctx.store.write(work)


def _require_waiting(row: RequestRow, job: JobRow | None, now: datetime) -> JobRow:
    if row.state.ended:
        raise ConflictError(f"the request `{row.number}` has ended: it is {row.state.value}")
    if job is None or job.state is JobState.DONE:
        raise ConflictError(f"no job carries the request `{row.number}` now: it is {row.state.value}")
    if job.state is JobState.RUNNING and job.lease_until is not None and job.lease_until > now:
        raise ConflictError(f"a worker is at the request `{row.number}` now")
    if job.fence == 0 and job.run_at > now:
        raise ConflictError(
            f"the request `{row.number}` begins at {job.run_at:%Y-%m-%d %H:%M} UTC; "
            "until then its customer may take it back"
        )
    return job


def _by_number(unit: Unit, number: str) -> RequestRow:
    row = unit.requests.by_number(receipt_form(number) or number)
    if row is None:
        raise NotFoundError(f"there is no request `{number[:20]}`")
    return row


def _job_of(unit: Unit, row: RequestRow) -> JobRow | None:
    """Return the job that carries a request: the one that is under way, else the last; None where there is none."""
    found = unit.jobs.of_request(row.id)
    under_way = [job for job in found if job.state is not JobState.DONE]
    return next(reversed(under_way or found), None)
