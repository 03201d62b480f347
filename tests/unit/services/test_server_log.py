"""The server log: lines become sealed values, batched, as long as stated, and never of whom the gate refuses (P6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import StoreError
from camket.core.terms import RIGHTS_PURPOSE
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import plan_due
from camket.services.access import SUBJECT
from camket.services.log_lines import LogLine, LogQueue
from camket.services.server_log import COLLECTOR, LINES_OF_A_BLOCK, LOG_ITEMS, ServerLog, lines_of
from camket.services.uses import use_of
from tests.unit.services.conftest import BOB

if TYPE_CHECKING:
    from camket.services.sessions import SignedIn
    from tests.unit.services.conftest import Service

ADDRESS = "192.0.2.7"


def line(running: Service, subject_id: str, path: str = "/me", **said: object) -> LogLine:
    """Return a line of a request that came now."""
    facts: dict[str, object] = {"service": "account", "at": running.clock.now(), "status": 200, "address": ADDRESS}
    return LogLine(subject_id=subject_id, path=path, **(facts | said))  # type: ignore[arg-type]  # by name


def kept(service: Service, session: SignedIn) -> list[dict[str, str]]:
    """Return every line that is kept, as its customer reads it, oldest block first."""
    opened = service.ctx.door.read(
        actor=SUBJECT, subject_id=session.subject_id, items=LOG_ITEMS, purpose=RIGHTS_PURPOSE
    )
    blocks: dict[str, dict[str, str]] = {}
    for item, values in opened.values.items():
        for value in values:
            blocks.setdefault(value.row_id.removesuffix(f".{item}"), {})[item] = value.text
    return [said for block in blocks.values() for said in lines_of(block)]


def records(service: Service, session: SignedIn) -> int:
    """Return how many records of the server log a customer has."""
    found = service.ctx.store.read(lambda unit: unit.records.of_subject(session.subject_id, limit=1000))
    return sum(use_of(row).who == COLLECTOR for row in found)


def test_a_request_is_kept_as_its_four_facts(service: Service) -> None:
    """Time, pattern of the page, status and address: four declared values, sealed, and one record."""
    alice = service.register()
    at = service.clock.now()
    service.ctx.log_queue.add(line(service, alice.subject_id, "/me/correct/{item}", status=422))
    assert ServerLog(service.ctx).once() == 1
    assert kept(service, alice) == [
        {
            "log.time": at.isoformat(timespec="seconds"),
            "log.path": "/me/correct/{item}",
            "log.status": "422",
            "log.address": ADDRESS,
        }
    ]
    assert records(service, alice) == 1
    rows = service.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, LOG_ITEMS))
    assert ADDRESS.encode() not in b"".join(row.sealed for row in rows)


def test_lines_of_an_hour_lie_together(service: Service) -> None:
    """Many requests make four values, written anew as they grow; the next hour makes four more."""
    alice, log = service.register(), ServerLog(service.ctx)
    for number in range(3):
        service.ctx.log_queue.add(line(service, alice.subject_id, f"/page-{'abc'[number]}"))
        assert log.once() == 1
    assert [one["log.path"] for one in kept(service, alice)] == ["/page-a", "/page-b", "/page-c"]
    held = service.ctx.store.read(lambda unit: unit.values.items_of_subject(alice.subject_id))
    assert [held[item] for item in LOG_ITEMS] == [1, 1, 1, 1]
    service.clock.advance(hours=1)
    service.ctx.log_queue.add(line(service, alice.subject_id, "/page-d"))
    log.once()
    assert [one["log.path"] for one in kept(service, alice)][-1] == "/page-d"
    held = service.ctx.store.read(lambda unit: unit.values.items_of_subject(alice.subject_id))
    assert held["log.path"] == 2


def test_a_block_does_not_grow_without_end(service: Service) -> None:
    """What is written anew each time stays short, however busy a customer is; no line is lost or moved."""
    alice, log = service.register(), ServerLog(service.ctx)
    for number in range(LINES_OF_A_BLOCK + 5):
        service.ctx.log_queue.add(line(service, alice.subject_id, status=200 + number))
    assert log.once() == LINES_OF_A_BLOCK + 5
    held = service.ctx.store.read(lambda unit: unit.values.items_of_subject(alice.subject_id))
    assert held["log.time"] == 2
    statuses = sorted(int(one["log.status"]) for one in kept(service, alice))
    assert statuses == list(range(200, 200 + LINES_OF_A_BLOCK + 5))


def test_nothing_waiting_writes_nothing(service: Service) -> None:
    """A quiet minute costs no transaction's effect: no value and no record."""
    alice, log = service.register(), ServerLog(service.ctx)
    service.ctx.log_queue.add(line(service, alice.subject_id))
    assert [log.once(), log.once(), log.once()] == [1, 0, 0]
    assert records(service, alice) == 1


def test_many_customers_share_a_unit_of_work_and_nothing_else(service: Service) -> None:
    """Each customer reads their own lines; the service that answered is kept with them."""
    alice = service.register(browser="a")
    bob = service.register(BOB, browser="b")
    for session, path in ((alice, "/me"), (bob, "/quay/sell"), (alice, "/me/log")):
        service.ctx.log_queue.add(
            line(service, session.subject_id, path, service="shop" if "quay" in path else "account")
        )
    assert ServerLog(service.ctx).once() == 3
    assert [one["log.path"] for one in kept(service, alice)] == ["/me", "/me/log"]
    assert [one["log.path"] for one in kept(service, bob)] == ["/quay/sell"]
    rows = service.ctx.store.read(lambda unit: unit.values.of_subject(bob.subject_id, ("log.path",)))
    assert [row.service for row in rows] == ["shop"]


@pytest.mark.parametrize("unknown", ["nobody", "0" * 32])
def test_whom_no_one_knows_leaves_nothing(service: Service, unknown: str) -> None:
    """A customer who is gone by now leaves no value and no record, and keeps nobody else's line from being written."""
    alice = service.register()
    before = service.counts()
    service.ctx.log_queue.add(line(service, unknown))
    assert ServerLog(service.ctx).once() == 0
    assert service.counts() == before
    service.ctx.log_queue.add(line(service, unknown))
    service.ctx.log_queue.add(line(service, alice.subject_id))
    assert ServerLog(service.ctx).once() == 1


def test_whose_key_is_dead_leaves_no_line(service: Service) -> None:
    """An erasure in between ends the log: nothing is sealed for whom no key is left."""
    alice, log = service.register(), ServerLog(service.ctx)
    service.ctx.log_queue.add(line(service, alice.subject_id))
    service.ctx.keys.destroy_subject_key(alice.subject_id, KeyKind.LIVE, at=service.clock.now())
    assert log.once() == 0
    assert service.counts()["held_value"] > 0
    assert not service.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, LOG_ITEMS))


def test_a_service_that_the_policy_does_not_name_logs_nothing(service: Service) -> None:
    """What is not declared is not collected, and nothing asks again with each request."""
    alice, log = service.register(), ServerLog(service.ctx)
    for _ in range(3):
        service.ctx.log_queue.add(line(service, alice.subject_id, service="games"))
        assert log.once() == 0
    assert records(service, alice) == 0


def test_lines_are_deleted_on_their_day(service: Service) -> None:
    """The stated 400 days run from the first line of a block: none is kept longer, and they are kept until then."""
    alice = service.register()
    service.ctx.log_queue.add(line(service, alice.subject_id))
    ServerLog(service.ctx).once()
    (row,) = service.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, ("log.path",)))
    opened = service.ctx.door.read(
        actor=SUBJECT, subject_id=alice.subject_id, items=("log.path",), purpose=RIGHTS_PURPOSE
    )
    assert opened.values["log.path"][0].kept_until == row.collected_at + timedelta(days=400)
    service.clock.advance(days=399)
    _retain(service)
    assert service.ctx.store.read(lambda unit: unit.values.get(row.id)) is not None
    service.clock.advance(days=1)
    _retain(service)
    assert not service.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, LOG_ITEMS))


def test_a_block_that_grows_keeps_its_day(service: Service) -> None:
    """A later line of the same hour does not make the first one last longer than stated."""
    alice, log = service.register(), ServerLog(service.ctx)
    began = service.clock.now()
    service.ctx.log_queue.add(line(service, alice.subject_id))
    log.once()
    service.clock.advance(minutes=50)
    service.ctx.log_queue.add(line(service, alice.subject_id))
    log.once()
    rows = service.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, LOG_ITEMS))
    assert {row.collected_at for row in rows} == {began}


def test_a_failing_store_loses_no_line(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines wait while the store cannot write, and are written once each when it can again."""
    alice, log = service.register(), ServerLog(service.ctx)
    service.ctx.log_queue.add(line(service, alice.subject_id, "/first"))

    def full(_work: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(service.ctx.store), "write", lambda _store, work: full(work))
        with pytest.raises(StoreError):
            log.once()
    service.ctx.log_queue.add(line(service, alice.subject_id, "/second"))
    assert log.once() == 2
    assert [one["log.path"] for one in kept(service, alice)] == ["/first", "/second"]


def test_a_full_queue_counts_what_it_drops() -> None:
    """Beyond the bound a line is counted and dropped; those that wait stay as they are, in order."""
    queue = LogQueue(most=2)
    lines = [object(), object(), object(), object()]
    for one in lines:
        queue.add(one)  # type: ignore[arg-type]  # the queue does not look inside
    assert queue.take() == (tuple(lines[:2]), 2)
    assert queue.take() == ((), 0)


def test_what_waits_is_written_at_the_end(service: Service) -> None:
    """Stopping in order writes down what came last."""
    alice, log = service.register(), ServerLog(service.ctx)
    log.start()
    service.ctx.log_queue.add(line(service, alice.subject_id, "/last"))
    log.stop()
    log.stop()
    assert [one["log.path"] for one in kept(service, alice)] == ["/last"]


def test_nothing_of_a_line_is_printed(service: Service) -> None:
    """Page and address are in no representation, so that no error report carries them."""
    said = repr(line(service, "someone", "/me/copy"))
    assert ADDRESS not in said
    assert "/me/copy" not in said


def _retain(service: Service) -> None:
    plan_due(service.ctx)
    engine = Engine(service.ctx, KINDS)
    while engine.run_next("test"):
        pass
