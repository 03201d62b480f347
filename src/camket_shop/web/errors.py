"""The outermost place of the shop: whatever goes wrong becomes a page in the shop's look, or JSON below `/api/`.

No sentence quotes what a person sent. Those of the pages stand in the area `failures`, those of the errors in `errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from camket_shop.errors import (
    BusyError,
    ConflictError,
    DeniedError,
    InvalidError,
    NotFoundError,
    PrinterError,
    ShopError,
    SignedOutError,
    StoreError,
    TooLargeError,
)
from camket_shop.web.endpoints import arrive
from camket_shop.web.requests import Visit, remember_language
from camket_shop.web.security import page_headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from camket_shop.web.requests import Shop

SERVER_FAULT: Final = 500
API: Final = "/api/"
log = structlog.get_logger("camket_shop.web")

STATUS_OF: Final[dict[type[ShopError], int]] = {
    SignedOutError: 401,
    DeniedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    TooLargeError: 413,
    InvalidError: 422,
    PrinterError: 424,
    BusyError: 503,
    StoreError: 503,
    ShopError: 500,
}
"""The one table from the error tree to HTTP; a class that is not in it answers as its nearest ancestor does."""

CODES: Final = {
    400: "unreadable", 401: "signed_out", 403: "not_allowed", 404: "not_found", 405: "not_that_way", 408: "too_slow",
    409: "conflict", 413: "too_large", 422: "invalid", 500: "broken", 503: "busy",
}  # fmt: skip
"""What each status is called: the code of its JSON where the error has none, and its sentences in the catalogue."""


TOLD: Final = frozenset({403, 409, 413, 422, 424})
"""Where the error's own sentence says more than the status does."""


class Boundary:
    """Answers every error.

    Args:
        app: what may fail.
        shop: what the error pages are made from.
    """

    def __init__(self, app: ASGIApp, *, shop: Shop) -> None:
        self.app = app
        self.shop = shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        scope = {**scope, "app": self}  # tells the router to raise what it does not find, so that it gets a page here

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:  # the outermost place of the shop: no error passes it
            if started:  # half an answer cannot be mended; the connection ends
                log.exception("request_failed", method=scope["method"], route=route_of(scope), exc_info=error)
                return
            answer = await to_thread.run_sync(answer_failure, Request(scope), error, self.shop)
            await answer(scope, receive, send)


def answer_failure(request: Request, error: Exception, shop: Shop) -> Response:
    """Return the answer to an error. Ours to mend are logged, without anything that was sent."""
    status = status_of(error)
    if status >= SERVER_FAULT and not isinstance(error, BusyError):
        log.error("request_failed", method=request.method, route=route_of(request.scope), status=status, exc_info=error)
    visit = arrive(shop, request)
    if visit.path.startswith(API):
        response: Response = failure_json(visit, error, status)
    elif isinstance(error, SignedOutError):
        response = to_sign_in(visit)
    else:
        response = failure_page(visit, error, status)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    for name, value in page_headers().items():
        response.headers.setdefault(name, value)
    remember_language(visit, response)
    return response


def to_sign_in(visit: Visit) -> Response:
    """Lead to the platform's sign-in; after it, back to the page if it was only read, else to the shop."""
    wanted = visit.shop.at(visit.path if visit.method == "GET" else "/sell")
    return RedirectResponse(visit.shop.platform.sign_in_path(wanted), status_code=303)


def failure_json(visit: Visit, error: Exception, status: int) -> JSONResponse:
    """Return an error for a script: a code, a message in the reader's language, the field where one is meant."""
    code = name_of(status)
    content = {"code": code, "message": visit.say(f"failures.{code}_happened")}
    if isinstance(error, BusyError) or (isinstance(error, ShopError) and status < SERVER_FAULT):
        content = {"code": error.code, "message": visit.say(error.message_key, **error.values)}
        if error.field is not None:
            content["field"] = error.field
    return JSONResponse({"error": content}, status_code=status)


def failure_page(visit: Visit, error: Exception, status: int) -> Response:
    """Return the page of an error: what happened, what is safe, what to do."""
    name = name_of(status)
    happened = visit.say(f"failures.{name}_happened")
    if isinstance(error, ShopError) and status in TOLD:
        happened = visit.say(error.message_key, **error.values)
    return visit.show("error.html", status=status, code=status, failure=name, happened=happened, form_path="/sell")


def name_of(status: int) -> str:
    """Return what a status is called; 500 or 400 for one that has no name of its own."""
    return CODES.get(status) or CODES[SERVER_FAULT if status >= SERVER_FAULT else 400]


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error; 500 for one that we did not expect."""
    if isinstance(error, HTTPException):
        return error.status_code
    known = (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    return next(known, SERVER_FAULT)


def route_of(scope: Scope) -> str:
    """Return the pattern of the matched route; never the address itself, which may hold anything."""
    return str(getattr(scope.get("route"), "path", "none"))
