"""The API is made at its first call, so that the pages start without what only it needs."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from starlette.requests import Request

from camket.web.guards import SAFE_METHODS, read_body

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from camket.web.site import Site


class ApiOnDemand:
    """Makes the API when it is first called, and bounds what is sent to it.

    Args:
        site: what it answers from.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._lock = Lock()
        self._api: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            return
        if scope["method"] not in SAFE_METHODS:
            receive = _again(await read_body(Request(scope, receive)), receive)
        await self._made()(scope, receive, send)

    def _made(self) -> ASGIApp:
        with self._lock:
            if self._api is None:
                from camket.web.api.app import create_api  # noqa: PLC0415 - the reason for this class

                self._api = create_api(self.site)
            return self._api


def _again(body: bytes, rest: Receive) -> Receive:
    """Return a channel that gives a body which was read already, then goes on with the rest."""
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            return await rest()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
