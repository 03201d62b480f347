from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, create_key_store

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the key store of the test goes."""
    return tmp_path / "keys"


@pytest.fixture
def keys(folder: Path) -> Iterator[FileKeyStore]:
    """Give a new key store."""
    store = create_key_store(folder, at=NOW)
    yield store
    store.close()
