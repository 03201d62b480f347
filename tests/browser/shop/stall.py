"""A shop owner at the sell screen: goods on the shelf, what they tap, and what stands in the books afterwards."""

from __future__ import annotations

import secrets
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.browser.serving import CAMKET, ROOT, STOP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.browser.serving import Served
    from tests.browser.visitor import Visitor

APPS = "/quay=camket_shop.app:create_app"
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"

STOCK = """
async ({shop, products}) => {
    const waiting = [...products];
    const work = async () => {
        for (let product = waiting.shift(); product; product = waiting.shift()) {
            const form = new FormData();
            Object.entries(product).forEach(([name, value]) => form.set(name, value));
            const answer = await fetch('/quay/api/products', {method: 'POST', body: form, headers: {'X-Shop': shop}});
            if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
        }
    };
    await Promise.all([1, 2, 3, 4].map(work));
}
"""
REPRICE = """
async ({shop, name, price}) => {
    const {products} = await (await fetch('/quay/api/catalogue')).json();
    const product = products.find(one => one.name === name);
    const form = new FormData();
    for (const field of ['name', 'unit', 'category', 'barcode', 'version']) form.set(field, product[field] ?? '');
    form.set('price', price);
    const sent = {method: 'POST', body: form, headers: {'X-Shop': shop}};
    const answer = await fetch(`/quay/api/products/${product.id}`, sent);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}
"""
KEPT = """
wanted => new Promise(resolve => {
    const request = indexedDB.open('quay-till');
    request.onsuccess = () => {
        const all = request.result.transaction('carts').objectStore('carts').getAll();
        all.onsuccess = () => {
            request.result.close();
            resolve(all.result.some(({cart}) => cart.lines.length === wanted));
        };
    };
})
"""
SALES = "async () => (await (await fetch('/quay/api/sales')).json()).sales"
SCAN = """
code => [...code, 'Enter'].forEach(key => {
    const pressed = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
    (document.activeElement ?? document.body).dispatchEvent(pressed);
})
"""
"""What a scanner does: the keys come within a few milliseconds, too fast for keys that a test presses one by one."""

COFFEE = {"name": "Cà phê sữa đá", "price": "25000", "unit": "ly", "category": "Đồ uống", "barcode": "8934567890123"}
BREAD = {"name": "Bánh mì trứng", "price": "18000", "unit": "ổ", "category": "Đồ ăn", "barcode": ""}
SUGAR = {"name": "Đường cát trắng", "price": "22500", "unit": "kg", "category": "Tạp hóa", "barcode": ""}
GOODS = (COFFEE, BREAD, SUGAR)


def client_id() -> str:
    """Return an id as a device makes it."""
    return "".join(secrets.choice(LETTERS) for _ in range(26))


def open_shop(owner: Visitor, email: str, *goods: dict[str, str]) -> None:
    """Register an owner, put goods on the shelf, and open the sell screen."""
    owner.register("Alice Nguyễn", "090 123 45 67", email)
    owner.open("/quay/settings")
    stock(owner.page, *goods)
    open_sell(owner)


def set_bank(owner: Visitor) -> None:
    """Set the account that buyers transfer to."""
    owner.open("/quay/settings")
    owner.page.locator("select[name=bank]").select_option("970415")
    owner.fill(name="Tạp hóa Alice", bank_account="113366668888", bank_holder="NGUYEN THI ALICE")
    owner.page.locator(".settings-go").click()
    owner.page.wait_for_selector(".note.done")


def stock(page: Page, *goods: dict[str, str]) -> None:
    """Add products, from any page of the shop."""
    products = [{"id": client_id(), "whiten": "0", **product} for product in goods]
    shop = page.locator("html").get_attribute("data-shop")
    page.evaluate(STOCK, {"shop": shop, "products": products})


def reprice(page: Page, name: str, price: str) -> None:
    """Give a product another price, from any page of the shop."""
    page.evaluate(REPRICE, {"shop": page.locator("html").get_attribute("data-shop"), "name": name, "price": price})


def open_sell(owner: Visitor, page: Page | None = None) -> None:
    """Open the sell screen and wait until it can sell."""
    page = page or owner.page
    page.goto(f"{owner.origin}/quay/sell")
    ready(page)


def ready(page: Page) -> None:
    """Wait until the shelf stands and the cart of this tab is there."""
    page.wait_for_selector("#sell:not([aria-busy]) .counter")
    page.wait_for_selector(".card, .instead .empty")


def card(page: Page, name: str) -> Locator:
    """Return the card of a product, which is near what is seen."""
    return page.locator(".card").filter(has=page.locator(".name", has_text=name))


def add(page: Page, *names: str) -> None:
    """Tap products."""
    for name in names:
        card(page, name).locator(".add").click()


def badge_of(page: Page, name: str) -> Locator:
    """Return how often a product lies in the cart, as its card says."""
    return card(page, name).locator(".badge")


def await_kept(page: Page, lines: int) -> None:
    """Wait until a cart of so many lines is on the device."""
    page.wait_for_function(KEPT, arg=lines)


def total(page: Page) -> Locator:
    """Return what the bar of the phone says there is to pay."""
    return page.locator(".pay-bar b")


def take_money(page: Page) -> Locator:
    """Open the payment from the bar of the phone and return its dialog."""
    page.locator(".pay-bar .btn").click()
    return page.locator("dialog.pay")


def confirm(page: Page, *, recorded: bool = True) -> None:
    """Say that the money is there, and wait until the sale is recorded, or at least kept on the device."""
    page.locator("dialog.pay .confirm").click()
    page.wait_for_selector("dialog.pay", state="detached")
    if recorded:
        page.wait_for_selector("dialog.done:not(.is-kept)")


def sell(page: Page, *names: str, recorded: bool = True) -> None:
    """Sell products for the exact cash and go on to the next sale."""
    add(page, *names)
    take_money(page)
    confirm(page, recorded=recorded)
    page.locator("dialog.done .btn.go").click()
    page.wait_for_selector("dialog.done", state="detached")


def leave(page: Page) -> None:
    """Leave the dialog on top by its key, and wait until it is gone."""
    on_top = page.locator("dialog").last.element_handle()
    page.keyboard.press("Escape")
    on_top.wait_for_element_state("hidden")


def books(page: Page) -> list[dict[str, Any]]:
    """Return the sales that the server has recorded, oldest first."""
    sales: list[dict[str, Any]] = page.evaluate(SALES)
    return sales[::-1]


def scan(page: Page, code: str) -> None:
    """Have a scanner type a code."""
    page.evaluate(SCAN, code)


def badge(page: Page) -> Locator:
    """Return the badge of sales that are not sent."""
    return page.locator("[data-unsent-place] .unsent")


def forgive_lost_connections(owner: Visitor) -> None:
    """Take out what a browser says of connections that a test cut on purpose."""
    owner.complaints[:] = [said for said in owner.complaints if "net::ERR_" not in said]


@contextmanager
def served_again(service: Served) -> Iterator[None]:
    """Serve the data of a service that was killed, at the same address, until the end of the block."""
    environment = service.environment | {"PORT": service.origin.rpartition(":")[2]}
    process = subprocess.Popen(
        [CAMKET, "serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        assert any(line.startswith("camket serves") for line in process.stdout)
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        process.stdout.close()
