import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, create_key_store, open_key_store
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PROGRAM = Path(__file__).with_name("keystore_process.py")
NOBODY = 65_534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a new key store."""
    create_key_store(tmp_path / "keys", at=NOW).close()
    return tmp_path / "keys"


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start a process over a key store."""
    return subprocess.Popen([sys.executable, str(PROGRAM), *arguments], stdout=subprocess.PIPE, text=True)


def run(*arguments: str) -> tuple[int, list[str]]:
    """Run a process over a key store to its end; return its exit status and what it told."""
    with start(*arguments) as process:
        told, _ = process.communicate(timeout=60)
    return process.returncode, told.splitlines()


@pytest.mark.parametrize("lines", [1, 40, 400])
def test_what_was_acknowledged_survives_a_kill(folder: Path, lines: int) -> None:
    """After kill -9 every key that was acknowledged is there, and every deletion that was acknowledged holds."""
    with start("register", str(folder)) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    # A line that the kill cut off was not told.
    whole = [line.split() for line in told if line.endswith("\n")]
    added = {words[1]: words[2] for words in whole if words[0] == "added" and len(words) == 3 and len(words[2]) == 64}
    deleted = {words[1] for words in whole if words[0] == "deleted"}
    assert len(added) + len(deleted) >= lines
    with closing(open_key_store(folder)) as keys:
        for subject_id, live in added.items():
            key = keys.subject_key(subject_id, KeyKind.LIVE)
            marked = keys.tombstone(subject_id, KeyKind.LIVE) is not None
            assert marked if key is None else key.hex() == live
            assert keys.subject_key(subject_id, KeyKind.HOLD) is not None
        assert [subject_id for subject_id in deleted if keys.subject_key(subject_id, KeyKind.LIVE) is not None] == []


def test_two_processes_over_one_store(folder: Path) -> None:
    """A second process reads what the first one writes, and the kill of one does not disturb the other."""
    with closing(open_key_store(folder)) as keys, start("register", str(folder)) as process:
        assert process.stdout is not None
        _, subject_id, live = process.stdout.readline().split()
        key = keys.subject_key(subject_id, KeyKind.LIVE)
        assert key is None or key.hex() == live
        process.send_signal(signal.SIGKILL)
        process.stdout.read()
        process.wait()
        added = keys.add_subject_keys("alice")
        assert keys.subject_key("alice", KeyKind.LIVE) == added.live


def finish(keys: FileKeyStore) -> None:
    """End the epoch that is under way, as the next run of the job does."""
    keys.begin_epoch(at=LATER)
    while keys.rewrap(limit=20):
        pass
    for field in IndexField:
        for old in keys.index_keys(field)[1:]:
            keys.destroy_index_key(field, old.version)
    keys.destroy_old_epochs(at=LATER)


@pytest.mark.parametrize(
    "die_at",
    [
        "key file written",
        "step 0",
        "step 1",
        "step 3",
        "before the destruction",
        "key overwritten",
        "key file removed",
    ],
)
def test_an_end_of_an_epoch_survives_a_kill(folder: Path, die_at: str) -> None:
    """Wherever the end of an epoch is killed, every key opens after it, and the next run ends that same epoch."""
    old_key = (folder / "epoch-1.key").read_bytes()
    with closing(open_key_store(folder)) as keys:
        made = {f"s{number}": keys.add_subject_keys(f"s{number}") for number in range(50)}
        keys.destroy_subject_key("s7", KeyKind.LIVE, at=NOW)
    status, told = run("end-epoch", str(folder), die_at)
    assert (status, told) == (-signal.SIGKILL, [])
    if die_at == "key overwritten":
        assert (folder / "epoch-1.key").read_bytes() == bytes(32)
    with closing(open_key_store(folder)) as keys:
        for subject_id, each in made.items():
            assert keys.subject_key(subject_id, KeyKind.LIVE) == (None if subject_id == "s7" else each.live)
        finish(keys)
        assert [epoch.number for epoch in keys.epochs()] == [1, 2]
        assert keys.epochs()[0].destroyed_at == LATER
        for subject_id, each in made.items():
            assert keys.subject_key(subject_id, KeyKind.HOLD) == each.hold
        assert keys.subject_key("s7", KeyKind.LIVE) is None
    assert [path.name for path in folder.iterdir() if old_key in path.read_bytes()] == []
    assert not (folder / "epoch-1.key").exists()


def test_an_end_without_a_kill_ends(folder: Path) -> None:
    """The process of these tests does end the epoch when nobody kills it."""
    assert run("end-epoch", str(folder), "never") == (0, ["ended"])
    with closing(open_key_store(folder)) as keys:
        assert [epoch.destroyed_at is None for epoch in keys.epochs()] == [False, True]


def test_a_full_disk_refuses_and_keeps_what_was_acknowledged(folder: Path) -> None:
    """When the files cannot grow the store says so by name; what it acknowledged is there, what it refused is not."""
    status, told = run("fill", str(folder))
    assert status == 0
    _, last, refusal = told[-1].split(" ", 2)
    assert f"`{folder / 'keys.db'}`" in refusal
    assert "disk" in refusal
    with closing(open_key_store(folder)) as keys:
        assert len(told) > 10
        for line in told[:-1]:
            _, subject_id, live = line.split()
            assert (keys.subject_key(subject_id, KeyKind.LIVE) or b"").hex() == live
        assert keys.subject_key(last, KeyKind.LIVE) is None
        assert keys.add_subject_keys(last).live == keys.subject_key(last, KeyKind.LIVE)


@pytest.fixture
def foreign_folder() -> Iterator[Path]:
    """Give a key store that belongs to an account without rights, in a place that it may reach."""
    parent = Path(tempfile.mkdtemp())
    try:
        parent.chmod(0o755)
        create_key_store(parent / "keys", at=NOW).close()
        if os.geteuid() == 0:
            for path in (parent / "keys", *(parent / "keys").iterdir()):
                os.chown(path, NOBODY, NOBODY)
        yield parent / "keys"
        (parent / "keys").chmod(0o700)
    finally:
        shutil.rmtree(parent)


@pytest.mark.parametrize("name", ["keys.db", "keys.mark"])
def test_a_store_that_cannot_be_written_does_not_open(foreign_folder: Path, name: str) -> None:
    """A file that the service may read but not write stops the start, and the message names it and what to do."""
    (foreign_folder / name).chmod(0o400)
    status, told = run("peek", str(foreign_folder))
    assert status == 0
    assert told
    assert str(foreign_folder / name) in told[0]
    assert "write" in told[0] or "writable" in told[0]
