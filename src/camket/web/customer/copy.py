"""A copy of everything that is held, to take along (P12; LAW Art. 4.1: be provided a copy)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response, StreamingResponse

from camket.core.errors import NotFoundError, VerificationError
from camket.core.rights.machine import RequestState
from camket.services.copy_requests import COPIED, begin_copy, start_copy
from camket.services.request_failures import failing_of
from camket.services.request_files import drop_file, find_file, find_files, find_linked, hand_over, hand_over_linked
from camket.services.requests import NO_REQUEST, find_request
from camket.services.verification import standing_proof
from camket.web.customer.verification import ask_for_proof
from camket.web.endpoints import see_other
from camket.web.failing import said_failures
from camket.web.wording import grouped

if TYPE_CHECKING:
    from camket.core.terms import VerifiedIdentity
    from camket.rows.requests import RequestRow
    from camket.services.request_files import FileView, HandedOver
    from camket.web.visit import Visit

BEGIN: Final = "/me/copy"
RELOAD_SECONDS: Final = 3
"""How soon a browser without scripts looks again while the file is made."""
KILOBYTE: Final = 1000

_UNDER_WAY: Final = (RequestState.APPROVED, RequestState.RUNNING)


class Shown(StrEnum):
    """What the page of one copy shows."""

    PROVE = "prove"
    """Who asks is to be proven, the first time or anew."""
    MAKE = "make"
    WORKING = "working"
    READY = "ready"
    GONE = "gone"
    """The file's time is over, or it was deleted."""
    ELSEWHERE = "elsewhere"
    """It waits for something that the request's own page says, or has ended without a copy."""


def copy_page(visit: Visit) -> Response:
    """Say what the copy holds, and which copies wait to be fetched."""
    files = find_files(visit.context, subject_id=visit.own.subject_id)
    return visit.show("copy.html", files=[(one, page_of(one.request_id), _size(visit, one)) for one in files])


def begin(visit: Visit) -> Response:
    """Make the request and ask for proof: a copy shows everything at once. One that is under way is shown instead."""
    request = start_copy(visit.context, visit.own)
    if request.state in {RequestState.UNVERIFIED, RequestState.VERIFIED}:
        return ask_for_proof(visit, request.id)
    return see_other(page_of(request.id))


def page_of(request_id: str) -> str:
    """Return the address of the page of one copy."""
    return f"/me/requests/{request_id}/copy"


def ready(visit: Visit) -> Response:
    """Show where a copy stands: to be proven, being made, ready, gone."""
    request = _request(visit)
    if request.state is RequestState.UNVERIFIED:
        return see_other(f"/me/requests/{request.id}/verify")
    file = find_file(visit.context, subject_id=request.subject_id, request_id=request.id)
    shown = _shown(visit, request, file)
    response = visit.show(
        "copy_file.html",
        state=shown.value,
        request=request,
        file=file,
        size=_size(visit, file),
        failing=said_failures(failing_of(visit.context, request), visit.language),
    )
    if shown is Shown.WORKING:
        response.headers["Refresh"] = str(RELOAD_SECONDS)
    return response


def status(visit: Visit) -> Response:
    """Say whether the page would show something else by now."""
    return JSONResponse({"ready": _request(visit).state not in _UNDER_WAY})


def make(visit: Visit) -> Response:
    """Have the copy made for who has proven who they are; a proof that ran out is given anew on the page."""
    request = _request(visit)
    if (identity := _proof(visit, request.id)) is not None:
        begin_copy(visit.context, identity)
    return see_other(page_of(request.id))


def download(visit: Visit) -> Response:
    """Hand the file over to who has proven who they are; a proof that ran out is given anew on the page."""
    request = _request(visit)
    identity = _proof(visit, request.id)
    if identity is None:
        return see_other(page_of(request.id))
    try:
        return sent_file(hand_over(visit.context, identity))
    except (NotFoundError, VerificationError):
        return see_other(page_of(request.id))


def delete(visit: Visit) -> Response:
    """Delete the file before its time is over."""
    request = _request(visit)
    drop_file(visit.context, subject_id=request.subject_id, request_id=request.id)
    return see_other(page_of(request.id))


def link_page(visit: Visit) -> Response:
    """Show what a one-time link leads to; reading it uses nothing up, whoever or whatever reads it."""
    try:
        file = find_linked(visit.context, visit.parameters["token"], session=visit.session)
    except NotFoundError:
        return visit.show("copy_link.html", status=404, state="gone", file=None)
    state = "ready" if file is not None else "other" if visit.session is not None else "sign_in"
    return visit.show("copy_link.html", state=state, file=file, size=_size(visit, file))


def fetch(visit: Visit) -> Response:
    """Hand the file of a one-time link over to its owner, once; to no one who only has the link."""
    token = visit.parameters["token"]
    if visit.session is None:
        return see_other(visit.path)
    try:
        file = find_linked(visit.context, token, session=visit.session)
    except NotFoundError:
        return see_other(visit.path)
    if file is None:
        return see_other(visit.path)
    identity = _proof(visit, file.request_id)
    try:
        return sent_file(hand_over_linked(visit.context, token, session=visit.session, identity=identity))
    except NotFoundError:
        return see_other(visit.path)
    except VerificationError:
        # The policy asks for more than a code by e-mail: it is proven on the page of the copy.
        return see_other(page_of(file.request_id))


def _request(visit: Visit) -> RequestRow:
    request = find_request(visit.context, subject_id=visit.own.subject_id, request_id=visit.parameters["request"])
    if request.kind not in COPIED:
        raise NotFoundError(NO_REQUEST)
    return request


def _proof(visit: Visit, request_id: str) -> VerifiedIdentity | None:
    try:
        return standing_proof(visit.context, visit.own, request_id)
    except VerificationError:
        return None


def _shown(visit: Visit, request: RequestRow, file: FileView | None) -> Shown:
    if request.state in _UNDER_WAY:
        return Shown.WORKING
    if request.state is RequestState.DONE and file is None:
        return Shown.GONE
    if request.state not in {RequestState.DONE, RequestState.VERIFIED}:
        return Shown.ELSEWHERE
    if _proof(visit, request.id) is None:
        return Shown.PROVE
    return Shown.READY if request.state is RequestState.DONE else Shown.MAKE


def _size(visit: Visit, file: FileView | None) -> str:
    kilobytes = 0 if file is None else -(-file.size_bytes // KILOBYTE)
    return visit.say("%(kilobytes)s kB", kilobytes=grouped(kilobytes))


def sent_file(handed: HandedOver) -> Response:
    """Return the answer that carries a file to who fetches it."""
    return StreamingResponse(
        handed.pieces,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{handed.file_name}"',
            "Content-Length": str(handed.size_bytes),
        },
    )
