"""What comes round: jobs that every node plans and one node runs, once per period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.services.consent_clock import CONSENTS_JOB
from camket.services.epochs import ENDS_AFTER, ENDS_EVERY, EPOCH_JOB
from camket.services.request_time import REQUESTS_JOB, WARNINGS_JOB

if TYPE_CHECKING:
    from camket.ports import Unit
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
    Periodic(kind="bulk_mail", every=timedelta(minutes=1)),
    Periodic(kind="unconfirmed", every=timedelta(minutes=10)),
    Periodic(kind="sweep", every=timedelta(minutes=15)),
    Periodic(kind="retention", every=HOUR),
    Periodic(kind="refusals", every=HOUR, after=timedelta(minutes=5)),
    Periodic(kind="records", every=DAY, after=2 * HOUR),
    Periodic(kind=CONSENTS_JOB, every=HOUR, after=timedelta(minutes=10)),
    Periodic(kind=REQUESTS_JOB, every=HOUR, after=timedelta(minutes=15)),
    Periodic(kind=WARNINGS_JOB, every=timedelta(minutes=15)),
    Periodic(kind=EPOCH_JOB, every=ENDS_EVERY, after=ENDS_AFTER),
)


class Planner:
    """Stores each period's jobs once. One for each process, so that an idle one writes nothing twice.

    Args:
        ctx: the service.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._planned: dict[str, datetime] = {}

    def plan(self) -> int:
        """Store this period's job of every kind unless it is there; return how many were new.

        Effects: durable on return; twice, or on many nodes, is once.
        """
        now = self._ctx.clock.now()
        periods = [(periodic, period_start(periodic, now)) for periodic in PERIODIC]
        missing = [
            (periodic, start)
            for periodic, start in periods
            if start + periodic.after <= now and self._planned.get(periodic.kind) != start
        ]
        if not missing:
            return 0
        new = self._ctx.store.write(lambda unit: sum(_store_in(unit, periodic, start) for periodic, start in missing))
        self._planned |= {periodic.kind: start for periodic, start in missing}
        return new


def _store_in(unit: Unit, periodic: Periodic, start: datetime) -> bool:
    key = f"{periodic.kind}:{start.isoformat(timespec='minutes')}"
    args = {"period": start.isoformat()}
    return unit.jobs.enqueue(periodic.kind, args, run_at=start + periodic.after, dedupe_key=key) is not None


def plan_due(ctx: Context) -> int:
    """Do what `Planner.plan` does, for who plans once."""
    return Planner(ctx).plan()


def period_start(periodic: Periodic, now: datetime) -> datetime:
    """Return when the period that `now` lies in began."""
    seconds = int(periodic.every.total_seconds())
    start = int(now.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(start, UTC)
