"""What a request must be before any page sees it: for this host, from this site, small enough, in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
BODY_BYTES: Final = 16 * 1024
"""No API call and no form but the one for a policy's text needs more."""
BODY_SECONDS: Final = 10
"""A whole body arrives in this time or is refused; a trickle does not hold a place."""


class HostGuard:
    """Refuses a request for another host, so that no page is made for a name that is not ours (DNS rebinding).

    Args:
        app: what answers.
        origin: the public address.
        loopback: the service listens on this machine only, so its other names are ours too.
        others: further names that are ours, as `Host` has them: those of a local network.
    """

    def __init__(self, app: ASGIApp, *, origin: str, loopback: bool, others: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.hosts = others | {urlsplit(origin).netloc.lower()}
        self.loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or refuse it with 400."""
        if scope["type"] == "http" and not self._ours(Headers(scope=scope).get("host", "").lower()):
            raise HTTPException(400)
        await self.app(scope, receive, send)

    def _ours(self, host: str) -> bool:
        return host in self.hosts or (self.loopback and without_port(host) in LOOPBACK_NAMES)


class OriginGuard:
    """Refuses a request that would change something and does not come from our own pages.

    A browser says where a request comes from by `Sec-Fetch-Site`, or an older one by `Origin`; one that says neither
    cannot use a form. Where no cookie is read, a caller that is no browser may leave both out.

    Args:
        app: what answers.
        https: the service is reached over https.
        without_cookies: how the paths begin where no cookie is read: the API, and the addresses in mails.
    """

    def __init__(self, app: ASGIApp, *, https: bool, without_cookies: tuple[str, ...]) -> None:
        self.app = app
        self.scheme = "https" if https else "http"
        self.without_cookies = without_cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or refuse it with 403."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not self._same_origin(scope):
            raise HTTPException(403)
        await self.app(scope, receive, send)

    def _same_origin(self, scope: Scope) -> bool:
        # INVARIANT: nothing changes on a request from another site; what cannot be told is refused.
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        if origin is not None:
            return origin.lower() == f"{self.scheme}://{headers.get('host', '').lower()}"
        return site is not None or str(scope["path"]).startswith(self.without_cookies)


async def read_body(request: Request, *, most_bytes: int = BODY_BYTES, seconds: int = BODY_SECONDS) -> bytes:
    """Return the whole body, or refuse it: 413 over `most_bytes`, 408 after `seconds`, 400 for a bad length."""
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit():
        raise HTTPException(400)
    if int(declared) > most_bytes:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:  # no one is there to read the answer
        raise HTTPException(400) from None
    return bytes(body)


def without_port(host: str) -> str:
    """Return the name or address in a `Host` header; an IPv6 address keeps its brackets."""
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host
