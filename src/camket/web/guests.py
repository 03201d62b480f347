"""Guests: apps that answer below a prefix of their own, behind the same guards and headers as camket's own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from camket.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

    from camket.client.loading import LoadedApp

PAGE_BELOW: Final = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9_.-]*){0,6}/?", re.ASCII)
"""A page of an app, without its prefix: plain words, no query, nothing that a browser could read as another host."""

OF_OUR_ROUTER: Final = frozenset({"app", "app_root_path", "endpoint", "path_params", "route", "router"})
"""What our router notes for itself; an app that found it would take our routes for its own."""


def guest_routes(apps: Sequence[LoadedApp], own: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Return the routes of the guests.

    Args:
        apps: from `camket.client.loading`.
        own: camket's own routes, which no guest may stand in for.

    Raises:
        SettingsError: a prefix is camket's own.
    """
    taken = {first_part(str(getattr(route, "path", ""))) for route in own} - {"/"}
    routes: list[BaseRoute] = []
    for app in apps:
        if app.prefix in taken:
            raise SettingsError(f"an app cannot be mounted at `{app.prefix}`: camket's own pages are there")
        routes += [Route(app.prefix, _to_first_page, methods=["GET"]), Mount(app.prefix, OnlyRequests(app.app))]
    return routes


class OnlyRequests:
    """Hands an app HTTP requests and nothing else: a web socket has passed no guard on its origin, so it is refused.

    Args:
        app: the guest's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        # INVARIANT: whatever reaches a guest has passed the guards on host and origin.
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            await self.app({name: scope[name] for name in scope if name not in OF_OUR_ROUTER}, receive, send)


def first_part(path: str) -> str:
    """Return the first part of a path with its slash, `/me` of `/me/uses`."""
    return "/" + path.removeprefix("/").partition("/")[0]


def page_of_guest(path: str, prefixes: Iterable[str]) -> bool:
    """Say whether a path is a page of a mounted app, to which one may be led on after signing in."""
    return any(
        path.startswith(prefix) and PAGE_BELOW.fullmatch(path.removeprefix(prefix)) is not None for prefix in prefixes
    )


async def _to_first_page(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path}/{query}", status_code=307)
