"""How a request becomes a page: in a thread, in time, with what it is allowed to look at."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Router

from camket.web import endpoints
from camket.web.boundary import Boundary
from camket.web.endpoints import Looks, Page, Routes
from tests.web.conftest import ALICE, Browser
from tests.web.test_errors import site_of

if TYPE_CHECKING:
    import pytest

    from camket.web.visit import Visit
    from tests.web.conftest import Service


def serving(service: Service, looks: Looks, page: Page) -> Browser:
    """Return a browser of an application of one page at `/`."""
    site = site_of(service)
    routes = Routes(site, threads=2)
    routes.add("/", looks, get=page, post=page)
    return Browser(Boundary(Router(routes.routes), site=site))


def test_who_waits_too_long_is_told(untouched: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that does not come in time is answered by 503; the thread ends by itself later."""
    monkeypatch.setattr(endpoints, "ANSWER_SECONDS", 0.05)
    done = threading.Event()

    def slow(_visit: Visit) -> Response:
        done.wait(20)
        return PlainTextResponse("late")

    answer = serving(untouched, Looks.NOBODY, slow).get("/")
    done.set()
    assert answer.status_code == 503
    assert "Dịch vụ chưa trả lời được lúc này" in answer.text


def test_a_page_sees_only_whom_it_looks_at(service: Service) -> None:
    """A public page does not learn who is signed in; a page for visitors does."""
    signed_in = service.register(ALICE)

    def tell(visit: Visit) -> Response:
        return PlainTextResponse("someone" if visit.session else "no one")

    for looks, seen in ((Looks.NOBODY, "no one"), (Looks.VISITOR, "someone"), (Looks.SUBJECT, "someone")):
        browser = serving(service, looks, tell)
        browser.cookies = signed_in.cookies
        assert browser.get("/").text == seen


def test_a_visit_never_shows_what_is_personal_in_a_trace(untouched: Service) -> None:
    """What was typed, the cookies and the address are not in the text of a visit, which a trace may print."""
    seen: list[str] = []

    def keep(visit: Visit) -> Response:
        seen.append(repr(visit))
        return PlainTextResponse("")

    serving(untouched, Looks.NOBODY, keep).post(
        "/", data={"email": "alice@shop.example"}, headers={"Cookie": "camket_session=alice-token"}
    )
    assert len(seen) == 1
    assert "alice" not in seen[0]
    assert "testclient" not in seen[0]
