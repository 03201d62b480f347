"""From a request to an answer: who is signed in, the body within its bounds, then the page in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from camket_shop.errors import SignedOutError
from camket_shop.web.requests import (
    BODY_BYTES,
    SAFE_METHODS,
    Visit,
    is_small,
    language_asked,
    read_body,
    read_form,
    remember_language,
)
from camket_shop.web.security import Feature, page_headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from camket_shop.web.requests import Shop

Made = TypeVar("Made")
Page = Callable[[Visit], Response]
"""What answers one visit. It runs in a thread and may wait for the store."""

ANSWER_SECONDS: Final = 30
"""Who waits longer is told that the shop cannot answer."""


def page(
    shop: Shop,
    path: str,
    *,
    get: Page | None = None,
    post: Page | None = None,
    body_bytes: int = BODY_BYTES,
    features: Iterable[Feature] = (),
) -> Route:
    """Return the route of a page or of an API call; only who is signed in gets there.

    Args:
        shop: what pages are made from.
        path: below the shop's prefix; below `/api/` errors are answered as JSON.
        get: what answers reading it.
        post: what answers its form or its JSON.
        body_bytes: how large a body may be; a form with a picture needs more than the default.
        features: what of the device its page may use.
    """
    pages = {method: made for method, made in (("GET", get), ("POST", post)) if made is not None}
    headers = page_headers(tuple(features))

    async def endpoint(request: Request) -> Response:
        made = pages["GET" if request.method == "HEAD" else request.method]
        response = await _answer(shop, request, made, body_bytes=body_bytes)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return Route(path, endpoint, methods=list(pages))


async def _answer(shop: Shop, request: Request, made: Page, *, body_bytes: int) -> Response:
    visit = await _in_thread(shop, lambda: arrive_owner(shop, request))  # before anything of a body is read
    if request.method not in SAFE_METHODS:
        visit = await _with_body(visit, request, body_bytes=body_bytes)
    response = await _in_thread(shop, lambda: made(visit))
    remember_language(visit, response)
    return response


def arrive_owner(shop: Shop, request: Request) -> Visit:
    """Return the visit of an owner, and keep that they use the shop (P4).

    Raises:
        SignedOutError: no one is signed in.
    """
    visit = arrive(shop, request)
    if visit.subject_id is None:
        raise SignedOutError("signed_out")
    shop.platform.used(visit.subject_id)
    return visit


def arrive(shop: Shop, request: Request) -> Visit:
    """Return the visit of a request whose body is not read: who comes, and in which language they read."""
    session = shop.platform.session_of(request.headers)
    asked = language_asked(request)
    return Visit(
        shop=shop,
        method=request.method,
        path=request.url.path.removeprefix(shop.prefix),
        parameters=request.path_params,
        query=request.query_params,
        headers=request.headers,
        language=asked or shop.platform.language_of(request.headers),
        chosen=asked is not None,
        subject_id=session.subject_id if session is not None else None,
    )


async def _with_body(visit: Visit, request: Request, *, body_bytes: int) -> Visit:
    if body_bytes <= BODY_BYTES or is_small(request):
        body = await read_body(request, at_most_bytes=body_bytes)
    else:
        async with visit.shop.threads.place_for_large():
            body = await read_body(request, at_most_bytes=body_bytes)
    form, files = await read_form(request, body)
    return replace(visit, form=form, files=files, body=b"" if form or files else body)


async def _in_thread(shop: Shop, work: Callable[[], Made]) -> Made:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await to_thread.run_sync(work, abandon_on_cancel=True, limiter=shop.threads.pages)
    except TimeoutError:
        raise HTTPException(503) from None


def see_other(visit: Visit, path: str) -> RedirectResponse:
    """Lead to a page of the shop after a form (POST, redirect, GET), so that loading again sends nothing twice."""
    return RedirectResponse(visit.shop.at(path), status_code=303)
