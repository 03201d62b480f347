"""What comes round: jobs that every node plans and one node runs, once per period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from camket.services.context import Context


@dataclass(frozen=True, kw_only=True, slots=True)
class Periodic:
    """A job that comes round.

    Args:
        kind: what is run.
        every: length of a period; periods start at multiples of it since 1970, UTC.
        after: how long after the start of its period it is due.
    """

    kind: str
    every: timedelta
    after: timedelta = timedelta()


HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

PERIODIC: Final = (
    Periodic(kind="outbox", every=timedelta(minutes=1)),
    Periodic(kind="unconfirmed", every=timedelta(minutes=10)),
    Periodic(kind="sweep", every=timedelta(minutes=15)),
    Periodic(kind="retention", every=HOUR),
    Periodic(kind="records", every=DAY, after=2 * HOUR),
    # 19:00 UTC is 02:00 in Vietnam, when few people wait for anything.
    Periodic(kind="epoch", every=DAY, after=19 * HOUR),
)


def plan_due(ctx: Context) -> int:
    """Store this period's job of every kind unless it is there; return how many were new.

    Effects: durable on return; twice, or on many nodes, is once.
    """
    now = ctx.clock.now()
    plans = [(periodic, period_start(periodic, now)) for periodic in PERIODIC]
    missing = [(periodic, start) for periodic, start in plans if start + periodic.after <= now]
    return ctx.store.write(
        lambda unit: sum(
            unit.jobs.enqueue(
                periodic.kind,
                {},
                run_at=start + periodic.after,
                dedupe_key=f"{periodic.kind}:{start.isoformat(timespec='minutes')}",
            )
            is not None
            for periodic, start in missing
        )
    )


def period_start(periodic: Periodic, now: datetime) -> datetime:
    """Return when the period that `now` lies in began."""
    seconds = int(periodic.every.total_seconds())
    start = int(now.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(start, UTC)
