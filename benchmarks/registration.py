"""Registrations at the service layer, 16 threads on SQLite with synchronous=FULL.

One registration is start and confirmation: keys made and wrapped, values sealed, ledger records, codes, mail queued,
e-mail claimed, session opened; everything durable. Compared in the same run, by turns, with one commit for each unit of
work; the key store commits in groups for both. Both sides on one processor core, and ours on all of them too, where the
bound holds as well. The look-up of the code, which a person reads in the mail, is part of what is measured. Medians of
the rounds; the database grows from round to round.
Run: `.venv/bin/python benchmarks/registration.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from _measure import Figure, report
from _threads import THREADS, one_commit_each, one_core, paired_ratio, per_second

from camket.testing.service import register, running_service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from camket.bootstrap import Runtime

SECONDS: Final = 3.0
ROUNDS: Final = 5
LEAST_PER_SECOND: Final = 400


def registering(services: Sequence[Runtime], numbers: count[int]) -> Callable[[int, int], None]:
    """Return the work: one new customer, registered and confirmed, thread by thread over the services."""

    def work(thread: int, _done: int) -> None:
        register(services[thread % len(services)], next(numbers))

    return work


def main() -> int:
    """Measure and report."""
    group: list[float] = []
    alone: list[float] = []
    spread: list[float] = []
    numbers = count(1)
    with TemporaryDirectory() as folder, running_service(folder, log_level="error") as service, ExitStack() as opened:
        singly = [replace(service, context=ctx) for ctx in one_commit_each(service, opened)]
        for _ in range(ROUNDS):
            with one_core():
                alone.append(per_second(registering(singly, numbers), SECONDS))
                group.append(per_second(registering([service], numbers), SECONDS))
            spread.append(per_second(registering([service], numbers), SECONDS))
    registrations = median(group)
    figures = (
        Figure(
            name="registrations a second, started and confirmed",
            measured=f"{registrations:,.0f}/s",
            baseline=f"{LEAST_PER_SECOND}/s",
            ratio=registrations / LEAST_PER_SECOND,
            at_least=1,
        ),
        Figure(
            name="times one commit per unit of work",
            measured=f"{registrations:,.0f}/s",
            baseline=f"{median(alone):,.0f}/s",
            ratio=paired_ratio(group, alone),
        ),
        Figure(
            name="registrations a second, on all cores",
            measured=f"{median(spread):,.0f}/s",
            baseline=f"{LEAST_PER_SECOND}/s",
            ratio=median(spread) / LEAST_PER_SECOND,
            at_least=1,
        ),
        Figure(
            name="all cores against one",
            measured=f"{median(spread):,.0f}/s",
            baseline=f"{registrations:,.0f}/s",
            ratio=paired_ratio(spread, group),
        ),
    )
    return report(f"Registration at the service layer: {THREADS} threads, SQLite synchronous=FULL", figures)


if __name__ == "__main__":
    sys.exit(main())
