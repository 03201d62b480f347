from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import ConflictError, InvalidValueError, PolicyError, StoreError
from camket.core.policy.source import PolicyFiles
from camket.services.policies import publish_policy, was_published
from camket.testing.service import DEFAULT_POLICY
from tests.unit.services.conftest import OpenService, Service


def _changed(text: bytes = b"\n") -> PolicyFiles:
    """Return the default policy with more bytes at the end of its Vietnamese terms."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] += b"# changed" + text
    return files


def test_the_folders_policy_is_version_one_after_the_first_start(service: Service) -> None:
    """Published, in force, and in the ledger."""
    (published,) = service.ctx.policies.published(service.ctx.store)
    assert published.version.number == 1
    assert was_published(service.ctx, read_policy_folder(DEFAULT_POLICY))
    row = service.ctx.store.read(lambda unit: unit.records.get(1))
    assert row is not None
    assert json.loads(row.facts)["action"] == "policy"


def test_a_change_of_one_byte_is_the_next_version(service: Service) -> None:
    """Posted at once, in force at once, its own ledger entry (P17: every change)."""
    before = service.counts()["record"]
    service.clock.advance(hours=1)
    version = publish_policy(service.ctx, _changed())
    assert version.number == 2
    in_force = service.ctx.policies.in_force(service.ctx.store, service.clock.now())
    assert in_force.newest.document_hash == version.document_hash
    assert service.counts()["record"] == before + 1


def test_a_version_to_come_is_posted_but_not_in_force(service: Service) -> None:
    """It takes effect on its instant, to the microsecond."""
    at = service.clock.advance(hours=1)
    starts = service.clock.now().replace(hour=23)
    publish_policy(service.ctx, _changed(), effective_at=starts)
    ctx = service.ctx
    assert len(ctx.policies.published(ctx.store)) == 2
    assert ctx.policies.in_force(ctx.store, at).newest.number == 1
    service.clock.advance(seconds=(starts - at).total_seconds() - 1)
    assert ctx.policies.in_force(ctx.store, service.clock.now()).newest.number == 1
    service.clock.advance(seconds=1)
    assert ctx.policies.in_force(ctx.store, service.clock.now()).newest.number == 2


def test_a_policy_with_findings_is_refused_whole(service: Service) -> None:
    """All findings at once; nothing is published and the version in force stays."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] = files["policy.yaml"].replace(b"basis: stated", b"basis: whatever")
    before = service.counts()
    with pytest.raises(PolicyError) as refused:
        publish_policy(service.ctx, files)
    assert len(refused.value.findings) > 1
    assert service.counts() == before
    assert service.ctx.policies.in_force(service.ctx.store, service.clock.now()).newest.number == 1


def test_the_same_files_are_no_second_version(service: Service) -> None:
    """Publishing what is published already is refused."""
    with pytest.raises(ConflictError):
        publish_policy(service.ctx, read_policy_folder(DEFAULT_POLICY))
    assert len(service.ctx.policies.published(service.ctx.store)) == 1


def test_an_earlier_text_is_published_again_as_a_version_of_its_own(open_service: OpenService) -> None:
    """Going back is a change like any other: its own number, date and ledger entry; another process reads it too."""
    service = open_service()
    first = service.ctx.policies.published(service.ctx.store)[0].version
    publish_policy(service.ctx, _changed())
    before = service.counts()["record"]
    again = publish_policy(service.ctx, read_policy_folder(DEFAULT_POLICY))
    assert (again.number, again.document_hash, again.meaning_hash) == (3, first.document_hash, first.meaning_hash)
    assert service.counts()["record"] == before + 1
    with pytest.raises(ConflictError, match="version 3 already"):
        publish_policy(service.ctx, read_policy_folder(DEFAULT_POLICY))
    other = open_service()
    newest = other.ctx.policies.in_force(other.ctx.store, other.clock.now()).newest
    assert (newest.number, newest.document_hash) == (3, first.document_hash)


def test_versions_take_effect_in_order_and_not_in_the_past(service: Service) -> None:
    """A date before now, or before that of the newest version, is refused."""
    now = service.clock.advance(days=2)
    with pytest.raises(InvalidValueError, match="past"):
        publish_policy(service.ctx, _changed(), effective_at=now.replace(day=22))
    publish_policy(service.ctx, _changed(), effective_at=now.replace(day=28))
    with pytest.raises(InvalidValueError, match="order"):
        publish_policy(service.ctx, _changed(b" again\n"), effective_at=now.replace(day=27))


def test_another_processes_version_is_seen(open_service: OpenService) -> None:
    """A page shows it a second later at the latest; the gate uses it at once."""
    first, second = open_service(), open_service()
    assert first.ctx.policies.in_force(first.ctx.store, first.clock.now()).newest.number == 1
    publish_policy(second.ctx, _changed())
    now = first.clock.now()
    seen = first.ctx.store.read(lambda unit: first.ctx.policies.in_force_in(unit, now))
    assert seen.newest.number == 2
    first.clock.advance(seconds=1)
    assert first.ctx.policies.in_force(first.ctx.store, first.clock.now()).newest.number == 2


def test_of_two_who_publish_at_once_one_is_told_to_look_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers have no gaps and no doubles."""
    stale = service.ctx.policies.published(service.ctx.store)
    publish_policy(service.ctx, _changed())
    monkeypatch.setattr(type(service.ctx.policies), "published", lambda _book, _store: stale)
    with pytest.raises(ConflictError, match="in the meantime"):
        publish_policy(service.ctx, _changed(b" again\n"))


def test_a_version_that_was_changed_in_the_database_is_not_used(open_service: OpenService) -> None:
    """Its bytes are compared with the hash under which it was published."""
    service = open_service()
    service.runtime.close()
    with closing(sqlite3.connect(service.folder / "data" / "camket.db")) as database, database:
        (bundle,) = database.execute("SELECT bundle FROM policy_version").fetchone()
        database.execute("UPDATE policy_version SET bundle = ?", (bundle.replace(b"fee_vnd: 0", b"fee_vnd: 9"),))
    with pytest.raises(StoreError, match="not the one that was published"):
        open_service()
