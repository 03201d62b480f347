"""The desk in numbers: ages, times to answer, what needs care."""

from __future__ import annotations

import pytest

from camket.core.rights.machine import RequestEvent, RequestKind
from camket.core.terms import Verification
from camket.rows import FactKind, FactRow
from camket.rows.requests import RequestRow
from camket.services.health import STUCK_AFTER, look_at_health
from camket.services.overview import AGE_BOUNDS, ANSWER_BOUNDS, look_over
from camket.services.policies import publish_policy
from camket.services.request_moves import move_in
from camket.web.officer.overview import ROW, WIDEST, stack
from tests.casework import NO_ONE, as_it_stands, make_request
from tests.publishing import LONGER, changed
from tests.unit.services.conftest import BOB, Service


def move(service: Service, row: RequestRow, event: RequestEvent) -> None:
    """Let something happen to a request."""
    now = as_it_stands(service.ctx, row)
    service.ctx.store.write(lambda unit: move_in(unit, service.ctx, now, event, actor="subject"))


def test_an_empty_desk_has_its_numbers_too(service: Service) -> None:
    """Every kind and every length of time stands there with 0, and there is no median of nothing."""
    found = look_over(service.ctx)
    assert [one.kind for one in found.open] == list(RequestKind)
    assert {one.ages for one in found.open} == {(0,) * len(AGE_BOUNDS)}
    assert [one.days for one in found.answers] == list(ANSWER_BOUNDS)
    assert (found.answered, found.late, found.median_days) == (0, 0, None)


def test_open_requests_are_counted_by_kind_and_age(service: Service) -> None:
    """The age runs from the proof; what no one proved and what is over is not open."""
    alice, bob = service.register().subject_id, service.register(BOB, browser="b").subject_id
    make_request(service.ctx, alice, RequestKind.ERASE)
    service.clock.advance(days=4)
    make_request(service.ctx, alice, RequestKind.ACCESS)
    service.clock.advance(days=1)
    make_request(service.ctx, bob, RequestKind.ERASE)
    make_request(service.ctx, NO_ONE, RequestKind.ERASE, level=None)
    over = make_request(service.ctx, bob, RequestKind.OBJECT)
    move(service, over, RequestEvent.WITHDRAW)
    ages = {one.kind: one.ages for one in look_over(service.ctx).open}
    assert ages[RequestKind.ERASE] == (1, 0, 1, 0, 0)
    assert ages[RequestKind.ACCESS] == (1, 0, 0, 0, 0)
    assert sum(map(sum, ages.values())) == 3


def test_answers_are_counted_by_how_long_they_took(service: Service) -> None:
    """Done and refused are answers, late also where the reply was; what was taken back or ended long ago is none."""
    alice = service.register().subject_id
    old = make_request(service.ctx, alice, RequestKind.OBJECT)
    move(service, old, RequestEvent.REFUSE)
    service.clock.advance(days=91)
    for days, event in (
        (0, RequestEvent.REFUSE),
        (3, RequestEvent.REFUSE),
        (30, RequestEvent.REFUSE),
        (1, RequestEvent.WITHDRAW),
    ):
        row = make_request(service.ctx, alice, RequestKind.RESTRICT, level=Verification.PASSKEY)
        service.clock.advance(days=days)
        move(service, row, event)
    found = look_over(service.ctx)
    assert {one.days: (one.requests, one.late) for one in found.answers if one.requests} == {
        0: (1, 0),
        3: (1, 1),
        20: (1, 1),
    }
    assert (found.answered, found.late, found.median_days) == (3, 2, 3)


def test_health_names_what_is_late_and_what_is_stuck(service: Service) -> None:
    """Late requests come by their number; mail that waits too long is stuck; the calendar says when it ends."""
    alice = service.register().subject_id
    row = make_request(service.ctx, alice, RequestKind.ACCESS)
    fresh = look_at_health(service.ctx)
    assert (fresh.late, fresh.failing, fresh.mails.stuck, fresh.jobs) == ((), (), 0, ())
    assert not fresh.calendar_ends_soon
    assert [(one.number, one.customers) for one in fresh.versions] == [(1, 1)]
    assert fresh.older == 0
    service.clock.advance(seconds=STUCK_AFTER.total_seconds() + 1)
    assert look_at_health(service.ctx).mails.stuck == fresh.mails.waiting > 0
    assert look_at_health(service.ctx).jobs
    service.clock.advance(days=60)
    late = look_at_health(service.ctx)
    assert [one.number for one in late.late] == [row.number]
    assert late.count.late == 1
    days = late.calendar_days
    service.clock.advance(days=days - 30)
    assert look_at_health(service.ctx).calendar_ends_soon
    assert look_at_health(service.ctx).calendar_days == 30


def test_health_counts_who_is_on_an_older_version(service: Service) -> None:
    """Who joined before the newest version is on an older one until they agree to it."""
    ctx = service.ctx
    alice = service.register().subject_id
    service.register(BOB, browser="b")
    publish_policy(ctx, changed(LONGER), effective_at=service.clock.now())
    found = look_at_health(ctx)
    assert (found.newest, found.older) == (2, 2)
    agreed = FactRow(
        id="a" * 32,
        subject_id=alice,
        kind=FactKind.AGREEMENT,
        body={"version": 2, "clause": None, "question": "q"},
        at=service.clock.now(),
        withdrawn_at=None,
    )
    ctx.store.write(lambda unit: unit.facts.add(agreed))
    assert look_at_health(ctx).older == 1


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        ([], []),
        ([("a", [(0, "x")])], [0]),
        ([("a", [(1, "x"), (1, "y")]), ("b", [(4, "x"), (0, "y")])], [WIDEST // 2, WIDEST]),
        ([("a", [(1, "x")]), ("b", [(100_000, "x")])], [1, WIDEST]),
    ],
)
def test_a_bar_is_as_long_as_its_count(rows: list[tuple[str, list[tuple[int, str]]]], ends: list[int]) -> None:
    """The longest fills the chart, its parts follow each other, and what counts anything is seen."""
    bars = stack(rows)
    assert [bar.top for bar in bars] == [ROW * place for place in range(len(rows))]
    assert [max(one.left + one.length for one in bar.segments) for bar in bars] == ends
    for bar in bars:
        for before, after in zip(bar.segments, bar.segments[1:], strict=False):
            assert after.left == before.left + before.length
