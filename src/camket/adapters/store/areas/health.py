"""What waits and what failed: the outgoing mail and the jobs, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query
from camket.adapters.store.tables import job, outbox
from camket.adapters.store.types import Instant
from camket.rows import JobState, MailState
from camket.rows.health import JobCount, MailCount

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link

_SINCE: Final = bindparam("stuck_since", type_=Instant())
_QUEUED: Final = outbox.c.state == MailState.QUEUED
_OLDEST: Final = sa.func.min(sa.case((_QUEUED, outbox.c.created_at)))
MAILS: Final = Query(
    sa.select(
        sa.func.count(sa.case((_QUEUED, outbox.c.id))).label("waiting"),
        sa.func.count(sa.case((sa.and_(_QUEUED, outbox.c.created_at < _SINCE), outbox.c.id))).label("stuck"),
        sa.type_coerce(_OLDEST, Instant()).label("oldest_at"),
        sa.func.count(sa.case((outbox.c.state == MailState.DEAD, outbox.c.id))).label("dead"),
    ).where(sa.or_(_QUEUED, outbox.c.state == MailState.DEAD)),
    MailCount,
)
_FAILED: Final = job.c.state == JobState.FAILED
_STUCK: Final = sa.or_(
    sa.and_(job.c.state == JobState.READY, job.c.run_at < _SINCE),
    sa.and_(job.c.state == JobState.RUNNING, job.c.lease_until < _SINCE),
)
JOBS: Final = Query(
    sa.select(
        job.c.kind,
        sa.func.count(sa.case((_FAILED, job.c.id))).label("failed"),
        sa.func.count(sa.case((_STUCK, job.c.id))).label("stuck"),
    )
    .where(sa.or_(_FAILED, _STUCK))
    .group_by(job.c.kind)
    .order_by(job.c.kind),
    JobCount,
)


class HealthArea:
    """Counts over `outbox` and `job`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def mails(self, *, stuck_since: datetime) -> MailCount:
        """Return how many mails wait, and how many of them have waited since before an instant."""
        return MAILS.only(self._link, stuck_since=stuck_since)

    def jobs(self, *, stuck_since: datetime) -> tuple[JobCount, ...]:
        """Return, for each kind, how many jobs failed for good, and how many were due before an instant."""
        return JOBS.all(self._link, stuck_since=stuck_since)
