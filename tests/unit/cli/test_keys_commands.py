import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.adapters.keys import create_key_store, open_key_store
from camket.bootstrap import start_runtime
from camket.cli.keys import app
from camket.config import load_settings
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField

ROOT = Path(__file__).parents[3]
BEGUN = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a key store that the settings name, with a deleted key and an epoch that has ended."""
    folder = tmp_path / "keys"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMKET_KEYS", str(folder))
    monkeypatch.setenv("CAMKET_KEYS_BACKUP_DAYS", "30")
    with closing(create_key_store(folder, at=BEGUN)) as keys:
        for name in ("s1", "s2", "s3"):
            keys.add_subject_keys(name)
        keys.destroy_subject_key("s1", KeyKind.LIVE, at=BEGUN)
        keys.begin_epoch(at=BEGUN + timedelta(days=1))
        keys.rewrap()
        for field in (IndexField.EMAIL, IndexField.PHONE):
            keys.destroy_index_key(field, 1)
        keys.destroy_old_epochs(at=BEGUN + timedelta(days=1))
        keys.destroy_subject_key("s2", KeyKind.LIVE, at=BEGUN + timedelta(days=2))
        keys.begin_epoch(at=BEGUN + timedelta(days=2))
    return folder


def run(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_the_status_tells_what_is_destroyed(folder: Path) -> None:
    """Deleted keys are listed by epoch: destroyed where its key and the backups are gone, pending where not."""
    document = json.loads(run("status", "--json").stdout)
    assert (document["epoch"], document["not_destroyed"], document["subjects"], document["waiting"]) == (3, [2], 3, 3)
    assert document["folder"] == str(folder)
    assert document["deleted"] == [
        {"epoch": 1, "keys": 1, "status": "destroyed", "destroyed_from": "2026-02-05T09:30:00+00:00"},
        {"epoch": 2, "keys": 1, "status": "pending epoch 2", "destroyed_from": None},
    ]


def test_the_status_reads_as_lines(folder: Path) -> None:
    """Without --json the same is said in lines, and neither form holds a key."""
    result = run("status")
    assert result.exit_code == 0
    assert "the end of epoch 2 is not finished; 3 subjects are left" in result.stdout
    assert "epoch 1: 1 keys, destroyed since 2026-02-05T09:30:00+00:00" in result.stdout
    assert "checkpoint  none yet" in result.stdout
    with closing(open_key_store(folder)) as keys:
        secrets = [keys.signing_key(), *(key.key for field in IndexField for key in keys.index_keys(field))]
    assert [secret for secret in secrets if secret.hex() in result.stdout] == []


def test_a_backup_can_be_opened(folder: Path, tmp_path: Path) -> None:
    """The copy is a key store; a second copy to the same folder is refused."""
    result = run("backup", tmp_path / "copy")
    assert result.exit_code == 0
    assert "delete it within 30 days" in result.stdout
    with closing(open_key_store(folder)) as keys, closing(open_key_store(tmp_path / "copy")) as copy:
        assert copy.subject_key("s3", KeyKind.LIVE) == keys.subject_key("s3", KeyKind.LIVE)
    again = run("backup", tmp_path / "copy")
    assert again.exit_code == 2
    assert "not empty" in again.stderr


@pytest.mark.parametrize("command", [["status"], ["backup", "copy"]])
def test_a_missing_key_store_is_exit_2(folder: Path, command: list[str]) -> None:
    """Where there is no key store the command says which file is missing, and makes none."""
    folder.rename(folder.with_name("elsewhere"))
    result = run(*command)
    assert result.exit_code == 2
    assert f"`{folder / 'keys.db'}` is missing" in result.stderr
    assert not folder.exists()


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the data folder of a service that was started once."""
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CAMKET_DEVELOPMENT", "true")
    monkeypatch.setenv("CAMKET_POLICY", str(ROOT / "policies" / "default"))
    monkeypatch.chdir(tmp_path)
    start_runtime(load_settings()).close()
    return tmp_path / "data"


def test_rotating_ends_the_epoch(installation: Path) -> None:
    """The present epoch ends with its key destroyed, subjects keep their keys, and the service starts after it."""
    with closing(open_key_store(installation / "keys")) as keys:
        made = keys.add_subject_keys("s1")
    result = run("rotate")
    assert result.exit_code == 0, result.output
    assert "epoch 1 ended" in result.stdout
    assert "30 days" in result.stdout
    assert not (installation / "keys" / "epoch-1.key").exists()
    with closing(start_runtime(load_settings())) as runtime:
        assert runtime.context.keys.subject_key("s1", KeyKind.LIVE) == made.live
        assert [epoch.destroyed_at is None for epoch in runtime.context.keys.epochs()] == [False, True]


def test_rotating_without_the_key_store_is_exit_2(installation: Path) -> None:
    """Where the database has lost its key store nothing is rotated and none is made."""
    (installation / "keys").rename(installation / "elsewhere")
    result = run("rotate")
    assert result.exit_code == 2
    assert "is missing; restore the folder" in result.stderr
    assert not (installation / "keys").exists()
