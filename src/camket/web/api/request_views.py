"""Requests as the API gives them to whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import DeniedError
from camket.services.own_requests import own_request
from camket.services.request_failures import failing_of
from camket.services.request_files import find_file
from camket.services.verification import needed_level_in
from camket.web.api.request_documents import (
    EventDocument,
    FailingDocument,
    FileDocument,
    GoesDocument,
    MessageDocument,
    PreviewDocument,
    RequestDocument,
    StaysDocument,
    ThreadDocument,
    TimelineDocument,
)
from camket.web.i18n import said

if TYPE_CHECKING:
    from camket.core.terms import Language, Verification
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.erasure_preview import Preview
    from camket.services.sessions import Session
    from camket.services.support import Thread


def request_document(ctx: Context, row: RequestRow, language: Language) -> RequestDocument:
    """Return a request; nothing that was written is in it."""
    file = find_file(ctx, subject_id=row.subject_id, request_id=row.id)
    return RequestDocument(
        number=row.number,
        kind=row.kind,
        state=row.state,
        channel=row.channel,
        made_at=row.created_at,
        verified_at=row.verified_at,
        verified_level=row.verified_level,
        needs=_needed(ctx, row),
        answer_due_at=row.reply_due_at,
        due_at=row.due_at,
        waits_since=row.paused_at,
        extended_at=row.extended_at,
        failing=failing_documents(ctx, row, language),
        file=None
        if file is None
        else FileDocument(
            name=file.file_name,
            size_bytes=file.size_bytes,
            made_at=file.made_at,
            expires_at=file.expires_at,
            fetched_at=file.fetched_at,
        ),
        ended_at=row.done_at,
    )


def failing_documents(ctx: Context, row: RequestRow, language: Language) -> list[FailingDocument]:
    """Return which steps of a request fail."""
    return [
        FailingDocument(
            system=one.holder if one.label is None else said(one.label, language), why=one.failure, since=one.since
        )
        for one in failing_of(ctx, row)
    ]


def timeline_document(ctx: Context, session: Session, row: RequestRow, language: Language) -> TimelineDocument:
    """Return a request with the lines that its customer may see, *personal*; the look is on record."""
    view = own_request(ctx, session, request_id=row.id)
    return TimelineDocument(
        request=request_document(ctx, row, language),
        article=view.article,
        answer_until=view.answer_until,
        wants_yes=view.wants_yes,
        may_withdraw=view.may_withdraw,
        timeline=[
            EventDocument(
                event=line.event, state=line.state, at=line.at, by_you=line.own, staff=line.staff, text=line.text
            )
            for line in view.lines
        ],
    )


def preview_document(preview: Preview, language: Language) -> PreviewDocument:
    """Return what the end of an account would do."""
    return PreviewDocument(
        goes=[
            GoesDocument(item=one.item, label=said(one.label, language), count=one.count, in_apps=one.in_apps)
            for one in preview.goes
        ],
        stays=[
            StaysDocument(
                item=one.item,
                label=said(one.label, language),
                count=one.count,
                article=one.article,
                reason=said(one.reason, language),
                until=one.until,
            )
            for one in preview.stays
        ],
        says=[said(one, language) for one in preview.consequences],
        cooling_off_days=preview.cooling_off_days,
        consequences=preview.acceptance,
    )


def thread_document(ctx: Context, thread: Thread, language: Language) -> ThreadDocument:
    """Return a thread, *personal*."""
    return ThreadDocument(
        request=request_document(ctx, thread.request, language),
        messages=[
            MessageDocument(at=one.at, by_you=one.staff is None, text=one.text, pictures=len(one.pictures))
            for one in thread.messages
        ],
        open=thread.open,
    )


def _needed(ctx: Context, row: RequestRow) -> Verification | None:
    try:
        return ctx.store.read(lambda unit: needed_level_in(unit, ctx, row))
    except DeniedError:
        return None
