"""A copy that was accepted is made whatever happens: killed at any commit, with an app that fails, or taken back."""

from pathlib import Path

import pytest

from camket.client.loading import close_apps, load_apps
from camket.core.ledger.opening_set import parse_openings, verify_any_openings
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.terms import VerifiedIdentity
from camket.jobs.engine import LEASE
from camket.ports import Unit
from camket.rows import JobState
from camket.services import request_files
from camket.services.copy_requests import begin_copy
from camket.services.request_files import find_file
from camket.services.request_moves import move_in
from camket.services.requests import find_request
from camket.services.sequencing import tile_reader
from tests.copies import fetch, make, proven
from tests.faults.dying import killed_at_each_commit, lose_node
from tests.guest import APPS, REFUSES, Book
from tests.journeys import Customer, Service, register, service_in

SMALL_PARTS = 6_000
"""So small that the file of a new customer has several parts."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep files in small parts, as large files are kept."""
    monkeypatch.setattr(request_files, "PART_BYTES", SMALL_PARTS)


def prepare(service: Service) -> tuple[Customer, VerifiedIdentity]:
    """Register alice, have her prove and accept a copy, with every mail that waits sent."""
    alice = register(service)
    identity = proven(service, alice)
    service.work()
    service.sequence()
    begin_copy(service.ctx, identity)
    return alice, identity


def require_one_copy(service: Service, alice: Customer, request_id: str) -> None:
    """Assert everything that an accepted copy promises, once and not twice."""
    service.sequence()
    identity = alice.prove(request_id)
    copy = fetch(service, identity)
    assert copy.values["subject"]["handle"] == alice.subject_id
    assert {one["item"] for one in copy.values["values"]} >= {"name", "phone", "email"}
    report = verify_any_openings(parse_openings(copy.files["openings.json"]), tile_reader(service.ctx))
    assert report.holds

    def look(unit: Unit) -> None:
        row = unit.requests.find(request_id)
        file = unit.request_parts.file(request_id)
        assert row is not None
        assert file is not None
        assert (row.state, row.failing) == (RequestState.DONE, None)
        events = [line.event for line in unit.requests.events(request_id)]
        for event in (RequestEvent.ACCEPT, RequestEvent.START, RequestEvent.FINISH):
            assert events.count(event) == 1, event
        kept = [unit.request_parts.part(request_id, file.making, position) for position in range(file.parts)]
        assert None not in kept
        # What earlier tries had stored is gone.
        assert unit.request_parts.drop_parts(request_id, but=file.making) == 0
        ready = [mail for mail in unit.outbox.of_subject(alice.subject_id, limit=50) if mail.template == "copy_ready"]
        assert len(ready) == 1
        assert JobState.FAILED not in unit.jobs.count()

    service.ctx.store.write(look)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_commit_it_goes_on(tmp_path: Path, moment: str) -> None:
    """A process killed with kill -9 before or after each commit of a copy leaves one that the next process makes."""
    with service_in(tmp_path / "accepted") as service:
        alice, identity = prepare(service)
    for folder in killed_at_each_commit(tmp_path / "accepted", moment, more_than=6):
        with service_in(folder) as service:
            alice.service = service
            service.clock.advance(seconds=LEASE.total_seconds() + 1)
            service.work()
            require_one_copy(service, alice, identity.request_id)


def test_what_an_app_gave_is_not_asked_for_again(tmp_path: Path) -> None:
    """Killed at each commit with an app that holds something, the copy has its file once; the record came before."""
    with service_in(tmp_path / "accepted", apps=APPS) as service:
        apps = load_apps(service.runtime)
        alice, identity = prepare(service)
        Book(tmp_path / "accepted" / "data" / "apps" / "book").add(alice.subject_id, "coffee")
        close_apps(apps)
    for folder in killed_at_each_commit(tmp_path / "accepted", "after", more_than=8, apps=APPS):
        with service_in(folder, apps=APPS) as service:
            alice.service = service
            apps = load_apps(service.runtime)
            service.clock.advance(seconds=LEASE.total_seconds() + 1)
            service.work()
            copy = fetch(service, alice.prove(identity.request_id))
            assert copy.files["apps/book/book.txt"] == b"coffee"
            read = [use for use in copy.values["uses"] if use["items"] == ["shop.sales"]]
            assert len(read) == 1
            close_apps(apps)


def test_taken_back_while_an_app_fails_it_stops_cleanly(tmp_path: Path) -> None:
    """What was kept until then is dropped, nothing is made when the app answers again, and the job is done."""
    with service_in(tmp_path, apps=APPS) as service:
        apps = load_apps(service.runtime)
        alice, identity = prepare(service)
        refuses = tmp_path / "data" / "apps" / "book" / REFUSES
        refuses.touch()
        service.work()
        row = find_request(service.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
        assert (row.state, row.failing) == (RequestState.RUNNING, "holder:book=broken")
        service.ctx.store.write(lambda unit: move_in(unit, service.ctx, row, RequestEvent.WITHDRAW, actor="subject"))
        refuses.unlink()
        service.clock.advance(hours=1)
        service.work()
        file = find_file(service.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
        assert file is None
        assert service.ctx.store.write(lambda unit: unit.request_parts.drop_parts(identity.request_id)) == 0
        assert set(service.ctx.store.read(lambda unit: unit.jobs.count())) == {JobState.DONE}
        close_apps(apps)


@pytest.mark.parametrize("commit", range(1, 9))
def test_erased_between_any_two_steps_it_leaves_nothing(tmp_path: Path, commit: int) -> None:
    """An account that is deleted after any commit of its copy is deleted whole: no file, no part, no failed job."""
    with service_in(tmp_path) as service:
        alice, identity = prepare(service)
        lose_node(service, commit, before=False)
        alice.accept_erasure()
        service.clock.advance(hours=1)
        service.work()
        service.clock.advance(hours=1)
        service.work()
        assert service.ctx.store.write(lambda unit: unit.request_parts.drop_parts(identity.request_id)) == 0
        assert service.ctx.store.read(lambda unit: unit.request_parts.file(identity.request_id)) is None
        assert service.ctx.store.read(lambda unit: unit.requests.find(identity.request_id)) is None
        assert set(service.ctx.store.read(lambda unit: unit.jobs.count())) == {JobState.DONE}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 9))
def test_another_node_goes_on_on_postgresql(tmp_path: Path, postgresql_url: str, commit: int, moment: str) -> None:
    """On PostgreSQL, a node lost before or after any commit of a copy leaves one that another node makes."""
    with service_in(tmp_path, database_url=postgresql_url) as service:
        alice, identity = prepare(service)
        lose_node(service, commit, before=moment == "before")
        service.clock.advance(hours=2)
        service.work()
        require_one_copy(service, alice, identity.request_id)


def test_two_nodes_that_work_at_one_copy_make_one(tmp_path: Path) -> None:
    """A worker that was paused and lost its lease stores nothing of its own; the file is that of the other."""
    with service_in(tmp_path) as service:
        alice, identity = prepare(service)
        lose_node(service, 4, before=True)
        service.clock.advance(seconds=LEASE.total_seconds() + 1)
        service.work()
        first = fetch(service, identity)
        assert make(service, identity).data == first.data
        require_one_copy(service, alice, identity.request_id)
