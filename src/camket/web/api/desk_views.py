"""Requests as the API gives them to staff."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from camket.core.errors import InvalidValueError
from camket.rows.request_queue import QueuePlace
from camket.web.api.desk_documents import (
    CaseDocument,
    CountDocument,
    LineDocument,
    QueueDocument,
    QueuePageDocument,
)
from camket.web.api.request_views import failing_documents

if TYPE_CHECKING:
    from camket.core.terms import Language
    from camket.rows.request_queue import QueueCount
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.request_queue import QueueEntry, QueuePage


def page_document(page: QueuePage) -> QueuePageDocument:
    """Return a page of a list."""
    return QueuePageDocument(
        requests=[_entry(one) for one in page.entries],
        count=count_document(page.count),
        newer=_place(page.newer),
        older=_place(page.older),
    )


def count_document(count: QueueCount) -> CountDocument:
    """Return how many requests are open."""
    return CountDocument(
        proven=count.proven, late=count.late, soon=count.soon, unproven=count.unproven, failing=count.failing
    )


def case_document(ctx: Context, row: RequestRow, language: Language) -> CaseDocument:
    """Return a request with its timeline; nothing is opened."""
    lines = ctx.store.read(lambda unit: unit.requests.events(row.id))
    return CaseDocument(
        number=row.number,
        kind=row.kind,
        state=row.state,
        channel=row.channel,
        made_at=row.created_at,
        verified_at=row.verified_at,
        verified_level=row.verified_level,
        filed_by=row.filed_by,
        assigned_to=row.assigned_to,
        answer_due_at=row.reply_due_at,
        due_at=row.due_at,
        warn_at=row.warn_at,
        waits_since=row.paused_at,
        extended_at=row.extended_at,
        failing=failing_documents(ctx, row, language),
        ended_at=row.done_at,
        timeline=[
            LineDocument(event=line.event, state=line.state, at=line.at, actor=line.actor, shown=line.shown)
            for line in lines
        ],
    )


def place_of(text: str | None) -> QueuePlace | None:
    """Return the place that a page gave before.

    Raises:
        InvalidValueError: no page ever gave this.
    """
    if text is None:
        return None
    at, _, request_id = text.partition(" ")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise InvalidValueError("this is no place that a page gave") from None
    if moment.tzinfo is None or not request_id.isalnum() or not request_id.isascii():
        raise InvalidValueError("this is no place that a page gave")
    return QueuePlace(at=moment, request_id=request_id)


def _place(place: QueuePlace | None) -> str | None:
    return None if place is None else f"{place.at.isoformat()} {place.request_id}"


def _entry(one: QueueEntry) -> QueueDocument:
    return QueueDocument(
        number=one.number,
        kind=one.kind,
        state=one.state,
        channel=one.channel,
        made_at=one.created_at,
        verified_level=one.verified_level,
        assigned_to=one.assigned_to,
        due=one.due,
        due_at=one.due_at,
        urgency=one.urgency,
        failing=one.failing,
        ended_at=one.done_at,
        mask=one.mask,
    )
