"""What goes wrong while selling: kills in the midst of it, a full disk, a locked file, a lost server."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from camket_shop.errors import StoreError
from camket_shop.selling import NewSale, commit_sale, list_sales, read_sale, sale_document
from camket_shop.store import engine, sales
from camket_shop.store.engine import FILE_NAME, ShopStore, open_store
from camket_shop.store.sales import SaleRow
from tests.postgres import Postgres
from tests.shop.faults.selling_process import SHOPS
from tests.shop.selling import ALICE, NOW, new_sale, sent_sale

PROGRAM = Path(__file__).with_name("selling_process.py")
ROOT = Path(__file__).parents[3]
Place = tuple[Path, str | None]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return where empty books of each kind are: their folder, and their address where they are not in it."""
    if request.param == "sqlite":
        return tmp_path, None
    postgres: Postgres = request.getfixturevalue("postgres")
    return tmp_path, postgres.url(postgres.new_database())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ShopStore]:
    """Return empty books on SQLite."""
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def start(name: str, place: Place) -> subprocess.Popen[str]:
    """Start a process over the books."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    arguments = [str(part) for part in place if part is not None]
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), name, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )


def told_by(process: subprocess.Popen[str], lines: int) -> list[list[str]]:
    """Read so many lines, kill the process, and return what it told in all; a line that the kill cut was not told."""
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    return [line.split() for line in told if line.endswith("\n")]


def sale_of(store: ShopStore, shop: str, sale: str) -> SaleRow | None:
    """Return a sale by its id, or None."""
    return store.read(lambda connection: sales.find_sale(connection, shop, sale))


def numbers_of(store: ShopStore, shop: str) -> list[int]:
    """Return every number of a shop."""
    return [row.number for row in store.read(lambda connection: sales.all_sales(connection, shop))]


@pytest.mark.parametrize("lines", [1, 60, 400])
def test_what_was_acknowledged_survives_a_kill(place: Place, lines: int) -> None:
    """After kill -9 every acknowledged sale and void is there whole, and the numbers of each shop have no gap."""
    told = told_by(start("sell", place), lines)
    with closing(open_store(*place)) as store:
        for what, shop, sale, *number in told:
            row = sale_of(store, shop, sale)
            if what == "sends":
                continue
            assert row is not None, (what, sale)
            assert [str(row.number)] == number or what == "voided"
            assert (row.voided_at is not None) or what == "sold"
        for shop in SHOPS:
            numbers = numbers_of(store, shop)
            assert numbers == list(range(1, len(numbers) + 1))


def test_retries_after_a_kill_get_the_same_answer(place: Place) -> None:
    """Everything that was sent is sent again: what was committed answers as before, the rest is sold now, once."""
    told = told_by(start("sell", place), 200)
    sent = {sale: shop for what, shop, sale, *_ in told if what == "sends"}
    acknowledged = {sale: int(rest[0]) for what, _, sale, *rest in told if what == "sold"}
    assert acknowledged.keys() <= sent.keys()
    with closing(open_store(*place)) as store:
        numbers = defaultdict(list)
        for sale, shop in sent.items():
            (first, _), (again, is_new) = [
                commit_sale(store, shop, read_sale(sent_sale(id=sale)), at=NOW) for _ in range(2)
            ]
            assert (first, is_new) == (again, False)
            assert first.number == acknowledged.get(sale, first.number)
            numbers[shop].append(first.number)
        for shop, given in numbers.items():
            assert sorted(given) == list(range(1, len(given) + 1)) == numbers_of(store, shop)


def test_a_sale_that_died_before_its_commit_took_no_number(place: Place) -> None:
    """Killed with all rows written and nothing committed, the sale is not there, and its retry gets the next number."""
    with start("die-inside", place) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    *sold, (_, shop, lost) = [line.split() for line in out.splitlines()]
    assert len(sold) == 10
    with closing(open_store(*place)) as store:
        assert numbers_of(store, shop) == list(range(1, 11))
        row, is_new = commit_sale(store, shop, read_sale(sent_sale(id=lost)), at=NOW)
        assert (row.number, is_new) == (11, True)


def test_the_file_is_sound_after_a_kill(tmp_path: Path) -> None:
    """After kill -9 in the midst of selling, SQLite finds nothing wrong in the file, and no line without its sale."""
    told_by(start("sell", (tmp_path, None)), 100)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_every_commit_is_flushed(store: ShopStore) -> None:
    """The writing connection flushes the log at every commit, overwrites what is deleted, and keeps references."""
    with store._writer.connect() as connection:
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]
    assert found == ["wal", 2, 1, 1]


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    """The books, their log and their folder are readable by the service's user alone."""
    folder = tmp_path / "quay"
    with closing(open_store(folder)) as store:
        commit_sale(store, ALICE, new_sale(), at=NOW)
        modes = {file.name: file.stat().st_mode & 0o777 for file in [folder, *folder.iterdir()]}
    assert modes == {"quay": 0o700, FILE_NAME: 0o600, f"{FILE_NAME}-wal": 0o600, f"{FILE_NAME}-shm": 0o600}


def sell_until_refused(store: ShopStore) -> tuple[NewSale, StoreError, int]:
    """Return the first sale that is refused, why, and how many were sold before it."""
    for sold in count():
        sale = new_sale()
        try:
            commit_sale(store, ALICE, sale, at=NOW)
        except StoreError as error:
            return sale, error, sold
    raise AssertionError


def test_a_full_file_acknowledges_nothing(store: ShopStore) -> None:
    """Where the books cannot grow the sale is refused in words and not there; with room again it is sold."""
    with store._writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    sale, error, sold = sell_until_refused(store)
    assert error.code == "store_full"
    assert "free some space" in str(error)
    assert numbers_of(store, ALICE) == list(range(1, sold + 1))
    with store._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    assert commit_sale(store, ALICE, sale, at=NOW)[0].number == sold + 1


def test_a_disk_that_fails_is_written_no_more(tmp_path: Path) -> None:
    """Where the system refuses to let a file grow, what was acknowledged is there after a restart, and nothing else."""
    with start("fill", (tmp_path, None)) as process:
        out, _ = process.communicate(timeout=120)
    *sold, (_, code) = [line.split() for line in out.splitlines()]
    assert code in {"store_full", "store_failed"}
    assert len(sold) > 10
    with closing(open_store(tmp_path)) as store:
        assert numbers_of(store, SHOPS[0]) == [int(number) for *_, number in sold]
        assert commit_sale(store, SHOPS[0], new_sale(), at=NOW)[0].number == len(sold) + 1


def test_a_locked_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process holds the file, a sale is refused after a while and not there; afterwards it is sold."""
    monkeypatch.setattr(engine, "LONGEST_WAIT_SECONDS", 0.05)
    sale = new_sale()
    with closing(open_store(tmp_path)) as store, closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as refused:
            commit_sale(store, ALICE, sale, at=NOW)
        assert refused.value.code == "store_busy"
        assert list_sales(store, ALICE) == ()
        other.execute("ROLLBACK")
        assert commit_sale(store, ALICE, sale, at=NOW)[0].number == 1


def test_writers_take_turns(store: ShopStore) -> None:
    """Sixteen threads that sell at once on SQLite all succeed: none is told that the books are locked."""
    with ThreadPoolExecutor(16) as threads:
        numbers = list(threads.map(lambda _: commit_sale(store, ALICE, new_sale(), at=NOW)[0].number, range(160)))
    assert sorted(numbers) == list(range(1, 161))


def test_two_processes_take_turns(tmp_path: Path) -> None:
    """Two services over one file sell at once: each sale sees the ones before it, and none is refused."""
    with closing(open_store(tmp_path)) as one, closing(open_store(tmp_path)) as other, ThreadPoolExecutor(8) as threads:
        stores = [one, other] * 60
        numbers = list(threads.map(lambda store: commit_sale(store, ALICE, new_sale(), at=NOW)[0].number, stores))
    assert sorted(numbers) == list(range(1, 121))


def test_reading_goes_on_while_a_sale_is_written(store: ShopStore) -> None:
    """A reader sees the books as they were before a sale that is not committed yet, and waits for nothing."""
    commit_sale(store, ALICE, new_sale(), at=NOW)

    def write_and_look(connection: sa.Connection) -> list[int]:
        connection.execute(sa.text("UPDATE sale SET number = 7"))
        return numbers_of(store, ALICE)

    assert store.write(write_and_look) == [1]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The message names the file and says what to do."""
    (tmp_path / "quay").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"cannot be opened .* let the service's user write it"):
        open_store(tmp_path / "quay")


def test_a_lost_server_loses_no_sale(postgres: Postgres, tmp_path: Path) -> None:
    """Where PostgreSQL ends every connection, the same sale sent again is committed once."""
    name = postgres.new_database()
    with closing(open_store(tmp_path, postgres.url(name))) as store:
        sale = new_sale()
        first, _ = commit_sale(store, ALICE, sale, at=NOW)
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        again, is_new = commit_sale(store, ALICE, sale, at=NOW)
        assert (sale_document(again), is_new) == (sale_document(first), False)
        assert commit_sale(store, ALICE, new_sale(), at=NOW)[0].number == 2


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The message says nothing of the address, which may hold a password."""
    with pytest.raises(StoreError) as refused:
        open_store(tmp_path, f"postgresql://shop:secret@/none?host={tmp_path}")
    assert "secret" not in str(refused.value)
