"""Requests whose other systems fail, from the customer's wish to its end: one waits, none other does, nothing twice."""

from __future__ import annotations

import json
from io import StringIO
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from camket.adapters.connectors.webhook import sending
from camket.adapters.telemetry import configure_logs
from camket.client.local import Camket
from camket.core.errors import HolderFailure
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.vault.keyring import KeyKind
from camket.rows import JobState
from camket.services.certificates import certificate_status
from camket.services.correction import finish_correction, start_correction
from camket.services.erasure import LONGEST_REQUEST, erasure_key
from camket.services.own_requests import own_request
from camket.services.removal import finish_removal, start_removal
from tests.connectors.other_system import OtherSystem, customers, declared
from tests.connectors.receiver import Receiver, receiving
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from camket.rows.requests import RequestRow

LATER = 7200
SHORT_SECONDS, LONG_SECONDS = 0.3, 60.0


class Stalling(Receiver):
    """Does what it is asked and then says nothing, while it is told to stall.

    Args:
        patience: sets how many seconds an answer is waited for.
    """

    def __init__(self, patience: Callable[[float], None]) -> None:
        super().__init__()
        self.patience = patience
        self.stalls = False
        self.over = Event()

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do it, and say so in time or not."""
        answered = super().answer(question)
        if self.stalls:
            self.over.wait(LONG_SECONDS)
        return answered

    def recover(self) -> None:
        """Answer rightly from now on."""
        self.stalls, self.loses_answers, self.says, self.status = False, False, None, 200
        self.patience(LONG_SECONDS)


def stall(receiver: Stalling) -> None:
    """Have it do what it is asked, and answer too late."""
    receiver.stalls = True
    receiver.patience(SHORT_SECONDS)


def lose(receiver: Stalling) -> None:
    """Have it do what it is asked, and end the connection."""
    receiver.loses_answers = True


def garble(receiver: Stalling) -> None:
    """Have it do what it is asked, and answer nonsense that names somebody."""
    receiver.says = b"<p>alice@shop.example is gone</p>"


def refuse(receiver: Stalling) -> None:
    """Have it do what it is asked, and say that it could not."""
    receiver.status = 503


FAILURES = [
    (stall, HolderFailure.TIMED_OUT),
    (lose, HolderFailure.UNREACHABLE),
    (garble, HolderFailure.GARBLED),
    (refuse, HolderFailure.REFUSED),
]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stalling]:
    """Return a system that is told the shop's and the customer's name."""
    stalling = Stalling(lambda seconds: monkeypatch.setattr(sending, "ANSWER_SECONDS", seconds))
    stalling.corrects = {"name": "value", "shop.name": "value"}
    with receiving(given=stalling):
        yield stalling
        stalling.over.set()


@pytest.fixture
def system(tmp_path: Path) -> OtherSystem:
    """Return another system, in whose database names stand."""
    return OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")


@pytest.fixture
def service(tmp_path: Path, system: OtherSystem, receiver: Stalling) -> Iterator[Service]:
    """Return a service that is connected to both."""
    (tmp_path / "camket").mkdir()
    connectors = declared(system.url) | receiver.declared()
    with service_in(tmp_path / "camket", connectors=json.dumps(connectors)) as service:
        yield service


@pytest.fixture
def alice(service: Service, system: OtherSystem, receiver: Stalling) -> Customer:
    """Return alice, who stands in both systems under a former name."""
    alice = register(service)
    service.work()
    system.fill(alice.subject_id, "Alice", number=1)
    receiver.held[alice.subject_id] = [{"topic": "tea"}]
    return alice


def row_of(service: Service, request_id: str) -> RequestRow:
    """Return a request as it stands."""
    row = service.ctx.store.read(lambda unit: unit.requests.find(request_id))
    assert row is not None
    return row


def events_of(service: Service, request_id: str) -> list[RequestEvent]:
    """Return what happened to a request."""
    return [line.event for line in service.ctx.store.read(lambda unit: unit.requests.events(request_id))]


def correct(service: Service, alice: Customer, name: str) -> str:
    """Have alice correct her name; return the request's id."""
    request = start_correction(service.ctx, alice.session, item="name", typed=name)
    finish_correction(service.ctx, alice.prove(request.id))
    return request.id


def count_records(service: Service, alice: Customer, action: LedgerAction) -> int:
    """Return how many records of one kind alice has."""
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=1000))
    return sum(row.action == action.value for row in rows)


@pytest.mark.parametrize(("breaks", "failure"), FAILURES)
def test_a_correction_waits_for_one_system_alone(
    service: Service,
    alice: Customer,
    system: OtherSystem,
    receiver: Stalling,
    breaks: Callable[[Stalling], None],
    failure: HolderFailure,
) -> None:
    """Here and in the database the name is new at once; alice reads who has not answered, and why; then it ends."""
    breaks(receiver)
    request_id = correct(service, alice, "Alice Trần")
    service.work()
    assert system.rows(customers)[0][2] == "Alice Trần"
    view = own_request(service.ctx, alice.session, request_id=request_id)
    assert view.request.state is RequestState.RUNNING
    assert [(one.holder, one.failure) for one in view.failing] == [("news", failure)]
    assert not view.may_withdraw
    receiver.recover()
    service.clock.advance(seconds=LATER)
    service.work()
    assert row_of(service, request_id).state is RequestState.DONE
    assert own_request(service.ctx, alice.session, request_id=request_id).failing == ()
    assert events_of(service, request_id).count(RequestEvent.FINISH) == 1
    assert receiver.corrected == {alice.subject_id: {"name": "Alice Trần"}}


@pytest.mark.parametrize(("breaks", "failure"), FAILURES)
def test_an_erasure_waits_for_one_system_alone(
    service: Service,
    alice: Customer,
    system: OtherSystem,
    receiver: Stalling,
    breaks: Callable[[Stalling], None],
    failure: HolderFailure,
) -> None:
    """The database is empty of alice at once; the key lives, and the request says why; then all of it ends, once."""
    token = alice.accept_erasure()
    job = service.ctx.store.read(lambda unit: unit.jobs.find(erasure_key(alice.subject_id)))
    assert job is not None
    request_id = str(job.args["request"])
    breaks(receiver)
    service.work()
    service.sequence()
    assert (system.rows(customers), alice.subject_id in receiver.held) == ([], False)
    row = row_of(service, request_id)
    assert (row.state, row.failing) == (RequestState.RUNNING, f"holder:news={failure.value}")
    assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
    assert certificate_status(service.ctx, token).status == "recorded"
    receiver.recover()
    service.clock.advance(seconds=LATER)
    service.work()
    service.clock.advance(seconds=LONGEST_REQUEST.total_seconds())
    service.work()
    assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    assert row_of(service, request_id).state is RequestState.DONE
    assert events_of(service, request_id).count(RequestEvent.FINISH) == 1


def test_a_correction_and_a_deletion_at_once_leave_nothing(
    service: Service, alice: Customer, system: OtherSystem, receiver: Stalling
) -> None:
    """The correction still waits for a system when the account goes: both requests end, no name comes back there."""
    refuse(receiver)
    request_id = correct(service, alice, "Alice Trần")
    service.work()
    receiver.corrected.clear()
    receiver.recover()
    alice.accept_erasure()
    for _ in range(4):
        service.clock.advance(seconds=LATER)
        service.work()
    assert (system.rows(customers), receiver.held, receiver.corrected) == ([], {}, {})
    assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    assert service.ctx.store.read(lambda unit: unit.requests.find(request_id)) is None
    waiting = service.ctx.store.read(lambda unit: unit.jobs.find(f"correct:{request_id}"))
    assert waiting is None or waiting.state is JobState.DONE


def test_a_value_that_is_deleted_is_deleted_there(service: Service, alice: Customer, receiver: Stalling) -> None:
    """What an app held for alice goes by her wish: the system is told that nothing is held, and then it is done."""
    (row_id,) = Camket(service.ctx, "shop").put(alice.subject_id, {"shop.name": "Quán Alice"}).values()
    request = start_removal(service.ctx, alice.session, row_id=row_id)
    finish_removal(service.ctx, alice.prove(request.id))
    service.work()
    assert receiver.corrected == {alice.subject_id: {"shop.name": None}}
    assert receiver.asked[-1]["value"] is None
    assert row_of(service, request.id).state is RequestState.DONE


def test_nothing_of_a_value_or_an_answer_is_kept_on_the_way(
    service: Service, alice: Customer, receiver: Stalling
) -> None:
    """Neither the job, nor what fails, nor the timeline's details, nor the log hold the name or what came back."""
    log = StringIO()
    configure_logs(level="info", stream=log)
    garble(receiver)
    request_id = correct(service, alice, "Alice Trần")
    service.work()
    row = row_of(service, request_id)
    job = service.ctx.store.read(lambda unit: unit.jobs.find(f"correct:{request_id}"))
    assert job is not None
    lines = service.ctx.store.read(lambda unit: unit.requests.events(request_id))
    kept = json.dumps([job.args, row.failing, job.last_error, [line.detail for line in lines]])
    assert "job_failed" in log.getvalue()
    assert not any(word in kept + log.getvalue() for word in ("Alice", "Trần", "shop.example", "gone"))
    assert count_records(service, alice, LedgerAction.COLLECT) >= 1
