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

from camket.core.staff.roles import Role
from camket.services.devices import ACCOUNT
from camket.services.log_lines import note_signed_in
from camket.services.sessions import find_session
from camket.services.signals import note_gpc
from camket.services.staff_sessions import find_staff_session
from camket.web import cookies
from camket.web.guards import BODY_BYTES
from camket.web.officer.shell import role_names
from camket.web.uploads import LargePlaces, is_multipart
from camket.web.visit import Visit, read_visit

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.requests import Request

    from camket.web.site import Site
    from camket.web.uploads import UploadLimits

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
    STAFF_ARRIVING = auto()
    """Knows who of the staff is signed in or signing in, if anyone is."""
    STAFF = auto()
    """Only for staff with one of the page's roles; who is not signed in is led to the sign-in of staff."""


class Routes:
    """Collects the pages' routes.

    Args:
        site: what pages are made from.
        threads: how many pages are made at a time.
    """

    def __init__(self, site: Site, *, threads: int) -> None:
        self.site = site
        self.limiter = CapacityLimiter(threads)
        self.large = LargePlaces()
        self.routes: list[Route] = []

    def add(
        self,
        path: str,
        looks: Looks,
        *,
        get: Page | None = None,
        post: Page | None = None,
        reads_form: bool = True,
        form_bytes: int = BODY_BYTES,
        uploads: UploadLimits | None = None,
    ) -> None:
        """Add a page: what answers reading it, and what answers its form.

        Args:
            path: its pattern.
            looks: whom it looks at.
            get: what answers reading it.
            post: what answers its form.
            reads_form: False where the address alone says what a POST is for, so that its body, of whatever type, is
                not looked at.
            form_bytes: a larger form is refused.
            uploads: what a form with files may be; None where the page takes none.
        """
        pages = {method: page for method, page in (("GET", get), ("POST", post)) if page is not None}

        async def endpoint(request: Request) -> Response:
            page = pages["GET" if request.method == "HEAD" else request.method]
            if uploads is not None and is_multipart(request):
                return await self._answer_upload(request, uploads, looks, page, path)
            visit = await read_visit(request, self.site, reads_form=reads_form, form_bytes=form_bytes)
            return await self._answer(visit, looks, page, path)

        self.routes.append(Route(path, endpoint, methods=list(pages)))

    def add_staff(
        self,
        path: str,
        roles: frozenset[Role] = frozenset({Role.OFFICER}),
        *,
        get: Page | None = None,
        post: Page | None = None,
        form_bytes: int = BODY_BYTES,
    ) -> None:
        """Add a page for staff: whoever has one of the roles. Its `visit.staff` says who they are."""

        def with_role(page: Page) -> Page:
            # INVARIANT: no role includes another; what was not given is denied.
            return lambda visit: page(visit) if visit.staff.has(*roles) else for_another_role(visit, roles)

        self.add(
            path,
            Looks.STAFF,
            get=None if get is None else with_role(get),
            post=None if post is None else with_role(post),
            form_bytes=form_bytes,
        )

    async def _answer_upload(
        self, request: Request, uploads: UploadLimits, looks: Looks, page: Page, path: str
    ) -> Response:
        # INVARIANT: who is not signed in takes no place and no memory for files.
        coming = await read_visit(request, self.site, reads_form=False)
        if looks is Looks.SUBJECT and not await to_thread.run_sync(is_signed_in, coming, limiter=self.limiter):
            return to_sign_in(coming, forget=False)
        # The place is held until the page has its answer: so long the files are in memory.
        async with self.large.one():
            return await self._answer(await read_visit(request, self.site, uploads=uploads), looks, page, path)

    async def _answer(self, visit: Visit, looks: Looks, page: Page, path: str) -> Response:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._in_thread(lambda: look(visit, looks, page, path))
        except TimeoutError:
            raise HTTPException(503) from None

    def _in_thread(self, work: Callable[[], Response]) -> Awaitable[Response]:
        return to_thread.run_sync(work, abandon_on_cancel=True, limiter=self.limiter)


def is_signed_in(visit: Visit) -> bool:
    """Say whether the cookie that came is of a customer's session; nothing is noted of it."""
    token = cookies.SESSION.read(visit.cookies, https=visit.https)
    return bool(token) and find_session(visit.context, token or "") is not None


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
    if looks in {Looks.STAFF, Looks.STAFF_ARRIVING}:
        return look_for_staff(visit, looks, page, path)
    token = cookies.SESSION.read(visit.cookies, https=visit.https)
    session = find_session(visit.context, token) if token else None
    if session is None and looks is Looks.SUBJECT:
        return to_sign_in(visit, forget=token is not None)
    if session is not None:
        note_signed_in(session.subject_id, service=ACCOUNT, path=path)
        if visit.signals_gpc:
            note_gpc(visit.context, session.subject_id)
    return page(replace(visit, session=session))


def look_for_staff(visit: Visit, looks: Looks, page: Page, path: str) -> Response:
    """Return a staff page's answer; who is not signed in is led to the sign-in, and back if they only read."""
    token = cookies.STAFF.read(visit.cookies, https=visit.https)
    session = find_staff_session(visit.context, token) if token else None
    if looks is Looks.STAFF and (session is None or not session.signed_in):
        wanted = f"?{urlencode({'next': visit.path})}" if visit.method == "GET" else ""
        return see_other(f"{STAFF_SIGN_IN}{wanted}")
    if session is not None and session.signed_in:
        # Staff are subjects: what the server log writes down of a request is theirs to see.
        note_signed_in(session.subject_id, service=ACCOUNT, path=path)
    return page(replace(visit, staff_session=session))


def for_another_role(visit: Visit, roles: frozenset[Role]) -> Response:
    """Say whose page it is; nothing of it is shown, and nothing was done."""
    return visit.show(
        "officer/other_role.html", status=403, needed=role_names(roles, visit), own=role_names(visit.staff.roles, visit)
    )


def to_sign_in(visit: Visit, *, forget: bool) -> Response:
    """Lead to the sign-in; after it, back to the page if it was only read."""
    wanted = visit.path if visit.method == "GET" else None
    response = see_other(f"/sign-in?{urlencode({'next': wanted})}" if wanted else "/sign-in")
    if forget:
        cookies.SESSION.take_back(response, https=visit.https)
    return response


STAFF_SIGN_IN: Final = "/officer/sign-in"
"""Where staff sign in."""

HOME: Final = "/me"
"""Where one lands after signing in."""


def see_other(path: str) -> RedirectResponse:
    """Lead to another page after a form (POST, redirect, GET), so that loading again sends nothing twice."""
    return RedirectResponse(path, status_code=303)
