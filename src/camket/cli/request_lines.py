"""What `camket request` prints of requests: receipt numbers, steps and moments, and nothing personal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from camket.core.rights.evidence import line_value, written
from camket.core.rights.failing import read_failing
from camket.rows import JobState
from camket.services.operator_requests import show_request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from camket.rows import JobRow
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.operator_requests import RequestDetail

LOOKS_EVERY_SECONDS: Final = 0.25
_NONE: Final = "-"


def row_value(row: RequestRow, now: datetime) -> dict[str, Any]:
    """Return a request as a JSON value, without whose it is."""
    return {
        "number": row.number,
        "kind": row.kind.value,
        "state": row.state.value,
        "channel": row.channel.value,
        "policy_version": row.policy_version,
        "filed_by": row.filed_by,
        "assigned_to": row.assigned_to,
        "made_at": written(row.created_at),
        "verified_at": written(row.verified_at),
        "verified_level": None if row.verified_level is None else row.verified_level.value,
        "reply_due_at": written(row.reply_due_at),
        "due_at": written(row.due_at),
        "replied_at": written(row.replied_at),
        "paused_at": written(row.paused_at),
        "extended_at": written(row.extended_at),
        "done_at": written(row.done_at),
        "late": _late(row, now),
        "failing": [{"step": one.step, "failure": one.failure.value} for one in read_failing(row.failing)],
        "failing_since": written(row.failing_since),
    }


def detail_value(detail: RequestDetail, now: datetime) -> dict[str, Any]:
    """Return a request with its timeline and job as a JSON value."""
    return {
        **row_value(detail.row, now),
        "timeline": [line_value(line.as_line()) for line in detail.timeline],
        "job": None if detail.job is None else _job_value(detail.job),
    }


def list_lines(rows: Sequence[RequestRow], now: datetime) -> list[str]:
    """Return one line for each request: number, kind, state, due moment, what is wrong."""
    return _aligned([(row.number, row.kind.value, row.state.value, _due(row), _wrong(row, now)) for row in rows])


def detail_lines(detail: RequestDetail, now: datetime) -> Iterator[str]:
    """Yield a request as people read it."""
    row = detail.row
    told = row_value(row, now)
    yield f"{row.number}  {row.kind.value}  {row.state.value}" + ("  LATE" if told["late"] else "")
    for name in (
        "made_at",
        "verified_at",
        "reply_due_at",
        "replied_at",
        "due_at",
        "paused_at",
        "extended_at",
        "done_at",
    ):
        if told[name] is not None:
            yield f"{name.removesuffix('_at').replace('_', ' ')}: {told[name]}"
    yield f"came through: {row.channel.value}; works on it: {row.assigned_to or _NONE}"
    yield f"policy version: {row.policy_version}"
    for one in read_failing(row.failing):
        yield f"fails since {written(row.failing_since)}: {one.step} ({one.failure.value.replace('_', ' ')})"
    if detail.job is not None:
        job = detail.job
        last = f", last failure {job.last_error}" if job.last_error else ""
        yield f"job {job.kind}: {job.state.value}, next at {written(job.run_at)}, tries {job.attempts}{last}"
    yield from _aligned(
        [
            (str(line.position), written(line.at) or "", line.event.value, line.state.value, line.actor)
            for line in detail.timeline
        ]
    )


def outcome(ctx: Context, number: str, before: JobRow, *, wait_seconds: int) -> tuple[bool, str]:
    """Wait for how a job that was hastened goes, and say it.

    Returns:
        Whether it got on, and a sentence.
    """
    until = time.monotonic() + wait_seconds
    while True:
        detail = show_request(ctx, number)
        row, job = detail.row, detail.job
        if row.state.ended or job is None or job.state is JobState.DONE:
            return True, f"the request `{number}` is {row.state.value}"
        if job.fence > before.fence and job.state is not JobState.RUNNING:
            if job.last_error is None:
                return True, f"it got on; the job goes on at {written(job.run_at)}"
            steps = ", ".join(
                f"{one.step} ({one.failure.value.replace('_', ' ')})" for one in read_failing(row.failing)
            )
            return False, f"it was tried and failed again: {steps or job.last_error}; next at {written(job.run_at)}"
        if time.monotonic() >= until:
            break
        time.sleep(LOOKS_EVERY_SECONDS)
    if job.state is JobState.RUNNING:
        return True, "a worker is at it"
    return (
        False,
        f"no worker took it in {wait_seconds} seconds; it goes on as soon as the service runs (`camket serve`)",
    )


def _job_value(job: JobRow) -> dict[str, Any]:
    return {
        "kind": job.kind,
        "state": job.state.value,
        "run_at": written(job.run_at),
        "attempts": job.attempts,
        "last_error": job.last_error,
    }


def _late(row: RequestRow, now: datetime) -> bool:
    if row.verified_at is None:
        return False
    due_at = row.due_at if row.done_at is not None else row.next_due_at
    return due_at is not None and (row.done_at or now) > due_at


def _due(row: RequestRow) -> str:
    if row.done_at is not None:
        return f"ended {written(row.done_at)}"
    if row.paused_at is not None:
        return "waits for its customer"
    if row.verified_at is None:
        return "not proven"
    return _NONE if row.next_due_at is None else f"due {written(row.next_due_at)}"


def _wrong(row: RequestRow, now: datetime) -> str:
    late = ["LATE"] if _late(row, now) else []
    return " ".join([*late, *(f"{one.step}={one.failure.value}" for one in read_failing(row.failing))])


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
