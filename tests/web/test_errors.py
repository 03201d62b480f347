"""What goes wrong: the status, the page in both languages, and what is not said."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

import pytest
from starlette.exceptions import HTTPException

from camket.core import errors
from camket.core.errors import CamketError, RateLimitedError, StoreError
from camket.core.terms import Language
from camket.web.assets import Assets
from camket.web.boundary import Boundary
from camket.web.failures import FAILURES, STATUS_OF, failure_of, status_of
from camket.web.i18n import say
from camket.web.rendering import Pages
from camket.web.site import Site
from tests.web.conftest import ALICE, Browser

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.web.conftest import Service

PERSONAL = "alice@shop.example 090 123 45 67"


def error_tree() -> set[type[CamketError]]:
    """Return every class of the tree that the core declares."""
    return {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CamketError)}


def failing(service: Service, error: Exception) -> Browser:
    """Return a browser of an application in which everything fails."""

    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    return Browser(Boundary(fail, site=site_of(service)))


def site_of(service: Service) -> Site:
    """Return what the pages of a service are made from."""
    return Site(runtime=service.runtime, pages=Pages(Assets()), https=False)


@pytest.mark.parametrize("kind", sorted(error_tree(), key=str))
def test_every_error_has_its_status(kind: type[CamketError]) -> None:
    """Each class of the error tree stands in the one table or below one that does, and its status has a page."""
    known = [STATUS_OF[one] for one in kind.__mro__ if one in STATUS_OF]
    assert known
    assert known[0] in FAILURES


def test_an_unexpected_error_is_ours() -> None:
    """What no table knows is a fault of ours; a status without words of its own has those of its class."""
    assert status_of(ValueError("x")) == 500
    assert status_of(HTTPException(418)) == 418
    assert failure_of(418) is FAILURES[400]
    assert failure_of(507) is FAILURES[500]


@pytest.mark.parametrize("language", Language)
def test_an_error_page_says_what_happened_what_is_safe_and_what_to_do(untouched: Service, language: Language) -> None:
    """Every error page stands in both languages with its three answers."""
    for status, failure in FAILURES.items():
        answer = failing(untouched, HTTPException(status)).get("/", params={"lang": language.value})
        assert answer.status_code == status
        assert f'<html lang="{language}">' in answer.text
        text = html.unescape(answer.text)
        for sentence in (failure.title, failure.happened, failure.safe, failure.advice):
            assert say(language, sentence) in text, status


def test_an_error_tells_nothing_about_anyone(service: Service) -> None:
    """The message of an error that we did not expect is in no page, no problem details and no log line."""
    for error in (ValueError(PERSONAL), StoreError(PERSONAL)):
        browser = failing(service, error)
        for path in ("/me?alice@shop.example", "/api/v1/alice@shop.example"):
            answer = browser.get(path)
            assert answer.status_code >= 500
            assert "alice" not in answer.text
    assert "alice" not in service.log.getvalue()
    lines = [json.loads(line) for line in service.log.getvalue().splitlines()]
    assert {line["event"] for line in lines if line["level"] == "error"} == {"request_failed"}
    assert {line.get("error") for line in lines if line["level"] == "error"} == {"ValueError", "StoreError"}


def test_too_many_tries_say_when_to_come_back(untouched: Service) -> None:
    """The answer to too many tries names the seconds to wait, for programs too."""
    answer = failing(untouched, RateLimitedError("slow down", retry_after_seconds=77)).get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "77")


def test_an_error_page_stands_without_the_store(untouched: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the store cannot be read, the page that says so is still there."""

    def broken(_self: object) -> None:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(Site, "versions", broken)
    answer = Browser(untouched.app).get("/policy")
    assert answer.status_code == 503
    assert "Dịch vụ chưa trả lời được lúc này" in answer.text


def test_the_api_answers_with_problem_details(untouched: Service) -> None:
    """An error of the API is JSON of RFC 9457, quoting a message of our own tree only where it is not our fault."""
    answer = failing(untouched, errors.NotFoundError("there is no version `9`")).get("/api/v1/x")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": str(FAILURES[404].title),
        "status": 404,
        "detail": "there is no version `9`",
    }
    assert "detail" not in failing(untouched, StoreError(PERSONAL)).get("/api/v1/x").json()


def test_rate_limits_reach_the_page(service: Service) -> None:
    """After too many registrations from one address in an hour the page says so, and nothing is stored."""
    browser = service.browser()
    limit = service.runtime.settings.registrations_per_address_hour
    statuses = [
        browser.send_form("/register", **(ALICE | {"email": f"alice{number}@shop.example"})).status_code
        for number in range(limit + 1)
    ]
    assert statuses == [303] * limit + [429]
