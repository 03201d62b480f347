"""The desk's queue: how much time is left, what is due next, and pages that join in both directions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.rights.deadlines import DueKind
from camket.core.rights.machine import RequestKind
from camket.core.staff.roles import Role
from camket.services import request_queue
from camket.services.request_queue import QueuePage, Urgency, list_queue, next_due, urgency_of
from tests.casework import make_request
from tests.journeys import register
from tests.storage.samples import NOW, request
from tests.unit.services.desk import staff

if TYPE_CHECKING:
    from tests.journeys import Service

DAY = timedelta(days=1)
CLOCKED = {"verified_at": NOW, "reply_due_at": NOW + 2 * DAY, "warn_at": NOW + DAY, "due_at": NOW + 10 * DAY}


@pytest.mark.parametrize(
    ("columns", "urgency", "due"),
    [
        ({}, Urgency.CALM, DueKind.REPLY),
        ({"warn_at": NOW}, Urgency.SOON, DueKind.REPLY),
        ({"reply_due_at": NOW - DAY}, Urgency.LATE, DueKind.REPLY),
        ({"replied_at": NOW}, Urgency.CALM, DueKind.COMPLETE),
        ({"replied_at": NOW, "due_at": NOW - DAY}, Urgency.LATE, DueKind.COMPLETE),
        ({"replied_at": NOW, "due_at": None}, Urgency.UNCLOCKED, None),
        ({"paused_at": NOW}, Urgency.WAITS, None),
        ({"paused_at": NOW, "reply_due_at": NOW - DAY}, Urgency.WAITS, None),
        ({"verified_at": None, "reply_due_at": NOW - DAY}, Urgency.UNCLOCKED, None),
        ({"done_at": NOW, "due_at": NOW - DAY}, Urgency.OVER, None),
    ],
)
def test_the_time_left_follows_from_the_clock_that_runs(
    columns: dict[str, datetime | None], urgency: Urgency, due: DueKind | None
) -> None:
    """A clock that stands still, never began or is over makes nothing late; the answer is due before the rest."""
    row = request("r1", **CLOCKED | columns)
    assert (urgency_of(row, NOW), next_due(row)) == (urgency, due)


def test_pages_join_in_both_directions(journey: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who pages to the end and back sees the same pages; none is left out, shown twice or longer than the others."""
    monkeypatch.setattr(request_queue, "PAGE", 2)
    alice, by = register(journey), staff(journey, Role.OFFICER)
    for _ in range(7):
        make_request(journey.ctx, alice.subject_id, RequestKind.SUPPORT)
        journey.clock.advance(seconds=1)
    onwards = [list_queue(journey.ctx, by)]
    while onwards[-1].older is not None:
        onwards.append(list_queue(journey.ctx, by, place=onwards[-1].older))
    back = [onwards[-1]]
    while back[-1].newer is not None:
        back.append(list_queue(journey.ctx, by, place=back[-1].newer, back=True))
    shown = [_numbers(page) for page in onwards]
    assert [len(page) for page in shown] == [2, 2, 2, 1]
    assert len({number for page in shown for number in page}) == 7
    assert [_numbers(page) for page in reversed(back)] == shown


def _numbers(page: QueuePage) -> list[str]:
    return [entry.number for entry in page.entries]
