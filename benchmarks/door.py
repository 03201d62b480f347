"""Audited reads through the door, 16 threads on SQLite with synchronous=FULL: gate, durable record, decryption.

Compared in the same run with one commit for each read, which is what group commit saves. The README quotes both lines.
Run: `.venv/bin/python benchmarks/door.py`
"""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from camket.testing.service import register, running_service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from camket.services.context import Context

THREADS: Final = 16
SUBJECTS: Final = 64
SECONDS: Final = 4.0
LEAST_PER_SECOND: Final = 4000
LEAST_RATIO: Final = 3.0


def reads_per_second(
    ctx: Context, subjects: Sequence[str], turn: AbstractContextManager[object], seconds: float
) -> float:
    """Return how many audited reads a second all threads make together; `turn` is held during each."""
    counts = [0] * THREADS
    begin = threading.Barrier(THREADS + 1)
    end = threading.Event()

    def work(number: int) -> None:
        begin.wait()
        done = 0
        while not end.is_set():
            subject = subjects[(number * 7 + done) % len(subjects)]
            with turn:
                opened = ctx.door.read(actor="service:mailer", subject_id=subject, items=("email",), purpose="notify")
            assert opened.first("email")
            done += 1
        counts[number] = done

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
        subjects = [register(service, number) for number in range(SUBJECTS)]
        ctx = service.context
        reads_per_second(ctx, subjects, nullcontext(), 1.0)
        single = reads_per_second(ctx, subjects, threading.Lock(), SECONDS)
        group = reads_per_second(ctx, subjects, nullcontext(), SECONDS)
    print(f"audited reads, {THREADS} threads, SQLite synchronous=FULL: {group:,.0f}/s")
    print(f"one commit per read: {single:,.0f}/s; group commit is {group / single:.1f} times that")
    met = group >= LEAST_PER_SECOND and group >= LEAST_RATIO * single
    print(f"at least {LEAST_PER_SECOND:,}/s and {LEAST_RATIO:.0f} times: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
