"""What a request must be before any page sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from camket.web import guards
from camket.web.guards import BODY_BYTES, HostGuard, OriginGuard, read_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "localhost:8000"
ORIGIN = f"http://{HOST}"


class Answering:
    """Answers an HTTP error that a guard raises by its bare status, as the boundary would by a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        from starlette.exceptions import HTTPException  # noqa: PLC0415 - only here

        try:
            await self.app(scope, receive, send)
        except HTTPException as error:
            await Response(status_code=error.status_code)(scope, receive, send)


async def echo(request: Request) -> Response:
    """Answer with the length of the body."""
    return PlainTextResponse(str(len(await read_body(request))))


def client(*, loopback: bool = True, https: bool = False) -> TestClient:
    """Return a client of an application behind both guards."""
    origin = "https://shop.example" if https else ORIGIN
    app: ASGIApp = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    app = OriginGuard(app, https=https, without_cookies=("/api/",))
    return TestClient(Answering(HostGuard(app, origin=origin, loopback=loopback)), base_url=origin)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}, 200),
        ({"Origin": ORIGIN}, 200),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": f"https://{HOST}"}, 403),
        ({"Origin": "http://localhost:8001"}, 403),
    ],
)
def test_a_form_is_taken_from_our_own_pages_only(headers: dict[str, str], status: int) -> None:
    """A request that would change something is refused unless the browser says that it comes from our own page."""
    assert client().post("/register", headers=headers).status_code == status


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_reading_is_open_to_all_sites(headers: dict[str, str]) -> None:
    """A link from anywhere may lead to a page, because reading changes nothing."""
    assert client().get("/policy", headers=headers).status_code == 200


def test_the_api_takes_callers_that_are_no_browser() -> None:
    """The API, which reads no cookie, takes a caller that names no origin, but no page of another site."""
    assert client().post("/api/v1/registrations").status_code == 200
    assert client().post("/api/v1/registrations", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client().post("/apis", headers={}).status_code == 403


@pytest.mark.parametrize(
    ("host", "loopback", "status"),
    [
        (HOST, False, 200),
        (HOST.upper(), False, 200),
        ("127.0.0.1:8000", True, 200),
        ("127.0.0.1:8000", False, 400),
        ("[::1]:8000", True, 200),
        ("localhost", True, 200),
        ("evil.example", True, 400),
        ("localhost.evil.example", True, 400),
        ("", True, 400),
    ],
)
def test_another_host_is_refused(host: str, loopback: bool, status: int) -> None:  # noqa: FBT001 - a case of the table
    """No page is made for a name that is not ours, so that no other site can stand in for it."""
    assert client(loopback=loopback).get("/", headers={"Host": host}).status_code == status


def in_pieces(sizes: list[int]) -> Iterator[bytes]:
    """Yield a body that does not say beforehand how long it is."""
    for size in sizes:
        yield b"x" * size


@pytest.mark.parametrize(("size", "status"), [(BODY_BYTES, 200), (BODY_BYTES + 1, 413)])
def test_a_large_body_is_refused(size: int, status: int) -> None:
    """A body over the limit is refused by its declared length, and by what arrives where none is declared."""
    own = {"Origin": ORIGIN}
    assert client().post("/", headers=own, content=b"x" * size).status_code == status
    assert client().post("/", headers=own, content=in_pieces([size - 10, 10])).status_code == status


@pytest.mark.parametrize("length", ["many", "-1", "１２"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    """A content length that is not plain digits is refused before anything is read."""
    headers = [(b"Origin", ORIGIN.encode()), (b"Content-Length", length.encode())]
    assert client().post("/", headers=headers).status_code == 400


def test_a_body_that_does_not_arrive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is not there in time is answered as timed out."""
    monkeypatch.setattr(guards, "BODY_SECONDS", 0)

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        async def never() -> dict[str, object]:
            import asyncio  # noqa: PLC0415 - only here

            await asyncio.Event().wait()
            return {}

        del receive
        await Answering(Starlette(routes=[Route("/", echo, methods=["POST"])]))(scope, never, send)

    assert TestClient(ask).post("/").status_code == 408
