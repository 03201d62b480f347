"""A request for a copy of a customer with 1,000 recorded uses, from verified to file ready: SQLite, synchronous=FULL.

The whole way: the yes is stored, the job is claimed, begun, everything held and all 1,000 uses are read in one unit of
work, both pages, the data and every opening with its one proof are written, packed, sealed and stored, the mail is
queued. Compared in the same run, by turns, with the same openings written as they were before there was one proof for
all: an inclusion proof for each. Medians. A worker that sleeps looks for work every quarter of a second; that wait has
a line of its own, which is not bounded.
Run: `.venv/bin/python benchmarks/copy_ready.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Final

from _measure import Figure, duration, report

from camket.core.ledger.openings import Openings
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.jobs.workers import Workers
from camket.rows import CodeKind
from camket.services.copy_requests import COPY_JOB, begin_copy, start_copy
from camket.services.proofs import prove_all, prove_set
from camket.services.request_files import find_file
from camket.services.sequencing import Sequencer
from camket.services.sessions import find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.verification import prove, send_code
from camket.testing.service import newest_code, register, running_service

if TYPE_CHECKING:
    from camket.bootstrap import Runtime
    from camket.core.ledger.opening_values import AnyOpening
    from camket.core.terms import VerifiedIdentity
    from camket.services.context import Context
    from camket.services.sessions import Session

USES: Final = 1000
ROUNDS: Final = 15
MOST_SECONDS: Final = 0.3
MOST_OF_SINGLE: Final = 0.7
BROWSER: Final = "browser"
EMAIL: Final = "alice@shop.example"
LOOK_SECONDS: Final = 0.002


def signed_in(service: Runtime) -> Session:
    """Return alice, signed in."""
    ctx = service.context
    register(service, name="Alice", email=EMAIL)
    start_sign_in(ctx, email=EMAIL, browser=BROWSER, address=None)
    code = newest_code(ctx, BROWSER, CodeKind.SIGN_IN)
    session = find_session(
        ctx, confirm_sign_in(ctx, browser=BROWSER, code=code, headers={}, address=None).session_token
    )
    assert session is not None
    return session


def proven(ctx: Context, session: Session) -> VerifiedIdentity:
    """Ask for a copy and prove who asks."""
    request = start_copy(ctx, session)
    send_code(ctx, session, request.id, browser=BROWSER)
    code = newest_code(ctx, BROWSER, CodeKind.VERIFY, request_id=request.id)
    return prove(ctx, session, request_id=request.id, code=code, browser=BROWSER)


def sequence(sequencer: Sequencer) -> None:
    """Give every record its place."""
    while sequencer.once():
        pass


def made_here(ctx: Context, session: Session, engine: Engine) -> float:
    """Return the seconds from verified to file ready, where a worker takes the job up at once."""
    identity = proven(ctx, session)
    start = perf_counter()
    begin_copy(ctx, identity)
    assert engine.run_next("bench")
    took = perf_counter() - start
    assert find_file(ctx, subject_id=session.subject_id, request_id=identity.request_id) is not None
    return took


def made_by_workers(ctx: Context, session: Session) -> float:
    """Return the seconds from verified to file ready, with the workers of a service that has nothing else to do."""
    identity = proven(ctx, session)
    start = perf_counter()
    begin_copy(ctx, identity)
    while find_file(ctx, subject_id=session.subject_id, request_id=identity.request_id) is None:
        sleep(LOOK_SECONDS)
    return perf_counter() - start


def opened(ctx: Context, session: Session) -> list[tuple[AnyOpening, int | None]]:
    """Return the openings of every record of alice with their indexes."""
    rows = ctx.store.read(lambda unit: unit.records.of_subject(session.subject_id, limit=10 * USES))
    rows = tuple(row for row in rows if row.sealed is not None)
    openings = ctx.door.open_records(subject_id=session.subject_id, rows=rows)
    return [(opening, row.ledger_index) for opening, row in zip(openings, rows, strict=True)]


def with_one_proof(ctx: Context, openings: list[tuple[AnyOpening, int | None]]) -> tuple[float, int]:
    """Return the seconds and bytes of a file of openings with one proof for all."""
    start = perf_counter()
    found = prove_set(ctx, openings)
    assert found is not None
    size = len(found.to_bytes())
    return perf_counter() - start, size


def with_single_proofs(ctx: Context, openings: list[tuple[AnyOpening, int | None]]) -> tuple[float, int]:
    """Return the seconds and bytes of a file of openings with a proof for each."""
    start = perf_counter()
    found = prove_all(ctx, openings)
    assert found is not None
    size = len(Openings(key=found.key, checkpoint=found.checkpoint, openings=found.openings).to_bytes())
    return perf_counter() - start, size


def main() -> int:
    """Measure and report."""
    together, single, made, waited = [], [], [], []
    with (
        TemporaryDirectory() as folder,
        running_service(folder, log_level="error", codes_per_subject_hour=1000) as service,
    ):
        ctx = service.context
        sequencer = Sequencer(ctx)
        session = signed_in(service)
        for _ in range(USES):
            ctx.door.read(actor="service:mailer", subject_id=session.subject_id, items=("email",), purpose="notify")
        sequence(sequencer)
        engine = Engine(ctx, {COPY_JOB: KINDS[COPY_JOB]})
        openings = opened(ctx, session)
        assert len(openings) >= USES
        for _ in range(ROUNDS):
            made.append(made_here(ctx, session, engine))
            together.append(with_one_proof(ctx, openings))
            single.append(with_single_proofs(ctx, openings))
            sequence(sequencer)
        workers = Workers(ctx, 2)
        workers.start()
        waited = [made_by_workers(ctx, session) for _ in range(ROUNDS)]
        workers.stop()
    took = median(made)
    one, each = median(seconds for seconds, _ in together), median(seconds for seconds, _ in single)
    figures = (
        Figure(
            name="verified to file ready, p50",
            measured=duration(took),
            baseline=f"bound {duration(MOST_SECONDS)}",
            ratio=took / MOST_SECONDS,
            at_most=1,
        ),
        Figure(
            name="the same with the worker's wait",
            measured=duration(median(waited)),
            baseline=f"bound {duration(MOST_SECONDS)}",
            ratio=median(waited) / MOST_SECONDS,
        ),
        Figure(
            name="openings proven and written",
            measured=duration(one),
            baseline=f"a proof for each {duration(each)}",
            ratio=one / each,
            at_most=MOST_OF_SINGLE,
        ),
        Figure(
            name="bytes of openings.json",
            measured=f"{together[0][1]:,}",
            baseline=f"a proof for each {single[0][1]:,}",
            ratio=together[0][1] / single[0][1],
            at_most=MOST_OF_SINGLE,
        ),
    )
    return report(f"A copy with {USES:,} recorded uses, SQLite synchronous=FULL", figures)


if __name__ == "__main__":
    sys.exit(main())
