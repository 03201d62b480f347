"""The API of requests without signing in: the same answer whoever has the address, and nothing without the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Service

PATH = "/outside/requests"


class Stranger:
    """A program of someone who is not signed in."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.browser = service.browser()
        del self.browser.headers["Sec-Fetch-Site"]

    def post(self, path: str, **document: object) -> Response:
        """Send a document."""
        return self.browser.post(f"/api/v1{path}", json=document)

    def asked(self, kind: str = "access", **known: object) -> dict[str, Any]:
        """Ask, and have the code; return it with the kind."""
        sent = self.post(PATH, kind=kind, **(known or {"email": ALICE["email"]}))
        assert sent.status_code == 202, sent.text
        return {"kind": kind, "browser": sent.json()["browser"], "code": self.service.newest_code()}


@pytest.fixture
def stranger(service: Service) -> Stranger:
    """Return someone, where alice has an account."""
    service.register(ALICE)
    return Stranger(service)


def test_a_request_is_made_by_its_code_and_followed(stranger: Stranger) -> None:
    """The number comes with the proof; it is seen, written about and taken back by whoever proved it."""
    asked = stranger.asked()
    made = stranger.post(f"{PATH}/proof", **asked)
    assert made.status_code == 201
    number = made.json()["number"]
    assert (made.json()["channel"], made.json()["state"]) == ("outside", "verified")
    own = {"browser": asked["browser"]}
    assert stranger.post(f"{PATH}/{number}/status", **own).json()["state"] == "verified"
    assert stranger.post(f"{PATH}/{number}/messages", **own, text="Bao giờ xong?").status_code == 201
    assert stranger.post(f"{PATH}/{number}/withdrawal", **own).json()["state"] == "cancelled"
    assert stranger.post(f"{PATH}/proof", **asked).status_code == 403


def test_known_or_not_looks_the_same(stranger: Stranger) -> None:
    """Status and form of the answer, and no code opens what nobody has."""
    known = stranger.post(PATH, kind="erase", email=ALICE["email"])
    unknown = stranger.post(PATH, kind="erase", email="carol@shop.example")
    assert (known.status_code, set(known.json())) == (unknown.status_code, set(unknown.json())) == (202, {"browser"})
    refused = stranger.post(f"{PATH}/proof", kind="erase", browser=unknown.json()["browser"], code="123456")
    assert refused.status_code == 403


def test_a_code_is_good_for_its_wish_and_its_browser(stranger: Stranger) -> None:
    """Neither another kind, nor another browser; a wrong code is refused like both."""
    asked = stranger.asked()
    for wrong in ({"kind": "erase"}, {"browser": "another"}, {"code": "000000"}):
        assert stranger.post(f"{PATH}/proof", **(asked | wrong)).status_code == 403
    assert stranger.post(f"{PATH}/proof", **asked).status_code == 201


def test_nobody_else_follows(stranger: Stranger) -> None:
    """Another browser gets to the letter what it gets for a number that never was; with a code of its own it may."""
    asked = stranger.asked()
    number = stranger.post(f"{PATH}/proof", **asked).json()["number"]
    answers = [stranger.post(f"{PATH}/{named}/status", browser="another") for named in (number, "00000-00000")]
    assert answers[0].status_code == 404
    assert answers[0].json() == answers[1].json()
    stranger.service.register(BOB)
    sent = stranger.post(f"{PATH}/{number}/code", email=BOB["email"]).json()
    entered = {"browser": sent["browser"], "code": stranger.service.newest_code()}
    assert stranger.post(f"{PATH}/{number}/proof", **entered).status_code == 403
    sent = stranger.post(f"{PATH}/{number}/code", email=ALICE["email"]).json()
    entered = {"browser": sent["browser"], "code": stranger.service.newest_code()}
    assert stranger.post(f"{PATH}/{number}/proof", **entered).status_code == 201
    assert stranger.post(f"{PATH}/{number}/status", browser=sent["browser"]).status_code == 200


def test_a_hundred_in_a_minute_are_refused(stranger: Stranger) -> None:
    """For one address, whatever is asked for: 429 that says when, for alice and for nobody alike."""
    for email in (ALICE["email"], "carol@shop.example"):
        statuses = [stranger.post(PATH, kind="access", email=email) for _ in range(100)]
        assert {one.status_code for one in statuses} <= {202, 429}
        assert statuses[-1].status_code == 429
        assert int(statuses[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize("document", [{"kind": "access"}, {"kind": "access", "email": "x"}, {"email": "a@b.example"}])
def test_what_names_nobody_is_refused(stranger: Stranger, document: dict[str, str]) -> None:
    """Neither address nor number, one that is none, and no wish: by the field."""
    assert stranger.post(PATH, **document).status_code == 422
