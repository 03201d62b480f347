"""The API's routes of notices, for who is signed in: the changes of the policy that they were told of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from pydantic import Field

from camket.rows.notices import DeliveryState
from camket.services.notice_texts import compare_path
from camket.services.own_notices import own_notices, see_notice
from camket.web.api.consents import Caller
from camket.web.api.documents import Document

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.services.own_notices import OwnNotice
    from camket.web.site import Site

NumberParameter = Annotated[int, Path(ge=1, le=999_999_999, description="Number of the policy version.")]


class NoticeDocument(Document):
    """A significant change of the policy, and how the caller was told of it."""

    version: int = Field(description="Number of the version.")
    posted_at: datetime
    takes_effect_at: datetime
    banner: bool = Field(description="An app shows it until it was read.")
    mail: DeliveryState
    mail_at: datetime | None
    seen_at: datetime | None = Field(description="When the customer said that they had read it.")
    path: str = Field(description="Of the page that says what changes.")


def add_notices(api: FastAPI, site: Site) -> None:
    """Add the routes."""
    ctx = site.context

    @api.get("/notices", tags=["notices"])
    def notices(session: Caller) -> list[NoticeDocument]:
        """Return every significant change of the policy that the caller was told of, the newest first."""
        return [_document(one) for one in own_notices(ctx, subject_id=session.subject_id)]

    @api.post("/notices/{number}/seen", status_code=204, tags=["notices"])
    def seen(session: Caller, number: NumberParameter) -> None:
        """Say that the caller has read one; its banner goes in every app. Twice is once."""
        see_notice(ctx, subject_id=session.subject_id, number=number)


def _document(one: OwnNotice) -> NoticeDocument:
    return NoticeDocument(
        version=one.number,
        posted_at=one.posted_at,
        takes_effect_at=one.effective_at,
        banner=one.banner,
        mail=one.mail,
        mail_at=one.mail_at,
        seen_at=one.seen_at,
        path=compare_path(one.number),
    )
