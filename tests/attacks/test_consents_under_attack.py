"""Consents that nobody gave: answers at once, replayed forms, guessed ids, pages that other sites open."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import Outcome
from camket.rows import FactKind
from tests.web.conftest import ALICE, BOB, make_service, service
from tests.web.test_ask import ask, outcome, say, subjects, text_hash

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

__all__ = ["make_service", "service"]

CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


def press(browser: Browser, path: str, answer: str, shown: str) -> Response:
    """Send an answer."""
    return browser.post(path, data={"answer": answer, "text_hash": shown})


def consents(service: Service) -> list[bool]:
    """Return of every consent of the one customer whether it still counts."""
    (alice,) = subjects(service)
    facts = service.runtime.context.store.read(lambda unit: unit.facts.of_subject(alice.id))
    return [fact.withdrawn_at is None for fact in facts if fact.kind is FactKind.CONSENT]


def test_answers_at_once_leave_one_that_stands(service: Service) -> None:
    """Twenty presses of both buttons together: each is taken or refused, and the gate says what the last one said."""
    alice = service.register(ALICE)
    path = ask(alice).partition("?")[0]
    shown = text_hash(alice.get(path).text)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: press(alice, path, "yes" if number % 2 else "no", shown), range(20)))
    assert {answer.status_code for answer in answers} <= {303, 409}
    assert sum(consents(service)) <= 1
    expected = Outcome.PERMIT if sum(consents(service)) else Outcome.DENY
    assert outcome(service, alice) == expected


def test_a_yes_pressed_many_times_at_once_is_one_yes(service: Service) -> None:
    """One fact, so that one withdrawal ends it."""
    alice = service.register(ALICE)
    path = ask(alice).partition("?")[0]
    shown = text_hash(alice.get(path).text)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: press(alice, path, "yes", shown), range(12)))
    assert {answer.status_code for answer in answers} == {303}
    assert consents(service) == [True]


def test_a_replayed_yes_brings_nothing_back(service: Service) -> None:
    """The form of a yes that was withdrawn since, sent again as often as one likes."""
    alice = service.register(ALICE)
    path = ask(alice).partition("?")[0]
    shown = text_hash(alice.get(path).text)
    assert press(alice, path, "yes", shown).status_code == 303
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', alice.get("/me/consents").text)
    assert alice.post(action).status_code == 200
    for _ in range(5):
        assert press(alice, path, "yes", shown).status_code in (404, 409)
    assert outcome(service, alice) != "permit"


def test_another_site_asks_answers_and_withdraws_nothing(service: Service) -> None:
    """A form on another page that its visitor is made to send: refused on each of the addresses."""
    alice = service.register(ALICE)
    path = ask(alice).partition("?")[0]
    shown = text_hash(alice.get(path).text)
    fields = {"answer": "yes", "text_hash": shown}
    assert alice.post(path, data=fields, headers=CROSS_SITE).status_code == 403
    assert alice.post("/ask", data={"purpose": "promote"}, headers=CROSS_SITE).status_code == 403
    assert outcome(service, alice) == "ask"
    say(alice, path, "yes")
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', alice.get("/me/consents").text)
    assert alice.post(action, headers=CROSS_SITE).status_code == 403
    assert outcome(service, alice) == "permit"


@pytest.mark.parametrize("name", ["0", "component.css", "0" * 31, "0" * 33, "%00", "a" * 5000])
def test_a_question_that_was_never_asked_is_nothing(service: Service, name: str) -> None:
    """Whatever stands in the place of an id, reading and answering find nothing and tell nothing apart."""
    alice = service.register(ALICE)
    for answer in (alice.get(f"/ask/{name}"), press(alice, f"/ask/{name}", "yes", "0" * 64)):
        assert answer.status_code in (403, 404, 405)
        assert "promote" not in answer.text


def test_a_yes_of_one_is_no_yes_of_another(service: Service) -> None:
    """Alice's text, id and answer, sent by bob, permit nothing for either."""
    alice, bob = service.register(ALICE), service.register(BOB)
    path = ask(alice).partition("?")[0]
    shown = text_hash(alice.get(path).text)
    assert press(bob, path, "yes", shown).status_code == 404
    assert (outcome(service, alice), outcome(service, bob)) == ("ask", "ask")
