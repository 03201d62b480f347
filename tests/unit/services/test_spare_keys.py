from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import KeyStoreError, RateLimitedError
from camket.core.vault.keyring import KeyKind
from camket.services.spare_keys import BUSY, MOST_AHEAD, SpareKeys
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service

if TYPE_CHECKING:
    from camket.services.spare_keys import NewSubject


def _take(service: Service, spare: SpareKeys) -> NewSubject:
    return spare.take(service.ctx.keys, service.ctx.entropy, service.clock.now())


def test_keys_are_on_disk_before_their_subject_is_named(service: Service) -> None:
    """Whoever gets an id finds its keys in the key store, and the store is as new as the id says."""
    new = _take(service, SpareKeys())
    assert service.ctx.keys.subject_key(new.id, KeyKind.LIVE)
    assert service.ctx.keys.subject_key(new.id, KeyKind.HOLD)
    assert service.ctx.keys.generation() >= new.generation


def test_rare_registrations_leave_no_keys_over(service: Service) -> None:
    """One that comes later than a second after the last makes its own keys, and no others."""
    spare, before = SpareKeys(), service.ctx.keys.generation()
    for number in range(1, 6):
        assert _take(service, spare).generation == before + number
        assert not spare._spare
        service.clock.advance(microseconds=BUSY // timedelta(microseconds=1))


def test_fast_registrations_share_a_write_and_the_batch_stays_bounded(service: Service) -> None:
    """Batches double as long as they are used up at once, up to their bound; no id is given twice."""
    spare, before = SpareKeys(), service.ctx.keys.generation()
    left, ids = 0, []
    for _ in range(200):
        ids.append(_take(service, spare).id)
        left = max(left, len(spare._spare))
    assert len(set(ids)) == len(ids)
    assert left == MOST_AHEAD - 1
    assert service.ctx.keys.generation() - before < len(ids) / 10


def test_many_threads_get_subjects_of_their_own(service: Service) -> None:
    """However many take at once, none gets another's, and each has keys."""
    spare = SpareKeys()
    ids: list[str] = []

    def take() -> None:
        ids.extend(_take(service, spare).id for _ in range(20))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == len(set(ids)) == 160
    assert all(service.ctx.keys.subject_key(one, KeyKind.LIVE) for one in ids)


def test_without_the_key_store_no_one_registers(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key store that refuses stops the registration before anything of it is written."""

    def refuse(_ids: object) -> None:
        raise KeyStoreError("the disk is full")

    before = service.counts()
    with monkeypatch.context() as patched:
        patched.setattr(service.ctx.keys, "add_many_subject_keys", refuse)
        with pytest.raises(KeyStoreError):
            service.start(ALICE)
    assert service.counts() == before
    assert service.register(ALICE).subject_id


def test_a_refused_registration_takes_no_keys(service: Service) -> None:
    """Who has no try left makes the key store no larger, the first time and every other time, in this hour."""
    limit = service.ctx.settings.codes_per_subject_hour
    for number in range(limit):
        service.start(ALICE, browser=str(number))
    service.clock.advance(seconds=2)
    refused = [service.ctx.keys.generation()]
    for _ in range(5):
        with pytest.raises(RateLimitedError):
            service.start(ALICE, browser="one too many")
        refused.append(service.ctx.keys.generation())
    assert refused[-1] == refused[1] <= refused[0] + 1
    service.start(BOB, browser="bob")
    assert service.ctx.keys.generation() == refused[-1]


def test_who_was_refused_is_let_in_when_the_hour_is_over(service: Service) -> None:
    """What is remembered of a refusal ends with its window."""
    for number in range(service.ctx.settings.codes_per_subject_hour):
        service.start(ALICE, browser=str(number))
    for _ in range(2):
        with pytest.raises(RateLimitedError):
            service.start(ALICE)
    service.clock.advance(hours=1)
    assert service.register(ALICE).subject_id


def test_the_database_knows_the_generation_of_the_keys_it_depends_on(open_service: OpenService) -> None:
    """After fast registrations a key store from before any of them is refused at the start: its generation is told."""
    service = open_service()
    for number in range(12):
        service.start(ALICE | {"email": f"alice{number}@shop.example"}, browser=str(number))
    row = service.ctx.store.read(lambda unit: unit.installation.get())
    assert row is not None
    assert row.key_generation == service.ctx.keys.generation()
