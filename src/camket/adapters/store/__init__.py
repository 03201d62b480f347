"""The operational store: SQLAlchemy Core tables, one code base for SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from camket.adapters.store.sqlite import UNITS_PER_COMMIT, SqliteStore
from camket.core.errors import SettingsError

if TYPE_CHECKING:
    from camket.ports import Store

SQLITE_URL: Final = "sqlite:///"
POSTGRESQL_URLS: Final = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_store(url: str, *, units_per_commit: int = UNITS_PER_COMMIT) -> Store:
    """Open the store that a URL names, and bring its tables up.

    Args:
        url: `sqlite:///` with a path (four slashes for an absolute one), or `postgresql://`.
        units_per_commit: on SQLite at most so many units share a flush; 1 only to measure what sharing gains.

    Raises:
        SettingsError: the URL names no store that camket knows.
        StoreError: the store cannot be opened; the message says what to do.
    """
    if url.startswith(SQLITE_URL):
        return SqliteStore(Path(url.removeprefix(SQLITE_URL)), units_per_commit=units_per_commit)
    if url.startswith(POSTGRESQL_URLS):
        from camket.adapters.store.postgres import PostgresStore  # noqa: PLC0415 - the driver is loaded where it is used

        return PostgresStore(f"postgresql://{url.partition('://')[2]}")
    scheme = url.partition(":")[0]
    raise SettingsError(f"no store is called `{scheme}`; write sqlite:///PATH or postgresql://USER@HOST/NAME")


__all__ = ["SqliteStore", "open_store"]
