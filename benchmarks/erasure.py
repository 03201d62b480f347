"""An erasure on SQLite with synchronous=FULL: from the customer's yes until their key is destroyed, every commit of it.

What is timed is the yes (acceptance, record, certificate's place, job) and the whole run of its job by a worker that is
at hand: re-sealing what a law holds, the record, the openings for the certificate, the destruction of the key in the
key store with its own flush, and the forgetting, which comes after the key is gone. Baseline of the same run, by turns:
as many bare commits, and one key that is destroyed with nothing around it. Medians. Each customer has signed in twice.
Run: `.venv/bin/python benchmarks/erasure.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Final

from _measure import Figure, report

from camket.core.rights.machine import RequestKind
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.rows import CodeKind
from camket.services.erasure import accept_erasure
from camket.services.erasure_preview import preview_erasure_of
from camket.services.requests import start_request_in
from camket.services.sessions import find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.verification import prove, send_code
from camket.testing.service import newest_code, register, running_service

if TYPE_CHECKING:
    from camket.bootstrap import Runtime
    from camket.core.terms import VerifiedIdentity
    from camket.services.context import Context

CUSTOMERS: Final = 40
MOST_MS: Final = 50
COMMITS: Final = 7
"""Of an erasure without apps: the yes, the claim, three steps before the key dies and one after it, the end."""
MOST_TIMES_BARE: Final = 8


def proven(service: Runtime, number: int) -> VerifiedIdentity:
    """Register a customer, who signs in, asks for their account to be erased and proves who they are."""
    ctx = service.context
    email = f"alice{number}@shop.example"
    subject_id = register(service, number, email=email)
    browser = f"browser of {number}"
    start_sign_in(ctx, email=email, browser=browser, address=None)
    code = newest_code(ctx, browser, CodeKind.SIGN_IN)
    signed_in = confirm_sign_in(ctx, browser=browser, code=code, headers={}, address=None)
    session = find_session(ctx, signed_in.session_token)
    if session is None:
        raise LookupError(email)
    request = ctx.store.write(lambda unit: start_request_in(unit, ctx, subject_id=subject_id, kind=RequestKind.ERASE))
    send_code(ctx, session, request.id, browser=browser)
    code = newest_code(ctx, browser, CodeKind.VERIFY, request_id=request.id)
    return prove(ctx, session, request_id=request.id, code=code, browser=browser)


def erased_ms(ctx: Context, engine: Engine, identity: VerifiedIdentity) -> float:
    """Return how long one erasure takes, from the yes on."""
    accepted = preview_erasure_of(ctx, identity.subject_id).acceptance
    began = perf_counter()
    accept_erasure(ctx, identity, accepted=accepted)
    engine.run_next("benchmark")
    took = perf_counter() - began
    if ctx.keys.subject_key(identity.subject_id, KeyKind.LIVE) is not None:
        raise LookupError(identity.subject_id)
    return took * 1000


def bare_ms(ctx: Context, subject_id: str) -> float:
    """Return how long the same commits take with nothing in them, and a key that is destroyed."""
    now = ctx.clock.now()
    began = perf_counter()
    for _ in range(COMMITS):
        ctx.store.write(lambda unit: unit.limits.hit("bare", b"k" * 32, window_start=now))
    ctx.keys.destroy_subject_key(subject_id, KeyKind.LIVE, at=now)
    return (perf_counter() - began) * 1000


def main() -> int:
    """Measure and report."""
    ours: list[float] = []
    bare: list[float] = []
    with TemporaryDirectory() as folder, running_service(folder, log_level="error") as service:
        ctx, engine = service.context, Engine(service.context, KINDS)
        identities = [proven(service, number) for number in range(CUSTOMERS)]
        others = [register(service, CUSTOMERS + number, name="Bob") for number in range(CUSTOMERS)]
        while engine.run_next("benchmark"):
            pass
        for identity, other in zip(identities, others, strict=True):
            ours.append(erased_ms(ctx, engine, identity))
            bare.append(bare_ms(ctx, other))
    p50 = median(ours)
    figures = (
        Figure(
            name="from the yes to the key's end and the forgetting, p50",
            measured=f"{p50:.1f} ms",
            baseline=f"{MOST_MS} ms",
            ratio=p50 / MOST_MS,
            at_most=1,
        ),
        Figure(
            name="times as many bare commits and a bare key's end",
            measured=f"{p50:.1f} ms",
            baseline=f"{median(bare):.1f} ms",
            ratio=p50 / median(bare),
            at_most=MOST_TIMES_BARE,
        ),
    )
    return report("Erasure", figures)


if __name__ == "__main__":
    sys.exit(main())
