"""What changes the catalogue: adding, changing, putting away and back."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

from camket_shop.catalogue.drafts import NewPicture, fingerprint, search_text
from camket_shop.catalogue.pictures import clear_pictures, drop, keep_picture, or_take_back
from camket_shop.catalogue.reading import any_product, on_sale
from camket_shop.errors import ConflictError, InvalidError, TooLargeError
from camket_shop.ids import require_client_id
from camket_shop.store import products, shops
from camket_shop.store.products import ProductRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from camket_shop.catalogue.drafts import Draft, PictureChange
    from camket_shop.catalogue.pictures import PictureVault
    from camket_shop.store.engine import ShopStore

PRODUCTS_OF_A_SHOP: Final = 5_000
"""Products on sale at a time; a device keeps all of them."""


class ProductChangedError(ConflictError):
    """The product has changed since it was read; nothing was stored.

    Args:
        product: as it is now.
    """

    def __init__(self, product: ProductRow) -> None:
        super().__init__("product_changed", field="version", values={"name": product.name})
        self.product = product


def add_product(
    store: ShopStore,
    vault: PictureVault,
    shop_id: str,
    product_id: str,
    draft: Draft,
    *,
    picture: NewPicture | None = None,
    at: datetime,
) -> tuple[ProductRow, bool]:
    """Add a product.

    Args:
        store: the books.
        vault: where its picture goes.
        shop_id: whose.
        product_id: given by the device; a retry gives the same.
        draft: from `read_draft`.
        picture: None for none.
        at: now.

    Returns:
        The product, and whether it was made now; a retry finds the one that it made before.

    Raises:
        InvalidError: the id is none, or the barcode is another product's (`barcode_taken`, which names it).
        ConflictError: the id is another product's (`product_id_taken`).
        TooLargeError: the shop has 5,000 products on sale.
        DeniedError: the policy does not let a picture be kept; nothing was stored.

    Effects:
        Durable on return, with the next revision of the catalogue. Twice is once. The picture is kept first: where the
        product then cannot be, it is removed again.
    """
    require_client_id(product_id)
    made_from = fingerprint(draft, picture)

    def known(connection: Connection) -> ProductRow | None:
        found = products.find_product(connection, shop_id, product_id)
        if found is not None and found.fingerprint != made_from:
            raise ConflictError("product_id_taken", field="id")
        if found is None:
            _require_room(connection, shop_id)
            _require_free_barcode(connection, shop_id, product_id, draft.barcode)
        return found

    if (before := store.read(known)) is not None:
        return before, False
    picture_row = keep_picture(vault, shop_id, picture)

    def add(connection: Connection) -> tuple[ProductRow, bool]:
        shops.lock_shop(connection, shop_id, at=at)
        if (found := known(connection)) is not None:
            drop(connection, shop_id, picture_row)
            return found, False
        row = ProductRow(
            shop_id=shop_id, id=product_id, fingerprint=made_from, **asdict(draft), search=search_text(draft),
            picture=picture.digest if picture else None, picture_row=picture_row, version=1,
            created_at=at, changed_at=at, archived_at=None,
        )  # fmt: skip
        products.add_product(connection, row)
        shops.count_catalogue_up(connection, shop_id)
        return row, True

    added = or_take_back(vault, shop_id, picture_row, lambda: store.write(add))
    clear_pictures(store, vault, shop_id)
    return added


def change_product(
    store: ShopStore,
    vault: PictureVault,
    shop_id: str,
    product_id: str,
    draft: Draft,
    *,
    version: int,
    picture: PictureChange = "keep",
    at: datetime,
) -> ProductRow:
    """Change a product that was read at a version.

    Args:
        store: the books.
        vault: where pictures lie.
        shop_id: whose.
        product_id: which.
        draft: from `read_draft`.
        version: of the product as it was read.
        picture: a new one, or what becomes of the one it shows.
        at: now.

    Returns:
        The product as it is now; unchanged where it was so already, so a retry is harmless.

    Raises:
        NotFoundError: the shop has no such product on sale.
        ProductChangedError: it is at another version, and not what it is to be; it carries what is there now.
        InvalidError: the barcode is another product's (`barcode_taken`).

    Effects:
        Durable on return, with the next revision of the catalogue. A picture that nothing shows any more is removed
        from the vault; if that fails it is tried again with the next change.
    """

    def stands(connection: Connection) -> ProductRow:
        found = on_sale(connection, shop_id, product_id)
        if found.version != version and not _is_already(found, draft, picture):
            raise ProductChangedError(found)
        _require_free_barcode(connection, shop_id, product_id, draft.barcode)
        return found

    if _is_already(found := store.read(stands), draft, picture):
        return found
    picture_row = keep_picture(vault, shop_id, picture)

    def change(connection: Connection) -> ProductRow:
        shops.lock_shop(connection, shop_id, at=at)
        before = stands(connection)
        row = replace(before, **asdict(draft), search=search_text(draft), version=before.version + 1, changed_at=at)
        if isinstance(picture, NewPicture):
            row = replace(row, picture=picture.digest, picture_row=picture_row)
        elif picture == "remove":
            row = replace(row, picture=None, picture_row=None)
        products.set_product(connection, row)
        if before.picture_row != row.picture_row:
            drop(connection, shop_id, before.picture_row)
        shops.count_catalogue_up(connection, shop_id)
        return row

    changed = or_take_back(vault, shop_id, picture_row, lambda: store.write(change))
    clear_pictures(store, vault, shop_id)
    return changed


def lose_picture(store: ShopStore, shop_id: str, product_id: str, picture_row: str, *, at: datetime) -> None:
    """Have a product show no picture any more that the vault has none of: its owner deleted it in "Dữ liệu của tôi".

    Effects:
        Durable on return, with the next revision of the catalogue. Nothing changes where the product shows another
        picture by now; so twice is once.
    """

    def lose(connection: Connection) -> None:
        shops.lock_shop(connection, shop_id, at=at)
        found = any_product(connection, shop_id, product_id)
        if found.picture_row == picture_row:
            row = replace(found, picture=None, picture_row=None, version=found.version + 1, changed_at=at)
            products.set_product(connection, row)
            shops.count_catalogue_up(connection, shop_id)

    store.write(lose)


def archive_product(store: ShopStore, shop_id: str, product_id: str, *, at: datetime) -> ProductRow:
    """Take a product off sale; what was sold keeps its name and price, and the product its picture.

    Returns:
        The product; one that was archived before is returned as it is.

    Raises:
        NotFoundError: the shop has no such product.

    Effects:
        Durable on return, with the next revision of the catalogue. Twice is once.
    """
    return _put_away(store, shop_id, product_id, away=True, at=at)


def restore_product(store: ShopStore, shop_id: str, product_id: str, *, at: datetime) -> ProductRow:
    """Put an archived product back on sale.

    Returns:
        The product; one that is on sale is returned as it is.

    Raises:
        NotFoundError: the shop has no such product.
        InvalidError: its barcode is another product's by now (`barcode_taken`).
        TooLargeError: the shop has 5,000 products on sale.

    Effects:
        Durable on return, with the next revision of the catalogue. Twice is once.
    """
    return _put_away(store, shop_id, product_id, away=False, at=at)


def _put_away(store: ShopStore, shop_id: str, product_id: str, *, away: bool, at: datetime) -> ProductRow:
    def change(connection: Connection) -> ProductRow:
        shops.lock_shop(connection, shop_id, at=at)
        found = any_product(connection, shop_id, product_id)
        if (found.archived_at is not None) is away:
            return found
        if not away:
            _require_room(connection, shop_id)
            _require_free_barcode(connection, shop_id, product_id, found.barcode)
        row = replace(found, archived_at=at if away else None, changed_at=at, version=found.version + 1)
        products.set_product(connection, row)
        shops.count_catalogue_up(connection, shop_id)
        return row

    return store.write(change)


def _is_already(found: ProductRow, draft: Draft, picture: PictureChange) -> bool:
    shows = {"keep": found.picture, "remove": None}[picture] if isinstance(picture, str) else picture.digest
    same = all(getattr(found, name) == value for name, value in asdict(draft).items())
    return same and found.picture == shows


def _require_room(connection: Connection, shop_id: str) -> None:
    sold, _ = products.count_products(connection, shop_id)
    if sold >= PRODUCTS_OF_A_SHOP:
        raise TooLargeError("too_many_products", values={"most": PRODUCTS_OF_A_SHOP})


def _require_free_barcode(connection: Connection, shop_id: str, product_id: str, barcode: str | None) -> None:
    holder = products.find_barcode(connection, shop_id, barcode) if barcode is not None else None
    if holder is not None and holder.id != product_id:
        raise InvalidError("barcode_taken", field="barcode", values={"name": holder.name})
