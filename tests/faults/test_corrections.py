"""A correction reaches every other system whatever happens: killed at any commit, it goes on at its step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.core.rights.machine import RequestEvent, RequestState
from camket.jobs.engine import LEASE
from camket.services.correction import finish_correction, start_correction
from tests.connectors.other_system import OtherSystem, customers, declared
from tests.faults.dying import killed_at_each_commit, lose_node
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from camket.ports import Unit

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
    for folder in killed_at_each_commit(tmp_path / "corrected", moment, more_than=5, connectors=connectors):
        with service_in(folder, connectors=connectors) as service:
            service.clock.advance(seconds=LEASE.total_seconds() + 1)
            service.work()
            require_told(service, alice, request_id, system)
        system.run(f"UPDATE customers SET \"Full Name\" = '{OLD}'")  # noqa: S608 - our own words


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 7))
def test_another_node_goes_on_on_postgresql(tmp_path: Path, postgresql_url: str, commit: int, moment: str) -> None:
    """On PostgreSQL, a node lost before or after any commit of a correction leaves one that another node ends."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    connectors = json.dumps(declared(system.url))
    with service_in(tmp_path, database_url=postgresql_url, connectors=connectors) as service:
        alice, request_id = prepare(service, system)
        lose_node(service, commit, before=moment == "before")
        service.clock.advance(hours=2)
        service.work()
        require_told(service, alice, request_id, system)
