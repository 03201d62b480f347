"""The tables: explicit columns, nothing inferred. A change here needs a migration; a test compares the two.

Every key begins with the shop, and so does every query: there is no way to name a row without saying whose it is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


class Whole(sa.types.TypeDecorator[int]):
    """A whole number of 64 bits; SQLite's STRICT tables call it INTEGER."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant, kept as whole microseconds since 1970 in UTC."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware instant into microseconds."""
        del dialect
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an aware instant in UTC."""
        del dialect
        return None if value is None else EPOCH + timedelta(microseconds=value)


class ByteText(sa.types.TypeDecorator[str]):
    """Text that is compared and ordered by its UTF-8 bytes on every store."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type."""
        return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else sqlite.TEXT()


metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:  # noqa: ANN401 - SQLAlchemy's own
    return sa.Table(name, metadata, *parts, sqlite_strict=True, **options)


def _must(name: str, kind: sa.types.TypeEngine[Any], *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, primary_key=key, autoincrement=False)


def _may(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


shop = _table(
    "shop",
    _must("id", ByteText(), key=True),
    _must("catalogue_revision", Whole()),
    _must("last_number", Whole()),
    _must("created_at", Instant()),
    sqlite_with_rowid=False,
)

# A shop that was erased leaves only the digest of its id: enough to refuse a request that was under way meanwhile.
erased_shop = _table(
    "erased_shop",
    _must("digest", ByteText(), key=True),
    _must("erased_at", Instant()),
    sqlite_with_rowid=False,
)

product = _table(
    "product",
    _must("shop_id", ByteText(), key=True),
    _must("id", ByteText(), key=True),
    _must("fingerprint", ByteText()),
    _must("name", ByteText()),
    _must("search", ByteText()),
    _must("price", Whole()),
    _must("unit", ByteText()),
    _must("category", ByteText()),
    _may("barcode", ByteText()),
    _may("picture", ByteText()),
    _may("picture_row", ByteText()),
    _must("version", Whole()),
    _must("created_at", Instant()),
    _must("changed_at", Instant()),
    _may("archived_at", Instant()),
    sa.ForeignKeyConstraint(["shop_id"], ["shop.id"]),
)
sa.Index(
    "ix_product_barcode",
    product.c.shop_id,
    product.c.barcode,
    unique=True,
    sqlite_where=sa.text("barcode IS NOT NULL AND archived_at IS NULL"),
    postgresql_where=sa.text("barcode IS NOT NULL AND archived_at IS NULL"),
)
sa.Index("ix_product_search", product.c.shop_id, product.c.search)
sa.Index(
    "ix_product_picture",
    product.c.shop_id,
    product.c.picture,
    sqlite_where=sa.text("picture IS NOT NULL"),
    postgresql_where=sa.text("picture IS NOT NULL"),
)

# Pictures that no product shows any more and that the vault still has to be told about.
dropped_picture = _table(
    "dropped_picture",
    _must("shop_id", ByteText(), key=True),
    _must("picture_row", ByteText(), key=True),
    sa.ForeignKeyConstraint(["shop_id"], ["shop.id"]),
    sqlite_with_rowid=False,
)

sale = _table(
    "sale",
    _must("shop_id", ByteText(), key=True),
    _must("id", ByteText(), key=True),
    _must("number", Whole()),
    _must("fingerprint", ByteText()),
    _must("sold_at", Instant()),
    _must("committed_at", Instant()),
    _must("discount", Whole()),
    _must("total", Whole()),
    _must("method", ByteText()),
    _must("tendered", Whole()),
    _must("transferred", Whole()),
    _must("change", Whole()),
    _may("voided_at", Instant()),
    _may("void_reason", ByteText()),
    sa.UniqueConstraint("shop_id", "number"),
    sa.ForeignKeyConstraint(["shop_id"], ["shop.id"]),
)

sale_line = _table(
    "sale_line",
    _must("shop_id", ByteText(), key=True),
    _must("sale_id", ByteText(), key=True),
    _must("position", Whole(), key=True),
    _may("product_id", ByteText()),
    _must("name", ByteText()),
    _must("unit", ByteText()),
    _must("price", Whole()),
    _must("quantity", Whole()),
    _must("amount", Whole()),
    sa.ForeignKeyConstraint(["shop_id", "sale_id"], ["sale.shop_id", "sale.id"]),
    sa.ForeignKeyConstraint(["shop_id", "product_id"], ["product.shop_id", "product.id"]),
    sa.Index(None, "shop_id", "product_id"),
    sqlite_with_rowid=False,
)
