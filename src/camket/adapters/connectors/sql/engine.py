"""Reaching another system's database: bounded in time, and with nothing of its messages let through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from camket.core.errors import HolderFailure, SettingsError

if TYPE_CHECKING:
    from camket.core.rights.connectors import SqlDeclaration

CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30
LOCK_SECONDS: Final = 5
POSTGRESQL_OPTIONS: Final = f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={LOCK_SECONDS}s -c timezone=UTC"

TIME_OUTS: Final = frozenset({"57014", "55P03"})
"""SQLSTATE of a statement that was cut off and of a lock that was not got."""


def make_engine(declaration: SqlDeclaration) -> sa.Engine:
    """Return the engine of a declaration; nothing is connected.

    Raises:
        SettingsError: the address is none, or its driver is not installed. The address is never quoted.
    """
    place = f"the setting `connectors` cannot hold: `connectors.{declaration.name}`"
    try:
        url = sa.make_url(declaration.url)
        if url.drivername in {"postgres", "postgresql"}:
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=_connect_args(url))
    except (sa.exc.NoSuchModuleError, ImportError):
        raise SettingsError(f"{place}: no driver is installed for the database that `url` names") from None
    except (sa.exc.ArgumentError, ValueError):
        raise SettingsError(f"{place}: `url` is no address of a database") from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def missing_file(engine: sa.Engine) -> str | None:
    """Return what to say where an SQLite file is not there; SQLite would make an empty one in its place."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or (file and Path(file).is_file()):
        return None
    return f"there is no file `{file}`"


def reason(error: sa.exc.SQLAlchemyError) -> str:
    """Return why a database did not do it, in words that quote none of its rows; with SQLSTATE where it gave one."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    named = f" (SQLSTATE {state})" if isinstance(state, str) else ""
    if isinstance(error, sa.exc.IntegrityError):
        return f"a rule of its database forbids it; are there rows that refer to these and are not declared?{named}"
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError):
        return f"its database cannot be reached, or took too long{named}"
    return f"its database refuses{named}"


def failure_of(error: sa.exc.SQLAlchemyError) -> HolderFailure:
    """Return the same as one of a closed set."""
    if isinstance(error, sa.exc.TimeoutError) or _too_slow(getattr(error, "orig", None)):
        return HolderFailure.TIMED_OUT
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return HolderFailure.UNREACHABLE
    return HolderFailure.REFUSED


def _too_slow(error: object) -> bool:
    """Say whether a driver's error is a time-out of a statement, a lock or a connection."""
    return getattr(error, "sqlstate", None) in TIME_OUTS or getattr(error, "sqlite_errorname", None) == "SQLITE_BUSY"


def _connect_args(url: sa.URL) -> dict[str, Any]:
    if url.drivername == "postgresql+psycopg":
        options = {} if "options" in url.query else {"options": POSTGRESQL_OPTIONS}
        return {"connect_timeout": CONNECT_SECONDS, **options}
    if url.get_backend_name() == "sqlite":
        return {"timeout": LOCK_SECONDS}
    return {}


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten, not only let go.
    connection.execute("PRAGMA secure_delete = ON")
