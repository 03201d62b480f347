"""Every test here runs on every store that the shop keeps its books in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from camket_shop.store.engine import ShopStore, open_store
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], ShopStore]]:
    """Return a function that opens the test's books, as another process or a restart would."""
    url = None
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.new_database())
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
