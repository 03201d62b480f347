"""The schema's revision: asked with one query at every start, brought up by Alembic only where it is behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from camket.core.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HEAD: Final = "0009"
"""The newest revision; a test compares it with the migrations."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"
REVISIONS: Final = frozenset(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """Return the database's revision; None in an empty database.

    Raises:
        StoreError: the revision is one that this version of camket does not know, or tables without a revision.
    """
    tables = sa.inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise StoreError(f"the database holds tables that are not camket's, such as `{tables[0]}`; use another")
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if revision is not None and revision not in REVISIONS:
        raise StoreError(
            f"the database has revision `{revision}`, which is newer than this camket; install a newer one"
        )
    return revision


def upgrade(connection: Connection) -> None:
    """Bring the tables to `HEAD` inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - costs a third of a second, and is needed once in a schema's life
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
