from __future__ import annotations

import io
import json
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from camket.adapters.policy_files import read_policy_folder
from camket.adapters.telemetry import configure_logs
from camket.bootstrap import Runtime, start_runtime
from camket.config import load_settings
from camket.core.errors import (
    CamketError,
    DeniedError,
    KeyStoreError,
    LedgerError,
    MailError,
    NotFoundError,
    PolicyError,
    StoreError,
    UnreadableError,
)
from camket.core.ledger.checkpoint import open_checkpoint
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.verify import verify_ledger
from camket.core.vault.keyring import KeyKind
from camket.services.policies import publish_policy
from camket.services.sequencing import sequence_once, verifier_key
from camket.services.tiles import PublishedLedger
from camket.testing.doubles import TEST_NOW, CapturedMail, HeldClock
from camket.testing.service import DEFAULT_POLICY, register, running_service

Folder = Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return the folder of a service with one customer, everything sequenced, closed."""
    with running_service(tmp_path, clock=HeldClock()) as service:
        register(service, 1)
        _settle(service)
    return tmp_path


def _settle(service: Runtime) -> None:
    while sequence_once(service.context):
        pass


def _start(folder: Folder, *, accept_restore: bool = False, **settings: object) -> Runtime:
    chosen: dict[str, object] = {"data": folder / "data", "policy": DEFAULT_POLICY, "development": True, **settings}
    return start_runtime(load_settings(**chosen), accept_restore=accept_restore, clock=HeldClock(), mail=CapturedMail())


def _refused(folder: Folder, error: type[CamketError], **settings: object) -> str:
    with pytest.raises(error) as refused:
        _start(folder, accept_restore=False, **settings).close()
    return str(refused.value)


def test_a_missing_key_store_is_never_made_anew(folder: Folder) -> None:
    """The message names the file and what to do, and no new key lies over the old data afterwards."""
    shutil.move(folder / "data" / "keys", folder / "away")
    message = _refused(folder, KeyStoreError)
    assert "is missing" in message
    assert str(folder / "data" / "keys") in message
    assert not (folder / "data" / "keys").exists()
    shutil.move(folder / "away", folder / "data" / "keys")
    _start(folder).close()


def test_another_databases_key_store_is_refused(folder: Folder, tmp_path: Path) -> None:
    """Keys of another installation open nothing here; said before anything is served."""
    with running_service(tmp_path / "other"):
        pass
    message = _refused(folder, KeyStoreError, keys=tmp_path / "other" / "data" / "keys")
    assert "another database" in message


def test_a_key_store_older_than_the_database_is_refused(folder: Folder, tmp_path: Path) -> None:
    """A key store put back to a state before the newest customer."""
    shutil.copytree(folder / "data" / "keys", tmp_path / "old")
    with running_service(folder) as service:
        register(service, 2)
    message = _refused(folder, KeyStoreError, keys=tmp_path / "old")
    assert "older than the database" in message


def test_an_empty_database_beside_a_used_key_store_is_refused(folder: Folder) -> None:
    """A database that is gone is not silently begun anew."""
    _save(folder, folder / "saved")
    for file in (folder / "data").glob("camket.db*"):
        file.unlink()
    assert "has served another" in _refused(folder, KeyStoreError)
    _put_back(folder, folder / "saved")
    _start(folder).close()


def test_a_damaged_key_store_is_refused(folder: Folder) -> None:
    """Bytes that are no key store: the message names the file."""
    database = next((folder / "data" / "keys").glob("*.db"))
    for file in (folder / "data" / "keys").glob(f"{database.name}-*"):
        file.unlink()
    database.write_bytes(b"not a database at all")
    assert str(database) in _refused(folder, KeyStoreError)


def _put_back(folder: Folder, saved: Folder) -> None:
    for file in (folder / "data").glob("camket.db*"):
        file.unlink()
    for file in saved.glob("camket.db*"):
        shutil.copy(file, folder / "data" / file.name)


def _save(folder: Folder, saved: Folder) -> None:
    saved.mkdir()
    for file in (folder / "data").glob("camket.db*"):
        shutil.copy(file, saved / file.name)


def test_a_database_put_back_to_an_older_state_does_not_open_silently(folder: Folder, tmp_path: Path) -> None:
    """Its ledger is shorter than the last checkpoint; the message says both sizes and the two ways on."""
    _save(folder, tmp_path / "saved")
    with running_service(folder) as service:
        register(service, 2)
        _settle(service)
    _put_back(folder, tmp_path / "saved")
    message = _refused(folder, LedgerError)
    assert "older state" in message
    assert "--accept-restore" in message


def test_a_ledger_that_was_rewritten_is_noticed(folder: Folder) -> None:
    """As long as before and different: the remembered root is not its root."""
    with closing(sqlite3.connect(folder / "data" / "camket.db")) as database, database:
        for path, data in database.execute("SELECT path, data FROM ledger_tile WHERE path LIKE 'tile/0/%'").fetchall():
            database.execute("UPDATE ledger_tile SET data = ? WHERE path = ?", (b"\xff" + data[1:], path))
    assert "older state" in _refused(folder, LedgerError)


def test_an_accepted_restore_opens_a_new_log_that_names_the_gap(folder: Folder, tmp_path: Path) -> None:
    """Erasures are replayed first; every later checkpoint carries a new origin and the gap; the ledger verifies."""
    with running_service(folder, clock=HeldClock()) as service:
        bob = register(service, 2, name="Bob")
        _settle(service)
    _save(folder, tmp_path / "saved")
    with running_service(folder, clock=HeldClock()) as service:
        service.context.keys.destroy_subject_key(bob, KeyKind.LIVE, at=service.context.clock.now())
        register(service, 3)
        _settle(service)
        lost = service.context.keys.last_checkpoint()
    assert lost is not None
    _put_back(folder, tmp_path / "saved")

    restored = _start(folder, accept_restore=True)
    ctx = restored.context
    subject = ctx.store.read(lambda unit: unit.subjects.get(bob))
    assert subject is not None
    assert subject.state == "erased"
    assert ctx.store.read(lambda unit: unit.values.of_subject(bob)) == ()
    assert ctx.store.read(lambda unit: unit.identifiers.of_subject(bob)) == ()
    with pytest.raises(DeniedError):
        ctx.door.read(actor="subject", subject_id=bob, items=("email",), purpose="rights")
    restored.close()

    with running_service(folder, clock=HeldClock()) as service:
        ctx = service.context
        register(service, 4)
        _settle(service)
        key = verifier_key(ctx)
        note = ctx.store.read(lambda unit: unit.ledger.head().checkpoint)
        checkpoint = open_checkpoint(note, key)
        assert checkpoint.origin == "localhost/ledger/restored-2"
        (line,) = checkpoint.extensions
        assert line.startswith(f"restored from localhost/ledger {lost.size} ")
        assert verify_ledger(PublishedLedger(ctx.store, key), key=key, older=[], witnesses=[]).holds
        rows = ctx.store.read(lambda unit: [unit.records.by_index(at) for at in range(checkpoint.size)])
        entries = [json.loads(row.facts) for row in rows if row is not None]
        restores = [entry for entry in entries if entry["action"] == LedgerAction.RESTORED]
        assert [entry["history"] for entry in restores] == [lost.root.hex()]


def test_a_ledger_is_never_renamed(folder: Folder) -> None:
    """Another origin in the settings is refused, with the one to set."""
    assert "never renamed" in _refused(folder, LedgerError, ledger_origin="another.example/ledger")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("")
    assert "cannot be made" in _refused(tmp_path, StoreError)


def test_a_policy_with_findings_stops_the_first_start(tmp_path: Path) -> None:
    """All findings, and nothing is published; an absent folder is said as well."""
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    text = (policy / "policy.yaml").read_text().replace("basis: stated", "basis: whatever")
    (policy / "policy.yaml").write_text(text)
    with pytest.raises(PolicyError) as refused:
        _start(tmp_path, policy=policy)
    assert len(refused.value.findings) > 1
    assert "cannot read" in _refused(tmp_path, UnreadableError, policy=tmp_path / "absent")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, and the library's logging put back as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(level="info", stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_a_policy_with_findings_keeps_the_version_there_is(folder: Folder, tmp_path: Path, lines: io.StringIO) -> None:
    """The service starts with the version that it has, and every finding is in the log."""
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    (policy / "policy.yaml").write_text("camket: 1\n")
    runtime = _start(folder, policy=policy)
    now = runtime.context.clock.now()
    assert runtime.context.policies.in_force(runtime.context.store, now).newest.number == 1
    runtime.close()
    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len([event for event in events if event["event"] == "policy_refused"]) > 1
    assert events[-1]["event"] == "policy_kept"


def test_a_changed_policy_is_published_under_development_alone(folder: Folder, tmp_path: Path) -> None:
    """In development the folder rules; elsewhere a version is published on purpose, not by a restart."""
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    (policy / "policy.yaml").write_bytes(read_policy_folder(DEFAULT_POLICY)["policy.yaml"] + b"# changed\n")
    for development, number in ((False, 1), (True, 2), (True, 2)):
        relay = None if development else "smtp://relay.example"
        runtime = _start(folder, policy=policy, development=development, smtp_url=relay)
        assert len(runtime.context.policies.published(runtime.context.store)) == number
        runtime.close()


def test_a_command_beside_the_service_makes_nothing(folder: Folder, tmp_path: Path) -> None:
    """Where there is data it is opened, without a relay too; where there is none, nothing is made."""
    runtime = start_runtime(load_settings(data=folder / "data", policy=tmp_path / "absent"), existing=True)
    with pytest.raises(MailError):
        runtime.context.mail.carry(None)  # type: ignore[arg-type]  # it takes no mail at all
    runtime.close()
    with pytest.raises(StoreError, match="there is no database"):
        start_runtime(load_settings(data=tmp_path / "nothing"), existing=True)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("development", [True, False])
def test_a_clock_before_the_first_version_is_named(folder: Folder, *, development: bool) -> None:
    """The start says from when version 1 is in force and what the clock says, and publishes nothing meanwhile."""
    early = HeldClock(TEST_NOW - timedelta(days=400))
    changed = shutil.copytree(DEFAULT_POLICY, folder / "policy")
    (changed / "policy.yaml").write_bytes((changed / "policy.yaml").read_bytes() + b"# changed\n")
    settings = load_settings(data=folder / "data", policy=changed, development=development)
    with pytest.raises(NotFoundError) as refused:
        start_runtime(settings, clock=early, mail=CapturedMail())
    for said in ("in force yet", f"`{TEST_NOW.isoformat()}`", f"`{early.now().isoformat()}`", "check the clock"):
        assert said in str(refused.value)
    runtime = _start(folder)
    with closing(runtime):
        assert len(runtime.context.policies.published(runtime.context.store)) == 1


def test_what_was_published_since_is_not_undone_by_the_folder(folder: Folder, tmp_path: Path) -> None:
    """Under development a restart publishes only what was never published; a version that is to come stays to come."""
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    changed = dict(read_policy_folder(DEFAULT_POLICY))
    changed["policy.yaml"] += b"# by an officer\n"
    runtime = _start(folder, policy=policy)
    publish_policy(runtime.context, changed, effective_at=runtime.context.clock.now() + timedelta(days=40))
    runtime.close()
    for more in (b"", b"# changed again\n"):
        with (policy / "policy.yaml").open("ab") as declarations:
            declarations.write(more)
        runtime = _start(folder, policy=policy)
        versions = runtime.context.policies.published(runtime.context.store)
        assert [one.effective_at > runtime.context.clock.now() for one in versions] == [False, True]
        runtime.close()
