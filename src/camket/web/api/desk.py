"""The API's routes of the desk, for staff who are signed in: what is due first, one request, and what is done with it.

A caller shows the token of a session of staff, signed in with both factors, as `Authorization: Bearer ...`. Every act
asks for its role again in its own transaction; what is a customer's opens on a reason alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from camket.core.errors import DeniedError, InvalidValueError, NotFoundError
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import Language
from camket.rows.request_queue import QueueHolder, QueueList, QueueWish
from camket.services import casework, filing, on_behalf, staff_reading
from camket.services.request_queue import list_queue
from camket.services.requests import NO_REQUEST
from camket.services.staff_sessions import StaffSession, find_staff_session
from camket.web.api.consents import UNAUTHORIZED, LanguageParameter
from camket.web.api.desk_documents import (
    Act,
    Assignment,
    Carrying,
    CaseDocument,
    Deed,
    DeskMessageDocument,
    FiledDocument,
    FiledRequest,
    QueuePageDocument,
    Reply,
    WorkName,
    Writing,
)
from camket.web.api.desk_views import case_document, page_document, place_of
from camket.web.api.request_documents import NUMBER_PATTERN
from camket.web.officer.requests import READERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import FastAPI

    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.web.site import Site

StaffBearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, scheme_name="StaffBearer", description="The token of a session of staff.")),
]
NumberParameter = Annotated[
    str, Path(pattern=NUMBER_PATTERN, description="Receipt number of a request.", examples=["7K3F9-2QXTB"])
]
PlaceParameter = Annotated[str | None, Query(max_length=200, description="What a page gave as `newer` or `older`.")]
DESK: Final = "desk"


def any_staff_signed_in(request: Request, bearer: StaffBearer) -> StaffSession:
    """Return who of the staff calls, by the token that they show.

    Raises:
        HTTPException: 401, no token, one that opens nothing, or one of a session that lacks its second factor.
    """
    ctx: Context = request.app.state.context
    session = find_staff_session(ctx, bearer.credentials) if bearer is not None else None
    if session is None or not session.signed_in:
        raise HTTPException(UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    return session


def staff_signed_in(session: Annotated[StaffSession, Depends(any_staff_signed_in)]) -> StaffSession:
    """Return who of the staff calls, if a role of theirs opens requests.

    Raises:
        DeniedError: none does.
    """
    if not session.has(*READERS):
        raise DeniedError("no role of yours opens requests")
    return session


Member = Annotated[StaffSession, Depends(staff_signed_in)]


def add_desk(api: FastAPI, site: Site) -> None:
    """Add the routes."""
    _add_reading(api, site.context)
    _add_acts(api, site.context)


def _add_reading(api: FastAPI, ctx: Context) -> None:
    @api.get("/desk/requests", tags=[DESK])
    def desk_requests(
        member: Member,
        which: Annotated[QueueList, Query(alias="list", description="Which list.")] = QueueList.DUE,
        kind: Annotated[RequestKind | None, Query(description="Only these.")] = None,
        state: Annotated[RequestState | None, Query(description="Only those that stand there.")] = None,
        holder: Annotated[WorkName | None, Query(description="Only those of one member of staff.")] = None,
        after: PlaceParameter = None,
        before: PlaceParameter = None,
    ) -> QueuePageDocument:
        """Return a page of a list; what is due first comes first. Shown masks of names are on record as their use."""
        if after is not None and before is not None:
            raise InvalidValueError("a page is `after` a place or `before` one, not both")
        wish = QueueWish(
            kinds=(kind,) if kind else tuple(RequestKind),
            states=(state,) if state else tuple(RequestState),
            holder=QueueHolder.ONE if holder else QueueHolder.ANYONE,
            who=holder or "",
        )
        place = place_of(before or after)
        return page_document(list_queue(ctx, member, which=which, wish=wish, place=place, back=before is not None))

    @api.get("/desk/requests/{request}", tags=[DESK], dependencies=[Depends(staff_signed_in)])
    def desk_request(request: NumberParameter, lang: LanguageParameter = Language.VI) -> CaseDocument:
        """Return a request with its timeline; nothing of its customer is opened."""
        return case_document(ctx, _row(ctx, request), lang)

    @api.get("/desk/requests/{request}/messages", tags=[DESK], responses={409: {}})
    def desk_thread(member: Member, request: NumberParameter) -> list[DeskMessageDocument]:
        """Return the thread, on a reason that holds (the act `read`); each reading is on record as a use."""
        messages = staff_reading.staff_thread(ctx, member, request_id=_row(ctx, request).id)
        return [
            DeskMessageDocument(
                at=one.at, staff=one.staff, text=one.text, pictures=len(one.pictures), internal=one.internal
            )
            for one in messages
        ]


def _add_acts(api: FastAPI, ctx: Context) -> None:
    @api.post("/desk/requests", status_code=201, tags=[DESK], responses={404: {}})
    def file_request(member: Member, filed: FiledRequest) -> FiledDocument:
        """Make a request for someone who called or came. Known or not looks the same."""
        field, value = filed.known_by
        asked = filing.wish(
            ctx, filed.kind, item=filed.item or "", typed=filed.value or "", purposes=tuple(filed.purposes)
        )
        row = filing.file_for_caller(
            ctx, member, field=field, value=value, kind=filed.kind, reason=filed.reason, body=asked
        )
        return FiledDocument(number=row.number)

    @api.post("/desk/requests/{request}/acts", tags=[DESK])
    def act_on_request(
        member: Member, request: NumberParameter, act: Act, lang: LanguageParameter = Language.VI
    ) -> CaseDocument:
        """Do something with a request, each act by its role; reasons and answers go to the customer."""
        row = _row(ctx, request)
        _act(ctx, member, row.id, act)
        return case_document(ctx, _row(ctx, request), lang)


def _row(ctx: Context, number: str) -> RequestRow:
    """Return the request with a receipt number.

    Raises:
        NotFoundError: there is no such request.
    """
    row = ctx.store.read(lambda unit: unit.requests.by_number(number))
    if row is None:
        raise NotFoundError(NO_REQUEST)
    return row


def _act(ctx: Context, member: StaffSession, request_id: str, act: Act) -> None:
    if isinstance(act, Assignment):
        casework.assign(ctx, member, request_id=request_id, to=act.to)
    elif isinstance(act, Reply):
        casework.reply(ctx, member, request_id=request_id, text=act.text, finish=act.finish)
    elif isinstance(act, Writing):
        write = casework.note if act.act == "note" else casework.ask_subject
        write(ctx, member, request_id=request_id, text=act.text)
    elif isinstance(act, Deed):
        DEEDS[act.act](ctx, member, request_id=request_id)
    elif isinstance(act, Carrying):
        purposes = tuple(act.purposes)
        on_behalf.carry_out(ctx, member, request_id=request_id, reason=act.reason, purposes=purposes, code=act.code)
    else:
        REASONED[act.act](ctx, member, request_id=request_id, reason=act.reason)


REASONED: Final[Mapping[str, Callable[..., object]]] = {
    "refuse": casework.refuse,
    "extend": casework.extend,
    "verify_in_person": casework.verify_in_person,
    "read": staff_reading.give_reason,
    "propose": on_behalf.propose,
    "decline": on_behalf.decline,
}
"""Acts that take a reason alone."""
DEEDS: Final[Mapping[str, Callable[..., object]]] = {
    "approve": on_behalf.approve,
    "send_new_address_code": on_behalf.send_code_to_new_address,
}
"""Acts that take nothing."""
