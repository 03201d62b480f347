"""The API's routes of the desk as a whole: its numbers, what needs care, and the evidence pack of a request."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends
from fastapi.responses import Response
from pydantic import Field

from camket.core.rights.machine import RequestKind
from camket.core.terms import Language
from camket.services.evidence import make_evidence
from camket.services.health import look_at_health
from camket.services.overview import AGE_BOUNDS, look_over
from camket.web.api.consents import LanguageParameter
from camket.web.api.desk import DESK, Member, NumberParameter, any_staff_signed_in
from camket.web.api.desk_documents import CountDocument
from camket.web.api.desk_views import count_document
from camket.web.api.documents import Document
from camket.web.api.request_documents import FailingDocument, Number
from camket.web.api.request_views import failing_documents

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.services.health import Health
    from camket.services.overview import Overview
    from camket.web.site import Site

ZIP: Final = "application/zip"
Ages = Annotated[
    list[int], Field(description=f"How many are at least this many days old, and younger than the next: {AGE_BOUNDS}.")
]


class OpenDocument(Document):
    """The open requests of one kind."""

    kind: RequestKind
    ages: Ages


class AnswersDocument(Document):
    """The answers that took so many days, and no more than the next."""

    days: int
    requests: int
    late: int


class OverviewDocument(Document):
    """The desk in numbers."""

    count: CountDocument
    open: list[OpenDocument]
    answers: list[AnswersDocument]
    since: datetime = Field(description="Answers from then on are counted.")
    median_days: int | None


class FailingRequest(Document):
    """A request of which a step fails."""

    number: Number
    failing: list[FailingDocument]


class HealthDocument(Document):
    """What needs care; nothing personal."""

    count: CountDocument
    late: list[Number] = Field(description="The latest of those that are late.")
    failing: list[FailingRequest]
    mails_stuck: int
    mails_dead: int
    jobs_stuck: int
    jobs_failed: int
    customers_on_older_versions: int
    calendar_until: date = Field(description="The last day whose days off are known.")
    calendar_ends_soon: bool


def add_desk_numbers(api: FastAPI, site: Site) -> None:
    """Add the routes."""
    ctx = site.context

    @api.get("/desk/overview", tags=[DESK], dependencies=[Depends(any_staff_signed_in)])
    def desk_overview() -> OverviewDocument:
        """Return the desk in numbers: what is open, how old it is, and how long answers took."""
        return _overview(look_over(ctx))

    @api.get("/desk/health", tags=[DESK], dependencies=[Depends(any_staff_signed_in)])
    def desk_health(lang: LanguageParameter = Language.VI) -> HealthDocument:
        """Return what needs care: late, failing, stuck, older versions, the calendar's end."""
        health = look_at_health(ctx)
        failing = [
            FailingRequest(number=row.number, failing=failing_documents(ctx, row, lang)) for row, _ in health.failing
        ]
        return _health(health, failing)

    @api.post(
        "/desk/requests/{request}/evidence",
        tags=[DESK],
        response_class=Response,
        responses={200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    def take_evidence(member: Member, request: NumberParameter) -> Response:
        """Return the evidence pack of a request, which holds no value; that it was taken is on record."""
        pack = make_evidence(ctx, by=member, number=request)
        headers = {"Content-Disposition": f'attachment; filename="{pack.file_name}"'}
        return Response(pack.data, media_type=ZIP, headers=headers)


def _overview(found: Overview) -> OverviewDocument:
    return OverviewDocument(
        count=count_document(found.count),
        open=[OpenDocument(kind=one.kind, ages=list(one.ages)) for one in found.open],
        answers=[AnswersDocument(days=one.days, requests=one.requests, late=one.late) for one in found.answers],
        since=found.since,
        median_days=found.median_days,
    )


def _health(found: Health, failing: list[FailingRequest]) -> HealthDocument:
    return HealthDocument(
        count=count_document(found.count),
        late=[row.number for row in found.late],
        failing=failing,
        mails_stuck=found.mails.stuck,
        mails_dead=found.mails.dead,
        jobs_stuck=sum(one.stuck for one in found.jobs),
        jobs_failed=sum(one.failed for one in found.jobs),
        customers_on_older_versions=found.older,
        calendar_until=found.calendar_until,
        calendar_ends_soon=found.calendar_ends_soon,
    )
