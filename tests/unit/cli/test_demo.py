"""`camket demo`: a folder with something on every page, made by the use cases themselves."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from camket.cli.demo import app
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.ledger.verify import verify_ledger
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import SubjectState
from camket.core.vault.lookup import IndexField
from camket.ports import Unit
from camket.rows import JobState
from camket.rows.request_queue import QueueList
from camket.services.operator_requests import list_requests
from camket.services.sequencing import tile_reader
from camket.services.uses import UseView, use_of
from camket.testing.service import DEFAULT_POLICY
from tests.journeys import Service, service_in


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """Put logging back as it was: the command sets it up for its whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def run(monkeypatch: pytest.MonkeyPatch, data: Path) -> tuple[int, str]:
    """Run the command on a data folder; return its exit code and what it said."""
    monkeypatch.setenv("CAMKET_DATA", str(data))
    monkeypatch.setenv("CAMKET_POLICY", str(DEFAULT_POLICY))
    result = CliRunner().invoke(app)
    return result.exit_code, result.output


def uses_of(service: Service, email: str) -> list[UseView]:
    """Return everything that was recorded about the owner of an address."""
    handle = service.ctx.door.look_up(field=IndexField.EMAIL, value=email, actor="service:support")
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(handle.id, limit=500))
    return [use_of(row) for row in rows]


def test_every_page_has_something_to_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Alice and bob are there with uses of every outcome; someone has left; the ledger verifies, every job is done."""
    assert run(monkeypatch, tmp_path / "data")[0] == 0
    assert (tmp_path / "data" / "DEMONSTRATION").is_file()
    with service_in(tmp_path) as service:
        assert verify_ledger(tile_reader(service.ctx)).holds
        alice, bob = uses_of(service, "alice@shop.example"), uses_of(service, "bob@shop.example")
        assert {use.outcome for use in alice} == set(LedgerOutcome)
        assert {use.purpose for use in alice} >= {"provide", "maintain", "protect", "improve", "notify", "rights"}
        assert {use.who.partition(":")[0] for use in alice} == {"subject", "service", "staff"}
        assert {use.action for use in bob} >= {LedgerAction.COLLECT, LedgerAction.USE, LedgerAction.REQUEST}
        assert max(use.at for use in alice) <= datetime.now(UTC)

        def count(unit: Unit) -> dict[SubjectState, int]:
            return {state: len(unit.subjects.page(after_id="", limit=10, state=state)) for state in SubjectState}

        states = service.ctx.store.read(count)
        assert states == {SubjectState.ACTIVE: 2, SubjectState.ERASED: 1, SubjectState.PENDING: 0}
        assert set(service.ctx.store.read(lambda unit: unit.jobs.count())) == {JobState.DONE}
        assert len(service.ctx.keys.epochs()) > 1


def test_the_desk_has_requests_in_different_states(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Some wait for staff, one for its customer, one for a proof, and some are done."""
    assert run(monkeypatch, tmp_path / "data")[0] == 0
    with service_in(tmp_path) as service:
        rows = [row for one in QueueList for row in list_requests(service.ctx, which=one)]
        assert {(row.kind, row.state) for row in rows} >= {
            (RequestKind.SUPPORT, RequestState.VERIFIED),
            (RequestKind.ACCESS, RequestState.WAITING),
            (RequestKind.PORT, RequestState.UNVERIFIED),
            (RequestKind.OBJECT, RequestState.DONE),
            (RequestKind.ERASE, RequestState.DONE),
        }


def test_it_is_mixed_with_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder that holds anything at all is refused and stays as it was."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "notes.txt").write_text("mine", encoding="utf-8")
    code, said = run(monkeypatch, data)
    assert code == 2
    assert "not empty" in said
    assert [file.name for file in data.iterdir()] == ["notes.txt"]


def test_it_keeps_away_from_other_databases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a database of its own address set, nothing is filled."""
    monkeypatch.setenv("CAMKET_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    code, said = run(monkeypatch, tmp_path / "data")
    assert (code, "database_url" in said) == (2, True)
    assert not (tmp_path / "other.db").exists()
