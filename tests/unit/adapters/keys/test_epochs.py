import base64
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, open_key_store
from camket.core.errors import ConflictError
from camket.core.vault.keyring import Epoch, KeyKind
from camket.core.vault.lookup import IndexField

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def end_epoch(keys: FileKeyStore) -> None:
    """End the present epoch as the daily job does."""
    keys.begin_epoch(at=LATER)
    while keys.rewrap(limit=3):
        pass
    for field in IndexField:
        for old in keys.index_keys(field)[1:]:
            keys.destroy_index_key(field, old.version)
    keys.destroy_old_epochs(at=LATER)


def files_holding(folder: Path, secret: bytes) -> list[str]:
    """Return the files in which the secret stands, as it is, in hexadecimal or in base64."""
    forms = (secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret)[:40])
    return sorted(path.name for path in folder.iterdir() if any(form in path.read_bytes() for form in forms))


def test_survivors_keep_their_keys(keys: FileKeyStore) -> None:
    """Ending an epoch changes no subject's key, gives back none that was deleted, and moves the signing key along."""
    made = {f"s{number}": keys.add_subject_keys(f"s{number}") for number in range(10)}
    keys.destroy_subject_key("s3", KeyKind.LIVE, at=NOW)
    keys.destroy_subject_key("s4", KeyKind.HOLD, at=NOW)
    signing = keys.signing_key()
    for _ in range(3):
        end_epoch(keys)
    for subject_id, each in made.items():
        assert keys.subject_key(subject_id, KeyKind.LIVE) == (None if subject_id == "s3" else each.live)
        assert keys.subject_key(subject_id, KeyKind.HOLD) == (None if subject_id == "s4" else each.hold)
    assert keys.signing_key() == signing
    assert [epoch.number for epoch in keys.epochs()] == [1, 2, 3, 4]
    assert [epoch.destroyed_at for epoch in keys.epochs()] == [LATER, LATER, LATER, None]


def test_the_old_epochs_key_is_gone_from_every_file(keys: FileKeyStore, folder: Path) -> None:
    """After the end of an epoch no file of the store holds its key, in any form, nor anything wrapped in it."""
    old = (folder / "epoch-1.key").read_bytes()
    keys.add_subject_keys("s1")
    keys.add_subject_keys("s2")
    with closing(sqlite3.connect(folder / "keys.db")) as connection:
        wrapped = [row[0] for row in connection.execute("SELECT live FROM subject_key")]
        wrapped += [row[0] for row in connection.execute("SELECT wrapped FROM named_key")]
    keys.destroy_subject_key("s1", KeyKind.LIVE, at=NOW)
    assert files_holding(folder, old) == ["epoch-1.key"]
    end_epoch(keys)
    assert files_holding(folder, old) == []
    assert [files_holding(folder, box) for box in wrapped] == [[]] * len(wrapped)
    assert not (folder / "epoch-1.key").exists()


def test_no_key_stands_open_in_a_file(keys: FileKeyStore, folder: Path) -> None:
    """Neither a subject's key nor an index key nor the signing key stands in any file unwrapped."""
    made = keys.add_subject_keys("s1")
    for secret in (made.live, made.hold, keys.signing_key(), *(keys.index_keys(field)[0].key for field in IndexField)):
        assert files_holding(folder, secret) == []


def test_the_key_is_overwritten_before_its_file_goes(keys: FileKeyStore, folder: Path) -> None:
    """Whoever still holds the file open finds nothing in it: it was overwritten in place, not only unlinked."""
    with (folder / "epoch-1.key").open("rb") as held:
        end_epoch(keys)
        assert held.read() == bytes(32)


def test_new_subjects_belong_to_the_new_epoch(keys: FileKeyStore) -> None:
    """Keys made while an epoch is ending are under the next one; deleting tells under which epoch each key was."""
    keys.add_subject_keys("old")
    keys.begin_epoch(at=LATER)
    keys.add_subject_keys("new")
    assert keys.destroy_subject_key("old", KeyKind.LIVE, at=LATER).epoch == 1
    assert keys.destroy_subject_key("new", KeyKind.LIVE, at=LATER).epoch == 2
    assert keys.rewrap() == 1
    assert keys.destroy_subject_key("old", KeyKind.HOLD, at=LATER).epoch == 2


def test_rewrapping_goes_in_steps(keys: FileKeyStore) -> None:
    """Each step does at most what it was asked for, says how many it did, and the last says none."""
    for number in range(7):
        keys.add_subject_keys(f"s{number}")
    assert keys.rewrap(limit=3) == 0
    keys.begin_epoch(at=LATER)
    assert [keys.rewrap(limit=3) for _ in range(4)] == [3, 3, 1, 0]


def test_an_end_goes_on_where_it_was(keys: FileKeyStore, folder: Path) -> None:
    """A store opened again in the middle of an end goes on with it and does not begin another epoch."""
    made = [keys.add_subject_keys(f"s{number}") for number in range(7)]
    begun = keys.begin_epoch(at=LATER)
    keys.rewrap(limit=3)
    keys.close()
    with closing(open_key_store(folder)) as again:
        assert again.begin_epoch(at=LATER + timedelta(days=1)) == begun
        assert again.subject_key("s0", KeyKind.LIVE) == made[0].live
        end_epoch(again)
        assert [again.subject_key(f"s{number}", KeyKind.HOLD) for number in range(7)] == [each.hold for each in made]
        assert [epoch.number for epoch in again.epochs()] == [1, 2]


def test_an_end_cut_off_after_the_file_is_finished(keys: FileKeyStore, folder: Path) -> None:
    """Where the old key's file is gone but nothing says so yet, the store opens and the end can be finished."""
    made = keys.add_subject_keys("s1")
    keys.begin_epoch(at=LATER)
    keys.rewrap()
    for field in IndexField:
        for old in keys.index_keys(field)[1:]:
            keys.destroy_index_key(field, old.version)
    keys.close()
    (folder / "epoch-1.key").unlink()
    with closing(open_key_store(folder)) as again:
        assert again.destroy_old_epochs(at=LATER) == (Epoch(number=1, begun_at=NOW, destroyed_at=LATER),)
        assert again.destroy_old_epochs(at=LATER) == ()
        assert again.subject_key("s1", KeyKind.LIVE) == made.live


def test_a_new_key_that_no_row_knows_is_kept(keys: FileKeyStore, folder: Path) -> None:
    """A key file from a cut-off beginning is taken as it is, never written over."""
    (folder / "epoch-2.key").write_bytes(bytes(range(32)))
    (folder / "epoch-2.key").chmod(0o600)
    keys.add_subject_keys("s1")
    end_epoch(keys)
    assert (folder / "epoch-2.key").read_bytes() == bytes(range(32))
    keys.close()
    with closing(open_key_store(folder)) as again:
        assert again.subject_key("s1", KeyKind.LIVE) is not None


def test_nothing_is_destroyed_too_early(keys: FileKeyStore, folder: Path) -> None:
    """While a subject's key or an index key is under the old epoch, its key stays and the error says what is left."""
    made = keys.add_subject_keys("s1")
    keys.begin_epoch(at=LATER)
    with pytest.raises(ConflictError, match="1 subjects' keys"):
        keys.destroy_old_epochs(at=LATER)
    keys.rewrap()
    with pytest.raises(ConflictError, match="2 index keys"):
        keys.destroy_old_epochs(at=LATER)
    assert (folder / "epoch-1.key").exists()
    assert keys.subject_key("s1", KeyKind.LIVE) == made.live


def test_without_an_older_epoch_nothing_is_destroyed(keys: FileKeyStore, folder: Path) -> None:
    """The present epoch's key is never destroyed."""
    assert keys.destroy_old_epochs(at=LATER) == ()
    assert (folder / "epoch-1.key").exists()


def test_another_process_reads_through_an_end(keys: FileKeyStore, folder: Path) -> None:
    """A store object that has cached the old epoch's key reads and adds on through its end."""
    made = keys.add_subject_keys("s1")
    with closing(open_key_store(folder)) as other:
        other.subject_key("s1", KeyKind.LIVE)
        end_epoch(keys)
        assert other.subject_key("s1", KeyKind.LIVE) == made.live
        added = other.add_subject_keys("s2")
        assert keys.subject_key("s2", KeyKind.LIVE) == added.live
        assert other.destroy_subject_key("s2", KeyKind.LIVE, at=LATER).epoch == 2


@pytest.mark.parametrize("field", [IndexField.EMAIL, IndexField.PHONE])
def test_an_index_key_is_renewed_beside_the_old_one(keys: FileKeyStore, field: IndexField) -> None:
    """During an end both keys are there, the new one first; the newest cannot be deleted, the old one can, twice."""
    (old,) = keys.index_keys(field)
    keys.begin_epoch(at=LATER)
    new, still = keys.index_keys(field)
    assert (still, new.version) == (old, 2)
    assert new.key != old.key
    with pytest.raises(ConflictError, match="newest"):
        keys.destroy_index_key(field, new.version)
    keys.destroy_index_key(field, old.version)
    keys.destroy_index_key(field, old.version)
    assert keys.index_keys(field) == (new,)


def test_visitors_get_a_new_key_and_codes_keep_theirs(keys: FileKeyStore) -> None:
    """The key of visitors' addresses is replaced at once; the key of codes goes on, so that a code sent still holds."""
    (visitor,), (code,) = keys.index_keys(IndexField.VISITOR), keys.index_keys(IndexField.CODE)
    keys.begin_epoch(at=LATER)
    assert keys.index_keys(IndexField.CODE) == (code,)
    (renewed,) = keys.index_keys(IndexField.VISITOR)
    assert renewed.version == 2
    assert renewed.key != visitor.key


def test_a_reader_overtaken_by_an_end_reads_again(
    keys: FileKeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who has read a row, and then finds its epoch's key gone, gets the key from the row as it is now."""
    made = keys.add_subject_keys("s1")
    with closing(open_key_store(folder)) as other:
        read = other._epochs.key

        def overtaken(number: int) -> bytes:
            monkeypatch.undo()
            end_epoch(keys)
            return read(number)

        monkeypatch.setattr(other._epochs, "key", overtaken)
        assert other.subject_key("s1", KeyKind.LIVE) == made.live
        assert not (folder / "epoch-1.key").exists()
