"""What the shop's tests sell: shops, products and sales, made the way a device makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from camket_shop.catalogue import add_product, read_draft
from camket_shop.ids import new_id
from camket_shop.selling import NewSale, read_sale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket_shop.store.engine import ShopStore
    from camket_shop.store.products import ProductRow

ALICE = "alice-subject"
BOB = "bob-subject"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
COFFEE = {"name": "Cà phê sữa đá", "price": "25k", "unit": "ly", "category": "Đồ uống", "barcode": ""}


class Vault:
    """Where a test's pictures lie: what was added, by row, without what was removed."""

    def __init__(self) -> None:
        self.pictures: dict[str, tuple[str, bytes]] = {}
        self.removed: list[str] = []
        self._numbers = count(1)

    def add_picture(self, subject_id: str, archive: bytes) -> str:
        """Keep a picture."""
        row_id = f"row-{next(self._numbers)}"
        self.pictures[row_id] = (subject_id, archive)
        return row_id

    def remove(self, subject_id: str, row_ids: Sequence[str]) -> None:
        """Remove pictures of this subject."""
        for row_id in row_ids:
            assert self.pictures.get(row_id, (subject_id,))[0] == subject_id
            self.pictures.pop(row_id, None)
            self.removed.append(row_id)


def added(store: ShopStore, shop_id: str = ALICE, **typed: str) -> ProductRow:
    """Return a product that was just added."""
    return add_product(store, Vault(), shop_id, new_id(), read_draft(COFFEE | typed), at=NOW)[0]


def sent_sale(**fields: object) -> dict[str, Any]:
    """Return a sale as a device sends it: two coffees typed in, paid in cash; fields may be given by name."""
    line = {"product": None, "name": "Cà phê sữa đá", "unit": "ly", "price": 25_000, "quantity": "2"}
    sale: dict[str, Any] = {
        "id": new_id(),
        "sold_at": "2026-11-22T16:30:00.000+07:00",
        "lines": [line],
        "discount": 0,
        "payment": {"method": "cash", "tendered": 100_000, "transferred": 0},
        "total": 50_000,
    }
    return sale | fields


def new_sale(**fields: object) -> NewSale:
    """Return a sale as it is read from what a device sent."""
    return read_sale(sent_sale(**fields))
