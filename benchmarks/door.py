"""Audited reads through the door, 16 threads on SQLite with synchronous=FULL: gate, durable record, decryption.

Compared in the same run with one commit for each read, in two ways: as a service without group commit does it, each
thread over a connection of its own; and by the same writer's thread with one unit in each commit, which keeps the
thread and loses only the shared flush. The README quotes the first two lines.
Run: `.venv/bin/python benchmarks/door.py`
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, closing
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from camket.adapters.store import open_store
from camket.services.access import Door
from camket.services.policies import PolicyBook
from camket.testing.service import register, running_service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.ports import Store
    from camket.services.context import Context

THREADS: Final = 16
SUBJECTS: Final = 64
SECONDS: Final = 1.5
ROUNDS: Final = 4
LEAST_PER_SECOND: Final = 4000
LEAST_RATIO: Final = 3.0


def reads_per_second(doors: Sequence[Door], subjects: Sequence[str], seconds: float) -> float:
    """Return how many audited reads a second all threads make together; thread by thread over the doors."""
    counts = [0] * THREADS
    begin = threading.Barrier(THREADS + 1)
    end = threading.Event()

    def work(number: int) -> None:
        door = doors[number % len(doors)]
        begin.wait()
        done = 0
        while not end.is_set():
            subject = subjects[(number * 7 + done) % len(subjects)]
            opened = door.read(actor="service:mailer", subject_id=subject, items=("email",), purpose="notify")
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


def door_over(ctx: Context, store: Store) -> Door:
    """Return a door like the service's own, over another opening of its database."""
    return Door(store=store, keys=ctx.keys, clock=ctx.clock, entropy=ctx.entropy, policies=PolicyBook())


def main() -> None:
    """Measure and print: all ways by turns, so that a busy moment of the machine is not one way's alone."""
    own: list[float] = []
    alone: list[float] = []
    group: list[float] = []
    with TemporaryDirectory() as folder, running_service(folder) as service, ExitStack() as opened:
        subjects = [register(service, number) for number in range(SUBJECTS)]
        ctx, url = service.context, service.settings.store_url
        stores = [opened.enter_context(closing(open_store(url, units_per_commit=1))) for _ in range(THREADS)]
        doors = [door_over(ctx, store) for store in stores]
        for _ in range(ROUNDS):
            own.append(reads_per_second(doors, subjects, SECONDS))
            alone.append(reads_per_second(doors[:1], subjects, SECONDS))
            group.append(reads_per_second([ctx.door], subjects, SECONDS))
    ratio = max(group) / max(own)
    print(f"audited reads, {THREADS} threads, SQLite synchronous=FULL: {max(group):,.0f}/s")
    print(
        f"one commit per read, a connection for each thread: {max(own):,.0f}/s; group commit is {ratio:.1f} times that"
    )
    print(f"one commit per read, by the same writer: {max(alone):,.0f}/s ({max(group) / max(alone):.1f} times)")
    met = max(group) >= LEAST_PER_SECOND and ratio >= LEAST_RATIO
    print(f"at least {LEAST_PER_SECOND:,}/s and {LEAST_RATIO:.0f} times: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
