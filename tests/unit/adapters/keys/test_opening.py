import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, create_key_store, open_key_store, open_or_create_key_store
from camket.adapters.keys.schema import connect
from camket.core.errors import KeyStoreError
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def run(folder: Path, statement: str) -> None:
    """Change the key store's database behind its back."""
    with closing(sqlite3.connect(folder / "keys.db")) as connection, connection:
        connection.execute(statement)


def test_a_new_key_store_opens_again(keys: FileKeyStore, folder: Path) -> None:
    """Who it belongs to, the subjects' keys, the index keys and the signing key are the same after opening again."""
    added = keys.add_subject_keys("s1")
    before = (keys.instance_id, keys.signing_key(), keys.index_keys(IndexField.EMAIL))
    keys.close()
    with closing(open_key_store(folder)) as again:
        assert (again.instance_id, again.signing_key(), again.index_keys(IndexField.EMAIL)) == before
        assert again.subject_key("s1", KeyKind.LIVE) == added.live
        assert again.subject_key("s1", KeyKind.HOLD) == added.hold


def test_every_file_is_private(keys: FileKeyStore, folder: Path) -> None:
    """The folder is its owner's alone, and so is every file that is ever in it, the write-ahead log too."""
    keys.add_subject_keys("s1")
    keys.begin_epoch(at=NOW)
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert {"keys.db", "keys.db-wal", "epoch-1.key", "epoch-2.key", "keys.mark"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_no_two_key_stores_are_alike(tmp_path: Path) -> None:
    """Each new key store has an instance, a signing key, index keys and an epoch key of its own."""
    seen = set()
    for name in ("one", "two"):
        with closing(create_key_store(tmp_path / name, at=NOW)) as store:
            seen |= {store.instance_id, store.signing_key(), (tmp_path / name / "epoch-1.key").read_bytes()}
            seen |= {store.index_keys(field)[0].key for field in IndexField}
    assert len(seen) == 2 * (3 + len(IndexField))


def test_never_over_another(keys: FileKeyStore, folder: Path) -> None:
    """Making a key store where one is, or where anything else is, is refused and changes nothing."""
    keys.close()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(KeyStoreError, match="never made over another"):
        create_key_store(folder, at=NOW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder.parent / "other").mkdir()
    (folder.parent / "other" / "epoch-1.key").write_bytes(b"somebody's")
    with pytest.raises(KeyStoreError, match="not empty"):
        create_key_store(folder.parent / "other", at=NOW)
    assert (folder.parent / "other" / "epoch-1.key").read_bytes() == b"somebody's"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["keys", "other"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    """An empty folder, as a mount point is, takes a key store."""
    (tmp_path / "keys").mkdir()
    create_key_store(tmp_path / "keys", at=NOW).close()
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_missing_with_data_is_refused(folder: Path) -> None:
    """Where the database holds data and the key store is missing, none is made, and the message says what to do."""
    with pytest.raises(KeyStoreError, match=r"keys\.db` is missing; restore the folder"):
        open_or_create_key_store(folder, database_is_empty=False, at=NOW)
    assert not folder.exists()


def test_missing_without_data_is_made(folder: Path) -> None:
    """Where the database is empty a missing key store is made, and an existing one is opened."""
    with closing(open_or_create_key_store(folder, database_is_empty=True, at=NOW)) as store:
        instance = store.instance_id
    with closing(open_or_create_key_store(folder, database_is_empty=True, at=NOW)) as store:
        assert store.instance_id == instance


@pytest.mark.parametrize("name", ["", "keys.db", "epoch-1.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_looser_permissions_are_refused(keys: FileKeyStore, folder: Path, name: str, mode: int) -> None:
    """A key store that the group or everyone can read or write is refused with the file and the command."""
    keys.close()
    (folder / name).chmod(mode | 0o100)
    with pytest.raises(KeyStoreError, match="chmod") as refusal:
        open_key_store(folder)
    assert str(folder / name) in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 300, b"SQLite format 3\0" + bytes(4_080)])
def test_another_file_is_refused(keys: FileKeyStore, folder: Path, content: bytes) -> None:
    """What is no key store, empty, or damaged at its head is refused by name."""
    keys.close()
    (folder / "keys.db").write_bytes(content)
    with pytest.raises(KeyStoreError, match=r"keys\.db"):
        open_key_store(folder)


def test_another_database_is_refused(keys: FileKeyStore, folder: Path) -> None:
    """An SQLite database that is something else is not taken for a key store."""
    keys.close()
    run(folder, "PRAGMA application_id = 1")
    with pytest.raises(KeyStoreError, match="is not a key store"):
        open_key_store(folder)


def test_a_newer_format_is_refused(keys: FileKeyStore, folder: Path) -> None:
    """A key store of a later version of the software is not touched."""
    keys.close()
    run(folder, "PRAGMA user_version = 2")
    with pytest.raises(KeyStoreError, match=r"format 2.*knows 1"):
        open_key_store(folder)


def test_a_damaged_page_is_found(keys: FileKeyStore, folder: Path) -> None:
    """A database with one damaged page does not open, though nothing that the start reads is on that page."""
    for number in range(200):
        keys.add_subject_keys(f"s{number}")
    keys.close()
    with (folder / "keys.db").open("r+b") as file:
        file.seek(-4_096, os.SEEK_END)
        file.write(bytes(64))
    with pytest.raises(KeyStoreError, match="damaged"):
        open_key_store(folder)


def test_a_missing_epoch_key_is_named(keys: FileKeyStore, folder: Path) -> None:
    """Without the key of the present epoch the store does not open, and the message names its file."""
    keys.close()
    (folder / "epoch-1.key").unlink()
    with pytest.raises(KeyStoreError, match=r"epoch-1\.key` is missing; restore it"):
        open_key_store(folder)


@pytest.mark.parametrize(("content", "says"), [(bytes(32), "not the key"), (bytes(31), "31 bytes"), (b"", "0 bytes")])
def test_a_wrong_epoch_key_is_named(keys: FileKeyStore, folder: Path, content: bytes, says: str) -> None:
    """A file with another key, or cut off, is told from the key that the database was wrapped with."""
    keys.close()
    (folder / "epoch-1.key").write_bytes(content)
    with pytest.raises(KeyStoreError, match=says):
        open_key_store(folder)


def test_a_changed_key_is_found_at_start(keys: FileKeyStore, folder: Path) -> None:
    """A changed signing key is found when the store opens, not when it signs."""
    keys.close()
    run(folder, "UPDATE named_key SET wrapped = zeroblob(61) WHERE name = 'signing'")
    with pytest.raises(KeyStoreError, match="was changed"):
        open_key_store(folder)


def test_a_lost_key_is_found_at_start(keys: FileKeyStore, folder: Path) -> None:
    """A missing index key is found when the store opens, and no new one is made in its place."""
    keys.close()
    run(folder, "DELETE FROM named_key WHERE name = 'email'")
    with pytest.raises(KeyStoreError, match="no `email` key"):
        open_key_store(folder)


def test_another_instance_is_refused(keys: FileKeyStore) -> None:
    """A database of another instance is refused; its own is not."""
    keys.require_match(instance_id=keys.instance_id, generation=keys.generation())
    with pytest.raises(KeyStoreError, match="belongs to another database"):
        keys.require_match(instance_id="0" * 32, generation=0)


def test_an_older_key_store_is_refused(keys: FileKeyStore, folder: Path) -> None:
    """A key store from a backup taken before a registration does not serve the database that has seen it."""
    keys.close()
    backup = {path.name: path.read_bytes() for path in folder.iterdir()}
    with closing(open_key_store(folder)) as store:
        seen = [store.add_subject_keys(f"s{number}").generation for number in range(3)][-1]
        store.require_match(instance_id=store.instance_id, generation=seen)
    for name, content in backup.items():
        (folder / name).write_bytes(content)
    with closing(open_key_store(folder)) as store, pytest.raises(KeyStoreError, match="older than the database"):
        store.require_match(instance_id=store.instance_id, generation=seen)


def test_a_draft_left_behind_does_no_harm(folder: Path) -> None:
    """A folder that a cut-off attempt left beside it does not keep a key store from being made."""
    (folder.parent / ".keys.0badcafe.new").mkdir(parents=True)
    create_key_store(folder, at=NOW).close()
    assert (folder / "keys.db").exists()


def test_a_commit_waits_for_the_disk(keys: FileKeyStore, folder: Path) -> None:
    """Every connection flushes each commit to the disk (synchronous FULL is 2) and wipes what it deletes."""
    keys.add_subject_keys("s1")
    with closing(connect(folder / "keys.db")) as connection:
        found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "secure_delete")]
        journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    assert (found, journal) == ([2, 1], "wal")
