"""Every test here runs on every store that the shop keeps its books in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from camket_shop.store.engine import ShopStore, open_store
from camket_shop.store.tables import metadata
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a PostgreSQL database with all tables, emptied before each test."""
    name = postgres.new_database()
    open_store(tmp_path_factory.mktemp("quay"), postgres.url(name)).close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], ShopStore]]:
    """Return a function that opens the test's books, as another process or a restart would."""
    url = None
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        name: str = request.getfixturevalue("database")
        postgres.clear(name, metadata.tables)
        url = postgres.url(name)
    opened: list[ShopStore] = []

    def open_one() -> ShopStore:
        opened.append(open_store(tmp_path / "quay", url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_again: Callable[[], ShopStore]) -> ShopStore:
    """Return empty books of each kind."""
    return open_again()
