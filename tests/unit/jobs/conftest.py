"""Every test of jobs runs on every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from camket.adapters.store.tables import metadata
from tests.journeys import Service, service_in
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Start a service on each store, empty."""
    if request.param == "sqlite":
        with service_in(tmp_path) as service:
            yield service
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("database")
    postgres.clear(name, [table.name for table in metadata.sorted_tables])
    with service_in(tmp_path, database_url=postgres.url(name)) as service:
        yield service
