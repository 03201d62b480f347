"""What the shop holds about its owner itself, outside camket's vault: the goods and the sales book.

It is counted for the privacy centre, given whole in a copy, and destroyed with the account.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from camket_shop.platform import ExportedItem
from camket_shop.selling import instant_text, sale_document
from camket_shop.store import products, sales, shops

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from camket_shop.platform import Guest
    from camket_shop.store.engine import ShopStore
    from camket_shop.store.products import ProductRow

CATALOGUE: Final = "shop.catalogue"
SALES: Final = "shop.sales"

GOODS_LABELS: Final = {
    "name": {"vi": "Tên hàng", "en": "Name"},
    "price": {"vi": "Giá (₫)", "en": "Price (₫)"},
    "unit": {"vi": "Đơn vị", "en": "Unit"},
    "category": {"vi": "Nhóm", "en": "Category"},
    "barcode": {"vi": "Mã vạch", "en": "Barcode"},
    "created_at": {"vi": "Thêm lúc", "en": "Added"},
    "archived_at": {"vi": "Ngừng bán lúc", "en": "Taken off sale"},
}
SALES_LABELS: Final = {
    "number": {"vi": "Số", "en": "Number"},
    "sold_at": {"vi": "Bán lúc", "en": "Sold"},
    "lines": {"vi": "Hàng", "en": "Goods"},
    "name": {"vi": "tên", "en": "name"},
    "quantity": {"vi": "số lượng", "en": "quantity"},
    "unit": {"vi": "đơn vị", "en": "unit"},
    "price": {"vi": "giá", "en": "price"},
    "amount": {"vi": "thành tiền", "en": "amount"},
    "discount": {"vi": "Giảm giá (₫)", "en": "Discount (₫)"},
    "total": {"vi": "Tổng (₫)", "en": "Total (₫)"},
    "tendered": {"vi": "Tiền mặt (₫)", "en": "Cash (₫)"},
    "transferred": {"vi": "Chuyển khoản (₫)", "en": "Transfer (₫)"},
    "change": {"vi": "Thối lại (₫)", "en": "Change (₫)"},
    "voided": {"vi": "Đã hủy", "en": "Voided"},
    "at": {"vi": "lúc", "en": "at"},
}
"""What the fields are called on the copy's pages for people; what only programs need has no label."""


def declare_holdings(guest: Guest, store: ShopStore) -> None:
    """Have camket ask the shop what it holds: to count it, to copy it, to destroy it."""
    guest.label = {"vi": "Quầy", "en": "Quầy"}
    guest.on_count(lambda subject_id: count_holdings(store, subject_id))
    guest.on_export(lambda subject_id: export_holdings(store, subject_id))
    guest.on_erase(lambda subject_id: erase_holdings(store, subject_id, at=datetime.now(UTC)))


def count_holdings(store: ShopStore, subject_id: str) -> Mapping[str, int]:
    """Return how many products, archived ones too, and how many sales, voided ones too, are held."""

    def count(connection: Connection) -> dict[str, int]:
        return {
            CATALOGUE: sum(products.count_products(connection, subject_id)),
            SALES: sales.count_sales(connection, subject_id),
        }

    return store.read(count)


def export_holdings(store: ShopStore, subject_id: str) -> tuple[ExportedItem, ...]:
    """Return goods and sales as two files, *personal*, of one state of the books; what is empty has no file.

    Source: `docs/reference/shop-api.md`, "The files of a copy".
    """

    def export(connection: Connection) -> tuple[ExportedItem, ...]:
        goods = [_product(row) for row in products.all_products(connection, subject_id)]
        sold = [sale_document(row) for row in sales.all_sales(connection, subject_id)]
        return (
            _file(CATALOGUE, "catalogue.json", "products", goods, GOODS_LABELS),
            _file(SALES, "sales.json", "sales", sold, SALES_LABELS),
        )

    return tuple(one for one in store.read(export) if one.count)


def erase_holdings(store: ShopStore, subject_id: str, *, at: datetime) -> None:
    """Destroy everything that is held about an owner.

    Raises:
        StoreError: it is not done, or deleted but not yet off the disk; again is safe, and goes on.

    Effects:
        Durable on return: rows are deleted and overwritten, and the write-ahead log is emptied. What remains is the
        SHA-256 of the subject id, which is random, so that a request under way makes nothing anew. Twice is once.
    """
    store.write(lambda connection: shops.erase_shop(connection, subject_id, at=at))
    store.forget_deleted()


def _product(row: ProductRow) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "price": row.price,
        "unit": row.unit,
        "category": row.category,
        "barcode": row.barcode,
        "picture": row.picture,
        "created_at": instant_text(row.created_at),
        "changed_at": instant_text(row.changed_at),
        "archived_at": None if row.archived_at is None else instant_text(row.archived_at),
    }


def _file(
    item: str, name: str, key: str, content: list[dict[str, object]], labels: Mapping[str, Mapping[str, str]]
) -> ExportedItem:
    text = json.dumps({key: content}, ensure_ascii=False, indent=2)
    return ExportedItem(
        item=item,
        file_name=name,
        media_type="application/json",
        content=f"{text}\n".encode(),
        count=len(content),
        labels=labels,
    )
