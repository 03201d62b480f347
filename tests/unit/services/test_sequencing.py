from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import StoreError
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.note import VerifierKey
from camket.core.ledger.tiles import CHECKPOINT_PATH, KEY_PATH
from camket.core.ledger.verify import LedgerReport, verify_ledger
from camket.services.sequencing import BATCH, Sequencer, sequence_once, verifier_key
from camket.services.tiles import StoredTiles
from tests.unit.services.conftest import ALICE, OpenService, Service

if TYPE_CHECKING:
    from camket.ports import Unit


class _Published:
    """The ledger as the world sees it."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def read(self, path: str) -> bytes | None:
        ctx = self._service.ctx
        if path == KEY_PATH:
            return f"{verifier_key(ctx)}\n".encode()
        if path == CHECKPOINT_PATH:
            return ctx.store.read(lambda unit: unit.ledger.head().checkpoint).encode()
        return ctx.store.read(lambda unit: StoredTiles(unit).read(path))


def _verified(service: Service) -> LedgerReport:
    return verify_ledger(
        _Published(service), key=VerifierKey.parse(str(verifier_key(service.ctx))), older=[], witnesses=[]
    )


def _add(service: Service, count: int) -> None:
    def add(unit: Unit) -> None:
        for _ in range(count):
            service.ctx.door.record_in(unit, actor="service:test", action=LedgerAction.EPOCH)

    service.ctx.store.write(add)


def _settle(service: Service) -> None:
    while sequence_once(service.ctx):
        pass


def test_records_get_places_in_the_order_of_storing(service: Service) -> None:
    """Consecutive from 0, and the ledger verifies with the published key."""
    service.register(ALICE)
    _settle(service)
    size = service.counts()["record"]
    placed = service.ctx.store.read(lambda unit: [unit.records.by_index(at) for at in range(size)])
    ids = [row.id for row in placed if row is not None]
    assert ids == sorted(ids)
    assert len(ids) == size
    assert _verified(service).holds


def test_nothing_waiting_signs_nothing(service: Service) -> None:
    """A checkpoint is signed when the tree has grown, not otherwise."""
    _settle(service)
    before = service.ctx.store.read(lambda unit: unit.ledger.head())
    assert sequence_once(service.ctx) == 0
    assert service.ctx.store.read(lambda unit: unit.ledger.head()) == before


def test_a_ledger_grows_over_tiles_and_restarts(open_service: OpenService) -> None:
    """Past several full tiles, with a restart in between: it verifies, and no partial tile of a full one is left."""
    service = open_service()
    for count in (1, 254, 2, 300, 255, 1):
        _add(service, count)
        _settle(service)
    assert _verified(service).holds
    service.runtime.close()
    service = open_service()
    _add(service, BATCH + 3)
    _settle(service)
    report = _verified(service)
    assert report.holds
    paths = service.ctx.store.read(lambda unit: unit.ledger.paths(after="", limit=10_000))
    full = {path for path in paths if ".p/" not in path}
    assert [path for path in paths if path.partition(".p/")[0] in full and ".p/" in path] == []


def test_a_sequencer_that_fails_midway_leaves_the_records_waiting(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unit fails after its tiles were written: nothing of it is there, and the next one places all."""
    _add(service, 300)
    sequencer = Sequencer(service.ctx)
    before = service.counts()

    def fail(*_args: object, **_named: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("camket.adapters.store.areas.ledger.LedgerArea.advance", fail)
        with pytest.raises(StoreError):
            sequencer.once()
    assert service.counts() == before
    while sequencer.once():
        pass
    assert _verified(service).holds
    assert service.ctx.store.read(lambda unit: unit.records.count_unsequenced()) == 0


def test_one_sequencer_works_at_a_time(open_service: OpenService) -> None:
    """Of two processes one has the lease; when it is silent the other goes on, from the tree as it is."""
    first, second = open_service(), open_service()
    one, other = Sequencer(first.ctx), Sequencer(second.ctx)
    _add(first, 10)
    assert one.once() == 11
    _add(first, 10)
    assert other.once() == 0
    first.clock.advance(seconds=6)
    assert other.once() == 10
    _add(first, 10)
    first.clock.advance(seconds=6)
    assert one.once() == 10
    assert _verified(first).holds


def test_two_sequencers_at_once_give_each_place_once(open_service: OpenService) -> None:
    """Racing for the same records, in two processes' stores: the tree has each record once, and verifies."""
    first, second = open_service(), open_service()
    _add(first, 500)
    sequencers = [Sequencer(first.ctx), Sequencer(second.ctx)]
    threads = [threading.Thread(target=sequencer.once) for sequencer in sequencers for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _settle(first)
    assert first.ctx.store.read(lambda unit: unit.ledger.head()).size == first.counts()["record"]
    assert _verified(first).holds


def test_the_running_sequencer_places_what_waits_before_it_ends(service: Service) -> None:
    """Stopped, it leaves nothing waiting; stopping twice is stopping once."""
    sequencer = Sequencer(service.ctx)
    sequencer.start()
    _add(service, 30)
    sequencer.stop()
    sequencer.stop()
    assert service.ctx.store.read(lambda unit: unit.records.count_unsequenced()) == 0
    assert _verified(service).holds


def test_the_key_store_remembers_the_newest_checkpoint(service: Service) -> None:
    """What is signed is remembered where a restored database cannot reach."""
    service.register(ALICE)
    _settle(service)
    remembered = service.ctx.keys.last_checkpoint()
    head = service.ctx.store.read(lambda unit: unit.ledger.head())
    assert remembered is not None
    assert (remembered.size, remembered.root, remembered.note) == (head.size, head.root, head.checkpoint)
