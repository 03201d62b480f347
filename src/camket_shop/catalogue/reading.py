"""What stands in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket_shop.errors import NotFoundError
from camket_shop.ids import is_client_id
from camket_shop.store import products, shops
from camket_shop.text import NAME_CHARACTERS, fold, wrong_check_digit

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from camket_shop.store.engine import ShopStore
    from camket_shop.store.products import ProductRow

PRODUCTS_OF_A_PAGE: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """All products on sale, with the revision that tells a device whether it has to ask again."""

    revision: int
    products: tuple[ProductRow, ...]


def find_product(store: ShopStore, shop_id: str, product_id: str) -> ProductRow:
    """Return a product on sale.

    Raises:
        NotFoundError: the shop has none of this id.
    """
    return store.read(lambda connection: on_sale(connection, shop_id, product_id))


def find_any_product(store: ShopStore, shop_id: str, product_id: str) -> ProductRow:
    """Return a product, on sale or archived.

    Raises:
        NotFoundError: the shop has none of this id.
    """
    return store.read(lambda connection: any_product(connection, shop_id, product_id))


def find_picture(store: ShopStore, shop_id: str, digest: str) -> ProductRow | None:
    """Return a product of this shop, archived or not, that shows a picture; None where none does."""
    return store.read(lambda connection: products.find_picture(connection, shop_id, digest))


def search_catalogue(
    store: ShopStore, shop_id: str, query: str, *, page: int, archived: bool = False
) -> tuple[tuple[ProductRow, ...], int]:
    """Return a page of 40 products, and how many fit in all.

    Args:
        store: the books.
        shop_id: whose.
        query: words as typed, with or without accents; all must fit. Empty fits everything.
        page: from 1.
        archived: those that are not sold any more, instead of those that are.
    """
    words = fold("".join(one for one in query if one.isprintable()))[:NAME_CHARACTERS].split()
    bounds = {"limit": PRODUCTS_OF_A_PAGE, "offset": PRODUCTS_OF_A_PAGE * (page - 1)}
    return store.read(
        lambda connection: products.search_products(connection, shop_id, words, archived=archived, **bounds)
    )


def categories_of(store: ShopStore, shop_id: str) -> tuple[str, ...]:
    """Return the categories of the products on sale, in order."""
    return store.read(lambda connection: products.categories(connection, shop_id))


def count_archived(store: ShopStore, shop_id: str) -> int:
    """Return how many products are not sold any more."""
    return store.read(lambda connection: products.count_products(connection, shop_id))[1]


def read_catalogue(store: ShopStore, shop_id: str) -> Catalogue:
    """Return all products on sale, of one state of the books."""

    def read(connection: Connection) -> Catalogue:
        shop = shops.find_shop(connection, shop_id)
        return Catalogue(
            revision=shop.catalogue_revision,
            products=products.list_products(connection, shop_id),
        )

    return store.read(read)


def read_revision(store: ShopStore, shop_id: str) -> int:
    """Return the revision of a shop's catalogue, without reading the catalogue."""
    return store.read(lambda connection: shops.find_shop(connection, shop_id)).catalogue_revision


def product_document(row: ProductRow) -> dict[str, object]:
    """Return a product as the API gives it."""
    return {
        "id": row.id,
        "name": row.name,
        "search": row.search,
        "price": row.price,
        "unit": row.unit,
        "category": row.category,
        "barcode": row.barcode,
        "picture": row.picture,
        "version": row.version,
        "wrong_check_digit": row.barcode is not None and wrong_check_digit(row.barcode),
    }


def on_sale(connection: Connection, shop_id: str, product_id: str) -> ProductRow:
    """Return a product on sale, or raise `NotFoundError`."""
    found = any_product(connection, shop_id, product_id)
    if found.archived_at is not None:
        raise NotFoundError("product_unknown")
    return found


def any_product(connection: Connection, shop_id: str, product_id: str) -> ProductRow:
    """Return a product, on sale or archived, or raise `NotFoundError`."""
    # What no device makes is not looked for: it may hold what one of the stores does not take.
    found = products.find_product(connection, shop_id, product_id) if is_client_id(product_id) else None
    if found is None:
        raise NotFoundError("product_unknown")
    return found
