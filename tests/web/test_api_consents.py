"""The API of consents: the same questions and answers as the pages, with one stable error where one must be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import ALICE, BOB
from tests.web.test_ask import change_policy, outcome

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

NEWS = {"items": ["email"], "purpose": "promote"}


class Caller:
    """A program that acts for a customer: it shows their session's token and has no cookie."""

    def __init__(self, service: Service, customer: Browser) -> None:
        self.browser = service.browser()
        del self.browser.headers["Sec-Fetch-Site"]
        self.browser.headers["Authorization"] = f"Bearer {customer.cookies.get('camket_session')}"

    def get(self, path: str) -> Response:
        """Read."""
        return self.browser.get(f"/api/v1{path}")

    def post(self, path: str, **document: object) -> Response:
        """Send a document."""
        return self.browser.post(f"/api/v1{path}", json=document)

    def state(self) -> str:
        """Return where the consent to improvement news stands."""
        (one,) = [one for one in self.get("/consents").json() if one["purpose"] == "promote"]
        return str(one["state"])


def refused_question(caller: Caller) -> dict[str, Any]:
    """Have a use refused because the customer must be asked; return the question that comes with it."""
    refused = caller.post("/decisions", **NEWS)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["code"], problem["status"]) == ("consent_required", 403)
    question: dict[str, Any] = problem["question"]
    return question


def test_a_use_that_must_be_asked_for_goes_on_after_a_yes(service: Service) -> None:
    """One stable error with the question; after the answer the same call is permitted, and its end is a withdrawal."""
    alice = Caller(service, service.register(ALICE))
    question = refused_question(alice)
    assert refused_question(alice) == question
    assert alice.get(f"/questions/{question['id']}").json() == question
    assert alice.state() == "unanswered"
    answered = alice.post(f"/questions/{question['id']}/answer", text_hash=question["text_hash"], yes=True)
    assert answered.status_code == 200
    (consent,) = answered.json()["given"]
    assert alice.post("/decisions", **NEWS).json()["outcome"] == "permit"
    withdrawn = alice.post(f"/consents/{consent}/withdrawal")
    assert withdrawn.json()["stops"]
    assert alice.state() == "withdrawn"
    assert alice.post("/decisions", **NEWS).status_code == 403


def test_a_no_is_denied_without_a_question(service: Service) -> None:
    """For the quiet time the error carries no question; one that is wanted may still be asked for."""
    alice = Caller(service, service.register(ALICE))
    question = refused_question(alice)
    answered = alice.post(f"/questions/{question['id']}/answer", text_hash=question["text_hash"], yes=False)
    assert answered.json()["quiet_until"] is not None
    denied = alice.post("/decisions", **NEWS)
    assert denied.status_code == 403
    assert "code" not in denied.json()
    assert alice.post("/questions", purpose="promote").status_code == 201


def test_stated_uses_need_no_answer_and_unstated_ones_have_none(service: Service) -> None:
    """What the policy states is permitted; what it does not know is denied without a question."""
    alice = Caller(service, service.register(ALICE))
    assert alice.post("/decisions", items=["email"], purpose="notify").json()["outcome"] == "permit"
    for items, purpose in ((["email"], "sell"), (["shoe.size"], "promote")):
        denied = alice.post("/decisions", items=items, purpose=purpose)
        assert (denied.status_code, "code" in denied.json()) == (403, False)
    assert alice.post("/questions", purpose="sell").status_code == 400


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"yes": True, "text_hash": "0" * 64}, 409),
        ({"yes": "yes"}, 422),
        ({}, 422),
        ({"yes": True, "clauses": {"x": True}}, 422),
        ({"clauses": {"use(email, promote, consent)": True}}, 400),
        ({"yes": True, "by": "alice"}, 422),
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(service: Service, answer: dict[str, Any], status: int) -> None:
    """Another text, no clear yes or no, both at once, a clause that is not asked about: refused."""
    customer = service.register(ALICE)
    alice = Caller(service, customer)
    question = refused_question(alice)
    document = {"text_hash": question["text_hash"]} | answer
    assert alice.post(f"/questions/{question['id']}/answer", **document).status_code == status
    assert outcome(service, customer) == "ask"


def test_questions_and_consents_are_their_owners_alone(service: Service) -> None:
    """Someone else reads, answers and withdraws nothing of them."""
    customer = service.register(ALICE)
    alice, bob = Caller(service, customer), Caller(service, service.register(BOB))
    question = refused_question(alice)
    path, said = f"/questions/{question['id']}", {"text_hash": question["text_hash"], "yes": True}
    assert bob.get(path).status_code == 404
    assert bob.post(f"{path}/answer", **said).status_code == 404
    assert outcome(service, customer) == "ask"
    (consent,) = alice.post(f"{path}/answer", **said).json()["given"]
    assert bob.post(f"/consents/{consent}/withdrawal").status_code == 404
    assert outcome(service, customer) == "permit"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/consents"),
        ("POST", "/questions"),
        ("GET", "/questions/x"),
        ("POST", "/questions/x/answer"),
        ("POST", "/consents/x/withdrawal"),
        ("POST", "/decisions"),
    ],
)
def test_a_cookie_opens_nothing_here(service: Service, method: str, path: str) -> None:
    """Only the token that a caller shows counts: what a browser sends by itself, and a false token, are refused."""
    customer = service.register(ALICE)
    document = {"yes": True, "text_hash": "0", **NEWS} if method == "POST" else None
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answer = customer.request(method, f"/api/v1{path}", headers=headers, json=document)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    assert outcome(service, customer) == "ask"


def test_changes_are_answered_one_by_one(service: Service) -> None:
    """One yes, one no, and the rest left alone; where all of it stands is told clause by clause."""
    alice = Caller(service, service.register(ALICE))
    assert alice.post("/questions", changes=True).status_code == 409
    change_policy(service)
    question = alice.post("/questions", changes=True).json()
    first, second, *others = (one["clause"] for one in question["clauses"])
    said = {"text_hash": question["text_hash"], "clauses": {first: True, second: False}}
    answered = alice.post(f"/questions/{question['id']}/answer", **said).json()
    assert (len(answered["given"]), answered["refused"]) == (1, [second])
    states = {one["clause"]: one["state"] for one in alice.get("/consents").json() if one["clause"]}
    assert states == {first: "valid", second: "refused"} | dict.fromkeys(others, "unanswered")


def test_the_api_describes_the_stable_error(untouched: Service) -> None:
    """The description names the code and the question that come with it, and how a caller shows who they are."""
    described = untouched.browser().get("/api/v1/openapi.json").json()
    decide = described["paths"]["/decisions"]["post"]
    forms = decide["responses"]["403"]["content"]["application/problem+json"]["schema"]["anyOf"]
    assert [one["$ref"].rpartition("/")[2] for one in forms] == ["ConsentRequired", "ProblemDocument"]
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
