"""Registrations at the service layer, 16 threads on SQLite with synchronous=FULL.

One registration is start and confirmation: keys made and wrapped, values sealed, ledger records, codes, mail queued,
e-mail claimed, session opened; everything durable. The README quotes the line.
Run: `.venv/bin/python benchmarks/registration.py`
"""

from __future__ import annotations

import threading
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from camket.testing.service import register, running_service

if TYPE_CHECKING:
    from camket.bootstrap import Runtime

THREADS: Final = 16
SECONDS: Final = 5.0
LEAST_PER_SECOND: Final = 400


def registrations_per_second(service: Runtime, seconds: float) -> float:
    """Return how many confirmed registrations a second all threads make together."""
    counts = [0] * THREADS
    begin = threading.Barrier(THREADS + 1)
    end = threading.Event()

    def work(number: int) -> None:
        begin.wait()
        while not end.is_set():
            register(service, number * 100_000 + counts[number])
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    begin.wait()
    started = time.perf_counter()
    time.sleep(seconds)
    end.set()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, running_service(folder) as service:
        figure = registrations_per_second(service, SECONDS)
    met = figure >= LEAST_PER_SECOND
    print(f"registrations, start and confirmation, {THREADS} threads, SQLite synchronous=FULL: {figure:,.0f}/s")
    print(f"at least {LEAST_PER_SECOND}/s: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
