"""A notice to 100,000 customers: planned by the job, on SQLite with synchronous=FULL, in a process of its own.

The customers are rows as a registration leaves them, each with a used service; a tenth have agreed to the version
before, so that several effective policies are folded. Planning is one delivery and one queued mail for each, in batches
that are durable one by one; what the relay then takes is not part of it. The most memory is that of the whole process.
Run: `.venv/bin/python benchmarks/notice.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import resource
import sys
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Final

from _measure import Figure, report

from camket.adapters.policy_files import read_policy_folder
from camket.core.terms import Language, Source, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import Engine, Kind, registry
from camket.rows import FactKind, FactRow, HeldValueRow, SubjectRow
from camket.services.apps import USE_ITEM
from camket.services.notices import NOTICE_JOB, plan_notice
from camket.services.policies import publish_policy
from camket.testing.doubles import HeldClock
from camket.testing.service import DEFAULT_POLICY, running_service

if TYPE_CHECKING:
    from camket.bootstrap import Runtime
    from camket.ports import Unit

CUSTOMERS: Final = 100_000
ADDED_AT_ONCE: Final = 2_000
AGREED_EACH: Final = 10
MOST_SECONDS: Final = 20.0
MOST_MEGABYTES: Final = 200.0


def publish(service: Runtime, clock: HeldClock, days: bytes) -> None:
    """Publish the default policy with another maximum, for in 40 days."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: " + days + b" days", 1)
    publish_policy(service.context, files, effective_at=clock.now() + timedelta(days=40))


def add_customers(service: Runtime, clock: HeldClock) -> None:
    """Store the customers."""
    now = clock.now()

    def add(unit: Unit, first: int) -> None:
        for number in range(first, first + ADDED_AT_ONCE):
            subject_id = f"{number:032x}"
            unit.subjects.add(
                SubjectRow(
                    id=subject_id, state=SubjectState.ACTIVE, joined_version=1, joined_at=now, confirmed_at=now,
                    erased_at=None, language=Language.VI, gpc_signalled_at=None, gpc_overridden_at=None,
                    facts_revision=0,
                )
            )  # fmt: skip
            unit.values.add([used(subject_id, service="shop" if number % 2 else "print", at=now)])
            if number % AGREED_EACH == 0:
                body = {"version": 2, "clause": None}
                unit.facts.add(
                    FactRow(id=f"f{number}", subject_id=subject_id, kind=FactKind.AGREEMENT, body=body, at=now,
                            withdrawn_at=None)
                )  # fmt: skip

    for first in range(0, CUSTOMERS, ADDED_AT_ONCE):
        service.context.store.write(lambda unit, first=first: add(unit, first))  # type: ignore[misc]  # a loop's own


def used(subject_id: str, *, service: str, at: datetime) -> HeldValueRow:
    """Return the value that says which service a customer uses."""
    return HeldValueRow(
        id=f"{subject_id}.{USE_ITEM}.{service}", subject_id=subject_id, item=USE_ITEM, sealed=b"\0" * 60,
        key_kind=KeyKind.LIVE, service=service, source=Source.OBSERVED, version=1, collected_at=at,
        last_used_at=None, article=None, hold_until=None,
    )  # fmt: skip


def main() -> int:
    """Measure and report."""
    clock = HeldClock()
    with TemporaryDirectory() as folder, running_service(folder, clock=clock, log_level="error") as service:
        engine = Engine(service.context, registry(Kind(name=NOTICE_JOB, run=plan_notice)))
        publish(service, clock, b"410")
        engine.run_next("planner")
        clock.advance(days=41)
        engine.run_next("planner")
        add_customers(service, clock)
        publish(service, clock, b"420")
        begun = perf_counter()
        engine.run_next("planner")
        seconds = perf_counter() - begun
        planned = service.context.store.read(lambda unit: sum(one.people for one in unit.notices.count(3)))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if planned != CUSTOMERS:
        sys.stderr.write(f"{planned} of {CUSTOMERS} customers were planned\n")
        return 1
    figures = (
        Figure(
            name=f"a notice to {CUSTOMERS:,} customers, planned",
            measured=f"{seconds:.1f} s",
            baseline=f"{MOST_SECONDS:.0f} s",
            ratio=MOST_SECONDS / seconds,
            at_least=1,
        ),
        Figure(
            name="the most memory of the process",
            measured=f"{megabytes:.0f} MB",
            baseline=f"{MOST_MEGABYTES:.0f} MB",
            ratio=MOST_MEGABYTES / megabytes,
            at_least=1,
        ),
    )
    return report("Notices: SQLite synchronous=FULL", figures)


if __name__ == "__main__":
    sys.exit(main())
