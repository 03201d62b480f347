"""Telling customers of a significant change: planned as a job, in batches, each customer once (P10, P17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.steps import Run

NOTICE_JOB: Final = "notice"


def plan_notice_in(unit: Unit, ctx: Context, number: int) -> None:
    """Have everyone told whom a published version concerns.

    Args:
        unit: the notice is planned when this unit is durable, and never if it fails; it publishes the version.
        ctx: the service.
        number: of the version.

    Effects: a job compares the version with the one before and plans who is told of what and how. Twice is once.
    """
    unit.jobs.enqueue(NOTICE_JOB, {"version": number}, run_at=ctx.clock.now(), dedupe_key=f"{NOTICE_JOB}:{number}")


def plan_notice(ctx: Context, run: Run) -> None:
    """Plan one notice; the job `notice`."""
    del ctx, run
