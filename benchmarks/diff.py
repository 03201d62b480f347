"""Comparing two versions of 500 clauses by meaning, each difference said in both languages.

Timed is `compare(before, after)` of two versions that are compiled already: with a tenth of the items changed, and with
every clause changed, which is the most that there is to say. Beside it stands the floor: finding the changed clauses as
sets of tuples, without judging or saying any of them. Twice as many clauses must not take much more than twice as long.
Run: `.venv/bin/python benchmarks/diff.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from _measure import Contender, Figure, duration, report, seconds_each

from camket.adapters.policy_files import read_policy_folder
from camket.core.policy.compile import clauses_of, compile_policy
from camket.core.policy.diff import compare
from camket.core.policy.model import Item, Policy, PolicyVersion, Purpose
from camket.core.terms import Basis

DEFAULT_POLICY: Final = Path(__file__).parent.parent / "policies" / "default"
CLAUSES: Final = 500
MOST_MS: Final = 50.0
MOST_GROWTH: Final = 2.6
ROUNDS: Final = 15


def version_of(policy: Policy, number: int) -> PolicyVersion:
    """Return a policy as a version, with its clauses."""
    return PolicyVersion(number=number, policy=policy, document_hash="", meaning_hash="", clauses=clauses_of(policy))


def large(clauses: int) -> Policy:
    """Return the default policy with as many items and uses as make this many clauses; every purpose is stated."""
    policy = compile_policy(read_policy_folder(DEFAULT_POLICY), number=1).policy
    item, purpose = policy.items[0], policy.purposes[0]
    items: tuple[Item, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    count = 0
    while count < clauses:
        place = len(items)
        items = (*items, replace(item, id=f"item.n{place}", required=False, maximum=replace(item.maximum, days=100)))
        named = tuple(one.id for one in items)
        purposes = tuple(
            replace(purpose, id=f"purpose.n{other}", items=named, basis=Basis.STATED) for other in range(3)
        )
        count = len(clauses_of(_with(policy, items, purposes)))
    return _with(policy, items, purposes)


def _with(policy: Policy, items: tuple[Item, ...], purposes: tuple[Purpose, ...]) -> Policy:
    return replace(policy, items=items, purposes=purposes, recipients=())


def changed(policy: Policy, *, every: int) -> Policy:
    """Return the policy with every so-many-th item kept longer and used for nothing any more."""
    items = tuple(
        replace(one, maximum=replace(one.maximum, days=200)) if place % every == 0 else one
        for place, one in enumerate(policy.items)
    )
    gone = {one.id for place, one in enumerate(policy.items) if place % every == 0}
    purposes = tuple(
        replace(one, items=tuple(name for name in one.items if name not in gone)) for one in policy.purposes
    )
    return replace(policy, items=items, purposes=purposes)


def everything(policy: Policy) -> Policy:
    """Return a policy of the same size in which no permission, maximum, right or notice is as it was."""
    items = tuple(
        replace(one, id=f"other.n{place}", maximum=replace(one.maximum, days=200))
        for place, one in enumerate(policy.items)
    )
    named = tuple(one.id for one in items)
    rights = tuple(replace(one, complete_days=one.complete_days + 1, fee_vnd=1000) for one in policy.rights)
    notices = tuple(replace(one, lead_days=one.lead_days + 1) for one in policy.notices)
    purposes = tuple(replace(one, items=named) for one in policy.purposes)
    return replace(policy, items=items, purposes=purposes, rights=rights, notices=notices)


def main() -> int:
    """Measure, print, and return the exit code."""
    small, double = large(CLAUSES), large(2 * CLAUSES)
    before, tenth, other = (
        version_of(one, number)
        for number, one in enumerate((small, changed(small, every=10), everything(small)), start=1)
    )
    before_double, other_double = version_of(double, 1), version_of(everything(double), 2)
    cells = [{(clause.kind, clause.roots) for clause in version.clauses} for version in (before, other)]
    contenders = {
        "tenth": Contender(run=lambda: compare(before, tenth), operations=1),
        "every": Contender(run=lambda: compare(before, other), operations=1),
        "double": Contender(run=lambda: compare(before_double, other_double), operations=1),
        "floor": Contender(run=lambda: cells[0] ^ cells[1], operations=1),
    }
    seconds = seconds_each(contenders, rounds=ROUNDS)
    said = {
        "tenth": len(compare(before, tenth).differences),
        "every": len(compare(before, other).differences),
    }
    size = len(before.clauses)
    figures = [
        Figure(
            name=f"comparing {size} clauses, {said[name]} differences, in ms",
            measured=duration(seconds[name]),
            baseline=f"{duration(seconds['floor'])} as sets",
            ratio=seconds[name] * 1000,
            at_most=MOST_MS,
        )
        for name in ("tenth", "every")
    ]
    figures.append(
        Figure(
            name=f"{len(before_double.clauses)} clauses against {size}",
            measured=duration(seconds["double"]),
            baseline=duration(seconds["every"]),
            ratio=seconds["double"] / seconds["every"],
            at_most=MOST_GROWTH,
        )
    )
    return report("Comparing two versions", figures)


if __name__ == "__main__":
    sys.exit(main())
