"""What needs care: each with how it stands, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.wording import KINDS
from camket.services.health import CALENDAR_WARNING_DAYS, look_at_health
from camket.web.failing import said_failures
from camket.web.i18n import said
from camket.web.officer.request_words import time_left
from camket.web.officer.requests import READERS

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit

PATH: Final = "/officer/health"


def health(visit: Visit) -> Response:
    """Show what needs care."""
    found = look_at_health(visit.context)
    now = visit.context.clock.now()
    return visit.show(
        "officer/health.html",
        health=found,
        late=[
            (row.number, said(KINDS[row.kind], visit.language), time_left(row.next_due_at, now, visit.language))
            for row in found.late
            if row.next_due_at is not None
        ],
        failing=[
            (row.number, said(KINDS[row.kind], visit.language), said_failures(steps, visit.language))
            for row, steps in found.failing
        ],
        follows=visit.staff.has(*READERS),
        warning_days=CALENDAR_WARNING_DAYS,
    )
