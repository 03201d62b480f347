"""The API: the policy as published, and a registration that refuses what is not declared, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import ALICE
from tests.web.test_registration import subjects

if TYPE_CHECKING:
    from tests.web.conftest import Service


def test_the_policy_is_given_in_both_languages(untouched: Service) -> None:
    """The version in force comes with its hashes, text and clauses; a version that does not exist is said so."""
    browser = untouched.browser()
    vi, en = (browser.get("/api/v1/policy", params={"lang": lang}).json() for lang in ("vi", "en"))
    assert vi["version"] == en["version"]
    assert vi["version"]["number"] == 1
    assert vi["title"] != en["title"]
    assert "collect(email, account, provided)" in vi["clauses"]
    assert [one["number"] for one in browser.get("/api/v1/policy/versions").json()] == [1]
    assert browser.get("/api/v1/policy/versions/1").json() == vi
    missing = browser.get("/api/v1/policy/versions/9")
    assert (missing.status_code, missing.json()["detail"]) == (404, "there is no version `9`")


def test_one_registers(service: Service) -> None:
    """A registration answers with a token to give back with the code; the session then opens the account."""
    browser = service.browser()
    started = browser.post("/api/v1/registrations", json={"fields": ALICE})
    assert started.status_code == 202
    token = started.json()["browser"]
    done = browser.post("/api/v1/registrations/confirmation", json={"browser": token, "code": service.newest_code()})
    assert done.status_code == 201
    browser.cookies.set("camket_session", done.json()["session"])
    assert "Alice Nguyễn" in browser.get("/me").text


def test_a_code_of_another_token_is_refused(service: Service) -> None:
    """A code is good only with the token that its registration was answered with."""
    browser = service.browser()
    browser.post("/api/v1/registrations", json={"fields": ALICE})
    code = service.newest_code()
    answer = browser.post("/api/v1/registrations/confirmation", json={"browser": "other", "code": code})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"fields": ALICE | {"emial": "x"}}, "emial"),
        ({"fields": ALICE, "age": 7}, "age"),
        ({"fields": ALICE | {"phone": "12"}}, "phone"),
        ({"fields": {"name": "Alice"}}, "email"),
        ({"fields": "x"}, "fields"),
        ({"fields": ALICE, "language": "fr"}, "language"),
        ({}, "fields"),
    ],
)
def test_what_is_not_right_is_refused_by_name(untouched: Service, document: object, field: str) -> None:
    """A field that is not declared, missing or cannot be held is named in problem details; nothing is stored."""
    answer = untouched.browser().post("/api/v1/registrations", json=document)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [problem["field"] for problem in answer.json()["errors"]]
    assert subjects(untouched) == 0


def test_an_answer_never_repeats_what_was_typed(untouched: Service) -> None:
    """Problem details name the field, not the value."""
    wrong = ALICE | {"phone": "secret-0901"}
    assert "secret" not in untouched.browser().post("/api/v1/registrations", json={"fields": wrong}).text


def test_too_much_is_refused(untouched: Service) -> None:
    """The API reads no more than a form may have."""
    answer = untouched.browser().post("/api/v1/registrations", content=b"x" * 20_000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_the_api_reads_no_cookie(service: Service) -> None:
    """Who is signed in is no one to the API, so a page of another site could do nothing with it."""
    signed_in = service.register(ALICE)
    assert signed_in.get("/api/v1/policy").json() == service.browser().get("/api/v1/policy").json()
    for path in ("/api/v1/policy", "/api/v1/policy/versions"):
        assert "set-cookie" not in signed_in.get(path).headers


def test_the_api_describes_itself(untouched: Service) -> None:
    """The description is OpenAPI 3.1; every refusal is problem details, and what is limited says so."""
    description = untouched.browser().get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {
        "/notices",
        "/notices/{number}/seen",
        "/consents",
        "/consents/{consent}/receipt",
        "/consents/{consent}/withdrawal",
        "/decisions",
        "/desk/health",
        "/desk/overview",
        "/desk/requests",
        "/desk/requests/{request}",
        "/desk/requests/{request}/acts",
        "/desk/requests/{request}/evidence",
        "/desk/requests/{request}/messages",
        "/healthz",
        "/outside/requests",
        "/outside/requests/proof",
        "/outside/requests/{request}/code",
        "/outside/requests/{request}/messages",
        "/outside/requests/{request}/proof",
        "/outside/requests/{request}/status",
        "/outside/requests/{request}/withdrawal",
        "/policy",
        "/policy/compare",
        "/policy/versions",
        "/policy/versions/{number}",
        "/questions",
        "/questions/{question}",
        "/questions/{question}/answer",
        "/registrations",
        "/registrations/confirmation",
        "/requests",
        "/requests/{request}",
        "/requests/{request}/acceptance",
        "/requests/{request}/code",
        "/requests/{request}/file",
        "/requests/{request}/messages",
        "/requests/{request}/new-address-code",
        "/requests/{request}/preview",
        "/requests/{request}/proof",
        "/requests/{request}/withdrawal",
    }
    for path in description["paths"].values():
        for operation in path.values():
            refusals = {status: one for status, one in operation["responses"].items() if status[0] in "45"}
            assert {"400", "403", "413", "500", "503"} <= refusals.keys()
            assert all(list(one["content"]) == ["application/problem+json"] for one in refusals.values())
            assert ("429" in refusals) is (operation is not path.get("get"))
            assert ("401" in refusals) is ("security" in operation)
    assert description["paths"]["/questions"]["post"]["responses"]["429"]["headers"]["Retry-After"]["description"]
    assert "16384 bytes" in description["info"]["description"]
