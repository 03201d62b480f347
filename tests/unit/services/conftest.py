"""A service of its own for each test: real SQLite, real keys, the default policy, a clock that the test holds."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from camket.adapters.store.tables import metadata
from camket.bootstrap import Runtime
from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.context import Context
from camket.services.registration import confirm_registration, start_registration
from camket.services.sessions import SignedIn
from camket.testing.doubles import CapturedMail, HeldClock
from camket.testing.service import DEFAULT_POLICY, newest_code, running_service
from tests import journeys

ALICE = {"name": "Alice Nguyễn", "phone": "0912 345 678", "email": "alice@shop.example"}
BOB = {"name": "Bob Trần", "phone": "0923 456 789", "email": "bob@mail.example"}
FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


@dataclass
class Service:
    """A running service, and what a test does with it."""

    runtime: Runtime
    clock: HeldClock
    mail: CapturedMail
    folder: Path

    @property
    def ctx(self) -> Context:
        """What use cases are handed."""
        return self.runtime.context

    def start(self, fields: dict[str, str], *, browser: str = "browser", address: str | None = None) -> None:
        """Begin a registration."""
        start_registration(self.ctx, fields=fields, language=Language.VI, browser=browser, address=address)

    def code(self, browser: str = "browser", kind: CodeKind = CodeKind.REGISTER) -> str:
        """Return the digits that were sent for a browser."""
        return newest_code(self.ctx, browser, kind)

    def confirm(self, code: str, *, browser: str = "browser", address: str | None = None) -> SignedIn:
        """Enter a registration's code."""
        return confirm_registration(self.ctx, browser=browser, code=code, headers=FIREFOX, address=address)

    def register(self, fields: dict[str, str] | None = None, *, browser: str = "browser") -> SignedIn:
        """Register and confirm."""
        self.start(fields or ALICE, browser=browser)
        return self.confirm(self.code(browser), browser=browser)

    def counts(self) -> dict[str, int]:
        """Return how many rows each table of the database has, as another process sees them."""
        with closing(sqlite3.connect(self.folder / "data" / "camket.db")) as database:
            return {
                name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - own names
                for name in metadata.tables
            }


OpenService = Callable[..., Service]


@pytest.fixture(scope="session")
def fresh_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a service that was started once and has served no one."""
    folder = tmp_path_factory.mktemp("fresh")
    with running_service(folder, clock=HeldClock()):
        pass
    return folder


@pytest.fixture
def open_service(tmp_path: Path, fresh_folder: Path) -> Iterator[OpenService]:
    """Return a function that starts the test's service; twice is a restart, with another name it is another one."""
    with ExitStack() as closing_stack:
        clock, mail = HeldClock(), CapturedMail()

        def open_one(name: str = "service", *, policy: Path = DEFAULT_POLICY, **settings: str | int) -> Service:
            folder = tmp_path / name
            if not folder.exists() and "database_url" not in settings and policy == DEFAULT_POLICY:
                shutil.copytree(fresh_folder, folder)
            runtime = closing_stack.enter_context(
                running_service(folder, policy=policy, clock=clock, entropy=None, mail=mail, **settings)
            )
            return Service(runtime=runtime, clock=clock, mail=mail, folder=folder)

        yield open_one


@pytest.fixture
def service(open_service: OpenService) -> Service:
    """Return a running service on SQLite."""
    return open_service()


@pytest.fixture
def journey(tmp_path: Path, fresh_folder: Path) -> Iterator[journeys.Service]:
    """Return a running service through which customers go as people do, jobs and ledger included."""
    folder = shutil.copytree(fresh_folder, tmp_path / "journey")
    with journeys.service_in(folder) as running:
        yield running
