"""An owner with a shop that has a product and a sale, for tests that print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.browser.visitor import Visitor, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, StorageState

ALICE: Final = "alice@shop.example"
PRODUCT_ID: Final = "7k3m9qxa" + "0" * 17 + "1"
PRODUCT_NAME: Final = "Nước mắm Phú Quốc cá cơm 40 độ đạm"
PRODUCT: Final = {"name": PRODUCT_NAME, "price": 68000, "unit": "chai", "barcode": "8934563138165"}
GOODS: Final = (
    ("Cà phê sữa đá", "ly", 25000, "2", 50000),
    ("Bánh mì trứng ốp la", "", 18000, "1", 18000),
    ("Mì ly hải sản chua cay", "", 14500, "3", 43500),
    ("Trà đào cam sả", "ly", 32000, "1", 32000),
    ("Sữa chua nếp cẩm", "hũ", 22000, "2", 44000),
    ("Nước suối 500 ml", "chai", 8000, "4", 32000),
    ("Đường thốt nốt", "kg", 36000, "0.5", 18000),
    ("Trứng gà ta", "chục", 35000, "1", 35000),
)
"""Eight items: the receipt of the figures."""
HEADER: Final = {"name": "Tạp hóa Alice", "address": "12 Nguyễn Huệ, Quận 1", "tax_code": "0312345678"}

SEND = """
async ([path, body, form]) => {
    const sent = form ? new FormData() : JSON.stringify(body);
    if (form) for (const [name, value] of Object.entries(body)) sent.append(name, value);
    const headers = form ? {} : {'Content-Type': 'application/json'};
    const answer = await fetch(`/quay/api${path}`, {method: 'POST', body: sent, headers});
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """A shop owner.

    Args:
        state: cookies of their session, for new browser profiles.
        sale: the sale as the API answered it.
    """

    state: StorageState
    sale: dict[str, Any]


def new_sale(number: int = 1) -> dict[str, Any]:
    """Return a sale of eight items, paid in cash, as a device sends it."""
    total = sum(amount for *_rest, amount in GOODS)
    return {
        "id": f"{number:026d}",
        "sold_at": "2026-11-22T02:12:00.000Z",
        "lines": [
            {"product": None, "name": name, "unit": unit, "price": price, "quantity": quantity}
            for name, unit, price, quantity, _amount in GOODS
        ],
        "discount": 0,
        "payment": {"method": "cash", "tendered": 300000, "transferred": 0},
        "total": total,
    }


def open_shop(browser: Browser, origin: str, email: str = ALICE) -> Owner:
    """Register an owner, and give their shop a header, a product and a sale."""
    alice = visit(browser, origin)
    alice.register("Alice", "090 123 45 67", email)
    alice.open("/quay/settings")
    for name, value in HEADER.items():
        alice.page.locator(f"[name='{name}']").fill(value)
    alice.page.click(".settings-go")
    alice.page.wait_for_selector("[data-settings-changed]")
    send(
        alice,
        "/products",
        PRODUCT | {"id": PRODUCT_ID, "price": str(PRODUCT["price"]), "category": "", "whiten": "0"},
        form=True,
    )
    sale: dict[str, Any] = send(alice, "/sales", new_sale())
    state = alice.context.storage_state()
    alice.context.close()
    assert alice.complaints == []
    return Owner(state=state, sale=sale)


def send(visitor: Visitor, path: str, body: dict[str, Any], *, form: bool = False) -> Any:  # noqa: ANN401 - any JSON
    """Send something to the shop's API from the page in hand."""
    return visitor.page.evaluate(SEND, [path, body, form])
