"""A consent saved end to end: over HTTP to a real `camket serve`, by one browser at a time and by eight at once.

What is timed is the POST that answers an open question with yes, until its answer is read: guards and session, the
question with its exact text, the gate's fact, the history and the ledger record in one unit, flushed (SQLite,
synchronous=FULL). Each customer answers once. Compared in the same run, by turns, with the least that any durable
answer costs here: one row committed by SQLite itself under the same settings. Medians over all rounds.
Run: `.venv/bin/python benchmarks/consent.py`; it exits with 1 if a bound does not hold.
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
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from _measure import Figure, duration, report

from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.registration import confirm_registration, start_registration
from camket.testing.service import newest_code, running_service

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
SERVES: Final = re.compile(r"camket serves (\S+)")
ROUNDS: Final = 10
ANSWERS_OF_A_ROUND: Final = 20
BROWSERS: Final = 8
MOST_SECONDS: Final = 0.010


class Browser:
    """One customer's browser: a connection that stays open, and the cookie of their session."""

    def __init__(self, address: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
            "Cookie": f"camket_session={token}", "Sec-Fetch-Site": "same-origin",
        }  # fmt: skip
        self._question: dict[str, Any] = {}

    def ask(self) -> None:
        """Have the question about improvement news asked."""
        self._question = self._post("/ask", {"purpose": "promote"})

    def agree(self) -> float:
        """Answer it with yes and return the seconds until the answer was read."""
        fields = {"answer": "yes", "text_hash": self._question["text_hash"]}
        begun = time.perf_counter()
        said = self._post(f"/ask/{self._question['id']}", fields)
        seconds = time.perf_counter() - begun
        assert said["yes"] is True, said
        return seconds

    def _post(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        self._connection.request("POST", path, urlencode(fields), self._headers)
        answer = self._connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        assert answer.status < 300, told  # noqa: PLR2004 - done
        return told


def register_customers(folder: str, count: int) -> list[str]:
    """Register customers in a data folder and return the tokens of their sessions."""
    tokens = []
    with running_service(folder, log_level="error") as service:
        ctx = service.context
        for number in range(count):
            fields = {"name": "Alice", "phone": f"09{number:08}", "email": f"alice{number}@shop.example"}
            browser = f"browser-{number}"
            start_registration(ctx, fields=fields, language=Language.VI, browser=browser, address=None)
            code = newest_code(ctx, browser, CodeKind.REGISTER)
            tokens.append(confirm_registration(ctx, browser=browser, code=code, headers={}, address=None).session_token)
    return tokens


@contextmanager
def serving(folder: str) -> Iterator[str]:
    """Serve a data folder, and return its address."""
    settings = {"DATA": f"{folder}/data", "DEVELOPMENT": "1", "LOG_LEVEL": "error"}
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
    """Return a SQLite file with one table, under the store's settings."""
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
    """Return the seconds of every answer alone, of every one of eight at once, and of every bare commit."""
    tokens = register_customers(folder, 2 * ROUNDS * ANSWERS_OF_A_ROUND)
    one: list[float] = []
    many: list[float] = []
    bare: list[float] = []
    with serving(folder) as address, bare_commits(folder) as connection, ThreadPoolExecutor(BROWSERS) as threads:
        waiting = [Browser(address, token) for token in tokens]
        for _ in range(ROUNDS):
            alone, together = waiting[:ANSWERS_OF_A_ROUND], waiting[ANSWERS_OF_A_ROUND : 2 * ANSWERS_OF_A_ROUND]
            waiting = waiting[2 * ANSWERS_OF_A_ROUND :]
            for browser in (*alone, *together):
                browser.ask()
            bare += [commit_bare(connection) for _ in range(ANSWERS_OF_A_ROUND)]
            one += [browser.agree() for browser in alone]
            many += threads.map(Browser.agree, together)
    return one, many, bare


def main() -> int:
    """Measure and report."""
    with TemporaryDirectory() as folder:
        one, many, bare = measure(folder)
    base = median(bare)
    figures = (
        Figure(
            name="a consent saved over HTTP, p50",
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
            name=f"the same with {BROWSERS} browsers at once, p50",
            measured=duration(median(many)),
            baseline=duration(base),
            ratio=median(many) / base,
        ),
    )
    return report("A consent saved end to end: SQLite synchronous=FULL, HTTP on loopback", figures)


if __name__ == "__main__":
    sys.exit(main())
