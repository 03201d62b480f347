"""The tables that the migrations make are the tables that the code declares, on every store."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from camket_shop.errors import StoreError
from camket_shop.store.engine import FILE_NAME, open_store
from camket_shop.store.schema import HEAD, MIGRATIONS, REVISIONS, VERSION_TABLE
from camket_shop.store.tables import metadata
from tests.migration.test_schema import postgresql_catalogue, sqlite_catalogue
from tests.postgres import Postgres


def own(catalogue: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return a catalogue without the table that holds the revision."""
    return [row for row in catalogue if VERSION_TABLE not in map(str, row) and VERSION_TABLE not in str(row)]


def test_migrations_make_the_declared_tables_on_sqlite(tmp_path: Path) -> None:
    """Table by table and index by index, migrating gives what the declared tables give, STRICT included."""
    open_store(tmp_path).close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    metadata.create_all(engine)
    engine.dispose()
    migrated = own(sqlite_catalogue(tmp_path / FILE_NAME))
    assert migrated == sqlite_catalogue(tmp_path / "declared.db")
    statements = [str(sql) for kind, _, _, sql in migrated if kind == "table"]
    assert len(statements) == len(metadata.tables)
    assert all("STRICT" in sql for sql in statements)


def test_migrations_make_the_declared_tables_on_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    """Columns, collations, indexes and constraints are equal, and all text is in byte order."""
    migrated, declared = postgres.new_database(), postgres.new_database()
    open_store(tmp_path, postgres.url(migrated)).close()
    engine = sa.create_engine(postgres.url(declared).replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(engine)
    engine.dispose()
    found = {kind: own(rows) for kind, rows in postgresql_catalogue(postgres.url(migrated)).items()}
    assert found == postgresql_catalogue(postgres.url(declared))
    assert {row[6] for row in found["columns"] if row[3] == "text"} == {"C"}


def test_the_code_knows_the_newest_revision() -> None:
    """`HEAD` is the one head of the migrations, and every migration is known by the name of its file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert {script.revision for script in scripts.walk_revisions()} == REVISIONS


def test_books_of_a_newer_shop_are_refused(tmp_path: Path) -> None:
    """A revision that this version does not know stops the start, and nothing is changed."""
    open_store(tmp_path).close()
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608 - a constant
    before = sqlite_catalogue(path)
    with pytest.raises(StoreError, match="revision `9999`, which is newer"):
        open_store(tmp_path)
    assert sqlite_catalogue(path) == before


def test_camkets_own_database_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    """The shop does not put its books among another application's tables, not even camket's."""
    database = postgres.url(postgres.new_database())
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
    with pytest.raises(StoreError, match="tables that are not the shop's, such as `alembic_version`"):
        open_store(tmp_path, database)


def test_two_processes_may_start_at_once(tmp_path: Path) -> None:
    """Two that open empty books at one time both succeed; the tables are made once."""
    program = (
        "import sys; from pathlib import Path; from camket_shop.store.engine import open_store; "
        "open_store(Path(sys.argv[1])).close()"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(sqlite_catalogue(tmp_path / FILE_NAME)) > len(metadata.tables)
