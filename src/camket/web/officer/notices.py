"""Notices at the desk: each in numbers with a chart, the table as CSV, and the proof for one customer."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

from camket.core.errors import InvalidValueError, NotFoundError
from camket.core.staff.roles import Role
from camket.rows.notices import DeliveryState, NoticeState
from camket.services import notice_reports
from camket.services.notice_reports import NO_NOTICE, NoticeReport
from camket.web.i18n import MessageId, marked
from camket.web.wording import machine_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from starlette.responses import Response

    from camket.rows.notices import DeliveryRow
    from camket.web.visit import Visit

PATH: Final = "/officer/notices"
LONGEST_NUMBER: Final = 9
STATES: Final[dict[NoticeState, MessageId]] = {
    NoticeState.PLANNING: marked("being planned"),
    NoticeState.PLANNED: marked("everyone planned"),
    NoticeState.NOT_NEEDED: marked("only words changed, no one needed a notice"),
}
MAILS: Final[dict[DeliveryState, MessageId]] = {
    DeliveryState.SENT: marked("e-mail taken by the relay"),
    DeliveryState.QUEUED: marked("e-mail waiting"),
    DeliveryState.REFUSED: marked("e-mail refused for good"),
    DeliveryState.DEAD: marked("e-mail given up after every try"),
    DeliveryState.DENIED: marked("e-mail denied by the gate"),
    DeliveryState.NONE: marked("no e-mail promised"),
}
MOODS: Final = {
    DeliveryState.SENT: "good",
    DeliveryState.QUEUED: "ask",
    DeliveryState.REFUSED: "no",
    DeliveryState.DEAD: "no",
    DeliveryState.DENIED: "plain",
    DeliveryState.NONE: "plain",
}
COLUMNS: Final = (
    *("version", "customer", "planned_at", "banner", "mail", "mail_at", "message_id", "smtp_code", "reason"),
    "seen_at",
)
WIDEST: Final = 240
"""Length of the longest bar of the chart, in its own units."""
ROW: Final = 48
"""Height of a row of the chart, in its own units."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar of the chart.

    Args:
        top: where its row begins, in the chart's units.
        length: in the chart's units; at least 1 where it counts anyone.
    """

    words: str
    count: int
    mood: str
    top: int
    length: int


def notices(visit: Visit) -> Response:
    """List every notice, and say which own words for mails are not used."""
    reports = [(one, visit.say(STATES[one.state])) for one in notice_reports.list_reports(visit.context)]
    return visit.show("officer/notices.html", reports=reports, findings=visit.context.mail_words.findings)


def report(visit: Visit) -> Response:
    """Show one notice in numbers.

    Raises:
        NotFoundError: there is no such notice.
    """
    return _show(visit, notice_reports.find_report(visit.context, _number(visit)))


def prove(visit: Visit) -> Response:
    """Show what became of a notice for the customer whose address was typed; on record like every look.

    Raises:
        NotFoundError: there is no such notice.
    """
    found = notice_reports.find_report(visit.context, _number(visit))
    email = visit.typed("email").strip()
    try:
        row = notice_reports.find_evidence(visit.context, actor=visit.staff.actor, number=found.number, email=email)
    except InvalidValueError:
        return _show(visit, found, typed=email, problem=visit.say("This is no e-mail address."), status=422)
    return _show(visit, found, typed=email, looked=True, proof=row)


def table(visit: Visit) -> Response:
    """Hand over one row for each customer, by opaque ids, as CSV (RFC 4180).

    Raises:
        NotFoundError: there is no such notice.
    """
    number = _number(visit)
    rows = notice_reports.take_evidence(visit.context, actor=visit.staff.actor, number=number)
    return StreamingResponse(
        _lines(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="notice-{number}.csv"'},
    )


def _show(
    visit: Visit,
    found: NoticeReport,
    *,
    typed: str = "",
    problem: str = "",
    looked: bool = False,
    proof: DeliveryRow | None = None,
    status: int = 200,
) -> Response:
    bars = chart(visit, found)
    return visit.show(
        "officer/notice.html",
        status=status,
        report=found,
        may_look=visit.staff.has(Role.OFFICER),
        state=visit.say(STATES[found.state]),
        bars=bars,
        height=ROW * len(bars),
        typed=typed,
        problem=problem,
        looked=looked,
        proof=proof,
        proof_mail=visit.say(MAILS[proof.mail]) if proof else "",
    )


def chart(visit: Visit, found: NoticeReport) -> list[Bar]:
    """Return the bars of a notice's chart, as long as their counts: what became of mails, and who has read it."""
    counted = [(visit.say(words), found.mails[state], MOODS[state]) for state, words in MAILS.items()]
    counted.append((visit.say("said that they had read it"), found.seen, "good"))
    most = max((count for _, count, _ in counted), default=0)
    return [
        Bar(words=words, count=count, mood=mood, top=place * ROW, length=_length(count, most))
        for place, (words, count, mood) in enumerate(counted)
    ]


def _length(count: int, most: int) -> int:
    return max(1, count * WIDEST // most) if count else 0


def _number(visit: Visit) -> int:
    number = visit.parameters["number"]
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise NotFoundError(NO_NOTICE)
    return int(number)


def _lines(rows: Iterable[DeliveryRow]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            [
                row.number,
                row.subject_id,
                _moment(row.planned_at),
                int(row.banner),
                row.mail.value,
                _moment(row.settled_at),
                row.message_id or "",
                row.smtp_code or "",
                row.error_kind or "",
                _moment(row.seen_at),
            ]
        )
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _moment(instant: datetime | None) -> str:
    return "" if instant is None else machine_time(instant)
