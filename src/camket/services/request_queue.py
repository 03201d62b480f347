"""The desk's queue: what is due first, page by page, each request with a mask of whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError
from camket.core.policy.model import ItemKind
from camket.core.rights.deadlines import DueKind
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.rights.masking import mask
from camket.core.terms import RIGHTS_PURPOSE
from camket.rows.request_queue import QueueList, QueuePlace, QueueWish
from camket.services.desk_acts import DeskAct, may_act

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.policy.model import Item
    from camket.core.terms import Verification
    from camket.rows.request_queue import QueueCount
    from camket.rows.requests import RequestChannel, RequestRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

PAGE: Final = 25
EVERYTHING: Final = QueueWish(kinds=tuple(RequestKind), states=tuple(RequestState))


class Urgency(StrEnum):
    """How much time is left until the next thing is due."""

    LATE = "late"
    SOON = "soon"
    """Less than a quarter of the time."""
    CALM = "calm"
    WAITS = "waits"
    """The clocks stand still until the customer answers."""
    UNCLOCKED = "unclocked"
    """Nothing is due by a date."""
    OVER = "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueEntry:
    """One request as the queue shows it.

    Args:
        due: what is due next; None where no clock runs.
        due_at: aware; until when.
        failing: a step of it fails.
        mask: *personal*; what is shown of the name of whose it is; None where nothing is: to who may not see values,
            and of requests that no one has proven or that are over.
    """

    number: str
    kind: RequestKind
    state: RequestState
    channel: RequestChannel
    created_at: datetime
    verified_level: Verification | None
    assigned_to: str | None
    due: DueKind | None
    due_at: datetime | None
    urgency: Urgency
    failing: bool
    done_at: datetime | None
    mask: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage:
    """A page of the queue.

    Args:
        newer: where the page before ends; None on the first.
        older: where the next page begins; None on the last.
        count: of all open requests, whatever is wished for.
    """

    entries: tuple[QueueEntry, ...]
    newer: QueuePlace | None
    older: QueuePlace | None
    count: QueueCount


def list_queue(
    ctx: Context,
    by: StaffSession,
    *,
    which: QueueList = QueueList.DUE,
    wish: QueueWish = EVERYTHING,
    place: QueuePlace | None = None,
    back: bool = False,
) -> QueuePage:
    """Return a page of a list.

    Args:
        ctx: the service.
        by: who looks.
        which: the list.
        wish: which of it.
        place: where the page begins; at the front when None.
        back: the page before that place.

    Effects: where masks are shown, one record of this use for all of their subjects is durable before this returns.
    """
    now = ctx.clock.now()
    back = back and place is not None
    rows, count = ctx.store.read(
        lambda unit: (
            unit.request_queue.page(which, wish, after=place, back=back, limit=PAGE + 1),
            unit.request_queue.count(now=now),
        )
    )
    more = len(rows) > PAGE
    rows = rows[-PAGE:] if back else rows[:PAGE]
    masks = _masks(ctx, by, rows) if which is QueueList.DUE else {}
    before, after = (more, True) if back else (place is not None, more)
    return QueuePage(
        entries=tuple(_entry(row, masks.get(row.subject_id), now) for row in rows),
        newer=_place(which, rows[0]) if rows and before else None,
        older=_place(which, rows[-1]) if rows and after else None,
        count=count,
    )


def urgency_of(row: RequestRow, now: datetime) -> Urgency:
    """Return how much time is left for a request."""
    if row.done_at is not None:
        return Urgency.OVER
    if row.verified_at is None:
        return Urgency.UNCLOCKED
    if row.paused_at is not None:
        return Urgency.WAITS
    due_at = row.next_due_at
    if due_at is None:
        return Urgency.UNCLOCKED
    if due_at < now:
        return Urgency.LATE
    return Urgency.SOON if row.warn_at is not None and row.warn_at <= now else Urgency.CALM


def next_due(row: RequestRow) -> DueKind | None:
    """Return what is due next; None where no clock runs: it is over, waits for its subject, or no one has proven it."""
    if row.next_due_at is None or row.verified_at is None:
        return None
    answered = row.replied_at is not None or row.next_due_at != row.reply_due_at
    return DueKind.COMPLETE if answered else DueKind.REPLY


def _masks(ctx: Context, by: StaffSession, rows: tuple[RequestRow, ...]) -> dict[str, str]:
    """Return what is shown of the name of each subject; a mask is a use of the name like any other, and on record."""
    shown = [row for row in rows if may_act(by.roles, DeskAct.READ, row.kind)]
    if not shown:
        return {}
    item = _name_item(ctx)
    requests = {row.subject_id: row.id for row in reversed(shown)}
    pending = ctx.store.write(
        lambda unit: ctx.door.read_many_in(
            unit,
            actor=by.actor,
            subject_ids=tuple(requests),
            items=(item.id,),
            purpose=RIGHTS_PURPOSE,
            requests=requests,
        )
    )
    masks = {}
    for one in pending:
        try:
            name = one.open().first(item.id)
        except DeniedError:  # erased in the meantime
            continue
        if name is not None:
            masks[one.subject_id] = mask(item.kind, name)
    return masks


def _name_item(ctx: Context) -> Item:
    history = ctx.policies.in_force(ctx.store, ctx.clock.now())
    items = history.newest.policy.registration_items
    return next((item for item in items if item.kind is ItemKind.PERSON_NAME), items[0])


def _place(which: QueueList, row: RequestRow) -> QueuePlace:
    moments = {QueueList.DUE: row.queue_at, QueueList.UNPROVEN: row.created_at, QueueList.ENDED: row.done_at}
    return QueuePlace(at=moments[which] or row.created_at, request_id=row.id)


def _entry(row: RequestRow, shown: str | None, now: datetime) -> QueueEntry:
    due = next_due(row)
    return QueueEntry(
        number=row.number,
        kind=row.kind,
        state=row.state,
        channel=row.channel,
        created_at=row.created_at,
        verified_level=row.verified_level,
        assigned_to=row.assigned_to,
        due=due,
        due_at=row.next_due_at if due else None,
        urgency=urgency_of(row, now),
        failing=row.failing is not None,
        done_at=row.done_at,
        mask=shown,
    )
