"""Products in the books: a row each, changed with a version and never deleted while their shop stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from camket_shop.store import tables
from camket_shop.store.shops import insert_into

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection

_product: Final = tables.product.c
_dropped: Final = tables.dropped_picture.c


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRow:
    """One product of one shop.

    Args:
        shop_id: whose it is.
        id: given by the device that made it.
        fingerprint: of what it was made from, so that a retry is known.
        name: as its owner wrote it.
        search: what it is found by; folded.
        price: in đồng.
        unit: what one of it is called; empty where that is clear.
        category: empty where it has none.
        barcode: None where it has none.
        picture: SHA-256 of its largest picture, in hex; None where it has none.
        picture_row: the value in camket's vault that holds the picture.
        version: counts its changes, from 1.
        created_at: when it was made.
        changed_at: when it was last changed.
        archived_at: since when it is not sold any more; None while it is.
    """

    shop_id: str
    id: str
    fingerprint: str
    name: str
    search: str
    price: int
    unit: str
    category: str
    barcode: str | None
    picture: str | None
    picture_row: str | None
    version: int
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None


ON_SALE: Final = _product.archived_at.is_(None)
COLUMNS: Final = [_product[name] for name in ProductRow.__slots__]


def add_product(connection: Connection, row: ProductRow) -> None:
    """Add a product."""
    connection.execute(sa.insert(tables.product), asdict(row))


def set_product(connection: Connection, row: ProductRow) -> None:
    """Replace what stands about a product; the shop is locked, and the version was compared under that lock."""
    values = {name: value for name, value in asdict(row).items() if name not in {"shop_id", "id"}}
    connection.execute(_of(sa.update(tables.product), row.shop_id, row.id).values(values))


def find_product(connection: Connection, shop_id: str, product_id: str) -> ProductRow | None:
    """Return a product of a shop, archived or not; None where the shop has none of this id."""
    found = connection.execute(_of(sa.select(*COLUMNS), shop_id, product_id)).mappings().first()
    return None if found is None else ProductRow(**found)


def find_barcode(connection: Connection, shop_id: str, barcode: str) -> ProductRow | None:
    """Return the product on sale that has a barcode, or None."""
    query = sa.select(*COLUMNS).where(_product.shop_id == shop_id, _product.barcode == barcode, ON_SALE)
    found = connection.execute(query).mappings().first()
    return None if found is None else ProductRow(**found)


def find_picture(connection: Connection, shop_id: str, picture: str) -> ProductRow | None:
    """Return a product of a shop, archived or not, that shows a picture; None where none does."""
    query = sa.select(*COLUMNS).where(_product.shop_id == shop_id, _product.picture == picture).limit(1)
    found = connection.execute(query).mappings().first()
    return None if found is None else ProductRow(**found)


def list_products(connection: Connection, shop_id: str) -> tuple[ProductRow, ...]:
    """Return every product on sale, in the order of their search text."""
    query = sa.select(*COLUMNS).where(_product.shop_id == shop_id, ON_SALE).order_by(_product.search, _product.id)
    return tuple(ProductRow(**row) for row in connection.execute(query).mappings())


def all_products(connection: Connection, shop_id: str) -> tuple[ProductRow, ...]:
    """Return every product of a shop, archived ones too, oldest first."""
    query = sa.select(*COLUMNS).where(_product.shop_id == shop_id).order_by(_product.created_at, _product.id)
    return tuple(ProductRow(**row) for row in connection.execute(query).mappings())


def search_products(
    connection: Connection, shop_id: str, words: Collection[str], *, archived: bool, limit: int, offset: int
) -> tuple[tuple[ProductRow, ...], int]:
    """Return one page of the products whose search text holds every word, and how many there are in all.

    Args:
        connection: of a unit of work.
        shop_id: whose.
        words: folded; none fits everything.
        archived: those that are not sold any more, instead of those that are.
        limit: at most so many.
        offset: so many are passed over.
    """
    where = [_product.shop_id == shop_id, _product.archived_at.is_not(None) if archived else ON_SALE]
    where += [_product.search.contains(word, autoescape=True) for word in words]
    query = sa.select(*COLUMNS).where(*where).order_by(_product.search, _product.id).limit(limit).offset(offset)
    rows = tuple(ProductRow(**row) for row in connection.execute(query).mappings())
    return rows, int(connection.execute(sa.select(sa.func.count()).where(*where)).scalar_one())


def categories(connection: Connection, shop_id: str) -> tuple[str, ...]:
    """Return the categories of the products on sale, in order; those without one have none."""
    query = sa.select(_product.category).where(_product.shop_id == shop_id, ON_SALE, _product.category != "")
    return tuple(connection.execute(query.distinct().order_by(_product.category)).scalars())


def count_products(connection: Connection, shop_id: str) -> tuple[int, int]:
    """Return how many products of a shop are on sale, and how many are archived."""
    query = sa.select(sa.func.count(), sa.func.count(_product.archived_at)).where(_product.shop_id == shop_id)
    in_all, archived = connection.execute(query).one()
    return in_all - archived, archived


def drop_picture(connection: Connection, shop_id: str, picture_row: str) -> None:
    """Note that the vault is to be told to remove a picture."""
    made = insert_into(connection, tables.dropped_picture).values(shop_id=shop_id, picture_row=picture_row)
    connection.execute(made.on_conflict_do_nothing())


def dropped_pictures(connection: Connection, shop_id: str) -> tuple[str, ...]:
    """Return the vault's rows of the pictures that are to be removed."""
    query = sa.select(_dropped.picture_row).where(_dropped.shop_id == shop_id).order_by(_dropped.picture_row)
    return tuple(connection.execute(query).scalars())


def forget_dropped(connection: Connection, shop_id: str, picture_rows: Collection[str]) -> None:
    """Forget pictures that the vault has removed."""
    gone = sa.delete(tables.dropped_picture).where(_dropped.shop_id == shop_id)
    connection.execute(gone.where(_dropped.picture_row.in_(sorted(picture_rows))))


def missing_products(connection: Connection, shop_id: str, product_ids: Collection[str]) -> frozenset[str]:
    """Return those of some ids that are no product of the shop."""
    query = sa.select(_product.id).where(_product.shop_id == shop_id, _product.id.in_(sorted(product_ids)))
    return frozenset(product_ids) - frozenset(connection.execute(query).scalars())


def _of(statement: Any, shop_id: str, product_id: str) -> Any:  # noqa: ANN401 - a select or an update
    return statement.where(_product.shop_id == shop_id, _product.id == product_id)
