"""Every test here runs on every store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from camket.adapters.store import open_store
from camket.adapters.store.tables import metadata
from camket.ports import Store
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'camket.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("database")
    postgres.clear(name, metadata.tables)
    return postgres.url(name)


@pytest.fixture
def open_again(url: str) -> Iterator[Callable[[], Store]]:
    """Return a function that opens the test's store, as another process or a restart would."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    """Return an empty store of each kind."""
    return open_again()
