"""The schema's revision: asked with one query at every start, brought up by Alembic only where it is behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from camket_shop.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HEAD: Final = "0001"
"""The newest revision; a test compares it with the migrations."""

VERSION_TABLE: Final = "quay_revision"
"""A name of the shop's own: another application's database is never taken for ours."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"
REVISIONS: Final = frozenset(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """Return the database's revision; None in an empty database.

    Raises:
        StoreError: a revision that this version of the shop does not know, or another application's tables.
    """
    tables = sa.inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            reason = f"the database holds tables that are not the shop's, such as `{tables[0]}`; use another"
            raise StoreError("store_unusable", reason=reason)
        return None
    revision: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a constant
    if revision is not None and revision not in REVISIONS:
        reason = f"the database has revision `{revision}`, which is newer than this shop; install a newer one"
        raise StoreError("store_unusable", reason=reason)
    return revision


def upgrade(connection: Connection) -> None:
    """Bring the tables to `HEAD` inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - costs a third of a second, and is needed once in a schema's life
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, HEAD)
