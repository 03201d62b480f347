"""A correction reaches every other system whatever happens: killed at any commit, it goes on at its step."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.adapters.store import open_store
from camket.adapters.store.tables import metadata
from camket.core.rights.machine import RequestEvent, RequestState
from camket.jobs.engine import LEASE, Engine
from camket.jobs.kinds import KINDS
from camket.services.correction import finish_correction, start_correction
from tests.connectors.other_system import OtherSystem, customers, declared
from tests.journeys import Customer, LostError, Service, StoppingStore, register, run_all, service_in

if TYPE_CHECKING:
    from camket.ports import Unit
    from tests.postgres import Postgres

PROCESS = Path(__file__).with_name("erasure_process.py")
ROOT = Path(__file__).parents[2]
KILLED = -9
MOST_COMMITS = 25
OLD, NEW = "Alice Nguyễn", "Alice Trần"


def prepare(service: Service, system: OtherSystem) -> tuple[Customer, str]:
    """Register alice, whose name stands in the other system too, and have her correct it; nobody was told yet."""
    alice = register(service)
    service.work()
    system.fill(alice.subject_id, OLD, number=1)
    request = start_correction(service.ctx, alice.session, item="name", typed=NEW)
    identity = alice.prove(request.id)
    service.work()
    finish_correction(service.ctx, identity)
    return alice, request.id


def run_and_die(folder: Path, connectors: str, commit: int, moment: str) -> int:
    """Run the jobs in a process that kills itself; return its exit code."""
    command = [sys.executable, str(PROCESS), str(folder), str(commit), moment, "", connectors]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def require_told(service: Service, alice: Customer, request_id: str, system: OtherSystem) -> None:
    """Assert that both hold the new name, once, and that the request ended once."""

    def look(unit: Unit) -> None:
        row = unit.requests.find(request_id)
        assert row is not None
        assert (row.state, row.failing) == (RequestState.DONE, None)
        lines = [line.event for line in unit.requests.events(request_id)]
        assert lines.count(RequestEvent.START) == lines.count(RequestEvent.FINISH) == 1
        assert len(unit.values.of_subject(alice.subject_id, ("name",))) == 1

    service.ctx.store.read(look)
    assert [row[2] for row in system.rows(customers)] == [NEW]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_commit_it_goes_on(tmp_path: Path, moment: str) -> None:
    """A process killed with kill -9 before or after each commit leaves a correction that the next process ends."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    connectors = json.dumps(declared(system.url))
    with service_in(tmp_path / "corrected", connectors=connectors) as service:
        alice, request_id = prepare(service, system)
    for commit in range(1, MOST_COMMITS):
        folder = shutil.copytree(tmp_path / "corrected", tmp_path / str(commit))
        system.run(f"UPDATE customers SET \"Full Name\" = '{OLD}'")  # noqa: S608 - our own words
        died = run_and_die(folder, connectors, commit, moment)
        with service_in(folder, connectors=connectors) as service:
            service.clock.advance(seconds=LEASE.total_seconds() + 1)
            service.work()
            require_told(service, alice, request_id, system)
        if died == 0:
            # One more than there are commits: the process ended by itself, and every commit was tried.
            assert commit > 5
            return
        assert died == KILLED
    message = "the correction never ends"
    raise AssertionError(message)


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> str:
    """Return the name of a PostgreSQL database with all tables."""
    name = postgres.new_database()
    open_store(postgres.url(name)).close()
    return name


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 7))
def test_another_node_goes_on_on_postgresql(
    postgres: Postgres, database: str, tmp_path: Path, commit: int, moment: str
) -> None:
    """On PostgreSQL, a node lost before or after any commit of a correction leaves one that another node ends."""
    postgres.clear(database, [table.name for table in metadata.sorted_tables])
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    connectors = json.dumps(declared(system.url))
    with service_in(tmp_path, database_url=postgres.url(database), connectors=connectors) as service:
        alice, request_id = prepare(service, system)
        lost = replace(service.ctx, store=StoppingStore(service.ctx.store, commit, before=moment == "before"))
        with pytest.raises(LostError):
            run_all(Engine(lost, KINDS))
        service.clock.advance(seconds=7200)
        service.work()
        require_told(service, alice, request_id, system)
