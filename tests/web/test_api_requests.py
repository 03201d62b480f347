"""The API of requests: what the pages let a customer do, a program can do for them, on the same proofs."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import ALICE, BOB
from tests.web.test_api_consents import Caller

if TYPE_CHECKING:
    from tests.web.conftest import Service

NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


@pytest.fixture
def alice(service: Service) -> Caller:
    """Return a program that acts for alice."""
    return Caller(service, service.register(ALICE))


def make(caller: Caller, **wanted: object) -> dict[str, Any]:
    """Make a request."""
    made = caller.post("/requests", **wanted)
    assert made.status_code == 201, made.text
    document: dict[str, Any] = made.json()
    return document


def prove(service: Service, caller: Caller, number: str) -> dict[str, Any]:
    """Have a code sent and enter it."""
    sent = caller.post(f"/requests/{number}/code")
    assert sent.status_code == 202
    given = caller.post(f"/requests/{number}/proof", browser=sent.json()["browser"], code=service.newest_code())
    assert given.status_code == 201, given.text
    document: dict[str, Any] = given.json()
    return document


def test_a_request_is_followed_by_its_receipt_number(service: Service, alice: Caller) -> None:
    """It waits for a proof; every step then stands on its timeline, and asking twice for the same makes one."""
    made = make(alice, kind="erase")
    assert NUMBER.fullmatch(made["number"])
    assert (made["state"], made["needs"], made["file"], made["failing"]) == ("unverified", "email_code", None, [])
    assert make(alice, kind="erase")["number"] == made["number"]
    assert [one["number"] for one in alice.get("/requests").json()] == [made["number"]]
    assert prove(service, alice, made["number"])["level"] == "email_code"
    followed = alice.get(f"/requests/{made['number']}").json()
    assert (followed["request"]["state"], followed["request"]["verified_level"]) == ("verified", "email_code")
    assert [one["event"] for one in followed["timeline"]][-1] == "verify"
    assert all(one["by_you"] for one in followed["timeline"])


def test_nothing_is_carried_out_without_a_proof(service: Service, alice: Caller) -> None:
    """Neither before the code, nor by a wrong one, nor when a quarter of an hour is over."""
    number = make(alice, kind="rectify", item="name", value="Alice Trần")["number"]
    assert alice.post(f"/requests/{number}/acceptance").status_code == 403
    sent = alice.post(f"/requests/{number}/code").json()
    service.settle()
    assert alice.post(f"/requests/{number}/proof", browser=sent["browser"], code="000000").status_code == 403
    prove(service, alice, number)
    service.clock.advance(timedelta(minutes=16))
    assert alice.post(f"/requests/{number}/acceptance").status_code == 403
    assert alice.get(f"/requests/{number}").json()["request"]["state"] == "verified"


def test_a_copy_is_made_and_fetched(service: Service, alice: Caller) -> None:
    """Accepted by a code, no session alone, made by a job, then handed over as one zip to who proved it."""
    number = make(alice, kind="access")["number"]
    assert alice.post(f"/requests/{number}/acceptance").status_code == 403
    prove(service, alice, number)
    assert alice.post(f"/requests/{number}/acceptance").json()["request"]["state"] == "approved"
    service.settle()
    document = alice.get(f"/requests/{number}").json()["request"]
    assert (document["state"], document["file"]["fetched_at"]) == ("done", None)
    fetched = alice.post(f"/requests/{number}/file")
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "application/zip")
    assert len(fetched.content) == document["file"]["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        assert archive.testzip() is None
        assert "Alice Nguyễn" in archive.read("data.json").decode()
    assert alice.get(f"/requests/{number}").json()["request"]["file"]["fetched_at"] is not None


def test_a_value_is_corrected(service: Service, alice: Caller) -> None:
    """After the proof, at once; what is no name is refused by its field, and an item that is not there by its name."""
    number = make(alice, kind="rectify", item="name", value="Alice Trần")["number"]
    prove(service, alice, number)
    assert alice.post(f"/requests/{number}/acceptance").json()["request"]["state"] == "done"
    refused = alice.post("/requests", kind="rectify", item="phone", value="12")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "phone")
    missing = alice.post("/requests", kind="rectify", item="nmae", value="Alice")
    assert missing.status_code == 404
    assert missing.json()["detail"].endswith("(did you mean `name`?)")


def test_a_new_address_takes_a_code_of_its_own(service: Service, alice: Caller) -> None:
    """Proven and without the code of the new address nothing changes; with it, it does."""
    number = make(alice, kind="rectify", item="email", value="alice@new.example")["number"]
    prove(service, alice, number)
    assert alice.post(f"/requests/{number}/acceptance").status_code == 403
    sent = alice.post(f"/requests/{number}/new-address-code").json()
    entered = {"browser": sent["browser"], "code": service.newest_code()}
    assert alice.post(f"/requests/{number}/acceptance", new_address=entered).status_code == 200
    assert alice.get(f"/requests/{number}").json()["request"]["state"] == "done"


def test_a_purpose_is_barred_and_freed(alice: Caller) -> None:
    """Being signed in is proof enough where the policy asks for no more; the gate refuses at once, then permits."""
    wish = {"items": ["email"], "purpose": "notify"}
    assert alice.post("/decisions", **wish).status_code == 200
    number = make(alice, kind="object", purposes=["notify"])["number"]
    assert alice.post(f"/requests/{number}/acceptance").json()["request"]["state"] == "done"
    assert alice.post("/decisions", **wish).status_code == 403
    number = make(alice, kind="object", purposes=["notify"], lifts=True)["number"]
    assert alice.post(f"/requests/{number}/acceptance").status_code == 200
    assert alice.post("/decisions", **wish).status_code == 200


def test_consents_end_as_a_request(service: Service, alice: Caller) -> None:
    """Every one that stands; a consent that is not the caller's is none."""
    question = alice.post("/decisions", items=["email"], purpose="promote").json()["question"]
    alice.post(f"/questions/{question['id']}/answer", text_hash=question["text_hash"], yes=True)
    assert alice.state() == "valid"
    assert alice.post("/requests", kind="withdraw", consent="0" * 32).status_code == 404
    made = make(alice, kind="withdraw")
    if made["needs"] != "session":
        prove(service, alice, made["number"])
    assert alice.post(f"/requests/{made['number']}/acceptance").json()["request"]["state"] == "done"
    assert alice.state() == "withdrawn"


def test_an_account_ends_on_what_was_shown(service: Service, alice: Caller) -> None:
    """The consequences are named by the preview; others are refused, and the token of the certificate comes once."""
    number = make(alice, kind="erase")["number"]
    prove(service, alice, number)
    shown = alice.get(f"/requests/{number}/preview").json()
    assert {one["item"] for one in shown["goes"]} >= {"name", "phone"}
    assert shown["says"]
    assert alice.post(f"/requests/{number}/acceptance").status_code == 400
    assert alice.post(f"/requests/{number}/acceptance", consequences="0" * 64).status_code == 409
    accepted = alice.post(f"/requests/{number}/acceptance", consequences=shown["consequences"])
    assert len(accepted.json()["certificate"]) == 64
    again = alice.post(f"/requests/{number}/acceptance", consequences=shown["consequences"])
    assert again.status_code in {403, 409}


def test_a_request_is_taken_back(service: Service, alice: Caller) -> None:
    """Proven or not, until it is carried out; twice is refused, and nothing can be done on it any more."""
    number = make(alice, kind="rectify", item="name", value="Alice Trần")["number"]
    prove(service, alice, number)
    followed = alice.get(f"/requests/{number}").json()
    assert followed["may_withdraw"]
    assert followed["article"]
    assert alice.post(f"/requests/{number}/withdrawal").json()["state"] == "cancelled"
    assert alice.post(f"/requests/{number}/withdrawal").status_code == 409
    assert alice.post(f"/requests/{number}/acceptance").status_code in {403, 409}
    assert not alice.get(f"/requests/{number}").json()["may_withdraw"]


def test_support_is_written_to_and_answers(service: Service, alice: Caller) -> None:
    """A letter goes to the desk at once; more may be written about it, and each side stands in the thread."""
    number = make(alice, kind="support", text="Máy in không nhận.")["number"]
    assert alice.post(f"/requests/{number}/messages", text="Máy hiệu Alpha.").status_code == 201
    thread = alice.get(f"/requests/{number}/messages").json()
    assert [(one["by_you"], one["text"]) for one in thread["messages"]] == [
        (True, "Máy in không nhận."),
        (True, "Máy hiệu Alpha."),
    ]
    assert thread["open"]
    assert alice.post(f"/requests/{number}/acceptance").status_code == 409
    assert service.log.getvalue().count("Alpha") == 0


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("get", "", None),
        ("post", "/code", {}),
        ("post", "/proof", {"browser": "x", "code": "123456"}),
        ("post", "/new-address-code", {}),
        ("get", "/preview", None),
        ("post", "/acceptance", {}),
        ("post", "/file", {}),
        ("post", "/withdrawal", {}),
        ("get", "/messages", None),
        ("post", "/messages", {"text": "Chào"}),
    ],
)
def test_somebody_elses_request_is_as_if_it_were_not_there(
    service: Service, alice: Caller, method: str, path: str, document: dict[str, str] | None
) -> None:
    """Bob gets for the number of alice's request to the letter what he gets for one that never was."""
    number = make(alice, kind="erase")["number"]
    prove(service, alice, number)
    bob = Caller(service, service.register(BOB))
    answers = []
    for named in (number, "00000-00000"):
        address = f"/requests/{named}{path}"
        answers.append(bob.get(address) if method == "get" else bob.post(address, **(document or {})))
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_who_is_not_signed_in_has_no_requests(untouched: Service) -> None:
    """Every route asks for a token, and a cookie is none."""
    browser = untouched.browser()
    for path in ("/requests", "/requests/00000-00000", "/requests/00000-00000/messages"):
        answer = browser.get(f"/api/v1{path}")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
