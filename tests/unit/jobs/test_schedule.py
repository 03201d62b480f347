"""What comes round: planned by every node, run by one."""

from datetime import UTC, datetime, timedelta

import pytest

from camket.jobs.kinds import KINDS
from camket.jobs.schedule import PERIODIC, Periodic, Planner, period_start, plan_due
from camket.rows import JobState
from tests.journeys import Service

EACH_MINUTE = len([one for one in PERIODIC if one.every == timedelta(minutes=1)])


def test_a_period_is_planned_once(service: Service) -> None:
    """However many nodes plan a period, each of its jobs is there once; the next period has its own."""
    first = plan_due(service.ctx)
    assert first > 0
    assert plan_due(service.ctx) == 0
    service.clock.advance(minutes=1)
    assert plan_due(service.ctx) == EACH_MINUTE


def test_a_planner_writes_nothing_twice(service: Service) -> None:
    """A process that plans again and again within a period writes once."""
    planner = Planner(service.ctx)
    assert planner.plan() > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(service.ctx.store), "write", None)
        assert planner.plan() == 0
    service.clock.advance(minutes=1)
    assert planner.plan() == EACH_MINUTE


def test_a_day_runs_everything(service: Service) -> None:
    """Within a day every kind that comes round has run, and none has failed."""
    for _ in range(24):
        service.clock.advance(hours=1)
        plan_due(service.ctx)
        service.work()
    counts = service.ctx.store.read(lambda unit: unit.jobs.count())
    assert set(counts) == {JobState.DONE}
    epochs = service.ctx.keys.epochs()
    assert [epoch.destroyed_at is None for epoch in epochs] == [False, True]


def test_a_job_waits_for_its_hour(service: Service) -> None:
    """A daily job with an hour of its own is not planned before that hour."""
    epoch = next(one for one in PERIODIC if one.kind == "epoch")
    assert period_start(epoch, service.clock.now()) + epoch.after > service.clock.now()
    plan_due(service.ctx)
    service.work()
    assert len(service.ctx.keys.epochs()) == 1


def test_every_periodic_kind_is_known() -> None:
    """Nothing comes round that no worker can run."""
    assert {one.kind for one in PERIODIC} <= set(KINDS)


def test_periods_start_at_multiples() -> None:
    """A period's start depends on the clock alone, so that all nodes name it alike."""
    day = Periodic(kind="day", every=timedelta(days=1))
    for hour in (0, 11, 23):
        assert period_start(day, datetime(2026, 11, 22, hour, 59, tzinfo=UTC)) == datetime(2026, 11, 22, tzinfo=UTC)
