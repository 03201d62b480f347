"""The outermost place: whatever goes wrong becomes a page or problem details, and nothing else is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from camket.client.visitor import language_named, language_of
from camket.core.errors import CamketError, RateLimitedError
from camket.web.failures import failure_of, status_of
from camket.web.i18n import say
from camket.web.visit import LANGUAGE_PARAMETER, Visit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from camket.web.site import Site

SERVER_FAULT: Final = 500
API_PREFIX: Final = "/api/"
PROBLEM_TYPE: Final = "application/problem+json"
log = structlog.get_logger("camket.web")


class Boundary:
    """Answers every error.

    Args:
        app: what may fail.
        site: what the error pages are made from.
    """

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self.app = app
        self.site = site

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
        except Exception as error:  # the outermost place of the web: no error passes it
            if started:  # half an answer cannot be mended; the connection ends
                log.exception("request_failed", method=scope["method"], route=route_of(scope), exc_info=error)
                return
            answer = await to_thread.run_sync(answer_failure, Request(scope), error, self.site)
            await answer(scope, receive, send)


def answer_failure(request: Request, error: Exception, site: Site) -> Response:
    """Return the answer to an error: problem details in the API, a page anywhere else. Ours to mend are logged."""
    status = status_of(error)
    if status >= SERVER_FAULT:
        log.error("request_failed", method=request.method, route=route_of(request.scope), status=status, exc_info=error)
    response = problem_of(error) if request.url.path.startswith(API_PREFIX) else error_page(request, status, site)
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def error_page(request: Request, status: int, site: Site) -> Response:
    """Return the page of a status in the reader's language."""
    chosen = language_named(request.query_params.get(LANGUAGE_PARAMETER))
    language = chosen or language_of(request.headers, https=site.https)
    visit = Visit(
        site=site, method="GET", path=request.url.path, parameters={}, query={}, form={}, cookies={}, headers={},
        address=None, language=language, chosen=chosen,
    )  # fmt: skip
    failure = failure_of(status)
    return visit.show(
        "error.html",
        status=status,
        title=say(language, failure.title),
        happened=say(language, failure.happened),
        safe=say(language, failure.safe),
        advice=say(language, failure.advice),
        code=status,
    )


def problem_of(error: Exception) -> JSONResponse:
    """Return problem details (RFC 9457); a message is quoted only from our own tree, and if it is not our fault."""
    status = status_of(error)
    content: dict[str, object] = {"type": "about:blank", "title": str(failure_of(status).title), "status": status}
    if isinstance(error, CamketError) and status < SERVER_FAULT:
        content["detail"] = readable(str(error))
    return JSONResponse(content, status_code=status, media_type=PROBLEM_TYPE)


def readable(text: str) -> str:
    """Return a text that quotes what was sent as one that can be written: half of a surrogate pair becomes its code."""
    return text.encode(errors="backslashreplace").decode()


def route_of(scope: Scope) -> str:
    """Return the pattern of the matched route; never the address itself, which may hold anything."""
    return str(getattr(scope.get("route"), "path", "none"))
