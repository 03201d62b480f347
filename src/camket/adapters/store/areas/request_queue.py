"""The desk's queue: pages of requests in their order, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Among, Query, scalar
from camket.adapters.store.tables.requests import READ
from camket.adapters.store.tables.requests import request as table
from camket.adapters.store.types import (
    MICROSECONDS_OF_A_SECOND,
    SECONDS_OF_A_DAY,
    ByteText,
    Instant,
    Whole,
    to_microseconds,
)
from camket.rows.request_queue import COUNTED_UNPROVEN, AnswerCount, OpenCount, QueueCount, QueueHolder, QueueList
from camket.rows.requests import RequestRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link
    from camket.rows.request_queue import QueuePlace, QueueWish

DAY: Final = SECONDS_OF_A_DAY * MICROSECONDS_OF_A_SECOND

# Each list is a partial index of its own: a hundred thousand requests that no one has proven slow no other list down.
_PROVEN: Final = (table.c.queue_at.is_not(None),)
_UNPROVEN: Final = (table.c.done_at.is_(None), table.c.verified_at.is_(None))
_ENDED: Final = (table.c.done_at.is_not(None), table.c.verified_at.is_not(None))
LISTS: Final = {
    QueueList.DUE: (_PROVEN, table.c.queue_at, False),
    QueueList.UNPROVEN: (_UNPROVEN, table.c.created_at, True),
    QueueList.ENDED: (_ENDED, table.c.done_at, True),
}
"""List -> which requests, the moment by which they stand, and whether the newest comes first."""
HOLDERS: Final[dict[QueueHolder, tuple[sa.ColumnElement[bool], ...]]] = {
    QueueHolder.ANYONE: (),
    QueueHolder.NOBODY: (table.c.assigned_to.is_(None),),
    QueueHolder.ONE: (table.c.assigned_to == bindparam("who"),),
}


def _page(which: QueueList, holder: QueueHolder, *, placed: bool, back: bool) -> Query[RequestRow]:
    """Return the statement of a page: keyset paging, which reads what it shows and nothing before it."""
    members, moment, newest_first = LISTS[which]
    down = newest_first is not back
    wanted = [*members, *HOLDERS[holder], Among(table.c.kind, "kinds"), Among(table.c.state, "states")]
    if placed:
        here = sa.tuple_(moment, table.c.id)
        there = sa.tuple_(bindparam("at", type_=Instant()), bindparam("after_id", type_=ByteText()))
        wanted.append(here < there if down else here > there)
    order = (moment.desc(), table.c.id.desc()) if down else (moment, table.c.id)
    return Query(sa.select(*READ).where(*wanted).order_by(*order).limit(bindparam("limit")), RequestRow)


PAGES: Final = {
    (which, holder, placed, back): _page(which, holder, placed=placed, back=back)
    for which in QueueList
    for holder in QueueHolder
    for placed, back in ((False, False), (True, False), (True, True))
}


def _number(*wanted: sa.ColumnElement[bool]) -> Query[Any]:
    return Query(sa.select(sa.func.count().label("held")).select_from(table).where(*wanted), scalar)


_NOW: Final = bindparam("now", type_=Instant())
_LATE: Final = table.c.queue_at < _NOW
COUNT_PROVEN: Final = _number(*_PROVEN)
COUNT_LATE: Final = _number(*_PROVEN, _LATE)
COUNT_SOON: Final = _number(table.c.warn_at <= _NOW, table.c.queue_at >= _NOW)
_SOME_UNPROVEN: Final = (
    sa.select(table.c.id)
    .where(*_UNPROVEN)
    .order_by(table.c.created_at.desc(), table.c.id.desc())
    .limit(COUNTED_UNPROVEN)
    .subquery()
)
COUNT_UNPROVEN: Final[Query[Any]] = Query(sa.select(sa.func.count().label("held")).select_from(_SOME_UNPROVEN), scalar)
_FAILING: Final = (table.c.done_at.is_(None), table.c.failing.is_not(None))
COUNT_FAILING: Final = _number(*_FAILING)


def _whole_days(until: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    length = until - sa.type_coerce(table.c.verified_at, Whole())
    return (length // sa.literal_column(str(DAY), Whole())).label("days")


# Grouped by its name: the store takes the same parameter, given twice, for two expressions.
_BY_DAYS: Final[sa.ColumnElement[int]] = sa.literal_column("days")
OPEN_BY_AGE: Final = Query(
    sa.select(table.c.kind, _whole_days(bindparam("counted", type_=Whole())), sa.func.count().label("requests"))
    .where(*_PROVEN)
    .group_by(table.c.kind, _BY_DAYS)
    .order_by(table.c.kind, _BY_DAYS),
    OpenCount,
)
_WAS_LATE: Final = sa.or_(table.c.done_at > table.c.due_at, table.c.replied_at > table.c.reply_due_at)
ANSWERS: Final = Query(
    sa.select(
        table.c.kind,
        table.c.state,
        _whole_days(sa.type_coerce(table.c.done_at, Whole())),
        sa.func.count().label("requests"),
        sa.func.count(sa.case((_WAS_LATE, table.c.id))).label("late"),
    )
    .where(*_ENDED, table.c.done_at >= bindparam("since", type_=Instant()))
    .group_by(table.c.kind, table.c.state, _BY_DAYS)
    .order_by(table.c.kind, table.c.state, _BY_DAYS),
    AnswerCount,
)
FAILING: Final = Query(
    sa.select(*READ).where(*_FAILING).order_by(table.c.failing_since, table.c.id).limit(bindparam("limit")), RequestRow
)
LATE: Final = Query(
    sa.select(*READ).where(*_PROVEN, _LATE).order_by(table.c.queue_at, table.c.id).limit(bindparam("limit")),
    RequestRow,
)


class RequestQueueArea:
    """Queries on `request` that read many at once."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def page(
        self, which: QueueList, wish: QueueWish, *, after: QueuePlace | None, back: bool, limit: int
    ) -> tuple[RequestRow, ...]:
        """Return the requests of a list that stand next to a place, in the list's order."""
        wanted: dict[str, Any] = {"kinds": wish.kinds, "states": wish.states, "who": wish.who, "limit": limit}
        if after is not None:
            wanted |= {"at": after.at, "after_id": after.request_id}
        rows = PAGES[which, wish.holder, after is not None, back].all(self._link, **wanted)
        return rows[::-1] if back else rows

    def count(self, *, now: datetime) -> QueueCount:
        """Return how many requests are open, and how they stand."""
        return QueueCount(
            proven=COUNT_PROVEN.only(self._link),
            late=COUNT_LATE.only(self._link, now=now),
            soon=COUNT_SOON.only(self._link, now=now),
            unproven=COUNT_UNPROVEN.only(self._link),
            failing=COUNT_FAILING.only(self._link),
        )

    def open_by_age(self, *, now: datetime) -> tuple[OpenCount, ...]:
        """Return how many proven requests are open, by kind and by how many whole days they have been proven."""
        return OPEN_BY_AGE.all(self._link, counted=to_microseconds(now))

    def answers(self, *, since: datetime) -> tuple[AnswerCount, ...]:
        """Return how many proven requests ended since an instant, by kind, end, and the whole days that it took."""
        return ANSWERS.all(self._link, since=since)

    def failing(self, *, limit: int) -> tuple[RequestRow, ...]:
        """Return open requests of which a step fails, the longest-failing first."""
        return FAILING.all(self._link, limit=limit)

    def late(self, *, now: datetime, limit: int) -> tuple[RequestRow, ...]:
        """Return proven open requests that should have been answered or carried out by now, the latest first."""
        return LATE.all(self._link, now=now, limit=limit)
