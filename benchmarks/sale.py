"""A sale committed at the server: over HTTP to a real `camket serve` with the shop mounted, by one device and by eight.

One sale is what the sell screen sends: eight lines, cash. It passes guards and session, every sum is checked, and it is
answered when its rows are flushed (SQLite, synchronous=FULL). Compared in the same run, by turns, with the least that
any durable answer costs here: one row committed by SQLite itself under the same settings. Medians over all rounds.
Run: `.venv/bin/python benchmarks/sale.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from _measure import Figure, duration, report

from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.registration import confirm_registration, start_registration
from camket.testing.service import newest_code, running_service
from camket_shop.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
APPS: Final = "/quay=camket_shop.app:create_app"
SERVES: Final = re.compile(r"camket serves (\S+)")
ROUNDS: Final = 10
SALES_OF_A_ROUND: Final = 30
DEVICES: Final = 8
MOST_SECONDS: Final = 0.015
LINES: Final = [
    {"product": None, "name": f"Cà phê sữa đá cỡ {size}", "unit": "ly", "price": 25_000, "quantity": "1"}
    for size in range(8)
]


class Device:
    """One device of a shop: a connection that stays open, and the cookie of its owner's session."""

    def __init__(self, address: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._headers = {
            "Content-Type": "application/json", "Cookie": f"camket_session={token}", "Sec-Fetch-Site": "same-origin",
        }  # fmt: skip

    def sell(self) -> float:
        """Send one sale and return the seconds until its answer was read."""
        sale = {
            "id": new_id(), "sold_at": "2026-11-22T16:30:00.000+07:00", "lines": LINES, "discount": 0,
            "payment": {"method": "cash", "tendered": 200_000, "transferred": 0}, "total": 200_000,
        }  # fmt: skip
        body = json.dumps(sale)
        begun = time.perf_counter()
        self._connection.request("POST", "/quay/api/sales", body, self._headers)
        answer = self._connection.getresponse()
        told = json.loads(answer.read())
        seconds = time.perf_counter() - begun
        assert answer.status == 201, told  # noqa: PLR2004 - a new sale
        return seconds


def register_owner(folder: str) -> str:
    """Register a shop's owner in a data folder and return the token of their session."""
    with running_service(folder, log_level="error", apps=APPS) as service:
        ctx = service.context
        fields = {"name": "Alice", "phone": "0912000001", "email": "alice@shop.example"}
        start_registration(ctx, fields=fields, language=Language.VI, browser="device", address=None)
        code = newest_code(ctx, "device", CodeKind.REGISTER)
        return confirm_registration(ctx, browser="device", code=code, headers={}, address=None).session_token


@contextmanager
def serving(folder: str) -> Iterator[str]:
    """Serve a data folder with the shop, and return its address."""
    settings = {"DATA": f"{folder}/data", "DEVELOPMENT": "1", "APPS": APPS, "LOG_LEVEL": "error"}
    environment = os.environ | {"PORT": "0"} | {f"CAMKET_{name}": value for name, value in settings.items()}
    with subprocess.Popen(  # noqa: S603 - our own command, in our own folder
        [str(Path(sys.executable).with_name("camket")), "serve"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield next(found.group(1) for line in process.stdout if (found := SERVES.match(line)))
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def bare_commits(folder: str) -> Iterator[sqlite3.Connection]:
    """Return a SQLite file with one table, under the shop's settings."""
    with closing(sqlite3.connect(f"{folder}/bare.db", isolation_level=None)) as connection:
        for setting in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY) STRICT")
        yield connection


def commit_bare(connection: sqlite3.Connection) -> float:
    """Commit one row and return the seconds that it took."""
    begun = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO bare DEFAULT VALUES")
    connection.execute("COMMIT")
    return time.perf_counter() - begun


def measure(folder: str) -> tuple[list[float], list[float], list[float]]:
    """Return the seconds of every sale of one device, of every sale of eight at once, and of every bare commit."""
    token = register_owner(folder)
    one: list[float] = []
    many: list[float] = []
    bare: list[float] = []
    with serving(folder) as address, bare_commits(folder) as connection, ThreadPoolExecutor(DEVICES) as threads:
        devices = [Device(address, token) for _ in range(DEVICES)]
        for device in devices:
            device.sell()
        for _ in range(ROUNDS):
            bare += [commit_bare(connection) for _ in range(SALES_OF_A_ROUND)]
            one += [devices[0].sell() for _ in range(SALES_OF_A_ROUND)]
            rounds = threads.map(lambda device: [device.sell() for _ in range(SALES_OF_A_ROUND)], devices)
            many += [seconds for each in rounds for seconds in each]
    return one, many, bare


def main() -> int:
    """Measure and report."""
    with TemporaryDirectory() as folder:
        one, many, bare = measure(folder)
    base = median(bare)
    figures = (
        Figure(
            name="a sale of 8 lines over HTTP, one device, p50",
            measured=duration(median(one)),
            baseline=duration(MOST_SECONDS),
            ratio=median(one) / MOST_SECONDS,
            at_most=1,
        ),
        Figure(
            name="the same, times a bare commit of SQLite",
            measured=duration(median(one)),
            baseline=duration(base),
            ratio=median(one) / base,
        ),
        Figure(
            name=f"the same with {DEVICES} devices at once, p50",
            measured=duration(median(many)),
            baseline=duration(base),
            ratio=median(many) / base,
        ),
    )
    return report("A sale at the server: SQLite synchronous=FULL, HTTP on loopback", figures)


if __name__ == "__main__":
    sys.exit(main())
