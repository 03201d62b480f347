"""What every table is made of: the metadata that holds them all, and the kinds of column."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from camket.adapters.store.types import Whole

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:  # noqa: ANN401 - SQLAlchemy's own
    """Return a table that takes only what its columns declare."""
    return sa.Table(name, metadata, *parts, sqlite_strict=True, **options)


def must(name: str, kind: sa.types.TypeEngine[Any], *, key: bool = False) -> sa.Column[Any]:
    """Return a column that always has a value."""
    return sa.Column(name, kind, nullable=False, primary_key=key, autoincrement=False)


def may(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """Return a column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def number() -> sa.Column[Any]:
    """Return the column `id` of rows that the store numbers."""
    # On SQLite AUTOINCREMENT, on PostgreSQL an identity: a number is never given twice, even after pruning.
    return sa.Column("id", Whole(), sa.Identity(always=True), primary_key=True, autoincrement=True)


Blob: Final = sa.LargeBinary
"""Bytes: sealed values, hashes, tokens."""
