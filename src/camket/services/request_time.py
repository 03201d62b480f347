"""What time does to requests: those that nobody proves or answers end, and nobody's clock runs out unwarned.

A request that its subject proved but never accepted is not left to run the operator's time out: they are asked for it,
and the clocks stand still until they say yes, or the request expires.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.notices.request_mails import DEADLINES, REQUEST_WAITS
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move
from camket.core.staff.roles import Role
from camket.rows.requests import RequestChannel
from camket.services.calendar import day_of
from camket.services.letters import STAFF_EMAIL
from camket.services.mail_queue import queue_mail_in
from camket.services.request_clocks import clocks_in
from camket.services.request_mails import request_args
from camket.services.request_moves import move_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.steps import Run

    Act = Callable[[Unit, Context, RequestRow, datetime], bool]

REQUESTS_JOB: Final = "requests"
WARNINGS_JOB: Final = "deadline_warnings"
CLOCK: Final = "service:requests"
UNPROVEN_FOR: Final = timedelta(hours=24)
"""How long a request waits to be proven."""
UNPROVEN_AT_DESK_FOR: Final = timedelta(days=7)
"""How long one waits that staff filed for a caller, who has to come or to find their way first."""
YES_WITHIN: Final = timedelta(hours=24)
"""How long after the last step the subject's yes is expected before they are asked for it."""
ANSWER_WITHIN: Final = timedelta(days=30)
"""How long a request waits for its subject."""
PAGE: Final = 50
"""Requests in one unit of work: other units wait no longer than these take."""


def keep_requests(ctx: Context, run: Run) -> int:
    """End what was never proven or never answered, and ask for the yes that is missing.

    Returns:
        How many requests moved.

    Effects: page by page, each durable with its records and mails. A run that dies is done again; twice is once.
    """
    now = ctx.clock.now()
    return (
        _each(ctx, run, RequestState.UNVERIFIED, now - UNPROVEN_FOR, _expire_unproven_in)
        + _each(ctx, run, RequestState.VERIFIED, now - YES_WITHIN, _ask_for_yes_in)
        + _each(ctx, run, RequestState.WAITING, now - ANSWER_WITHIN, _end_unanswered_in)
    )


def _each(ctx: Context, run: Run, state: RequestState, before: datetime, act: Act) -> int:
    after_id, moved = "", 0
    while True:
        start = after_id

        def page(unit: Unit, start: str = start) -> tuple[int, str | None]:
            rows = unit.requests.stalled(state, before=before, after_id=start, limit=PAGE)
            now = ctx.clock.now()
            return sum(act(unit, ctx, row, now) for row in rows), rows[-1].id if len(rows) == PAGE else None

        found, last_id = ctx.store.write(page)
        moved += found
        if last_id is None:
            return moved
        after_id = last_id
        run.going_on()


def _expire_unproven_in(unit: Unit, ctx: Context, row: RequestRow, now: datetime) -> bool:
    waits = UNPROVEN_AT_DESK_FOR if row.channel is RequestChannel.STAFF else UNPROVEN_FOR
    if row.created_at + waits > now:
        return False
    move_in(unit, ctx, row, RequestEvent.EXPIRE, actor=CLOCK)
    return True


def _ask_for_yes_in(unit: Unit, ctx: Context, row: RequestRow, now: datetime) -> bool:
    """Ask for the yes of who asked themselves and was proven; what staff work on waits for staff."""
    if row.kind is RequestKind.SUPPORT or row.channel is RequestChannel.STAFF or row.assigned_to is not None:
        return False
    if unit.requests.events(row.id)[-1].at + YES_WITHIN > now:
        return False
    moved = move_in(unit, ctx, row, RequestEvent.ASK_SUBJECT, actor=CLOCK, detail={"asked": "acceptance"})
    args = request_args(moved, REQUEST_WAITS) | {"until": day_of(now + ANSWER_WITHIN).isoformat()}
    queue_mail_in(unit, ctx, subject_id=row.subject_id, template=REQUEST_WAITS.id, args=args)
    return True


def _end_unanswered_in(unit: Unit, ctx: Context, row: RequestRow, now: datetime) -> bool:
    if row.paused_at is None or row.paused_at + ANSWER_WITHIN > now:
        return False
    # A thread that support answered with a question is closed, not expired: writing again opens it.
    closes = may_move(row.kind, row.state, RequestEvent.FINISH)
    move_in(unit, ctx, row, RequestEvent.FINISH if closes else RequestEvent.EXPIRE, actor=CLOCK)
    return True


def warn_of_deadlines(ctx: Context, run: Run) -> int:
    """Warn officers of every clock that is about to run out, or has.

    Returns:
        How many requests they were warned of.

    Effects: page by page, each durable together: a line on each timeline that its subject does not see, with its
        record, and one mail to every officer with an address; to administrators where no officer has one. Each clock is
        warned of once when a quarter of its time is left and once when it is over; twice is once.
    """
    warned = 0
    while found := ctx.store.write(lambda unit: _warn_in(unit, ctx)):
        warned += found
        run.going_on()
    return warned


def _warn_in(unit: Unit, ctx: Context) -> int:
    now = ctx.clock.now()
    rows = unit.requests.to_warn(now, limit=PAGE)
    for row in rows:
        late = row.next_due_at is not None and row.next_due_at <= now
        detail = {"warned": "over" if late else "near"}
        # An answer that is late keeps nobody from being warned of the clock that ends after it.
        warn_at = clocks_in(unit, ctx, row).last.warn_at if late else row.warn_at
        move_in(
            unit, ctx, row, RequestEvent.NOTE, actor=CLOCK, detail=detail, shown=False, warned_at=now, warn_at=warn_at
        )
    if rows:
        args = {"due": " ".join(row.id for row in rows)}
        for warned in _warned_in(unit):
            queue_mail_in(unit, ctx, subject_id=warned, template=DEADLINES.id, args=args)
    return len(rows)


def _warned_in(unit: Unit) -> list[str]:
    """Return the subjects behind the officers who gave an address; behind administrators where no officer did."""
    everyone = unit.staff.everyone()
    # INVARIANT: no warning counts as given because there was nobody to give it to, while anybody could be told.
    for role in (Role.OFFICER, Role.ADMIN):
        found = [one.subject_id for one in everyone if role.value in one.roles]
        reached = [subject_id for subject_id in found if unit.values.of_subject(subject_id, (STAFF_EMAIL,))]
        if reached:
            return reached
    return []
