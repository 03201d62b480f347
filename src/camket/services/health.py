"""What needs care at the desk: late or failing requests, stuck mail and jobs, older policies, the calendar's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.services.calendar import day_of
from camket.services.publishing_reach import audience_in
from camket.services.request_clocks import calendar_until
from camket.services.request_failures import failing_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from camket.ports import Unit
    from camket.rows.health import JobCount, MailCount
    from camket.rows.request_queue import QueueCount
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.request_failures import FailingView

STUCK_AFTER: Final = timedelta(minutes=15)
"""A mail or a job that has waited longer is stuck: the workers look every few seconds."""
CALENDAR_WARNING_DAYS: Final = 60
"""So long before its last day the calendar is to be renewed: no clock reaches further."""
SHOWN: Final = 20
"""So many requests are shown that are late, or fail; all are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionCount:
    """How many customers have the policy of a version as their own.

    Args:
        number: of the version that they joined under.
        customers: who joined under it.
        agreed: of these, how many agreed to the newest version whole, so that it is theirs.
    """

    number: int
    customers: int
    agreed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What needs care.

    Args:
        count: of all open requests.
        late: the latest of those that are late, at most `SHOWN`.
        failing: the longest-failing requests, at most `SHOWN`, each with its steps.
        newest: number of the newest version in force.
        versions: customers by the version that they joined under, oldest first.
        calendar_until: the last day whose days off are known.
        calendar_days: how many days are left until then; negative when it is over.
    """

    count: QueueCount
    late: tuple[RequestRow, ...]
    failing: tuple[tuple[RequestRow, tuple[FailingView, ...]], ...]
    mails: MailCount
    jobs: tuple[JobCount, ...]
    newest: int
    versions: tuple[VersionCount, ...]
    calendar_until: date
    calendar_days: int

    @property
    def older(self) -> int:
        """How many customers have a policy that is older than the newest, at least in part."""
        return sum(one.customers - one.agreed for one in self.versions if one.number < self.newest)

    @property
    def calendar_ends_soon(self) -> bool:
        """The calendar is to be renewed now."""
        return self.calendar_days < CALENDAR_WARNING_DAYS


def look_at_health(ctx: Context) -> Health:
    """Return what needs care; nothing personal, and nothing is written."""
    now = ctx.clock.now()
    until = calendar_until(ctx)
    newest = ctx.policies.in_force(ctx.store, now).newest.number

    def look(unit: Unit) -> Health:
        failing = unit.request_queue.failing(limit=SHOWN)
        return Health(
            count=unit.request_queue.count(now=now),
            late=unit.request_queue.late(now=now, limit=SHOWN),
            failing=tuple((row, failing_of(ctx, row)) for row in failing),
            mails=unit.health.mails(stuck_since=now - STUCK_AFTER),
            jobs=unit.health.jobs(stuck_since=now - STUCK_AFTER),
            newest=newest,
            versions=_versions(unit, now, newest),
            calendar_until=until,
            calendar_days=(until - day_of(now)).days,
        )

    return ctx.store.read(look)


def _versions(unit: Unit, now: datetime, newest: int) -> tuple[VersionCount, ...]:
    customers: dict[int, int] = {}
    agreed: dict[int, int] = {}
    for group in audience_in(unit, now).groups:
        customers[group.joined] = customers.get(group.joined, 0) + group.subjects
        if (newest, "") in group.agreed:
            agreed[group.joined] = agreed.get(group.joined, 0) + group.subjects
    return tuple(
        VersionCount(number=number, customers=count, agreed=agreed.get(number, 0))
        for number, count in sorted(customers.items())
    )
