"""What the benchmarks of the running service share: the same work from many threads, and one commit for each unit."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from camket.adapters.store import open_store
from camket.bootstrap import Runtime
from camket.services.access import Door
from camket.services.context import Context
from camket.services.policies import PolicyBook

THREADS: Final = 16


def per_second(work: Callable[[int, int], object], seconds: float) -> float:
    """Return how often all threads together do the work in a second.

    Args:
        work: called with the number of the thread and how often that thread has done it.
        seconds: for how long.
    """
    counts = [0] * THREADS
    begin = threading.Barrier(THREADS + 1)
    end = threading.Event()

    def run(number: int) -> None:
        begin.wait()
        while not end.is_set():
            work(number, counts[number])
            counts[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    begin.wait()
    started = time.perf_counter()
    time.sleep(seconds)
    end.set()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep every thread of this process to one processor core, the last that it may use, until the end of the block.

    The interpreter runs one thread at a time. On two cores it is handed from one to the other with every switch and
    finds its data in the wrong cache; `taskset` does the same for a service (docs/how-to/operate.md).
    """
    allowed = os.sched_getaffinity(0)
    _move_threads({max(allowed)})
    try:
        yield
    finally:
        _move_threads(allowed)


def _move_threads(cores: set[int]) -> None:
    for thread in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended since
            os.sched_setaffinity(int(thread.name), cores)


def one_commit_each(service: Runtime, opened: ExitStack) -> list[Context]:
    """Return, for each thread, the service over a connection of its own that commits every unit by itself."""
    return [_alone(service, opened) for _ in range(THREADS)]


def _alone(service: Runtime, opened: ExitStack) -> Context:
    ctx = service.context
    store = opened.enter_context(closing(open_store(service.settings.store_url, units_per_commit=1)))
    policies = PolicyBook()
    door = Door(store=store, keys=ctx.keys, clock=ctx.clock, entropy=ctx.entropy, policies=policies)
    return replace(ctx, store=store, policies=policies, door=door)


def paired_ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios of neighbouring rounds: what holds when the machine's speed drifts."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))
