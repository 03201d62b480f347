"""The first books: shops, their products, their sales."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out here and never changed: a migration says what the tables were, whatever the code says later.
WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def must(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    """Return a column that always holds something."""
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def may(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    """Return a column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """Return a table's primary key."""
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def within(table: str, columns: dict[str, str]) -> sa.ForeignKeyConstraint:
    """Return the promise that columns name a row that is there."""
    return sa.ForeignKeyConstraint(list(columns), list(columns.values()), name=f"fk_{table}_{'_'.join(columns)}")


def partial_index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """Make an index over the products that a condition names."""
    condition = sa.text(where)
    op.create_index(name, "product", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """Make every table."""
    make_shops()
    make_products()
    make_sales()


def make_shops() -> None:
    """Make the tables of shops that are there, and of those that were erased."""
    op.create_table(
        "shop",
        must("id", TEXT),
        must("catalogue_revision", WHOLE),
        must("last_number", WHOLE),
        must("created_at", WHOLE),
        key("shop", "id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erased_shop",
        must("digest", TEXT),
        must("erased_at", WHOLE),
        key("erased_shop", "digest"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def make_products() -> None:
    """Make the table of products, and that of pictures that no product shows any more."""
    op.create_table(
        "product",
        must("shop_id", TEXT),
        must("id", TEXT),
        must("fingerprint", TEXT),
        must("name", TEXT),
        must("search", TEXT),
        must("price", WHOLE),
        must("unit", TEXT),
        must("category", TEXT),
        may("barcode", TEXT),
        may("picture", TEXT),
        may("picture_row", TEXT),
        must("version", WHOLE),
        must("created_at", WHOLE),
        must("changed_at", WHOLE),
        may("archived_at", WHOLE),
        key("product", "shop_id", "id"),
        within("product", {"shop_id": "shop.id"}),
        sqlite_strict=True,
    )
    partial_index(
        "ix_product_barcode", ["shop_id", "barcode"], "barcode IS NOT NULL AND archived_at IS NULL", unique=True
    )
    partial_index("ix_product_picture", ["shop_id", "picture"], "picture IS NOT NULL")
    op.create_index("ix_product_search", "product", ["shop_id", "search"])
    op.create_table(
        "dropped_picture",
        must("shop_id", TEXT),
        must("picture_row", TEXT),
        key("dropped_picture", "shop_id", "picture_row"),
        within("dropped_picture", {"shop_id": "shop.id"}),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def make_sales() -> None:
    """Make the tables of sales and of their lines."""
    op.create_table(
        "sale",
        must("shop_id", TEXT),
        must("id", TEXT),
        must("number", WHOLE),
        must("fingerprint", TEXT),
        must("sold_at", WHOLE),
        must("committed_at", WHOLE),
        must("discount", WHOLE),
        must("total", WHOLE),
        must("method", TEXT),
        must("tendered", WHOLE),
        must("transferred", WHOLE),
        must("change", WHOLE),
        may("voided_at", WHOLE),
        may("void_reason", TEXT),
        key("sale", "shop_id", "id"),
        sa.UniqueConstraint("shop_id", "number", name="uq_sale_shop_id_number"),
        within("sale", {"shop_id": "shop.id"}),
        sqlite_strict=True,
    )
    op.create_table(
        "sale_line",
        must("shop_id", TEXT),
        must("sale_id", TEXT),
        must("position", WHOLE),
        may("product_id", TEXT),
        must("name", TEXT),
        must("unit", TEXT),
        must("price", WHOLE),
        must("quantity", WHOLE),
        must("amount", WHOLE),
        key("sale_line", "shop_id", "sale_id", "position"),
        within("sale_line", {"shop_id": "sale.shop_id", "sale_id": "sale.id"}),
        within("sale_line", {"shop_id": "product.shop_id", "product_id": "product.id"}),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sale_line_shop_id_product_id", "sale_line", ["shop_id", "product_id"])
