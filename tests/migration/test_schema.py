"""The tables that the migrations make are the tables that the code declares, on every store."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from camket.adapters.store import open_store
from camket.adapters.store.schema import HEAD, MIGRATIONS, REVISIONS
from camket.adapters.store.tables import metadata
from camket.core.errors import StoreError
from tests.postgres import Postgres

Catalogue = list[tuple[object, ...]]

TABLES_OF_SQLITE = """
    SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE tbl_name NOT LIKE 'alembic%' AND tbl_name NOT LIKE 'sqlite%' ORDER BY type, name
"""
COLUMNS_OF_POSTGRESQL = """
    SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default,
           collation_name, is_identity, identity_generation
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
"""
INDEXES_OF_POSTGRESQL = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1
"""
CONSTRAINTS_OF_POSTGRESQL = """
    SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass ORDER BY 1, 2
"""


def sqlite_catalogue(path: Path) -> Catalogue:
    """Return every table and index of a SQLite file, its statement without differences of white space."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(TABLES_OF_SQLITE).fetchall()
    return [(kind, name, table, " ".join(sql.split()) if sql else None) for kind, name, table, sql in rows]


def postgresql_catalogue(url: str) -> dict[str, Catalogue]:
    """Return columns, indexes and constraints of a PostgreSQL database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)")
        return {
            "columns": connection.execute(COLUMNS_OF_POSTGRESQL).fetchall(),
            "indexes": connection.execute(INDEXES_OF_POSTGRESQL).fetchall(),
            "constraints": connection.execute(CONSTRAINTS_OF_POSTGRESQL).fetchall(),
        }


def test_migrations_make_the_declared_tables_on_sqlite(tmp_path: Path) -> None:
    """Table by table and index by index, migrating gives what the declared tables give, STRICT included."""
    open_store(f"sqlite:///{tmp_path / 'migrated.db'}").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    metadata.create_all(engine)
    engine.dispose()
    migrated = sqlite_catalogue(tmp_path / "migrated.db")
    assert migrated == sqlite_catalogue(tmp_path / "declared.db")
    statements = [str(sql) for kind, _, _, sql in migrated if kind == "table"]
    assert len(statements) == len(metadata.tables)
    assert all("STRICT" in sql for sql in statements)


def test_migrations_make_the_declared_tables_on_postgresql(postgres: Postgres) -> None:
    """Columns, collations, identities, indexes and constraints are equal, and all text is in byte order."""
    migrated, declared = postgres.new_database(), postgres.new_database()
    open_store(postgres.url(migrated)).close()
    engine = sa.create_engine(postgres.url(declared).replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(engine)
    engine.dispose()
    found = postgresql_catalogue(postgres.url(migrated))
    assert found == postgresql_catalogue(postgres.url(declared))
    assert {row[6] for row in found["columns"] if row[3] == "text"} == {"C"}
    assert len({row[0] for row in found["columns"]}) == len(metadata.tables)


def test_the_code_knows_the_newest_revision() -> None:
    """`HEAD` is the one head of the migrations, and every migration is known by the name of its file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert {script.revision for script in scripts.walk_revisions()} == REVISIONS


def test_opening_a_current_store_does_not_load_the_migrations(tmp_path: Path) -> None:
    """Where the tables are current one query says so, and nothing of Alembic is imported."""
    url = f"sqlite:///{tmp_path / 'camket.db'}"
    open_store(url).close()
    program = (
        "import sys; from camket.adapters.store import open_store; open_store(sys.argv[1]).close(); "
        "print([name for name in ('alembic', 'mako', 'psycopg') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_database_of_a_newer_camket_is_refused(tmp_path: Path) -> None:
    """A revision that this version does not know stops the start, and nothing is changed."""
    path = tmp_path / "camket.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = sqlite_catalogue(path)
    with pytest.raises(StoreError, match="revision `9999`, which is newer"):
        open_store(f"sqlite:///{path}")
    assert sqlite_catalogue(path) == before


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    """A file with other tables is not taken over."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE goods (name TEXT)")
    with pytest.raises(StoreError, match="tables that are not camket's, such as `goods`"):
        open_store(f"sqlite:///{path}")
    assert [row[1] for row in sqlite_catalogue(path)] == ["goods"]


def test_two_processes_may_start_at_once(tmp_path: Path) -> None:
    """Two that open an empty database at one time both succeed; the tables are made once."""
    url = f"sqlite:///{tmp_path / 'camket.db'}"
    program = "import sys; from camket.adapters.store import open_store; open_store(sys.argv[1]).close()"
    running = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(sqlite_catalogue(tmp_path / "camket.db")) > len(metadata.tables)


def test_an_earlier_schema_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    """A database of the first revision keeps every published version, and takes an earlier text again."""
    path = tmp_path / "camket.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(sa.text("INSERT INTO policy_version VALUES (1, 'd', 'm', x'00', 10, 20)"))
    engine.dispose()
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO policy_version VALUES (2, 'd', 'm', x'01', 30, 40)")
        kept = database.execute("SELECT * FROM policy_version ORDER BY number").fetchall()
    assert kept == [(1, "d", "m", b"\0", 10, 20), (2, "d", "m", b"\1", 30, 40)]
    assert sqlite_catalogue(path) == _declared(tmp_path)


def _declared(folder: Path) -> Catalogue:
    engine = sa.create_engine(f"sqlite:///{folder / 'declared.db'}")
    metadata.create_all(engine)
    engine.dispose()
    return sqlite_catalogue(folder / "declared.db")
