import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, open_key_store
from camket.adapters.keys.cache import KeyCache
from camket.adapters.keys.store import ROWS_AT_A_TIME
from camket.core.errors import ConflictError, InvalidValueError, KeyStoreError
from camket.core.vault.keyring import KeyKind, Tombstone

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_each_subject_has_two_keys_of_their_own(keys: FileKeyStore) -> None:
    """Keys are 32 bytes, and no two are alike."""
    made = [keys.add_subject_keys(f"s{number}") for number in range(20)]
    everything = {key for each in made for key in (each.live, each.hold)}
    assert len(everything) == 40
    assert {len(key) for key in everything} == {32}
    assert [keys.subject_key(f"s{number}", KeyKind.HOLD) for number in range(20)] == [each.hold for each in made]


def test_an_unknown_subject_has_no_key(keys: FileKeyStore) -> None:
    """Absence is None, for either kind, before and after somebody else gets keys."""
    keys.add_subject_keys("s1")
    assert keys.subject_key("s2", KeyKind.LIVE) is None
    assert keys.subject_key("", KeyKind.HOLD) is None


def test_no_key_is_ever_replaced(keys: FileKeyStore) -> None:
    """A subject who has keys keeps them, and one whose keys were deleted gets no others."""
    made = keys.add_subject_keys("s1")
    with pytest.raises(ConflictError, match="already"):
        keys.add_subject_keys("s1")
    assert keys.subject_key("s1", KeyKind.LIVE) == made.live
    for kind in KeyKind:
        keys.destroy_subject_key("s1", kind, at=NOW)
    with pytest.raises(ConflictError, match="deleted"):
        keys.add_subject_keys("s1")


def test_ids_are_compared_letter_by_letter(keys: FileKeyStore) -> None:
    """Two ids that differ in case or in an outer space are two subjects."""
    made = {subject: keys.add_subject_keys(subject).live for subject in ("abc", "ABC", "abc ", "abç")}
    assert {subject: keys.subject_key(subject, KeyKind.LIVE) for subject in made} == made


def test_killing_live_leaves_hold(keys: FileKeyStore) -> None:
    """Deleting the live key takes it alone; deleting the hold key later takes the rest."""
    made = keys.add_subject_keys("s1")
    assert keys.subject_key("s1", KeyKind.LIVE) == made.live
    keys.destroy_subject_key("s1", KeyKind.LIVE, at=NOW)
    assert keys.subject_key("s1", KeyKind.LIVE) is None
    assert keys.subject_key("s1", KeyKind.HOLD) == made.hold
    keys.destroy_subject_key("s1", KeyKind.HOLD, at=NOW)
    assert keys.subject_key("s1", KeyKind.HOLD) is None


def test_deleting_twice_is_once(keys: FileKeyStore) -> None:
    """The first tombstone stays, whatever the second call says."""
    keys.add_subject_keys("s1")
    first = keys.destroy_subject_key("s1", KeyKind.LIVE, at=NOW)
    assert first == Tombstone(subject_id="s1", kind=KeyKind.LIVE, epoch=1, at=NOW)
    assert keys.destroy_subject_key("s1", KeyKind.LIVE, at=NOW + timedelta(days=1)) == first
    assert keys.tombstone("s1", KeyKind.LIVE) == first
    assert keys.tombstone("s1", KeyKind.HOLD) is None


def test_an_unknown_subject_can_be_marked(keys: FileKeyStore) -> None:
    """Erasing someone the key store never knew leaves a tombstone, so that they never get keys."""
    assert keys.destroy_subject_key("s9", KeyKind.LIVE, at=NOW).epoch == 1
    with pytest.raises(ConflictError):
        keys.add_subject_keys("s9")


def test_tombstones_are_all_yielded(keys: FileKeyStore) -> None:
    """Every tombstone comes once, in order, over the boundary of a page and both kinds of one subject."""
    threads = [
        threading.Thread(
            target=lambda part: [
                keys.destroy_subject_key(f"s{number:05}", KeyKind.LIVE, at=NOW)
                for number in range(part, ROWS_AT_A_TIME + 10, 10)
            ],
            args=(part,),
        )
        for part in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys.destroy_subject_key("s00999", KeyKind.HOLD, at=NOW)
    found = [(tombstone.subject_id, tombstone.kind) for tombstone in keys.tombstones()]
    expected = [(f"s{number:05}", KeyKind.LIVE) for number in range(ROWS_AT_A_TIME + 10)]
    assert found == sorted([*expected, ("s00999", KeyKind.HOLD)])


def test_another_process_forgets_the_key(keys: FileKeyStore, folder: Path) -> None:
    """A store object with a cache of its own does not serve a key that another one has deleted."""
    made = keys.add_subject_keys("s1")
    with closing(open_key_store(folder)) as other:
        assert other.subject_key("s1", KeyKind.LIVE) == made.live
        keys.destroy_subject_key("s1", KeyKind.LIVE, at=NOW)
        assert other.subject_key("s1", KeyKind.LIVE) is None
        assert keys.subject_key("s1", KeyKind.LIVE) is None


def test_a_key_read_before_a_deletion_is_not_kept_after_it(tmp_path: Path) -> None:
    """A slow reader who puts a key into the cache after its deletion does not bring it back."""
    cache, other = KeyCache(tmp_path / "mark"), KeyCache(tmp_path / "mark")
    stamp = cache.stamp()
    assert cache.get("s1", stamp) is None
    other.forget_everywhere()
    cache.put("s1", b"key", stamp)
    assert cache.get("s1", cache.stamp()) is None
    cache.put("s1", b"key", stamp)
    assert cache.get("s1", cache.stamp()) is None


def test_the_cache_has_a_limit(tmp_path: Path) -> None:
    """The key used longest ago leaves first; a closed cache holds nothing."""
    cache = KeyCache(tmp_path / "mark", limit=2)
    stamp = cache.stamp()
    for name in ("a", "b"):
        cache.put(name, name.encode(), stamp)
    assert cache.get("a", stamp) == b"a"
    cache.put("c", b"c", stamp)
    assert [cache.get(name, stamp) for name in ("a", "b", "c")] == [b"a", None, b"c"]
    cache.close()
    cache.put("d", b"d", stamp)
    assert [cache.get(name, stamp) for name in ("a", "c", "d")] == [None, None, None]


def test_threads_share_commits(keys: FileKeyStore) -> None:
    """Sixteen threads get their keys whole, one who is refused takes nobody along, and they share commits."""
    keys.add_subject_keys("taken")
    before = keys.generation()
    answers: dict[str, bytes] = {}
    refused = []

    def register(part: int) -> None:
        for number in range(50):
            subject_id = f"s{part}-{number}"
            answers[subject_id] = keys.add_subject_keys(subject_id).live
            try:
                keys.add_subject_keys("taken")
            except ConflictError:
                refused.append(subject_id)

    threads = [threading.Thread(target=register, args=(part,)) for part in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(refused) == 800
    assert {subject_id: keys.subject_key(subject_id, KeyKind.LIVE) for subject_id in answers} == answers
    assert keys.generation() - before < 1_600


def test_the_generation_grows(keys: FileKeyStore) -> None:
    """What a registration was told is never more than the store's generation, and grows from call to call."""
    told = [keys.add_subject_keys(f"s{number}").generation for number in range(5)]
    assert told == sorted(set(told))
    assert keys.generation() == told[-1]


def test_a_fault_of_a_unit_reaches_its_caller(keys: FileKeyStore) -> None:
    """An error nobody planned for goes to the caller, and the writer goes on."""
    with pytest.raises(AttributeError):
        keys.destroy_subject_key("s1", KeyKind.LIVE, at="today")  # type: ignore[arg-type]  # the fault of this test
    assert keys.tombstone("s1", KeyKind.LIVE) is None
    assert keys.add_subject_keys("s1").live == keys.subject_key("s1", KeyKind.LIVE)


def test_a_moved_key_does_not_open(keys: FileKeyStore, folder: Path) -> None:
    """A wrapped key copied to another subject's row does not unwrap there, and the message names the file."""
    keys.add_subject_keys("s1")
    keys.add_subject_keys("s2")
    with closing(sqlite3.connect(folder / "keys.db")) as connection, connection:
        connection.execute("UPDATE subject_key SET live = (SELECT live FROM subject_key WHERE subject_id = 's2')")
    with closing(open_key_store(folder)) as again, pytest.raises(KeyStoreError, match=r"keys\.db` was changed"):
        again.subject_key("s1", KeyKind.LIVE)


def test_a_locked_store_is_an_error(keys: FileKeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process holds the store for too long, nothing is acknowledged and nothing is kept."""
    monkeypatch.setattr("camket.adapters.keys.schema.BUSY_SECONDS", 0.01)
    with closing(open_key_store(folder)) as impatient, closing(sqlite3.connect(folder / "keys.db")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(KeyStoreError, match="another process is holding it"):
            impatient.add_subject_keys("s1")
        holder.execute("ROLLBACK")
        assert impatient.subject_key("s1", KeyKind.LIVE) is None
        impatient.add_subject_keys("s1")
    assert keys.subject_key("s1", KeyKind.LIVE) is not None


def test_a_closed_store_says_so(keys: FileKeyStore) -> None:
    """After closing, which may be done twice, writing is an error that names the file."""
    keys.close()
    keys.close()
    with pytest.raises(KeyStoreError, match="closed"):
        keys.add_subject_keys("s1")


def test_a_naive_instant_is_refused(keys: FileKeyStore) -> None:
    """A deletion needs an instant with a zone; without one nothing is deleted."""
    made = keys.add_subject_keys("s1")
    with pytest.raises(InvalidValueError, match="time zone"):
        keys.destroy_subject_key("s1", KeyKind.LIVE, at=NOW.replace(tzinfo=None))
    assert keys.subject_key("s1", KeyKind.LIVE) == made.live


def test_many_subjects_get_their_keys_with_one_write(keys: FileKeyStore) -> None:
    """All are kept, each with keys of their own, and the store was written once."""
    before = keys.generation()
    made = keys.add_many_subject_keys([f"s{number}" for number in range(20)])
    assert {pair.generation for pair in made} == {keys.generation()} == {before + 1}
    assert len({key for pair in made for key in (pair.live, pair.hold)}) == 40
    for number, pair in enumerate(made):
        assert keys.subject_key(f"s{number}", KeyKind.LIVE) == pair.live
        assert keys.subject_key(f"s{number}", KeyKind.HOLD) == pair.hold


def test_of_many_subjects_all_get_keys_or_none(keys: FileKeyStore) -> None:
    """One who has keys, or had, is refused, and those beside them get none."""
    keys.add_subject_keys("has")
    keys.add_subject_keys("had")
    for kind in KeyKind:
        keys.destroy_subject_key("had", kind, at=NOW)
    for refused in ("has", "had"):
        with pytest.raises(ConflictError):
            keys.add_many_subject_keys(["s1", refused, "s2"])
    assert keys.subject_key("s1", KeyKind.LIVE) is None
    assert keys.subject_key("s2", KeyKind.LIVE) is None
