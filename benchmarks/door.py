"""Audited reads through the door, 16 threads on SQLite with synchronous=FULL: gate, durable record, decryption.

Compared in the same run, by turns, with one commit for each read as a service without group commit does it: each thread
over a connection of its own. Both sides on one processor core, and ours on all of them too. Medians of the rounds; the
ratio is the median of neighbouring rounds.
Run: `.venv/bin/python benchmarks/door.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from _measure import Figure, report
from _threads import THREADS, one_commit_each, one_core, paired_ratio, per_second

from camket.testing.service import register, running_service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from camket.services.access import Door

SUBJECTS: Final = 64
SECONDS: Final = 1.5
ROUNDS: Final = 7
LEAST_PER_SECOND: Final = 4000
LEAST_RATIO: Final = 3.0


def reading(doors: Sequence[Door], subjects: Sequence[str]) -> Callable[[int, int], None]:
    """Return the work: one audited read, thread by thread over the doors."""

    def read(thread: int, done: int) -> None:
        subject = subjects[(thread * 7 + done) % len(subjects)]
        opened = doors[thread % len(doors)].read(
            actor="service:mailer", subject_id=subject, items=("email",), purpose="notify"
        )
        assert opened.first("email")

    return read


def main() -> int:
    """Measure and report."""
    group: list[float] = []
    alone: list[float] = []
    spread: list[float] = []
    with TemporaryDirectory() as folder, running_service(folder, log_level="error") as service, ExitStack() as opened:
        subjects = [register(service, number) for number in range(SUBJECTS)]
        doors = [ctx.door for ctx in one_commit_each(service, opened)]
        for _ in range(ROUNDS):
            with one_core():
                alone.append(per_second(reading(doors, subjects), SECONDS))
                group.append(per_second(reading([service.context.door], subjects), SECONDS))
            spread.append(per_second(reading([service.context.door], subjects), SECONDS))
    reads, singly = median(group), median(alone)
    figures = (
        Figure(
            name="audited reads a second",
            measured=f"{reads:,.0f}/s",
            baseline=f"{LEAST_PER_SECOND:,}/s",
            ratio=reads / LEAST_PER_SECOND,
            at_least=1,
        ),
        Figure(
            name="times one commit per read",
            measured=f"{reads:,.0f}/s",
            baseline=f"{singly:,.0f}/s",
            ratio=paired_ratio(group, alone),
            at_least=LEAST_RATIO,
        ),
        Figure(
            name="audited reads a second, on all cores",
            measured=f"{median(spread):,.0f}/s",
            baseline=f"{reads:,.0f}/s",
            ratio=paired_ratio(spread, group),
        ),
    )
    return report(f"Audited reads through the door: {THREADS} threads, SQLite synchronous=FULL", figures)


if __name__ == "__main__":
    sys.exit(main())
