import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from camket.bootstrap import start_runtime
from camket.cli.request import app
from camket.cli.request_lines import outcome
from camket.config import load_settings
from camket.core.rights.machine import RequestState
from camket.ports import Unit
from camket.rows import JobRow
from camket.rows.requests import RequestRow
from camket.services.correction import finish_correction, start_correction
from camket.services.operator_requests import show_request
from camket.services.sequencing import Sequencer
from camket.testing.doubles import HeldClock
from camket.testing.service import DEFAULT_POLICY
from tests.journeys import Customer, Postbox, Service, register

PERSONAL = ("alice", "Alice", "912345678", "987654321")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the data folder of a service that was started once, which the settings name."""
    folder = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMKET_DATA", str(folder))
    monkeypatch.setenv("CAMKET_POLICY", str(DEFAULT_POLICY))
    start_runtime(load_settings()).close()
    return folder


@contextmanager
def running() -> Iterator[Service]:
    """Open the service beside the command."""
    mail = Postbox()
    with closing(start_runtime(load_settings(), existing=True, mail=mail)) as runtime:
        yield Service(runtime, HeldClock(), mail, Sequencer(runtime.context))


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, list(arguments))


def asked_for(*arguments: str) -> Any:  # noqa: ANN401 - what the command answers in JSON
    """Return what a command answers in JSON."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def corrected(service: Service, alice: Customer) -> RequestRow:
    """Return a request for a correction that was carried out."""
    request = start_correction(service.ctx, alice.session, item="phone", typed="0987654321")
    finish_correction(service.ctx, alice.prove(request.id))
    return found(service, request.id)


def found(service: Service, request_id: str) -> RequestRow:
    """Return a request as it stands."""
    row = service.ctx.store.read(lambda unit: unit.requests.find(request_id))
    assert row is not None
    return row


def accepted(service: Service, alice: Customer) -> RequestRow:
    """Return a request for a deletion that was accepted; its job is due."""
    alice.accept_erasure()
    rows = service.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    return next(row for row in rows if row.state is RequestState.APPROVED)


def tried(service: Service, *, error: str = "HolderError", given_up: bool = False) -> JobRow:
    """Return the job that erases, after a try that failed; the next is an hour away."""

    def fail(unit: Unit) -> JobRow:
        now = service.ctx.clock.now()
        job = unit.jobs.claim("worker", ["erase"], now=now, until=now + timedelta(seconds=5))
        assert job is not None
        if given_up:
            unit.jobs.fail(job.id, fence=job.fence, at=now, error=error)
        else:
            unit.jobs.reschedule(job.id, fence=job.fence, run_at=now + timedelta(hours=1), error=error)
        return job

    return service.ctx.store.write(fail)


def go_on(service: Service, row: RequestRow) -> JobRow:
    """Have a request go on, and return its job, which is due."""
    assert run("run", row.number, "--wait", "0").exit_code == 0
    job = show_request(service.ctx, row.number).job
    assert job is not None
    assert job.run_at <= service.ctx.clock.now()
    return job


@pytest.mark.usefixtures("data")
def test_requests_are_listed_by_number_and_not_by_name() -> None:
    """Each list has its requests, filtered by kind; nothing personal is printed, for people or for programs."""
    with running() as service:
        alice = register(service)
        done, deletion = corrected(service, alice), accepted(service, alice)
    assert [one["number"] for one in asked_for("list")] == [deletion.number]
    assert [one["number"] for one in asked_for("list", "--list", "ended")] == [done.number]
    assert asked_for("list", "--kind", "access") == []
    assert asked_for("list", "--failing") == []
    text = run("list").stdout + run("list", "--list", "ended").stdout + json.dumps(asked_for("list"))
    assert f"{deletion.number}  erase  approved  due 20" in text
    for personal in (*PERSONAL, alice.subject_id, deletion.id):
        assert personal not in text


@pytest.mark.usefixtures("data")
def test_one_request_is_shown_with_its_timeline() -> None:
    """Where it stands, its clocks and what happened are shown; values, handle and words are not."""
    with running() as service:
        alice = register(service)
        row = corrected(service, alice)
    shown = asked_for("show", row.number)
    assert (shown["number"], shown["state"], shown["late"], shown["job"]) == (row.number, "done", False, None)
    assert (shown["timeline"][0]["event"], shown["timeline"][-1]["event"]) == ("make", "finish")
    text = run("show", row.number).stdout
    assert f"{row.number}  rectify  done" in text
    assert "verified: 20" in text
    for personal in (*PERSONAL, alice.subject_id, row.id):
        assert personal not in text + json.dumps(shown)


@pytest.mark.usefixtures("data")
def test_what_is_late_or_fails_is_told_with_its_reason() -> None:
    """The step that fails and why stand beside the request, since when, and so does that it is late."""
    with running() as service:
        row = accepted(service, register(service))
        now = service.ctx.clock.now()
        stuck = replace(
            row,
            due_at=now - timedelta(days=1),
            failing="holder:crm=timed_out",
            failing_since=now - timedelta(hours=2),
        )
        assert service.ctx.store.write(lambda unit: unit.requests.save(stuck, old=row.state))
    (told,) = asked_for("list", "--failing")
    assert (told["number"], told["late"]) == (row.number, True)
    assert told["failing"] == [{"step": "holder:crm", "failure": "timed_out"}]
    assert "LATE holder:crm=timed_out" in run("list").stdout
    text = run("show", row.number).stdout
    assert f"{row.number}  erase  approved  LATE" in text
    assert re.search(r"fails since 20\S+Z: holder:crm \(timed out\)", text)


@pytest.mark.usefixtures("data")
def test_a_stuck_request_goes_on_now() -> None:
    """A job whose try failed, or that was given up, is due at once; what becomes of it is said, and staff see that."""
    with running() as service:
        alice = register(service)
        row = accepted(service, alice)
        tried(service)
        go_on(service, row)
        tried(service, given_up=True)
        due = go_on(service, row)
        line = show_request(service.ctx, row.number).timeline[-1]
        assert (line.event.value, line.actor, line.shown) == ("note", "service:operator", False)
        assert outcome(service.ctx, row.number, due, wait_seconds=0) == (
            False,
            "no worker took it in 0 seconds; it goes on as soon as the service runs (`camket serve`)",
        )
        job = tried(service)
        got_on, words = outcome(service.ctx, row.number, due, wait_seconds=0)
        assert not got_on
        assert "tried and failed again: HolderError" in words
        assert go_on(service, row).id == job.id == due.id
        service.work()
        assert found(service, row.id).state is RequestState.DONE
        assert outcome(service.ctx, row.number, due, wait_seconds=0) == (True, f"the request `{row.number}` is done")


@pytest.mark.usefixtures("data")
def test_what_cannot_go_on_is_refused_with_its_reason() -> None:
    """An unknown number, a request that has ended, one without a job, one that a worker is at: each is told apart."""
    with running() as service:
        alice = register(service)
        done = corrected(service, alice)
        waiting = start_correction(service.ctx, alice.session, item="phone", typed="0987654322")
        deletion = accepted(service, alice)
        now = service.ctx.clock.now()
        service.ctx.store.write(lambda unit: unit.jobs.claim("w", ["erase"], now=now, until=now + timedelta(hours=1)))
    for number, words in (
        ("00000-00000", "there is no request `00000-00000`"),
        (done.number, "has ended: it is done"),
        (waiting.number, "no job carries the request"),
        (deletion.number, "a worker is at the request"),
    ):
        result = run("run", number)
        assert result.exit_code == 2
        assert words in result.stderr
    assert run("show", "00000-00000").exit_code == 2


@pytest.mark.usefixtures("data")
def test_what_may_be_taken_back_does_not_begin_early() -> None:
    """A deletion that waits for its day begins on that day, whoever asks for it to go on."""
    with running() as service:
        alice = register(service)
        row = accepted(service, alice)

        def later(unit: Unit) -> None:
            job = unit.jobs.find(f"erase:{alice.subject_id}")
            assert job is not None
            unit.jobs.withdraw(job.id, now=service.ctx.clock.now() - timedelta(days=9))
            at = service.ctx.clock.now() + timedelta(days=3)
            unit.jobs.enqueue("erase", job.args, run_at=at, dedupe_key=job.dedupe_key)

        service.ctx.store.write(later)
        result = run("run", row.number)
        assert result.exit_code == 2
        assert "until then its customer may take it back" in result.stderr


@pytest.mark.usefixtures("data")
def test_a_request_without_a_service_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where no service was ever started, nothing is made by looking."""
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("CAMKET_DATA", str(nowhere))
    assert run("list").exit_code == 2
    assert not nowhere.exists()
