"""The catalogue: products are added, changed and archived, never deleted, as sales name them.

Every change gives the catalogue its next revision, so a device knows at once whether what it keeps is still right.
Pictures are not here: they lie in camket's vault, and a product only names the one it shows.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar

from camket_shop.errors import ConflictError, InvalidError, NotFoundError, ShopError, TooLargeError
from camket_shop.ids import require_client_id
from camket_shop.money import read_price
from camket_shop.store import products, shops
from camket_shop.store.products import ProductRow
from camket_shop.text import (
    CATEGORY_CHARACTERS,
    NAME_CHARACTERS,
    UNIT_CHARACTERS,
    fold,
    read_barcode,
    read_line,
    wrong_check_digit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from camket_shop.store.engine import ShopStore

T = TypeVar("T")

PRODUCTS_OF_A_SHOP: Final = 5_000
"""Products on sale at a time; a device keeps all of them."""

PRODUCTS_OF_A_PAGE: Final = 40


class PictureVault(Protocol):
    """Where pictures lie; `camket_shop.platform.Platform` is it."""

    def add_picture(self, subject_id: str, archive: bytes) -> str:
        """Keep a picture and return its row; durable on return."""
        ...

    def remove(self, subject_id: str, row_ids: Sequence[str]) -> None:
        """Remove values; durable on return, and twice is once."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a product is to be, in the form in which it is kept.

    Args:
        name: 1 to 80 characters.
        price: in đồng.
        unit: up to 16 characters; may be empty.
        category: up to 32 characters; may be empty.
        barcode: None for none.
    """

    name: str
    price: int
    unit: str
    category: str
    barcode: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPicture:
    """A picture that a product is to show.

    Args:
        digest: SHA-256 of its largest picture, in hex.
        archive: *personal*; the three sizes as camket keeps them.
    """

    digest: str
    archive: bytes = field(repr=False)


PictureChange = NewPicture | Literal["keep", "remove"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """All products on sale, with the revisions that tell a device whether it has to ask again."""

    revision: int
    header_revision: int
    products: tuple[ProductRow, ...]


class ProductChangedError(ConflictError):
    """The product has changed since it was read; nothing was stored.

    Args:
        product: as it is now.
    """

    def __init__(self, product: ProductRow) -> None:
        super().__init__("product_changed", field="version", values={"name": product.name})
        self.product = product


def read_draft(typed: Mapping[str, str]) -> Draft:
    """Return what a form says of a product.

    Args:
        typed: `name`, `price`, `unit`, `category` and `barcode` as typed; what is missing is empty.

    Raises:
        InvalidError: the first field that cannot be kept, with its reason.
    """
    return Draft(
        name=read_line(typed.get("name", ""), field="name", most=NAME_CHARACTERS),
        price=read_price(typed.get("price", "")),
        unit=read_line(typed.get("unit", ""), field="unit", most=UNIT_CHARACTERS, required=False),
        category=read_line(typed.get("category", ""), field="category", most=CATEGORY_CHARACTERS, required=False),
        barcode=read_barcode(typed.get("barcode", "")),
    )


def read_version(typed: str) -> int:
    """Return the version of a product that a form was made from.

    Raises:
        InvalidError: it is none (`version_invalid`).
    """
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):  # noqa: PLR2004 - no product changes that often
        raise InvalidError("version_invalid", field="version")
    return int(typed)


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
    picture_row = _keep_picture(vault, shop_id, picture)

    def add(connection: Connection) -> tuple[ProductRow, bool]:
        shops.lock_shop(connection, shop_id, at=at)
        if (found := known(connection)) is not None:
            _drop(connection, shop_id, picture_row)
            return found, False
        row = ProductRow(
            shop_id=shop_id, id=product_id, fingerprint=made_from, **asdict(draft), search=search_text(draft),
            picture=picture.digest if picture else None, picture_row=picture_row, version=1,
            created_at=at, changed_at=at, archived_at=None,
        )  # fmt: skip
        products.add_product(connection, row)
        shops.count_catalogue_up(connection, shop_id)
        return row, True

    added = _or_take_back(vault, shop_id, picture_row, lambda: store.write(add))
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
        found = _on_sale(connection, shop_id, product_id)
        if found.version != version and not _is_already(found, draft, picture):
            raise ProductChangedError(found)
        _require_free_barcode(connection, shop_id, product_id, draft.barcode)
        return found

    if _is_already(found := store.read(stands), draft, picture):
        return found
    picture_row = _keep_picture(vault, shop_id, picture)

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
            _drop(connection, shop_id, before.picture_row)
        shops.count_catalogue_up(connection, shop_id)
        return row

    changed = _or_take_back(vault, shop_id, picture_row, lambda: store.write(change))
    clear_pictures(store, vault, shop_id)
    return changed


def archive_product(
    store: ShopStore, vault: PictureVault, shop_id: str, product_id: str, *, at: datetime
) -> ProductRow:
    """Take a product off sale; what was sold keeps its name and price.

    Returns:
        The product; one that was archived before is returned as it is.

    Raises:
        NotFoundError: the shop has no such product.

    Effects:
        Durable on return, with the next revision of the catalogue. Its picture is removed from the vault.
    """

    def archive(connection: Connection) -> ProductRow:
        shops.lock_shop(connection, shop_id, at=at)
        found = products.find_product(connection, shop_id, product_id)
        if found is None:
            raise NotFoundError("product_unknown")
        if found.archived_at is not None:
            return found
        row = replace(found, archived_at=at, changed_at=at, version=found.version + 1, picture=None, picture_row=None)
        products.set_product(connection, row)
        _drop(connection, shop_id, found.picture_row)
        shops.count_catalogue_up(connection, shop_id)
        return row

    archived = store.write(archive)
    clear_pictures(store, vault, shop_id)
    return archived


def find_product(store: ShopStore, shop_id: str, product_id: str) -> ProductRow:
    """Return a product on sale.

    Raises:
        NotFoundError: the shop has none of this id.
    """
    return store.read(lambda connection: _on_sale(connection, shop_id, product_id))


def find_picture(store: ShopStore, shop_id: str, digest: str) -> str | None:
    """Return the vault's row of a picture that a product of this shop shows; None where none does."""
    found = store.read(lambda connection: products.find_picture(connection, shop_id, digest))
    return found.picture_row if found is not None else None


def search_catalogue(store: ShopStore, shop_id: str, query: str, *, page: int) -> tuple[tuple[ProductRow, ...], int]:
    """Return a page of 40 products on sale, and how many fit in all.

    Args:
        store: the books.
        shop_id: whose.
        query: words as typed, with or without accents; all must fit. Empty fits everything.
        page: from 1.
    """
    words = fold(query)[:NAME_CHARACTERS].split()
    offset = PRODUCTS_OF_A_PAGE * (page - 1)
    return store.read(
        lambda connection: products.search_products(connection, shop_id, words, limit=PRODUCTS_OF_A_PAGE, offset=offset)
    )


def read_catalogue(store: ShopStore, shop_id: str) -> Catalogue:
    """Return all products on sale, of one state of the books."""

    def read(connection: Connection) -> Catalogue:
        shop = shops.find_shop(connection, shop_id)
        return Catalogue(
            revision=shop.catalogue_revision,
            header_revision=shop.header_revision,
            products=products.list_products(connection, shop_id),
        )

    return store.read(read)


def read_revisions(store: ShopStore, shop_id: str) -> tuple[int, int]:
    """Return the revisions of a shop's catalogue and header, without reading the catalogue."""
    shop = store.read(lambda connection: shops.find_shop(connection, shop_id))
    return shop.catalogue_revision, shop.header_revision


def clear_pictures(store: ShopStore, vault: PictureVault, shop_id: str) -> None:
    """Have the vault remove pictures that no product shows any more.

    Effects:
        Removed and then forgotten, so a crash in between removes twice, which is once. What the vault refuses to
        remove just now stays noted for the next time.
    """
    dropped = store.read(lambda connection: products.dropped_pictures(connection, shop_id))
    if not dropped:
        return
    try:
        vault.remove(shop_id, dropped)
    except ShopError:
        return
    store.write(lambda connection: products.forget_dropped(connection, shop_id, dropped))


def search_text(draft: Draft) -> str:
    """Return what a product is found by: name, barcode and category, folded."""
    return fold(" ".join(part for part in (draft.name, draft.barcode, draft.category) if part))


def fingerprint(draft: Draft, picture: NewPicture | None) -> str:
    """Return the digest of what a product is made from; equal for a retry, and for nothing else."""
    content = [*asdict(draft).values(), picture.digest if picture else None]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


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


def _on_sale(connection: Connection, shop_id: str, product_id: str) -> ProductRow:
    found = products.find_product(connection, shop_id, product_id)
    if found is None or found.archived_at is not None:
        raise NotFoundError("product_unknown")
    return found


def _is_already(found: ProductRow, draft: Draft, picture: PictureChange) -> bool:
    shows = {"keep": found.picture, "remove": None}[picture] if isinstance(picture, str) else picture.digest
    same = all(getattr(found, name) == value for name, value in asdict(draft).items())
    return same and found.picture == shows


def _require_room(connection: Connection, shop_id: str) -> None:
    if products.count_products(connection, shop_id, on_sale=True) >= PRODUCTS_OF_A_SHOP:
        raise TooLargeError("too_many_products", values={"most": PRODUCTS_OF_A_SHOP})


def _require_free_barcode(connection: Connection, shop_id: str, product_id: str, barcode: str | None) -> None:
    holder = products.find_barcode(connection, shop_id, barcode) if barcode is not None else None
    if holder is not None and holder.id != product_id:
        raise InvalidError("barcode_taken", field="barcode", values={"name": holder.name})


def _keep_picture(vault: PictureVault, shop_id: str, picture: PictureChange | None) -> str | None:
    return vault.add_picture(shop_id, picture.archive) if isinstance(picture, NewPicture) else None


def _or_take_back(vault: PictureVault, shop_id: str, picture_row: str | None, work: Callable[[], T]) -> T:
    """Return what a unit of work returns; where it fails, the picture that was kept for it is removed again."""
    try:
        return work()
    except ShopError:
        if picture_row is not None:
            with suppress(ShopError):  # why the product was not kept matters more
                vault.remove(shop_id, (picture_row,))
        raise


def _drop(connection: Connection, shop_id: str, picture_row: str | None) -> None:
    if picture_row is not None:
        products.drop_picture(connection, shop_id, picture_row)
