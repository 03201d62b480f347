"""Questions and answers of one subject at the same moment, on both stores: the newest stands, nothing is half done."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from camket.core.errors import ConflictError
from camket.core.terms import Language, Outcome
from camket.rows import FactKind
from camket.services.access import AskError
from camket.services.consents import EventKind, OwnState, standing_of, withdraw
from tests.postgres import Postgres
from tests.unit.services.conftest import OpenService, Service
from tests.unit.services.consenting import PROMOTE, ask, gate, say

AT_ONCE = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, open_service: OpenService) -> Service:
    """Return a running service on each store."""
    if request.param == "sqlite":
        return open_service()
    postgres: Postgres = request.getfixturevalue("postgres")
    return open_service("postgresql", database_url=postgres.url(postgres.new_database()))


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do all of these at the same moment; return what was refused."""
    begin = threading.Barrier(len(acts))
    refused: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        begin.wait()
        try:
            act()
        except ConflictError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_one_question_is_asked_at_once_and_doubled_never(service: Service) -> None:
    """Many browsers that ask the same get the same question."""
    alice = service.register().subject_id
    asked = []
    at_once(*[lambda: asked.append(ask(service, alice).id)] * AT_ONCE)
    assert (len(asked), len(set(asked))) == (AT_ONCE, 1)


def test_the_same_answer_at_once_is_given_once(service: Service) -> None:
    """A form sent many times at the same moment gives one consent and one ledger entry."""
    alice = service.register().subject_id
    question = ask(service, alice)
    assert at_once(*[lambda: say(service, question, yes=True)] * AT_ONCE) == []
    facts = service.ctx.store.read(lambda unit: unit.facts.of_subject(alice))
    assert [fact.kind for fact in facts] == [FactKind.CONSENT]
    assert gate(service, alice) is Outcome.PERMIT


def test_yes_and_no_at_once_come_to_one_of_them(service: Service) -> None:
    """Gate, page and history agree on which came last."""
    alice = service.register().subject_id
    question = ask(service, alice)
    acts: list[Callable[[], object]] = [
        lambda: say(service, question, yes=True),
        lambda: say(service, question, yes=False),
    ]
    assert at_once(*acts * (AT_ONCE // 2)) == []
    history = service.ctx.store.read(lambda unit: unit.consents.of_subject(alice))
    last = [one.kind for one in history if one.kind is not EventKind.WITHDRAWN][-1]
    (state,) = {one.state for one in standing_of(service.ctx, subject_id=alice, language=Language.VI).consents}
    expected = {EventKind.GIVEN: (Outcome.PERMIT, OwnState.VALID), EventKind.REFUSED: (Outcome.DENY, OwnState.REFUSED)}
    assert (gate(service, alice), state) == expected[last]


def test_a_withdrawal_and_a_repeated_yes_at_once_end_withdrawn(service: Service) -> None:
    """Whichever comes first, the former answer sent again does not stand against the withdrawal."""
    alice = service.register().subject_id
    question = ask(service, alice)
    consent = say(service, question, yes=True)
    at_once(
        lambda: withdraw(service.ctx, subject_id=alice, consent_id=consent),
        *[lambda: say(service, question, yes=True)] * (AT_ONCE - 1),
    )
    assert gate(service, alice) is Outcome.ASK
    facts = service.ctx.store.read(lambda unit: unit.facts.of_subject(alice))
    assert all(fact.withdrawn_at is not None for fact in facts)


def read(service: Service, subject_id: str) -> str | None:
    """Read the address for promotion, as what sends news does."""
    door = service.ctx.door
    return door.read(actor="service:mailer", subject_id=subject_id, items=("email",), purpose=PROMOTE).first("email")


def test_a_withdrawal_on_one_node_holds_on_the_other_at_once(open_service: OpenService, postgres: Postgres) -> None:
    """A node that remembers the yes reads the withdrawal in the transaction of its next use."""
    url = postgres.url(postgres.new_database())
    here = open_service("node", database_url=url)
    there = open_service("node", database_url=url)
    alice = here.register().subject_id
    consent = say(here, ask(here, alice), yes=True)
    assert read(there, alice) == "alice@shop.example"
    withdraw(here.ctx, subject_id=alice, consent_id=consent)
    with pytest.raises(AskError):
        read(there, alice)
    say(there, ask(there, alice, wanted=True), yes=True)
    assert read(here, alice) == "alice@shop.example"
