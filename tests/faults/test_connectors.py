"""A system that did what it was asked, and whose answer nobody heard any more: asked again, done once, ended once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import LEASE
from camket.services.correction import finish_correction, start_correction
from camket.services.erasure import LONGEST_REQUEST, erasure_key
from tests.connectors.receiver import Receiver, receiving
from tests.faults.dying import KILLED, ROOT, dying_command
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.ports import Unit
    from camket.rows.requests import RequestRow

NO_COMMIT = 1000
"""None of its own kills the process."""


class Killing(Receiver):
    """Kills whoever asks for one thing, after it is done and before it is answered, the first time."""

    ask = ""
    process: subprocess.Popen[bytes] | None = None

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do it, and kill who asked."""
        answered = super().answer(question)
        if question["ask"] == self.ask and self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        return answered


@pytest.fixture
def receiver() -> Iterator[Killing]:
    """Return a system that holds letters of alice and is told her name."""
    killing = Killing()
    killing.corrects = {"name": "value"}
    with receiving(given=killing):
        yield killing


def run_and_die(folder: Path, receiver: Killing, ask: str) -> None:
    """Run the jobs in a process that is killed when the system has done what it was asked."""
    receiver.ask = ask
    command = dying_command(folder, NO_COMMIT, "before", connectors=json.dumps(receiver.declared()))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        receiver.process = process
        process.wait()
    receiver.process = None
    assert process.returncode == KILLED


def correct_name(service: Service, alice: Customer) -> str:
    """Have alice correct her name; return the request's id."""
    request = start_correction(service.ctx, alice.session, item="name", typed="Alice Trần")
    finish_correction(service.ctx, alice.prove(request.id))
    return request.id


def ended(service: Service, request_id: str) -> tuple[RequestRow | None, int]:
    """Return a request as it stands, and how often it was finished."""

    def look(unit: Unit) -> tuple[RequestRow | None, int]:
        events = [line.event for line in unit.requests.events(request_id)]
        return unit.requests.find(request_id), events.count(RequestEvent.FINISH)

    return service.ctx.store.read(look)


def test_a_correction_goes_on_after_a_kill_between_deed_and_answer(tmp_path: Path, receiver: Killing) -> None:
    """The system is told the same value again; the request is done, once."""
    with service_in(tmp_path, connectors=json.dumps(receiver.declared())) as service:
        alice = register(service)
        service.work()
        request_id = correct_name(service, alice)
    run_and_die(tmp_path, receiver, "correct")
    with service_in(tmp_path, connectors=json.dumps(receiver.declared())) as service:
        row, finished = ended(service, request_id)
        assert row is not None
        assert (row.state, finished) == (RequestState.RUNNING, 0)
        service.clock.advance(seconds=LEASE.total_seconds() + 1)
        service.work()
        row, finished = ended(service, request_id)
        assert row is not None
        assert (row.state, row.failing, finished) == (RequestState.DONE, None, 1)
    told = [one["value"] for one in receiver.asked if one["ask"] == "correct"]
    assert told == ["Alice Trần", "Alice Trần"]
    assert receiver.corrected == {alice.subject_id: {"name": "Alice Trần"}}


def test_an_erasure_goes_on_after_a_kill_between_deed_and_answer(tmp_path: Path, receiver: Killing) -> None:
    """The key lives until the system has answered; then everything ends, once."""
    with service_in(tmp_path, connectors=json.dumps(receiver.declared())) as service:
        alice = register(service)
        receiver.held[alice.subject_id] = [{"topic": "tea"}]
        service.work()
        alice.accept_erasure()
        job = service.ctx.store.read(lambda unit: unit.jobs.find(erasure_key(alice.subject_id)))
        assert job is not None
        request_id = str(job.args["request"])
    run_and_die(tmp_path, receiver, "erase")
    with service_in(tmp_path, connectors=json.dumps(receiver.declared())) as service:
        assert alice.subject_id not in receiver.held
        assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
        service.clock.advance(seconds=LEASE.total_seconds() + 1)
        service.work()
        assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
        service.clock.advance(seconds=LONGEST_REQUEST.total_seconds())
        service.work()
        row, finished = ended(service, request_id)
        assert row is not None
        assert (row.state, finished) == (RequestState.DONE, 1)
    assert [one["ask"] for one in receiver.asked].count("erase") == 3
