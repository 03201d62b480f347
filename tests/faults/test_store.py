"""What goes wrong around a store: kills, full disks, missing rights, other processes, lost connections."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from camket.adapters.store import SqliteStore, open_store
from camket.core.errors import SettingsError, StoreError
from camket.ports import Store, Unit
from tests.faults.store_process import two_records
from tests.postgres import Postgres

PROGRAM = Path(__file__).with_name("store_process.py")
ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start a process over a store."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def run(*arguments: str) -> list[str]:
    """Run a process over a store to its end; return what it told."""
    with start(*arguments) as process:
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return told.splitlines()


def records_of(store: Store, name: str) -> int:
    """Return how many records a subject has."""
    return len(store.read(lambda unit: unit.records.of_subject(name, limit=9)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a new store's file."""
    SqliteStore(tmp_path / "data" / "camket.db").close()
    return tmp_path / "data" / "camket.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'camket.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.url(postgres.new_database())


@pytest.mark.parametrize("lines", [1, 50, 500])
def test_what_was_acknowledged_survives_a_kill(url: str, lines: int) -> None:
    """After kill -9 every unit that was acknowledged is there whole, and no unit is there in part."""
    with start("record", url) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    # A line that the kill cut off was not told.
    names = [line.split()[1] for line in told if line.endswith("\n")]
    assert len(names) >= lines
    with closing(open_store(url)) as store:
        found = store.read(lambda unit: {name: len(unit.records.of_subject(name, limit=9)) for name in names})
        assert set(found.values()) == {2}
        assert store.read(lambda unit: unit.records.count_unsequenced()) % 2 == 0
        store.write(two_records("after"))


def test_the_file_is_sound_after_a_kill(path: Path) -> None:
    """After kill -9 in the middle of writing, SQLite finds nothing wrong in the file."""
    with start("record", f"sqlite:///{path}") as process:
        assert process.stdout is not None
        for _ in range(200):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.stdout.read()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_every_commit_is_flushed(path: Path) -> None:
    """The writer flushes the log at every commit, and overwrites what is deleted."""
    with closing(SqliteStore(path)) as store:
        connection = store._writer._connection
        settings = ("journal_mode", "synchronous", "secure_delete")
        found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in settings]
    assert found == ["wal", 2, 1]


def test_only_the_owner_reads_the_file(path: Path) -> None:
    """The file, its log and its folder are readable by the service's user alone."""
    with closing(SqliteStore(path)) as store:
        store.write(two_records("alice"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in [path.parent, *path.parent.iterdir()]}
    assert modes == {"data": 0o700, "camket.db": 0o600, "camket.db-wal": 0o600, "camket.db-shm": 0o600}


def test_a_full_file_stores_nothing_in_part(path: Path) -> None:
    """Where the file cannot grow, each unit is told so and none is there in part; with room again, writing goes on."""
    with closing(SqliteStore(path)) as store:
        connection = store._writer._connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 12}")

        def attempt(name: str) -> str | None:
            try:
                store.write(two_records(name))
            except StoreError as error:
                return str(error)
            return None

        names = [f"s{number}" for number in range(400)]
        with ThreadPoolExecutor(16) as pool:
            outcomes = dict(zip(names, pool.map(attempt, names), strict=True))
        refused = {outcome for outcome in outcomes.values() if outcome}
        assert len(refused) == 1
        assert "the disk is full; free some space" in refused.pop()
        for name, outcome in outcomes.items():
            assert records_of(store, name) == (0 if outcome else 2)
        connection.execute("PRAGMA max_page_count = 100000")
        store.write(two_records("later"))
        assert records_of(store, "later") == 2


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Mount a disk of two megabytes."""
    mount = ("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs")
    with tempfile.TemporaryDirectory(prefix="camket-disk-") as folder:
        if shutil.which("mount") is None or subprocess.run([*mount, folder], check=False).returncode:
            pytest.skip("a small disk can be mounted by root alone")
        try:
            yield Path(folder)
        finally:
            busy = subprocess.run(["umount", folder], check=False).returncode != 0
            if busy:
                subprocess.run(["umount", "--lazy", folder], check=True)
        assert not busy, "a closed store still has a file open"


def test_a_full_disk_acknowledges_nothing(small_disk: Path) -> None:
    """On a full disk the refusal says so, what was acknowledged is there, and a closed store lets go of the disk."""
    path = small_disk / "camket.db"
    names = [f"s{number}" for number in range(20_000)]
    stored = []
    with closing(SqliteStore(path)) as store:

        def fill() -> None:
            for name in names:
                store.write(two_records(name))
                stored.append(name)

        with pytest.raises(StoreError, match="disk is full; free some space"):
            fill()
        assert records_of(store, names[len(stored)]) == 0
    with closing(SqliteStore(path)) as store:
        assert {records_of(store, name) for name in stored} == {2}


def test_after_a_failing_disk_nothing_more_is_acknowledged(path: Path) -> None:
    """A write that the disk refuses is told, nothing is acknowledged until a restart, then all that was is there."""
    told = run("fill", str(path))
    stored = [line.split()[1] for line in told if line.startswith("stored")]
    assert len(stored) > 10
    assert "later" not in stored
    assert [line.split(" the database")[0] for line in told[-2:]] == ["refused", "still refused"]
    assert all("the disk reports a failure; check it, then start again" in line for line in told[-2:])
    with closing(SqliteStore(path)) as store:
        assert {records_of(store, name) for name in stored} == {2}
        store.write(two_records("later"))


def test_a_store_without_rights_says_which(path: Path) -> None:
    """An account that may not write the file, or the folder, is told which file and what to do."""
    outside = Path(tempfile.mkdtemp(prefix="camket-rights-"))
    try:
        shutil.copytree(path.parent, outside, dirs_exist_ok=True)
        copied = outside / path.name
        outside.chmod(0o755)
        copied.chmod(0o444)
        (told,) = run("peek", str(copied))
        assert told == (
            f"refused the database `{copied}` cannot be opened (permission denied); "
            "let the service's user read and write its folder"
        )
        copied.chmod(0o666)
        outside.chmod(0o555)
        (told,) = run("peek", str(copied))
        assert told.startswith(f"refused the database `{copied}` ")
        assert "let the service's user" in told
    finally:
        shutil.rmtree(outside)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A path below a file, where no folder can be, is refused by name."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"`.*/file/camket\.db` cannot be opened \((file exists|not a directory)\)"):
        SqliteStore(tmp_path / "file" / "camket.db")


def test_a_store_locked_by_another_process_says_so(path: Path) -> None:
    """While another process has the file locked, units are refused and not stored; afterwards they are."""
    with closing(SqliteStore(path, lock_wait_seconds=0)) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with ThreadPoolExecutor(4) as pool:
                waiting = [pool.submit(store.write, two_records(f"s{number}")) for number in range(4)]
            for future in waiting:
                with pytest.raises(StoreError, match="is locked by another process; end what is using it"):
                    future.result()
            assert store.read(lambda unit: unit.records.count_unsequenced()) == 0
            other.execute("ROLLBACK")
        store.write(two_records("alice"))
        assert records_of(store, "alice") == 2


def test_a_store_closes_while_units_fail(path: Path) -> None:
    """Units that wait when the store is closed are answered, though none can be stored, and closing ends."""
    store = SqliteStore(path, lock_wait_seconds=0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, ThreadPoolExecutor(16) as pool:
        other.execute("BEGIN IMMEDIATE")
        waiting = [pool.submit(store.write, two_records(f"s{number}")) for number in range(200)]
        store.close()
        for future in waiting:
            with pytest.raises(StoreError, match=r"is locked by another process|the store is closed"):
                future.result()


@pytest.mark.parametrize("content", [b"this is no database\n" * 400, b"\x00" * 8192])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A file with something else in it is named, and stays as it is."""
    path = tmp_path / "camket.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"`.*/camket\.db` (is not a database|is damaged)"):
        SqliteStore(path)
    assert path.read_bytes() == content


def test_a_damaged_file_is_named(path: Path) -> None:
    """A database whose pages were overwritten is said to be damaged, by path."""
    with closing(SqliteStore(path)) as store:
        for number in range(200):
            store.write(two_records(f"s{number}"))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises(StoreError, match=r"`.*/camket\.db` (is damaged|is not a database)"):
        SqliteStore(path)


def test_an_unknown_store_is_refused_by_name() -> None:
    """A URL of another kind of store is refused with what can be written instead."""
    with pytest.raises(SettingsError, match="no store is called `mysql`; write sqlite:///PATH or postgresql://"):
        open_store("mysql://somewhere/camket")


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Without a server the store does not open, and says what to check."""
    with pytest.raises(StoreError, match="server cannot be reached"):
        open_store(f"postgresql://camket@/camket?host={tmp_path}")


def test_connections_that_the_server_ended_are_replaced(postgres: Postgres) -> None:
    """After the server has ended every connection, the next units get new ones and notice nothing."""
    name = postgres.new_database()
    with closing(open_store(postgres.url(name))) as store:
        store.write(two_records("alice"))
        store.read(lambda unit: unit.records.count_unsequenced())
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            ended = admin.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name]
            ).fetchall()
        assert len(ended) == 2
        assert store.read(lambda unit: unit.records.count_unsequenced()) == 2
        store.write(two_records("bob"))
        assert store.read(lambda unit: unit.records.count_unsequenced()) == 4


def test_a_connection_lost_inside_a_unit_is_told(postgres: Postgres) -> None:
    """A connection that ends while a unit runs fails that unit alone, with nothing stored; the next works."""
    name = postgres.new_database()
    with closing(open_store(postgres.url(name))) as store:

        def lose(unit: Unit) -> None:
            two_records("alice")(unit)
            with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name]
                )

        with pytest.raises(StoreError, match="connection broke"):
            store.write(lose)
        assert store.read(lambda unit: unit.records.count_unsequenced()) == 0
        store.write(two_records("bob"))
        assert store.read(lambda unit: unit.records.count_unsequenced()) == 2
