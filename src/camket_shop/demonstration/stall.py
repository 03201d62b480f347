"""The demonstration's stall: a dozen products with pictures, and what they sold in three days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket_shop.catalogue.changes import add_product
from camket_shop.catalogue.drafts import NewPicture, read_draft
from camket_shop.demonstration import drawing
from camket_shop.ids import new_id
from camket_shop.photos.renditions import packed
from camket_shop.profile import BankAccount, Profile, save_profile
from camket_shop.selling import VoidReason, commit_sale, instant_text, read_sale, void_sale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket_shop.demonstration.drawing import Shape
    from camket_shop.platform import Platform
    from camket_shop.store.engine import ShopStore
    from camket_shop.store.products import ProductRow

SALES: Final = 26
SPAN: Final = timedelta(days=3)
NOTE: Final = 10_000
"""Customers of the stall hand over whole notes of this many đồng."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Good:
    """A product of the demonstration, as its owner would type it, and how it is drawn."""

    name: str
    price: str
    unit: str
    category: str
    shape: Shape
    colour: str
    accent: str
    barcode: str = ""


def _good(typed: tuple[str, str, str, str], shape: Shape, colour: str, accent: str, barcode: str = "") -> Good:
    name, price, unit, category = typed
    return Good(
        name=name, price=price, unit=unit, category=category,
        shape=shape, colour=colour, accent=accent, barcode=barcode,
    )  # fmt: skip


GOODS: Final = (
    _good(("Cà phê sữa đá", "25k", "ly", "Đồ uống"), drawing.cup, "#6b3f22", "#3d2414"),
    _good(("Nước suối 500 ml", "8k", "chai", "Đồ uống"), drawing.bottle, "#5aa0d8", "#2a6fae", "8930000000019"),
    _good(("Bánh mì trứng", "18k", "ổ", "Đồ ăn"), drawing.loaf, "#e0a95a", "#7fa650"),
    _good(("Mì ly hải sản", "14.500", "ly", "Đồ ăn"), drawing.noodle_cup, "#c8402f", "#8f2417", "8930000000026"),
    _good(("Trà đào cam sả", "32k", "ly", "Đồ uống"), drawing.cup, "#e0853a", "#a34f16"),
    _good(("Sữa chua nếp cẩm", "22k", "hũ", "Đồ ăn"), drawing.pot, "#7a4a8f", "#4f2d61"),
    _good(("Trứng gà ta", "38k", "vỉ", "Chợ"), drawing.eggs, "#e7c3a0", "#b9b3a4"),
    _good(("Gạo thơm 5 kg", "165k", "bao", "Chợ"), drawing.bag, "#d9c9a3", "#a8432f", "8930000000033"),
    _good(("Nước mắm 40 độ", "72k", "chai", "Chợ"), drawing.bottle, "#8a4a1c", "#b3261e", "8930000000040"),
    _good(("Trà xanh lon", "12k", "lon", "Đồ uống"), drawing.can, "#2f7d4f", "#f2d14b", "8930000000057"),
    _good(("Khăn giấy hộp", "24k", "hộp", "Nhà cửa"), drawing.box, "#8fb8c9", "#4f7d90"),
    _good(("Sữa đặc", "27k", "lon", "Chợ"), drawing.can, "#f4f1e8", "#2f5fa8", "8930000000064"),
)


PROFILE: Final = Profile(
    name="Tạp hóa Alice (bản mẫu)",
    address="12 đường Mẫu, Thành phố Hồ Chí Minh",
    tax_code="0300000000",
    bank=BankAccount(bin="970436", name="Vietcombank", account="0000000000", holder="ALICE NGUYEN"),
)


def fill_stall(store: ShopStore, vault: Platform, shop_id: str, *, at: datetime) -> None:
    """Give a shop its header, a dozen products and what they sold until now.

    Args:
        store: the books.
        vault: where header and pictures go.
        shop_id: whose shop; it is empty.
        at: the demonstration's now.

    Effects: durable on return; twice fills it twice.
    """
    save_profile(vault, shop_id, PROFILE)
    products = [_add(store, vault, shop_id, good, at=at - SPAN) for good in GOODS]
    for number in range(SALES):
        sold_at = at - SPAN + (number + 1) * SPAN / (SALES + 1)
        _sell(store, shop_id, products, number, at=sold_at)


def _add(store: ShopStore, vault: Platform, shop_id: str, good: Good, *, at: datetime) -> ProductRow:
    picture = drawing.draw_product(good.shape, good.colour, good.accent)
    draft = read_draft(
        {
            "name": good.name,
            "price": good.price,
            "unit": good.unit,
            "category": good.category,
            "barcode": good.barcode,
        }
    )
    kept = NewPicture(digest=picture.address, archive=packed(picture))
    product, _ = add_product(store, vault, shop_id, new_id(), draft, picture=kept, at=at)
    return product


def _sell(store: ShopStore, shop_id: str, products: Sequence[ProductRow], number: int, *, at: datetime) -> None:
    bought = {
        products[(number * step + place) % len(products)].id: place % 2 + 1 for place, step in enumerate((1, 5, 7))
    }
    lines = [
        {"product": row.id, "name": row.name, "unit": row.unit, "price": row.price, "quantity": str(bought[row.id])}
        for row in products
        if row.id in bought
    ]
    total = sum(row.price * bought.get(row.id, 0) for row in products)
    transfer = number % 4 == 3  # noqa: PLR2004 - every fourth pays by transfer
    sale = read_sale(
        {
            "id": new_id(),
            "sold_at": instant_text(at),
            "lines": lines,
            "discount": 0,
            "total": total,
            "payment": {
                "method": "transfer" if transfer else "cash",
                "tendered": 0 if transfer else -(-total // NOTE) * NOTE,
                "transferred": total if transfer else 0,
            },
        }
    )
    row, _ = commit_sale(store, shop_id, sale, at=at)
    if number == SALES // 2:
        void_sale(store, shop_id, row.id, VoidReason.WRONG_ITEM, at=at + timedelta(minutes=4))
