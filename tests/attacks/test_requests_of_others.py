"""Ids of requests and sessions of somebody else, on every route that takes one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from camket.client.local import Camket
from camket.web.app import page_routes
from camket.web.assets import Assets
from camket.web.rendering import Pages
from camket.web.site import Site
from tests.pictures import picture
from tests.web.conftest import ALICE, BOB
from tests.web.test_routes import stored

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

STARTS: Final[dict[str, dict[str, str]]] = {
    "/me/correct/phone": {"phone": "098 765 43 21"},
    "/me/correct/email": {"email": "alice@new.example"},
    "/me/copy": {},
    "/me/delete": {},
}
OF_ALICE: Final = ("request", "session", "certificate", "held_value", "identifier")
"""Tables in which nothing of Alice's may change."""


def routes_with(service: Service, parameter: str) -> list[tuple[str, str]]:
    """Return method and path of every route that has a parameter."""
    site = Site(runtime=service.runtime, pages=Pages(Assets()), https=False)
    return [
        (method, route.path)
        for route in page_routes(site, threads=1)
        if f"{{{parameter}}}" in route.path
        for method in sorted(set(route.methods or ()) - {"HEAD"})
    ]


def begin(browser: Browser, path: str, fields: dict[str, str]) -> str:
    """Begin a request and return its id."""
    place = browser.send_form(path, **fields).headers["location"]
    found = re.fullmatch(r"/me/requests/([^/]+)/verify", place)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("proved", [False, True])
@pytest.mark.parametrize("path", STARTS)
def test_a_request_of_someone_else_is_as_good_as_none(service: Service, path: str, proved: bool) -> None:  # noqa: FBT001 - a case
    """On every route Bob, with the id of a request of Alice's, finds and changes nothing; proved or not."""
    alice, bob = service.register(ALICE), service.register(BOB)
    request = begin(alice, path, STARTS[path])
    code = service.newest_code()
    if proved:
        assert alice.send_form(f"/me/requests/{request}/verify", code=code).status_code == 303
    service.settle()
    before = stored(service)
    tried = 0
    for method, route in routes_with(service, "request"):
        place = route.replace("{request}", request)
        answer = bob.get(place) if method == "GET" else bob.send_form(place, code=code, accepted="yes")
        tried += 1
        assert answer.status_code in {303, 403, 404, 422}, (method, place)
        assert answer.headers.get("location", "/me") in {"/me", "/me/copy", "/me/delete"}, (method, place)
        assert "Alice" not in answer.text
    assert tried >= 9
    service.settle()
    after = stored(service)
    assert {table: after[table] for table in OF_ALICE} == {table: before[table] for table in OF_ALICE}


def test_no_route_with_an_id_answers_a_stranger(service: Service) -> None:
    """Who is not signed in is led to the sign-in, whatever id they have."""
    alice = service.register(ALICE)
    request = begin(alice, "/me/copy", {})
    stranger = service.browser()
    for parameter, value in (
        ("request", request),
        ("session", "x"),
        ("item", "phone"),
        ("value", "x"),
        ("device", "x"),
        ("name", "x"),
        ("invitation", "x"),
    ):
        for method, route in routes_with(service, parameter):
            place = route.replace(f"{{{parameter}}}", value)
            answer = stranger.get(place) if method == "GET" else stranger.send_form(place)
            assert answer.status_code == 303, place
            sign_in = "/officer/sign-in" if place.startswith("/officer/") else "/sign-in"
            assert answer.headers["location"].startswith(sign_in), place


def test_a_value_of_someone_else_is_as_good_as_none(service: Service) -> None:
    """On every route with a value's id Bob, who has the id of Alice's picture, sees and changes nothing."""
    service.register(ALICE)
    bob = service.register(BOB)
    ctx = service.runtime.context
    owners = ctx.store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9))
    ids = {}
    for owner in owners:
        put = Camket(ctx, "shop").put(owner, {"shop.picture": picture("teal")})
        ids[ctx.door.read(actor="subject", subject_id=owner, items=("name",), purpose="rights").first("name")] = put
    hers, his = ids[ALICE["name"]]["shop.picture"], ids[BOB["name"]]["shop.picture"]
    assert bob.get(f"/me/values/{his}/picture").status_code == 200
    service.settle()
    before = stored(service)
    tried = 0
    for method, route in routes_with(service, "value"):
        place = route.replace("{value}", hers)
        answer = bob.get(place) if method == "GET" else bob.send_form(place)
        tried += 1
        assert answer.status_code == 404, (method, place)
        assert hers not in answer.text
    assert tried >= 3
    service.settle()
    after = stored(service)
    assert {table: after[table] for table in OF_ALICE} == {table: before[table] for table in OF_ALICE}
