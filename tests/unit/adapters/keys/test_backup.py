from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, open_key_store
from camket.core.errors import KeyStoreError
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField
from camket.ports import RememberedCheckpoint

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_a_backup_of_a_store_in_use_opens(keys: FileKeyStore, tmp_path: Path) -> None:
    """A copy taken while the store is open, in the middle of an end of an epoch, has every key of that moment."""
    made = [keys.add_subject_keys(f"s{number}") for number in range(5)]
    keys.begin_epoch(at=NOW)
    keys.rewrap(limit=2)
    keys.back_up(tmp_path / "copy")
    keys.add_subject_keys("later")
    keys.destroy_subject_key("s0", KeyKind.LIVE, at=NOW)
    with closing(open_key_store(tmp_path / "copy")) as copy:
        assert copy.instance_id == keys.instance_id
        assert [copy.subject_key(f"s{number}", KeyKind.LIVE) for number in range(5)] == [each.live for each in made]
        assert copy.subject_key("later", KeyKind.LIVE) is None
        assert copy.status().subjects == 5
        assert copy.begin_epoch(at=NOW).number == 2
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "copy").iterdir()} == {0o600}


def test_a_backup_leaves_nothing_half_done(keys: FileKeyStore, tmp_path: Path) -> None:
    """A folder that holds something is left as it is, and a copy that fails leaves nothing behind."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_bytes(b"somebody's")
    with pytest.raises(KeyStoreError, match="not empty"):
        keys.back_up(tmp_path / "full")
    (tmp_path / "keys" / "epoch-1.key").unlink()
    with pytest.raises(KeyStoreError, match="try again"):
        keys.back_up(tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "keys"]


def test_the_status_counts(keys: FileKeyStore) -> None:
    """The numbers follow what happens: subjects, what waits for the end of an epoch, deletions by epoch, versions."""
    for number in range(5):
        keys.add_subject_keys(f"s{number}")
    assert (keys.status().subjects, keys.status().waiting, keys.status().deleted) == (5, 0, {})
    keys.destroy_subject_key("s0", KeyKind.LIVE, at=NOW)
    keys.destroy_subject_key("s0", KeyKind.HOLD, at=NOW)
    keys.begin_epoch(at=NOW)
    keys.rewrap(limit=1)
    keys.remember_checkpoint(RememberedCheckpoint(size=9, root=bytes(32), note="note"))
    status = keys.status()
    assert (status.instance_id, status.generation) == (keys.instance_id, keys.generation())
    assert (status.subjects, status.waiting, status.deleted) == (4, 3, {1: 2})
    assert status.epochs == keys.epochs()
    assert status.checkpoint_size == 9
    assert status.index_versions == {"code": (1,), "email": (2, 1), "phone": (2, 1), "signing": (1,), "visitor": (2,)}
    assert {str(field) for field in IndexField} < set(status.index_versions)
