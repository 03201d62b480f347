"""An app beside our pages is attacked as they are: from other sites, without a session, with ids of somebody else."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from starlette.websockets import WebSocketDisconnect

from camket.client.guest import Camket
from camket.client.loading import load_apps
from camket.core.terms import SubjectState
from camket.web.app import create_app
from tests.guest import APPS, Book
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Service


@pytest.fixture
def hosting(make_service: Callable[..., Service]) -> Service:
    """Return a fresh service that hosts the test's guest."""
    service = make_service(apps=APPS)
    service.app = create_app(service.runtime, load_apps(service.runtime))
    return service


def subjects(service: Service) -> list[str]:
    """Return the ids of all customers, in the order in which they joined."""
    store = service.runtime.context.store
    found = store.read(lambda unit: unit.subjects.page(after_id="", limit=9, state=SubjectState.ACTIVE))
    return [row.id for row in sorted(found, key=lambda row: row.joined_at)]


def lines(service: Service) -> list[str]:
    """Return everything that the guest holds about the first customer."""
    return Book(service.runtime.settings.data / "apps" / "book").lines(subjects(service)[0])


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_no_other_site_reaches_a_guests_form(hosting: Service, headers: dict[str, str]) -> None:
    """With Alice's cookies, from wherever it comes: refused before the app sees it, and nothing is kept."""
    alice = hosting.register(ALICE)
    assert alice.post("/book/lines", content=b"forged", headers=headers).status_code == 403
    assert lines(hosting) == []


def test_a_request_that_does_not_say_where_it_comes_from_is_refused(hosting: Service) -> None:
    """The API's leave for callers that are no browsers is not a guest's."""
    alice = hosting.register(ALICE)
    del alice.headers["Sec-Fetch-Site"]
    assert alice.post("/book/lines", content=b"forged").status_code == 403
    assert lines(hosting) == []


def test_no_other_host_reaches_a_guest(hosting: Service) -> None:
    """A name that leads here and is not ours (DNS rebinding) gets no answer of the app."""
    assert hosting.browser().get("/book/", headers={"Host": "rebound.example"}).status_code == 400


def test_a_web_socket_passes_no_guard_and_so_reaches_no_guest(hosting: Service) -> None:
    """It is closed before the app sees it."""
    with pytest.raises(WebSocketDisconnect) as closed, hosting.browser().websocket_connect("/book/"):
        pass
    assert closed.value.code == 1008


@pytest.mark.parametrize(
    "cookie", [None, "", "a", secrets.token_urlsafe(32), "x" * 9000], ids=["none", "empty", "short", "made up", "long"]
)
def test_without_a_session_there_is_the_sign_in_and_nothing_else(hosting: Service, cookie: str | None) -> None:
    """No cookie, a made-up one, one too long for any browser: a page leads to the sign-in, a form does nothing."""
    hosting.register(ALICE)
    stranger = hosting.browser()
    headers = {} if cookie is None else {"Cookie": f"camket_session={cookie}"}
    page = stranger.get("/book/", headers=headers)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Fbook%2F")
    assert stranger.post("/book/lines", content=b"forged", headers=headers).status_code == 401
    assert lines(hosting) == []


def test_a_session_that_has_ended_is_none_in_the_app_too(hosting: Service) -> None:
    """Signed out on our page, the cookie opens nothing in the app."""
    alice = hosting.register(ALICE)
    cookies = dict(alice.cookies)
    alice.send_form("/sign-out")
    thief = hosting.browser()
    thief.cookies.update(cookies)
    assert thief.get("/book/").status_code == 303
    assert thief.post("/book/lines", content=b"stolen").status_code == 401


def test_a_row_of_somebody_else_opens_for_no_one(hosting: Service) -> None:
    """An app that takes an id from a request and asks for it in Bob's name is given nothing of Alice's."""
    hosting.register(ALICE)
    hosting.register(BOB)
    alice, bob = subjects(hosting)
    shop = Camket(hosting.runtime.context, "shop")
    row = shop.put(alice, {"shop.name": "Quán Alice"})["shop.name"]
    assert shop.get(bob, ("shop.name",), purpose="provide", rows=(row,)) == {"shop.name": ()}
    (own,) = shop.get(alice, ("shop.name",), purpose="provide", rows=(row, "no such row"))["shop.name"]
    assert own.text == "Quán Alice"


def test_what_an_app_fails_with_stands_nowhere(hosting: Service) -> None:
    """Its message may quote what someone typed: neither page nor log has it."""
    answer = hosting.register(ALICE).get("/book/fault?said=milk-for-alice")
    assert answer.status_code == 500
    assert "milk-for-alice" not in answer.text
    assert "request_failed" in hosting.log.getvalue()
    assert "milk-for-alice" not in hosting.log.getvalue()
