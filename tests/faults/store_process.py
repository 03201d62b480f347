"""A process over a store that tells on its standard output what it was told, until it is killed or refused."""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from camket.adapters.store import SqliteStore, open_store
from camket.core.errors import StoreError
from camket.ports import Unit
from camket.rows import NewRecord, RecordLink

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NOBODY = 65_534
THREADS = 16
LARGEST_FILE_BYTES = 600_000


def say(line: str) -> None:
    """Tell one line, whole, at once."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def two_records(name: str) -> Callable[[Unit], int]:
    """Return a unit that stores two records about a subject; whole, there are two, and never one."""

    def work(unit: Unit) -> int:
        record = NewRecord(facts=name.encode(), nonce_a=b"n" * 32, b=b"b" * 32, entry=b"e" * 32, created_at=NOW)
        unit.records.add(record, [RecordLink(subject_id=name, action="use", sealed=None)])
        return unit.records.add(record, [RecordLink(subject_id=name, action="use", sealed=None)])

    return work


def record(url: str) -> None:
    """Store records from many threads and tell each unit once it is acknowledged."""
    store = open_store(url)

    def work(thread: int) -> None:
        for number in count():
            name = f"s{thread}-{number}"
            store.write(two_records(name))
            say(f"stored {name}")

    for thread in range(THREADS):
        threading.Thread(target=work, args=(thread,)).start()


def fill(path: Path) -> None:
    """Store records with files no larger than the limit until the store refuses; then lift it and try again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = SqliteStore(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE_BYTES, resource.RLIM_INFINITY))
    for number in count():
        try:
            store.write(two_records(f"s{number}"))
        except StoreError as error:
            say(f"refused {error}")
            break
        say(f"stored s{number}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        store.write(two_records("later"))
    except StoreError as error:
        say(f"still refused {error}")
    else:
        say("stored later")
    store.close()


def peek(path: Path) -> None:
    """Open the store as an account that owns nothing, and tell the refusal."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        SqliteStore(path)
    except StoreError as error:
        say(f"refused {error}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["record", url]:
            record(url)
        case ["fill", path]:
            fill(Path(path))
        case ["peek", path]:
            peek(Path(path))
        case _:
            sys.exit(f"unknown arguments {sys.argv[1:]}")
