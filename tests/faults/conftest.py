"""What the tests of faults share."""

import pytest

from camket.adapters.store.tables import metadata
from tests.postgres import Postgres


@pytest.fixture
def postgresql_url(postgres: Postgres, database: str) -> str:
    """Return the URL of an empty PostgreSQL database with all tables."""
    postgres.clear(database, metadata.tables)
    return postgres.url(database)
