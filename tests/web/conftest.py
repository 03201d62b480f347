"""A whole service behind its pages: real SQLite, real keys, the default policy, mails in memory, jobs run on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from camket.adapters.telemetry import configure_logs
from camket.bootstrap import Runtime, start_runtime
from camket.config import load_settings
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.services.sequencing import Sequencer
from camket.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from httpx2 import Response
    from starlette.types import ASGIApp

ROOT = Path(__file__).parents[2]
ORIGIN = "http://localhost:8000"
ALICE = {"name": "Alice Nguyễn", "phone": "090 123 45 67", "email": "alice@shop.example"}
BOB = {"name": "Bob Trần", "phone": "091 234 56 78", "email": "bob@shop.example"}
SIX_DIGITS = re.compile(r"\b(\d{3}) ?(\d{3})\b")


class HandClock:
    """A clock that a test moves; by itself it ticks a millisecond each time it is read, so that order shows."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant at which the hand stands, and tick."""
        self.instant += timedelta(milliseconds=1)
        return self.instant

    def advance(self, step: timedelta) -> None:
        """Move the hand forward."""
        self.instant += step


class Browser(TestClient):
    """One browser: it keeps its cookies, says where its requests come from, and follows no redirect by itself."""

    def __init__(self, app: ASGIApp, *, base_url: str = ORIGIN) -> None:
        super().__init__(app, base_url=base_url, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)

    def send_form(self, path: str, **fields: str) -> Response:
        """Send a form."""
        return self.post(path, data=fields)


@dataclass
class Service:
    """One running service and its application."""

    runtime: Runtime
    app: ASGIApp
    clock: HandClock
    log: StringIO
    _engine: Engine = field(init=False)
    _sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self._engine = Engine(self.runtime.context, KINDS)
        self._sequencer = Sequencer(self.runtime.context)

    def browser(self) -> Browser:
        """Return a new browser without a cookie."""
        return Browser(self.app)

    def settle(self) -> None:
        """Run every job that is due and give every record its place in the ledger."""
        while self._engine.run_next("test"):
            pass
        while self._sequencer.once():
            pass

    def newest_mail(self) -> str:
        """Return the text of the newest mail after everything due has run."""
        self.settle()
        assert self.runtime.mailbox is not None
        return self.runtime.mailbox.mails()[0].text

    def newest_code(self) -> str:
        """Return the code in the newest mail."""
        found = SIX_DIGITS.search(self.newest_mail())
        assert found is not None
        return "".join(found.groups())

    def register(self, person: dict[str, str]) -> Browser:
        """Return a browser in which a person has just registered and is signed in."""
        browser = self.browser()
        assert browser.send_form("/register", **person).status_code == 303
        arrived = browser.send_form("/register/confirm", code=self.newest_code())
        assert arrived.headers["location"] == "/me"
        return browser


def start(data: Path, **settings: object) -> Service:
    """Return a service over a data folder; settings may be given by name."""
    log = StringIO()
    configure_logs(level="info", stream=log)
    clock = HandClock()
    values = {"data": data, "policy": ROOT / "policies" / "default", "development": True, "port": 8000}
    runtime = start_runtime(load_settings(**(values | settings)), clock=clock)
    return Service(runtime=runtime, app=create_app(runtime), clock=clock, log=log)


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Return a maker of services, which are closed after the test."""
    made: list[Service] = []

    def make(**settings: object) -> Service:
        made.append(start(tmp_path / f"data-{len(made)}", **settings))
        return made[-1]

    yield make
    for service in made:
        service.runtime.close()


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """Return a fresh service."""
    return make_service()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service that a module's tests share: for those that only read, or whose every form is refused."""
    service = start(tmp_path_factory.mktemp("untouched") / "data", registrations_per_address_hour=1000)
    yield service
    service.runtime.close()
