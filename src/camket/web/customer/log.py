"""The server log for its customer: day by day, newest first, page by page (P6, P12)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from camket.services.own_log import own_log
from camket.services.server_log import logged_items
from camket.web.customer.centre import page_number
from camket.web.wording import day

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.services.own_log import OwnLine
    from camket.web.visit import Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class LogDay:
    """The lines of one day in Vietnam, newest first.

    Args:
        day: as people write it.
    """

    day: str
    lines: tuple[OwnLine, ...]


def log(visit: Visit, template: str = "log.html") -> Response:
    """Show what the servers wrote down about a customer's requests."""
    page = own_log(visit.context, visit.own, page=page_number(visit.query.get("page", "")))
    return visit.show(
        template,
        days=[LogDay(day=name, lines=tuple(lines)) for name, lines in groupby(page.lines, lambda line: day(line.at))],
        items=logged_items(visit.site.in_force().version.policy),
        newer=page.newer,
        older=page.older,
    )
