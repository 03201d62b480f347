"""What the benchmarks share: contenders timed in turn in one run, figures as ratios, and an exit code that holds them.

A figure is a ratio between two contenders of the same run on the same machine, so that it means the same anywhere. The
contenders take turns, and the fastest round of each counts: the least disturbed one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """Something to time.

    Args:
        run: does the work once.
        operations: how many operations one run is.
    """

    run: Callable[[], object]
    operations: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A ratio with the bound it has to hold.

    Args:
        name: what is claimed.
        measured: how the contender came out, for people.
        baseline: how what it is compared with came out, for people.
        ratio: the claim's number.
        at_most: the largest ratio that holds; None where there is no such bound.
        at_least: the smallest ratio that holds; None where there is no such bound.
    """

    name: str
    measured: str
    baseline: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its bounds."""
        return (self.at_most is None or self.ratio <= self.at_most) and (
            self.at_least is None or self.ratio >= self.at_least
        )

    @property
    def bound(self) -> str:
        """The bound as a reader wants it."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "-" if self.at_least is None else f"≥ {self.at_least:g}"


def seconds_each(contenders: Mapping[str, Contender], *, rounds: int = 25) -> dict[str, float]:
    """Return the seconds per operation of each contender, in its fastest round."""
    best = dict.fromkeys(contenders, float("inf"))
    for contender in contenders.values():
        contender.run()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, contender in contenders.items():
                start = perf_counter()
                contender.run()
                best[name] = min(best[name], (perf_counter() - start) / contender.operations)
    finally:
        gc.enable()
    return best


def duration(seconds: float) -> str:
    """Return a time as people read it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def report(title: str, figures: Sequence[Figure]) -> int:
    """Print the figures and return the exit code: 0 if every bound holds, 1 if one does not."""
    table = Table(
        "figure", "measured", "baseline", "ratio", "bound", "", title=title, title_justify="left", box=SIMPLE_HEAD
    )
    for figure in figures:
        verdict = "" if figure.bound == "-" else ("holds" if figure.holds else "FAILS")
        table.add_row(figure.name, figure.measured, figure.baseline, f"{figure.ratio:.3g}", figure.bound, verdict)
    Console(width=120).print(table)
    return 0 if all(figure.holds for figure in figures) else 1
