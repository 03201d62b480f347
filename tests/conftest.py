"""What every test may rely on."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from camket.adapters.store import open_store
from tests.postgres import Postgres, running_postgres


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests marked `serial` on one worker, where they run one after another."""
    for item in items:
        if item.get_closest_marker("serial"):
            item.add_marker(pytest.mark.xdist_group("serial"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a real PostgreSQL, started when the first test asks for it."""
    # Not among pytest's own folders: those of older runs are dropped by newer ones, and the server would go with them.
    with TemporaryDirectory(prefix="camket-postgres-") as folder, running_postgres(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def database(postgres: Postgres) -> str:
    """Return the name of a PostgreSQL database with all tables; who uses it empties it first."""
    name = postgres.new_database()
    open_store(postgres.url(name)).close()
    return name
