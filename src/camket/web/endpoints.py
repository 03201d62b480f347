"""From a request to a page: read it, look who is signed in where the page needs it, run the page in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from camket.services.devices import ACCOUNT
from camket.services.log_lines import note_signed_in
from camket.services.sessions import find_session
from camket.services.signals import note_gpc
from camket.web import cookies
from camket.web.visit import Visit, read_visit

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.requests import Request

    from camket.web.site import Site

Page = Callable[[Visit], Response]
"""What answers one visit. It runs in a thread and may wait for the store."""

ANSWER_SECONDS: Final = 30
"""Who waits longer is told that the service cannot answer."""


class Looks(Enum):
    """Whom a page looks at."""

    NOBODY = auto()
    """Looks up no session and keeps nothing of who comes: what is published is the same for all."""
    VISITOR = auto()
    """Knows who is signed in, if anyone is."""
    SUBJECT = auto()
    """Only for who is signed in; others are led to the sign-in and then back."""


class Routes:
    """Collects the pages' routes.

    Args:
        site: what pages are made from.
        threads: how many pages are made at a time.
    """

    def __init__(self, site: Site, *, threads: int) -> None:
        self.site = site
        self.limiter = CapacityLimiter(threads)
        self.routes: list[Route] = []

    def add(self, path: str, looks: Looks, *, get: Page | None = None, post: Page | None = None) -> None:
        """Add a page: what answers reading it, and what answers its form."""
        pages = {method: page for method, page in (("GET", get), ("POST", post)) if page is not None}

        async def endpoint(request: Request) -> Response:
            page = pages["GET" if request.method == "HEAD" else request.method]
            return await self._answer(request, looks, page, path)

        self.routes.append(Route(path, endpoint, methods=list(pages)))

    async def _answer(self, request: Request, looks: Looks, page: Page, path: str) -> Response:
        visit = await read_visit(request, self.site)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._in_thread(lambda: look(visit, looks, page, path))
        except TimeoutError:
            raise HTTPException(503) from None

    def _in_thread(self, work: Callable[[], Response]) -> Awaitable[Response]:
        return to_thread.run_sync(work, abandon_on_cancel=True, limiter=self.limiter)


def look(visit: Visit, looks: Looks, page: Page, path: str) -> Response:
    """Return the page's answer to a visit, after looking at the visitor as far as the page needs.

    Args:
        visit: the request.
        looks: whom the page looks at.
        page: what answers.
        path: the pattern of the page's address, which the server log may hold.
    """
    if looks is Looks.NOBODY:
        return page(visit)
    token = cookies.SESSION.read(visit.cookies, https=visit.https)
    session = find_session(visit.context, token) if token else None
    if session is None and looks is Looks.SUBJECT:
        return to_sign_in(visit, forget=token is not None)
    if session is not None:
        note_signed_in(session.subject_id, service=ACCOUNT, path=path)
        if visit.signals_gpc:
            note_gpc(visit.context, session.subject_id)
    return page(replace(visit, session=session))


def to_sign_in(visit: Visit, *, forget: bool) -> Response:
    """Lead to the sign-in; after it, back to the page if it was only read."""
    wanted = visit.path if visit.method == "GET" else None
    response = see_other(f"/sign-in?{urlencode({'next': wanted})}" if wanted else "/sign-in")
    if forget:
        cookies.SESSION.take_back(response, https=visit.https)
    return response


HOME: Final = "/me"
"""Where one lands after signing in."""


def see_other(path: str) -> RedirectResponse:
    """Lead to another page after a form (POST, redirect, GET), so that loading again sends nothing twice."""
    return RedirectResponse(path, status_code=303)
