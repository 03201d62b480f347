"""Selling, in a real browser against the real service: the whole sale, and everything that may come in between."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.serving import served
from tests.browser.shop import stall
from tests.browser.shop.stall import BREAD, COFFEE, GOODS, SUGAR
from tests.browser.visitor import visit
from tests.shop.emv import read_transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Route

    from tests.browser.serving import Served
    from tests.browser.visitor import Visitor

MANY = "100000"
SALES = "**/quay/api/sales"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a running service with the shop."""
    with served(
        tmp_path_factory.mktemp("selling"),
        apps=stall.APPS,
        registrations_per_address_hour=MANY,
        sign_ins_per_address_hour=MANY,
        attempts_per_address_hour=MANY,
        codes_per_subject_hour=MANY,
    ) as running:
        yield running


@pytest.fixture
def alice(visitor: Callable[..., Visitor], request: pytest.FixtureRequest) -> Visitor:
    """Return a shop owner at the sell screen, with three products."""
    owner = visitor()
    stall.open_shop(owner, f"alice@{request.node.name.replace('_', '-')}.example", *GOODS)
    return owner


def read_qr(shown: Locator) -> str:
    """Return what a camera reads from the screen, once its dialog has come up."""
    shown.element_handle().wait_for_element_state("stable")
    found = zxingcpp.read_barcodes(Image.open(BytesIO(shown.screenshot())))
    assert len(found) == 1
    return str(found[0].text)


def test_a_sale_in_cash(alice: Visitor) -> None:
    """Tapped, paid in cash with change, recorded under number 1 with frozen prices; the next one begins empty."""
    page = alice.page
    stall.add(page, COFFEE["name"], COFFEE["name"], BREAD["name"])
    expect(stall.total(page)).to_have_text("68.000 ₫")
    expect(stall.badge_of(page, COFFEE["name"])).to_have_text("2")
    payment = stall.take_money(page)
    payment.get_by_role("button", name="100.000 ₫").click()
    expect(payment.locator(".to-return")).to_contain_text("32.000 ₫")
    stall.confirm(page)
    done = page.locator("dialog.done")
    expect(done.locator("h2")).to_have_text("Biên nhận số 1")
    expect(done.locator(".give-back b")).to_have_text("32.000 ₫")
    done.get_by_role("button", name="Bán tiếp").click()
    expect(stall.total(page)).to_have_text("0 ₫")
    [sale] = stall.books(page)
    assert (sale["number"], sale["total"], sale["tendered"], sale["change"]) == (1, 68_000, 100_000, 32_000)
    assert [(line["name"], line["price"], line["quantity"], line["amount"]) for line in sale["lines"]] == [
        (COFFEE["name"], 25_000, "2", 50_000),
        (BREAD["name"], 18_000, "1", 18_000),
    ]


def test_a_sale_by_transfer(alice: Visitor) -> None:
    """The code on the screen asks for this amount to this account, with the order code that the receipt bears."""
    stall.set_bank(alice)
    stall.open_sell(alice)
    stall.add(alice.page, COFFEE["name"])
    payment = stall.take_money(alice.page)
    payment.get_by_label("Chuyển khoản").check()
    asked = read_transfer(read_qr(payment.locator(".qr svg")))
    assert (asked.bin, asked.account, asked.amount) == ("970415", "113366668888", 25_000)
    expect(payment.locator(".account")).to_contain_text(asked.text)
    stall.confirm(alice.page)
    [sale] = stall.books(alice.page)
    assert (sale["method"], sale["transferred"], sale["tendered"]) == ("transfer", 25_000, 0)
    assert sale["order_code"] == asked.text


def test_a_sale_in_cash_and_by_transfer(alice: Visitor) -> None:
    """Of a mixed payment the code asks for what is not handed over in cash."""
    stall.set_bank(alice)
    stall.open_sell(alice)
    stall.add(alice.page, COFFEE["name"], BREAD["name"])
    payment = stall.take_money(alice.page)
    payment.get_by_label("Cả hai").check()
    payment.get_by_label("Phần tiền mặt").fill("20k")
    payment.locator(".qr svg").wait_for()
    assert read_transfer(read_qr(payment.locator(".qr svg"))).amount == 23_000
    stall.confirm(alice.page)
    [sale] = stall.books(alice.page)
    assert (sale["method"], sale["tendered"], sale["transferred"], sale["change"]) == ("mixed", 20_000, 23_000, 0)


def test_no_account_says_how_to_set_one(alice: Visitor) -> None:
    """Without an account the payment says where to set it, and money that came by itself can be taken all the same."""
    stall.add(alice.page, BREAD["name"])
    payment = stall.take_money(alice.page)
    payment.get_by_label("Chuyển khoản").check()
    expect(payment.get_by_role("link", name="Đặt tài khoản")).to_have_attribute("href", "/quay/settings")
    stall.confirm(alice.page)
    assert [sale["method"] for sale in stall.books(alice.page)] == ["transfer"]


def test_too_little_cash_is_refused_in_words(alice: Visitor) -> None:
    """What is missing is said beside the field, nothing is recorded, and the cart stays."""
    stall.add(alice.page, COFFEE["name"])
    payment = stall.take_money(alice.page)
    for typed, said in {
        "20k": "Còn thiếu 5.000 ₫",
        "-5": "không thể là số âm",
        "1.50": "Không rõ là bao nhiêu",
        "999999999999": "Nhiều nhất là 9.999.999.999 ₫",
        "nhiều": "Hãy nhập một số tiền",
    }.items():
        payment.get_by_label("Khách đưa").fill(typed)
        payment.locator(".confirm").click()
        expect(payment.locator(".problem")).to_contain_text(said)
    stall.leave(alice.page)
    expect(stall.total(alice.page)).to_have_text("25.000 ₫")
    assert stall.books(alice.page) == []


def test_half_of_something_at_another_price_with_a_discount(alice: Visitor) -> None:
    """A quantity of 0,5, a price of this sale only and a discount stand in the sale; the catalogue keeps its price."""
    page = alice.page
    stall.add(page, SUGAR["name"])
    page.locator(".summary-of-cart").click()
    page.get_by_role("button", name="sửa số lượng, giá").click()
    page.get_by_role("textbox", name="Số lượng").fill("0,5")
    page.get_by_label("Giá trong đơn này").fill("20k")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("button", name="Thêm giảm giá").click()
    page.get_by_role("textbox", name="Giảm giá").fill("10%")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".sums .total dd")).to_have_text("9.000 ₫")
    page.locator(".basket .take").click()
    stall.confirm(page)
    [sale] = stall.books(page)
    assert (sale["discount"], sale["total"]) == (1_000, 9_000)
    assert [(line["price"], line["quantity"], line["amount"]) for line in sale["lines"]] == [(20_000, "0.5", 10_000)]
    page.locator("dialog.done .btn.go").click()
    expect(stall.card(page, SUGAR["name"])).to_contain_text("22.500 ₫")


def test_a_quick_item_needs_no_name(alice: Visitor) -> None:
    """Something that is not in the catalogue is sold by its price alone."""
    page = alice.page
    page.get_by_role("button", name="Món nhanh").click()
    page.get_by_role("textbox", name="Giá").fill("1,5tr")
    page.get_by_role("button", name="Thêm vào giỏ").click()
    expect(stall.total(page)).to_have_text("1.500.000 ₫")
    stall.take_money(page)
    stall.confirm(page)
    [line] = stall.books(page)[0]["lines"]
    assert (line["product"], line["name"], line["price"]) == (None, "Món khác", 1_500_000)


def test_a_long_press_and_the_minus_take_one_away(alice: Visitor) -> None:
    """What was tapped too often is taken back on the card itself, by touch and by keys."""
    page = alice.page
    coffee, badge = stall.card(page, COFFEE["name"]), stall.badge_of(page, COFFEE["name"])
    stall.add(page, COFFEE["name"], COFFEE["name"], COFFEE["name"], COFFEE["name"])
    coffee.locator(".add").hover()
    page.mouse.down()
    expect(badge).to_have_text("3")
    page.mouse.up()
    expect(badge).to_have_text("3")
    coffee.locator(".less").click()
    expect(badge).to_have_text("2")
    coffee.locator(".add").focus()
    page.keyboard.press("-")
    expect(badge).to_have_text("1")


def test_search_without_accents(alice: Visitor) -> None:
    """Words without marks find; what is nowhere is said, with ways on."""
    page = alice.page
    page.get_by_label("Tìm hàng hoặc quét mã").fill("ca phe")
    expect(page.locator(".card .name")).to_have_text([COFFEE["name"]])
    page.get_by_label("Tìm hàng hoặc quét mã").fill("duong")
    expect(page.locator(".card .name")).to_have_text([SUGAR["name"]])
    page.get_by_label("Tìm hàng hoặc quét mã").fill("bia")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator(".instead")).to_contain_text("“bia”")
    page.get_by_role("button", name="Bán như món nhanh").click()
    expect(page.get_by_label("Tên món")).to_have_value("bia")
    stall.leave(page)
    page.get_by_role("button", name="Xóa ô tìm").click()
    page.get_by_role("button", name="Đồ ăn").click()
    expect(page.locator(".card .name")).to_have_text([BREAD["name"]])


def test_a_scanner_that_types(alice: Visitor) -> None:
    """A scanned code adds its product wherever the focus is; an unknown one offers to add a product with it."""
    page = alice.page
    stall.card(page, BREAD["name"]).locator(".add").focus()
    stall.scan(page, COFFEE["barcode"])
    page.get_by_label("Tìm hàng hoặc quét mã").focus()
    stall.scan(page, COFFEE["barcode"])
    expect(stall.badge_of(page, COFFEE["name"])).to_have_text("2")
    expect(stall.total(page)).to_have_text("50.000 ₫")
    stall.scan(page, "8930000000009")
    unknown = page.get_by_role("link", name="Thêm hàng với mã này")
    expect(unknown).to_have_attribute("href", "/quay/products/new?barcode=8930000000009")
    expect(stall.total(page)).to_have_text("50.000 ₫")


def test_a_code_typed_by_hand(alice: Visitor) -> None:
    """A whole code in the search and Enter add its product and empty the search."""
    field = alice.page.get_by_label("Tìm hàng hoặc quét mã")
    field.fill(COFFEE["barcode"])
    field.press("Enter")
    expect(stall.total(alice.page)).to_have_text("25.000 ₫")
    expect(field).to_have_value("")


def test_a_camera_that_is_denied_leads_to_typing(visitor: Callable[..., Visitor]) -> None:
    """Where the browser reads barcodes but has no camera to give, that is said with another way; nothing breaks."""
    owner = visitor()
    owner.context.add_init_script("globalThis.BarcodeDetector ??= class { async detect() { return [] } }")
    stall.open_shop(owner, "alice@camera.example", COFFEE)
    owner.page.get_by_role("button", name="Quét mã vạch").click()
    expect(owner.page.locator("dialog.scan [role=status]")).to_contain_text("gõ mã bằng tay")
    stall.leave(owner.page)
    stall.add(owner.page, COFFEE["name"])
    expect(stall.total(owner.page)).to_have_text("25.000 ₫")


def test_a_whole_sale_by_keys(alice: Visitor) -> None:
    """From the search to the next sale without a pointer: the focus is always somewhere sensible."""
    page = alice.page
    page.get_by_label("Tìm hàng hoặc quét mã").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.locator(".summary-of-cart").focus()
    page.keyboard.press("Enter")
    stall.leave(page)
    expect(page.locator(".summary-of-cart")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.pay input[value=cash]")).to_be_focused()
    page.keyboard.press("Tab")
    page.locator("dialog.pay .confirm").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.done:not(.is-kept)")
    expect(page.get_by_role("button", name="Bán tiếp")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.done", state="detached")
    expect(page.locator("h1")).to_be_focused()
    assert [line["quantity"] for line in stall.books(page)[0]["lines"]] == ["1", "1"]


def test_a_double_tap_sells_once(alice: Visitor) -> None:
    """Two taps on the button that takes the money are one sale, asked for once."""
    page, asked = alice.page, []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    stall.add(page, COFFEE["name"])
    stall.take_money(page)
    page.evaluate("() => { const b = document.querySelector('.confirm'); b.click(); b.click(); }")
    page.wait_for_selector("dialog.done:not(.is-kept)")
    assert len([url for url in asked if url.endswith("/quay/api/sales")]) == 1
    assert len(stall.books(page)) == 1


def test_a_lost_answer_sells_once(alice: Visitor) -> None:
    """The server recorded it, the answer was lost: it waits on the device, is sent again, and there is one sale."""
    page = alice.page

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(SALES, lose)
    stall.add(page, COFFEE["name"])
    stall.take_money(page)
    stall.confirm(page, recorded=False)
    expect(page.locator("dialog.done h2")).to_have_text("Đã lưu trên máy")
    expect(stall.badge(page)).to_have_text("1 chưa gửi")
    page.unroute(SALES)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("dialog.done h2")).to_have_text("Biên nhận số 1")
    page.locator("dialog.done .btn.go").click()
    stall.badge(page).wait_for(state="hidden")
    assert [sale["number"] for sale in stall.books(page)] == [1]
    stall.forgive_lost_connections(alice)


def test_a_reload_before_the_answer_sells_once(alice: Visitor) -> None:
    """The page is loaded again while the sale is on its way: the cart is empty, and the sale arrives, once."""
    page = alice.page
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    page.route(SALES, hold_the_first)
    stall.add(page, COFFEE["name"])
    stall.take_money(page)
    page.locator("dialog.pay .confirm").click()
    expect(page.locator(".pay-bar b")).to_have_text("0 ₫")
    stall.open_sell(alice)
    expect(stall.total(page)).to_have_text("0 ₫")
    expect(page.locator(".aside-line")).to_contain_text("biên nhận số 1")
    assert len(stall.books(page)) == 1
    stall.forgive_lost_connections(alice)


def test_the_cart_survives_a_reload_and_a_closed_tab(alice: Visitor) -> None:
    """What was tapped is there after a reload, and in the next tab after this one was closed."""
    stall.add(alice.page, COFFEE["name"], BREAD["name"])
    stall.await_kept(alice.page, 2)
    alice.page.reload()
    stall.ready(alice.page)
    expect(stall.total(alice.page)).to_have_text("43.000 ₫")
    alice.page.close()
    alice.page = alice.context.new_page()
    stall.open_sell(alice)
    expect(stall.total(alice.page)).to_have_text("43.000 ₫")
    expect(alice.page.locator(".aside-line")).to_contain_text("vẫn còn đây")


def test_two_tabs_sell_at_once(alice: Visitor) -> None:
    """Each tab has a cart of its own, also one that was duplicated; both sales are recorded, each once."""
    first = alice.page
    stall.add(first, COFFEE["name"])
    with alice.context.expect_page() as opened:
        first.evaluate("open('/quay/sell')")
    second = opened.value
    stall.ready(second)
    expect(stall.total(second)).to_have_text("0 ₫")
    stall.add(second, BREAD["name"])
    expect(stall.total(first)).to_have_text("25.000 ₫")
    stall.take_money(first)
    stall.take_money(second)
    first.evaluate("document.querySelector('.confirm').click()")
    second.evaluate("document.querySelector('.confirm').click()")
    for page in (first, second):
        page.wait_for_selector("dialog.done:not(.is-kept)")
    assert sorted(sale["total"] for sale in stall.books(first)) == [18_000, 25_000]
    assert sorted(sale["number"] for sale in stall.books(first)) == [1, 2]


def test_a_session_that_ends_in_the_middle_of_a_sale(alice: Visitor, visitor: Callable[..., Visitor]) -> None:
    """The sale waits on the device, signing in leads back, and it is recorded by itself, once."""
    page, email = alice.page, _email_of(alice)
    stall.add(page, COFFEE["name"])
    stall.take_money(page)
    elsewhere = visitor()
    _sign_in(elsewhere, email)
    elsewhere.open("/me/sessions")
    elsewhere.send()
    stall.confirm(page, recorded=False)
    told = page.locator("dialog", has_text="Phiên đăng nhập đã hết")
    expect(told).to_contain_text("25.000 ₫")
    told.get_by_role("link", name="Đăng nhập").click()
    page.wait_for_selector("input[name=email]")
    alice.fill(email=email)
    code = alice.code_after(email, alice.send)
    alice.fill(code=code)
    alice.send()
    page.wait_for_url(f"{alice.origin}/quay/sell")
    stall.ready(page)
    expect(page.locator(".aside-line")).to_contain_text("biên nhận số 1")
    expect(stall.total(page)).to_have_text("0 ₫")
    assert [sale["total"] for sale in stall.books(page)] == [25_000]


def test_another_customer_neither_sees_nor_sends_it(alice: Visitor) -> None:
    """A sale that waits is its owner's: who signs in next sees nothing of it, and the owner finds it again."""
    email = _email_of(alice)
    old = alice.page
    alice.context.route(SALES, lambda route: route.abort())
    stall.add(old, COFFEE["name"])
    stall.take_money(old)
    stall.confirm(old, recorded=False)
    alice.context.unroute(SALES)
    alice.page = alice.context.new_page()
    alice.open("/me")
    _sign_out(alice)
    alice.register("Bob Trần", "091 234 56 78", f"bob.{email}")
    stall.open_sell(alice)
    expect(stall.badge(alice.page)).to_be_hidden()
    old.evaluate("dispatchEvent(new Event('online'))")
    old.wait_for_selector("dialog:has-text('Người khác đã đăng nhập')")
    expect(old.locator(".card, .pay-bar")).to_have_count(0)
    assert stall.books(alice.page) == []
    alice.open("/me")
    _sign_out(alice)
    _sign_in(alice, email)
    stall.open_sell(alice)
    expect(alice.page.locator(".aside-line")).to_contain_text("biên nhận số 1")
    assert [sale["total"] for sale in stall.books(alice.page)] == [25_000]
    stall.forgive_lost_connections(alice)


def test_selling_goes_on_without_the_server(browser: Browser, tmp_path: Path) -> None:
    """While the server is down sales go on and wait in order, with a badge and a list; they arrive when it is back."""
    with served(tmp_path, apps=stall.APPS) as service:
        owner = visit(browser, service.origin)
        stall.open_shop(owner, "alice@down.example", *GOODS)
        page = owner.page
        service.kill()
        stall.sell(page, COFFEE["name"], recorded=False)
        stall.sell(page, BREAD["name"], recorded=False)
        expect(stall.badge(page)).to_have_text("2 chưa gửi")
        stall.badge(page).click()
        listed = page.locator("dialog.waiting")
        expect(listed.locator(".rows .what")).to_have_text(["25.000 ₫", "18.000 ₫"])
        with stall.served_again(service):
            listed.get_by_role("button", name="Gửi lại ngay").click()
            expect(listed).to_contain_text("Mọi đơn đã gửi")
            assert [(sale["number"], sale["total"]) for sale in stall.books(page)] == [(1, 25_000), (2, 18_000)]
        owner.context.close()
    stall.forgive_lost_connections(owner)
    assert owner.complaints == []


def test_a_browser_that_keeps_nothing_sells_and_says_so(visitor: Callable[..., Visitor]) -> None:
    """Where the browser lets nothing be stored, that is said once and sales are recorded all the same."""
    owner = visitor()
    owner.context.add_init_script("Object.defineProperty(globalThis, 'indexedDB', {value: undefined})")
    stall.open_shop(owner, "alice@private.example", COFFEE)
    expect(owner.page.locator(".aside-line")).to_contain_text("không cho lưu")
    stall.sell(owner.page, COFFEE["name"])
    stall.sell(owner.page, COFFEE["name"])
    assert [sale["number"] for sale in stall.books(owner.page)] == [1, 2]


def test_a_sale_that_the_server_refuses_can_be_opened_again(alice: Visitor) -> None:
    """A refusal is said in the server's words; the sale goes back into the cart and is sold in another way."""
    page = alice.page
    refusal = {"error": {"code": "sale_id_taken", "message": "Mã đơn này đã thuộc về một đơn khác."}}
    page.route(SALES, lambda route: route.fulfill(status=409, json=refusal))
    stall.sell(page, COFFEE["name"], recorded=False)
    page.unroute(SALES)
    stall.badge(page).click()
    expect(page.locator("dialog.waiting")).to_contain_text(refusal["error"]["message"])
    page.get_by_role("button", name="Mở lại trong giỏ").click()
    page.locator(".basket .take").click()
    stall.confirm(page)
    assert [sale["total"] for sale in stall.books(page)] == [25_000]
    expect(stall.badge(page)).to_be_hidden()


def test_a_price_that_changes_in_another_tab_is_told(alice: Visitor) -> None:
    """Before the money is taken, the old and the new price are told, and the owner says which one holds."""
    first = alice.page
    stall.add(first, COFFEE["name"])
    second = alice.context.new_page()
    second.goto(f"{alice.origin}/quay/products")
    stall.reprice(second, COFFEE["name"], "27k")
    first.locator(".pay-bar .btn").click()
    asked = first.locator("dialog", has_text="Giá vừa đổi")
    expect(asked).to_contain_text("25.000 ₫ → 27.000 ₫")
    asked.get_by_role("button", name="Dùng giá mới").click()
    first.wait_for_selector("dialog.pay")
    stall.confirm(first)
    assert [sale["total"] for sale in stall.books(first)] == [27_000]


def test_a_thousand_products(alice: Visitor) -> None:
    """Of a thousand products only those near what is seen are in the document; each is found all the same."""
    many = [
        {"name": f"Hàng số {number:04}", "price": str(1000 + number), "unit": "", "category": "", "barcode": ""}
        for number in range(1000)
    ]
    stall.stock(alice.page, *many)
    stall.open_sell(alice)
    page = alice.page
    expect(page.locator(".card").first).to_have_attribute("aria-setsize", "1003")
    assert page.locator(".card").count() < 60
    page.get_by_label("Tìm hàng hoặc quét mã").fill("hang so 0777")
    expect(page.locator(".card .name")).to_have_text(["Hàng số 0777"])
    page.get_by_label("Tìm hàng hoặc quét mã").fill("")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".card[aria-posinset='1003']")).to_be_visible()
    assert page.locator(".card").count() < 60


def test_the_page_says_what_it_needs(visitor: Callable[..., Visitor]) -> None:
    """Without JavaScript the page says so in words."""
    owner = visitor(java_script_enabled=False)
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@noscript.example")
    owner.open("/quay/sell")
    assert "cần JavaScript" in owner.main.inner_text()


def _email_of(owner: Visitor) -> str:
    text = owner.context.request.get(f"{owner.origin}/me").text()
    return next(word for word in text.replace("<", " ").replace(">", " ").split() if word.startswith("alice@"))


def _sign_out(person: Visitor) -> None:
    with person.page.expect_navigation():
        person.page.locator("form[action='/sign-out'] button").last.click()


def _sign_in(person: Visitor, email: str) -> None:
    person.open("/sign-in")
    person.fill(email=email)
    code = person.code_after(email, person.send)
    person.fill(code=code)
    person.send()
    person.page.wait_for_url(f"{person.origin}/me")
