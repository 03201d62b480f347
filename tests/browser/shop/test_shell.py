"""The shop's pages of goods, receipts and settings in a real browser: one owner's story, with scripts and without."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.shop.owners import SEND
from tests.browser.visitor import visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

APPS = "/quay=camket_shop.app:create_app"
MANY = "100000"
GOODS = [
    ("Cà phê sữa đá", "25k", "ly", "Đồ uống"),
    ("Nước mắm Phú Quốc cá cơm 40 độ đạm loại chai thủy tinh", "68.000", "chai", "Gia vị"),
    ("Bánh mì trứng", "18 nghìn", "", ""),
]
PROFILE = {
    "name": "Tạp hóa Alice", "address": "12 Nguyễn Huệ, Quận 1", "tax_code": "0312345678",
    "bank_account": "0123456789", "bank_holder": "NGUYEN THI ALICE",
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a running service with the shop, without limits that a file of tests would meet."""
    with served(
        tmp_path_factory.mktemp("shop"),
        apps=APPS,
        registrations_per_address_hour=MANY,
        sign_ins_per_address_hour=MANY,
        attempts_per_address_hour=MANY,
        codes_per_subject_hour=MANY,
    ) as running:
        yield running


class Walk:
    """One owner who goes through every page and state, and looks at each.

    Args:
        owner: who, signed in.
        look: is handed the name of each state.
    """

    def __init__(self, owner: Visitor, look: Callable[[str], None]) -> None:
        self.owner = owner
        self.look = look

    def press(self, selector: str) -> None:
        """Press a button and wait for the page after it."""
        with self.owner.page.expect_navigation():
            self.owner.main.locator(selector).first.click()

    def start(self) -> None:
        """Look at the shop before anything is in it."""
        for name in ("products", "receipts", "settings"):
            self.owner.open(f"/quay/{name}")
            self.look(f"{name}-first")
        self.owner.open("/quay/nothing")
        self.look("not-found")

    def set_up(self) -> None:
        """Mistype the tax code, then save the settings and delete the address again."""
        self.owner.open("/quay/settings")
        self.owner.fill(**(PROFILE | {"tax_code": "12"}))
        self.owner.page.select_option("select[name='bank']", "970436")
        self.press(".settings-form .btn.go")
        self.look("settings-problem")
        self.owner.fill(tax_code=PROFILE["tax_code"])
        self.press(".settings-form .btn.go")
        self.look("settings-saved")
        self.press("button[form='remove-address']")
        self.look("settings-removed")

    def fill_shelf(self) -> None:
        """Add products, the first after a mistake; find, put away, and take back."""
        self.owner.open("/quay/products/new")
        self.look("product-new")
        self.owner.fill(name="", price="1.50")
        self.press(".actions-row .btn.go")
        self.look("product-problem")
        for name, price, unit, category in GOODS:
            self.owner.open("/quay/products/new")
            self.owner.fill(name=name, price=price, unit=unit, category=category)
            self.press(".actions-row .btn.go")
        self.look("products")
        for name, query in {"products-found": "ca phe", "products-none": "zzz"}.items():
            self.owner.open(f"/quay/products?q={query}")
            self.look(name)
        self.owner.open("/quay/products")
        self.press(".goods-list a")
        self.look("product")
        self.press(".more-actions form button")
        self.look("product-put-away")
        self.owner.open("/quay/products?archived=1")
        self.look("products-archived")
        self.press(".goods-list a")
        self.look("product-archived")
        self.press(".archived button")
        self.look("product-restored")

    def look_at_receipts(self) -> None:
        """Sell, look at the receipt, and void it."""
        for method in ("cash", "transfer"):
            self.owner.page.evaluate(SEND, ["/sales", sale_paid_by(method), False])
        self.owner.open("/quay/receipts")
        self.look("receipts")
        self.press(".receipts-list a")
        self.owner.page.wait_for_selector("[data-head=name]:not(:empty)")
        self.owner.page.wait_for_selector("[data-print-receipt] .btn")
        self.look("receipt")
        self.owner.main.locator("details > summary", has=self.owner.page.locator("xpath=..//form")).first.click()
        self.press(".void-form .btn")
        self.look("receipt-void-problem")
        self.owner.main.locator("input[value='wrong_price']").check()
        self.press(".void-form .btn")
        self.look("receipt-voided")


def sale_paid_by(method: str) -> dict[str, object]:
    """Return a sale as a device sends it."""
    number = {"cash": "0", "transfer": "1"}[method]
    line = {"product": None, "name": "Cà phê sữa đá", "unit": "ly", "price": 25_000, "quantity": "1.5"}
    paid = {"cash": {"tendered": 50_000, "transferred": 0}, "transfer": {"tendered": 0, "transferred": 32_500}}
    return {
        "id": f"7k3m9qxa{number}{'0' * 17}",
        "sold_at": "2026-11-22T09:12:00.000+07:00",
        "lines": [line],
        "discount": 5_000,
        "total": 32_500,
        "payment": {"method": method} | paid[method],
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_of_the_shop_has_a_finding(visitor: Callable[..., Visitor], language: Language) -> None:
    """No state of any page has an accessibility finding, scrolls sideways, or is too small to read or touch."""
    owner = visitor(language, reduced_motion="reduce")
    owner.register("Alice Nguyễn", "090 123 45 67", f"alice@{language}.example")
    findings: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found = findings_of(owner)
        if owner.page.locator("html").get_attribute("lang") != language:
            found.add("in another language")
        for finding in found:
            findings.setdefault(finding, []).append(name)

    walk = Walk(owner, look)
    walk.start()
    walk.set_up()
    walk.fill_shelf()
    walk.look_at_receipts()
    assert findings == {}


def test_the_shop_works_without_javascript(browser: Browser, service: Served) -> None:
    """Settings, products with a picture by file, search, archive and voiding need no script."""
    signed_in = visit(browser, service.origin)
    signed_in.register("Alice Nguyễn", "090 123 45 67", "alice@plain.example")
    state = signed_in.context.storage_state()
    signed_in.page.goto(f"{service.origin}/quay/products")
    signed_in.page.evaluate(SEND, ["/sales", sale_paid_by("cash"), False])
    owner = visit(browser, service.origin, storage_state=state, java_script_enabled=False)
    owner.open("/quay/settings")
    owner.fill(name="Tạp hóa Alice")
    owner.main.locator(".settings-form .btn.go").click()
    owner.main.locator(".note.done").wait_for()
    owner.open("/quay/products/new")
    owner.fill(name="Cà phê sữa đá", price="25k")
    owner.page.set_input_files("input[name='picture']", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    owner.main.locator(".actions-row .btn.go").click()
    owner.page.wait_for_url("**/quay/products")
    owner.main.locator("img.thumbnail[width='72'][height='72']").wait_for()
    expect(owner.main).to_contain_text("25.000 ₫")
    owner.fill(q="ca phe")
    owner.main.locator(".find button").click()
    expect(owner.main.locator(".goods-list li")).to_have_count(1)
    owner.main.locator(".goods-list a").first.click()
    owner.main.locator(".more-actions form button").click()
    owner.main.locator(".note.done button").click()
    expect(owner.main.locator(".goods-list li")).to_have_count(1)
    owner.open("/quay/receipts/1?head=1")
    expect(owner.main).to_contain_text("Tạp hóa Alice")
    owner.main.locator("details > summary").last.click()
    owner.main.locator("input[value='test']").check()
    owner.main.locator(".void-form .btn").click()
    owner.main.locator(".void-stamp").wait_for()
    owner.context.close()
    signed_in.context.close()
    assert owner.complaints == signed_in.complaints == []


def photo() -> bytes:
    """Return a photo as a phone takes it."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "brown").save(file, "JPEG")
    return file.getvalue()


def test_a_price_is_echoed_while_it_is_typed(visitor: Callable[..., Visitor]) -> None:
    """What was understood stands beside the field with every key; nothing stands there while it is unclear."""
    owner = visitor()
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@price.example")
    owner.open("/quay/products/new")
    echo = owner.page.locator("#echo-price")
    for typed, said in {"25": "= 25 ₫", "25k": "= 25.000 ₫", "1tr2": "= 1.200.000 ₫", "abc": "", "": ""}.items():
        owner.fill(price=typed)
        expect(echo).to_have_text(said)
    owner.fill(price="1.50")
    expect(echo).to_contain_text("hai cách")


def test_a_barcode_is_scanned_where_the_browser_can(visitor: Callable[..., Visitor]) -> None:
    """The way is offered only then; a camera that is not there is said, and a scanner's Enter sends no form."""
    owner = visitor()
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@scan.example")
    owner.open("/quay/products/new")
    expect(owner.page.locator(".scan-it")).to_have_count(0)
    owner.page.locator("#field-barcode").press_sequentially("8936000123456\n")
    expect(owner.page.locator("#field-barcode")).to_have_value("8936000123456")
    assert owner.path == "/quay/products/new"
    owner.page.add_init_script("globalThis.BarcodeDetector = class {};")
    owner.page.reload()
    owner.page.locator(".scan-it").click()
    owner.page.locator("dialog[open]").locator("[role=status]", has_text="Hãy gõ mã bằng tay").wait_for()


def test_the_shops_name_stays_on_its_owners_device(visitor: Callable[..., Visitor]) -> None:
    """It is read once, shown on every page from the device, and gone as soon as someone else signs in there."""
    owner = visitor()
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@name.example")
    name = owner.page.locator("[data-shop-name]")
    owner.open("/quay/settings")
    owner.fill(name="Tạp hóa Alice")
    with owner.page.expect_response("**/api/header"):
        owner.main.locator(".settings-form .btn.go").click()
    owner.page.locator("[data-shop-name]", has_text="Tạp hóa Alice").wait_for()
    asked: list[str] = []
    owner.page.on("request", lambda request: asked.append(request.url))
    owner.open("/quay/products")
    owner.page.locator("[data-shop-name]", has_text="Tạp hóa Alice").wait_for()
    assert [url for url in asked if url.endswith("/api/header")] == []
    owner.page.evaluate(SEND, ["/sales", sale_paid_by("cash"), False])
    owner.open("/quay/receipts/1")
    owner.page.wait_for_selector("[data-print-receipt] .btn")
    owner.open("/quay/sell")
    owner.page.wait_for_load_state("networkidle")
    assert [url for url in asked if url.endswith("/api/header")] == []
    owner.open("/me")
    owner.context.clear_cookies()
    owner.register("Bob Trần", "091 234 56 78", "bob@name.example")
    owner.open("/quay/products")
    owner.page.wait_for_load_state("networkidle")
    expect(name).to_have_text("Quầy")
    await_kept(owner, "owner")


def await_kept(owner: Visitor, *names: str) -> None:
    """Wait until the shop keeps these things in this browser, and no other."""
    owner.page.wait_for_function(
        """wanted => new Promise(resolve => {
            const request = indexedDB.open('quay', 1);
            request.onsuccess = () => {
                const all = request.result.transaction('values').objectStore('values').getAllKeys();
                all.onsuccess = () => {
                    request.result.close();
                    resolve(String(all.result) === String(wanted));
                };
            };
        })""",
        arg=list(names),
    )


def test_a_receipt_is_printed_alone_on_the_roll(visitor: Callable[..., Visitor]) -> None:
    """By the browser's own Print: nothing of the page around it, as wide as the paper."""
    owner = visitor()
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@paper.example")
    owner.open("/quay/products")
    owner.page.evaluate(SEND, ["/sales", sale_paid_by("cash"), False])
    owner.open("/quay/receipts/1")
    owner.page.emulate_media(media="print")
    for millimetres in (58, 80):
        owner.page.set_viewport_size({"width": round(millimetres * 96 / 25.4), "height": 800})
        expect(owner.page.locator(".receipt")).to_be_visible()
        for around in (".shop-bar", ".tabs", ".foot", ".receipt-side", ".receipt-way"):
            expect(owner.page.locator(around).first).to_be_hidden()
        assert owner.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_signing_out_forgets_the_header_on_the_device(visitor: Callable[..., Visitor]) -> None:
    """What stands on top of receipts is the owner's; it does not stay where they left."""
    owner = visitor()
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@out.example")
    owner.open("/quay/settings")
    owner.fill(name="Tạp hóa Alice")
    with owner.page.expect_response("**/api/header"):
        owner.main.locator(".settings-form .btn.go").click()
    owner.page.locator("[data-shop-name]", has_text="Tạp hóa Alice").wait_for()
    await_kept(owner, "header", "owner")
    owner.page.locator("form[data-sign-out] button").click()
    owner.page.wait_for_url(f"{owner.origin}/")
    await_kept(owner, "owner")
    owner.open("/quay/products")
    assert owner.path.startswith("/sign-in")
