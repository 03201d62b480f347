"""The desk's queue over HTTP with 100,000 open requests, and as many that no one has proven, on SQLite.

A member of staff who may see masks reads the first page, a page in the middle of the list, and the list narrowed to the
rarest kind; each answer is the whole page, with the counts above it and a record of the use for the 25 names behind the
masks, durable before the page leaves. The medians of all rounds.
Run: `.venv/bin/python benchmarks/request_queue.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Final

import uvicorn
from _measure import Figure, duration, report

from camket.client.visitor import cookie_key
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import Verification
from camket.rows.requests import RequestChannel, RequestRow
from camket.testing.service import register, running_service
from camket.testing.staff import add_staff
from camket.web.app import create_app
from camket.web.cookies import STAFF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.bootstrap import Runtime
    from camket.ports import Unit

REQUESTS: Final = 100_000
ADDED_AT_ONCE: Final = 5_000
CUSTOMERS: Final = 50
RARE_EACH: Final = 2_000
"""One request of so many is of the kind that is looked for."""
ROUNDS: Final = 40
MOST_SECONDS: Final = 0.1
PATH: Final = "/officer/requests"
OPEN: Final = (RequestState.VERIFIED, RequestState.PROPOSED, RequestState.APPROVED, RequestState.RUNNING)
ROWS: Final = re.compile(r"data-row href")


def add_requests(service: Runtime, customers: list[str]) -> None:
    """Store the requests: as many that no one has proven as those that someone has."""
    for first in range(0, REQUESTS, ADDED_AT_ONCE):
        service.context.store.write(lambda unit, first=first: add_some(unit, service, customers, first))  # type: ignore[misc]  # a loop's own


def add_some(unit: Unit, service: Runtime, customers: list[str], first: int) -> None:
    """Store one batch."""
    for number in range(first, first + ADDED_AT_ONCE):
        unit.requests.add(request(service, customers[number % CUSTOMERS], number, proven=True))
        unit.requests.add(request(service, f"{number:032x}", number, proven=False))


def request(service: Runtime, subject_id: str, number: int, *, proven: bool) -> RequestRow:
    """Return an open request that was made within the last 20 days, and is due within the next ones."""
    made = service.context.clock.now() - timedelta(seconds=number * 17)
    due = made + timedelta(days=20, seconds=number * 13 % 997)
    kinds = (RequestKind.ACCESS, RequestKind.RECTIFY, RequestKind.ERASE, RequestKind.SUPPORT)
    return RequestRow(
        id=f"{'p' if proven else 'u'}{number:031x}", subject_id=subject_id,
        kind=RequestKind.WITHDRAW if number % RARE_EACH == 0 else kinds[number % len(kinds)],
        state=OPEN[number % len(OPEN)] if proven else RequestState.UNVERIFIED,
        number=f"{number:05d}-{'PROVN' if proven else 'VNKNW'}", channel=RequestChannel.OUTSIDE, policy_version=1,
        filed_by=None, assigned_to=None, created_at=made, verified_at=made if proven else None,
        verified_level=Verification.EMAIL_CODE if proven else None, reply_due_at=made + timedelta(days=2), due_at=due,
        warn_at=due - timedelta(days=5), warned_at=None, replied_at=made if proven else None, paused_at=None,
        extended_at=None, failing=None, failing_since=None, done_at=None, sealed=b"\0" * 90,
    )  # fmt: skip


@contextmanager
def serving(service: Runtime) -> Iterator[int]:
    """Serve the application in a thread, and return its port."""
    started = Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: object = None) -> None:
            await super().startup(sockets)  # type: ignore[arg-type]  # none are given
            started.set()

    server = Server(uvicorn.Config(create_app(service), port=0, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    started.wait()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def fetch(port: int, path: str, token: str) -> tuple[float, str]:
    """Return the seconds from the request to the last byte of the page, and the page."""
    connection = HTTPConnection("localhost", port)
    begun = perf_counter()
    connection.request("GET", path, headers={"Cookie": f"{cookie_key(STAFF.name, https=False)}={token}"})
    page = connection.getresponse().read().decode()
    seconds = perf_counter() - begun
    connection.close()
    return seconds, page


def measure(port: int, path: str, token: str, *, rows: int) -> float:
    """Return the median over all rounds of a page that shows so many requests."""
    _, page = fetch(port, path, token)
    if len(ROWS.findall(page)) != rows:
        message = f"{path} shows {len(ROWS.findall(page))} requests, not {rows}"
        raise RuntimeError(message)
    return median(fetch(port, path, token)[0] for _ in range(ROUNDS))


def main() -> int:
    """Measure and report."""
    with TemporaryDirectory() as folder, running_service(folder, log_level="error") as service:
        customers = [register(service, number) for number in range(CUSTOMERS)]
        token = add_staff(service.context, Role.OFFICER).token
        with serving(service) as port:
            empty = measure(port, PATH, token, rows=0)
            add_requests(service, customers)
            middle = service.context.store.read(lambda unit: unit.requests.find(f"p{REQUESTS // 2:031x}"))
            assert middle is not None
            assert middle.queue_at is not None
            place = f"{int(middle.queue_at.timestamp() * 1_000_000)}.{middle.id}"
            pages = {
                "the first page": measure(port, PATH, token, rows=25),
                "a page in the middle": measure(port, f"{PATH}?after={place}", token, rows=25),
                "the rarest kind": measure(port, f"{PATH}?kind=withdraw", token, rows=25),
                "what no one has proven": measure(port, f"{PATH}?list=unproven", token, rows=25),
            }
    figures = [
        Figure(
            name=f"{name}, {REQUESTS:,} open requests",
            measured=duration(seconds),
            baseline=f"{duration(MOST_SECONDS)} (empty {duration(empty)})",
            ratio=seconds / MOST_SECONDS,
            at_most=1,
        )
        for name, seconds in pages.items()
    ]
    return report("The desk's queue: one page over HTTP, SQLite synchronous=FULL", figures)


if __name__ == "__main__":
    sys.exit(main())
