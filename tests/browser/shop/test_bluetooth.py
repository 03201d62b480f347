"""Printing over Bluetooth Low Energy, from the click to the dots on the paper, in the browser's own Bluetooth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.serving import served
from tests.browser.shop import stall
from tests.browser.shop.bluetooth import NAME, BluetoothPrinter
from tests.browser.shop.harness import bytes_of, call, drawn, drawn_receipt
from tests.browser.shop.owners import HEADER, PRODUCT, PRODUCT_ID, PRODUCT_NAME, Owner, open_shop
from tests.browser.visitor import Visitor, visit
from tests.shop.printing.comparing import assert_printed, assert_same_bytes, assert_same_rows
from tests.shop.printing.decoder import Code, Reset, Strip, decode_escpos, decode_tspl

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.serving import Served
    from tests.shop.printing.decoder import Part

Meet = Callable[..., tuple[Visitor, BluetoothPrinter]]
BLUETOOTH = "--enable-features=WebBluetooth,WebBluetoothNewPermissionsBackend"
"""Both are on by default on Android; Chromium on Linux has them behind flags."""
TAIL_ROWS = 120
CLOSES_AT_THE_PRESS = """
if (globalThis.Bluetooth) Bluetooth.prototype.requestDevice = () => new Promise((_chosen, cancelled) => {
    const close = () => cancelled(new DOMException("closed", "NotFoundError"));
    addEventListener("pointerdown", close, {once: true});
});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium that has Bluetooth."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_ARGUMENTS, BLUETOOTH])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service with the shop in it."""
    with served(tmp_path_factory.mktemp("shop"), apps="/quay=camket_shop.app:create_app") as running:
        yield running


@pytest.fixture(scope="module")
def owner(browser: Browser, shop: Served) -> Owner:
    """Return alice with her shop."""
    return open_shop(browser, shop.origin)


@pytest.fixture
def meet(browser: Browser, shop: Served, owner: Owner) -> Iterator[Meet]:
    """Return a maker of alice on the page of printers, with a printer in the air."""
    made: list[tuple[Visitor, BluetoothPrinter]] = []

    def make(*, script: str = "", clock: bool = False, **moods: object) -> tuple[Visitor, BluetoothPrinter]:
        alice = visit(browser, shop.origin, storage_state=owner.state)
        if script:
            alice.context.add_init_script(script)
        if clock:
            alice.page.clock.install()
        alice.open("/quay/printers")
        made.append((alice, BluetoothPrinter(browser, alice.page, **moods)))  # type: ignore[arg-type]  # as named there
        alice.page.bring_to_front()
        return made[-1]

    yield make
    for alice, printer in made:
        alice.context.close()
        printer.turn_off()
        assert alice.complaints == []


@contextmanager
def set_anew(alice: Visitor) -> Iterator[None]:
    """Wait until what is set in the block is kept: the card of the printer is then made anew."""
    alice.page.locator(".printer").evaluate("card => { card.dataset.before = '' }")
    yield
    alice.page.wait_for_selector(".printer:not([data-before])")


def pair(alice: Visitor, *, pause: str = "0") -> None:
    """Find the printer and make it quick."""
    alice.page.click("[data-act=bluetooth]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    alice.page.locator(".printer summary").click()
    for field, value in {"chunkBytes": "512", "pauseMs": pause}.items():
        with set_anew(alice):
            alice.page.fill(f"#escpos-{field}", value)
            alice.page.locator(f"#escpos-{field}").blur()


def print_receipt(alice: Visitor) -> None:
    """Print the receipt from its page."""
    alice.open("/quay/receipts/1")
    alice.page.get_by_role("button", name="In biên nhận").click()


def await_state(alice: Visitor, state: str, *, reason: str = "") -> None:
    """Wait for what becomes of a job."""
    wanted = f"[data-job-state={state}]" + (f"[data-reason={reason}]" if reason else "")
    alice.page.wait_for_selector(wanted)


def expected(alice: Visitor, sale: dict[str, Any], *, width: int = 384) -> list[Part]:
    """Return the receipt as the page drew it, with the QR code left to the printer."""
    picture = drawn_receipt(alice.page, sale, HEADER, width=width)
    (code,) = [place for place in picture.places if place["kind"] == "qr"]
    below = picture.rows[code["top"] + code["height"] :]
    return [
        Reset(),
        Strip(rows=picture.rows[: code["top"]]),
        Code(text=sale["order_code"], align="center"),
        Strip(rows=(*below, *[bytes(width // 8)] * TAIL_ROWS)),
    ]


@pytest.mark.parametrize("width", [384, 576])
def test_a_receipt_comes_out_as_it_was_drawn(meet: Meet, owner: Owner, width: int) -> None:
    """Every dot of the receipt is where the page drew it, on both widths; the printer makes the QR code itself."""
    alice, printer = meet()
    pair(alice)
    if width == 576:
        with set_anew(alice):
            alice.page.select_option("#escpos-width", "576")
    print_receipt(alice)
    await_state(alice, "printed")
    assert_printed(decode_escpos(printer.received, width=width), expected(alice, owner.sale, width=width))
    assert printer.prompts == 1


def test_a_receipt_can_be_one_picture(meet: Meet, owner: Owner) -> None:
    """Full raster: the whole drawing, QR code included."""
    alice, printer = meet()
    pair(alice)
    with set_anew(alice):
        alice.page.select_option("#escpos-mode", "raster")
    print_receipt(alice)
    await_state(alice, "printed")
    picture = drawn_receipt(alice.page, owner.sale, HEADER)
    whole: list[Part] = [Reset(), Strip(rows=(*picture.rows, *[bytes(48)] * TAIL_ROWS))]
    assert_printed(decode_escpos(printer.received, width=384), whole)


def test_a_link_that_is_lost_is_made_again(meet: Meet, owner: Owner) -> None:
    """In mid-receipt the printer goes away: the page connects again and prints the whole receipt from its start."""
    alice, printer = meet(lost_after_bytes=4000)
    pair(alice, pause="50")  # slow enough for the loss to come in the middle
    print_receipt(alice)
    await_state(alice, "printed")
    assert len(printer.links) == 2
    assert 4000 <= len(printer.links[0]) < len(printer.links[1])
    whole = expected(alice, owner.sale)
    assert_printed(decode_escpos(printer.received, width=384), whole)
    # Had the printer kept what it had of the first try, it would still print the second one whole.
    both = decode_escpos(bytes(printer.links[0] + printer.links[1]), width=384)
    assert_printed(both[-len(whole) :], whole)


def test_a_printer_that_was_chosen_is_remembered(meet: Meet) -> None:
    """After the page is loaded again the printer prints, and nobody is asked a second time."""
    alice, printer = meet()
    pair(alice)
    alice.page.reload()
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "printed")
    alice.page.reload()
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "printed")
    assert printer.prompts == 1


def test_a_browser_that_forgets_asks_again_by_a_button(meet: Meet) -> None:
    """Where permissions end with the page, the job says so, and one tap connects the printer and prints it."""
    alice, printer = meet(script="if (globalThis.Bluetooth) delete Bluetooth.prototype.getDevices")
    pair(alice)
    alice.page.reload()
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "failed", reason="needs-tap")
    alice.page.get_by_role("button", name="Nối lại máy in").click()
    await_state(alice, "printed")
    assert printer.prompts == 2


def test_the_counter_goes_on_while_a_receipt_prints(meet: Meet) -> None:
    """From the tap on a product to the paper; who goes on selling meanwhile gets the whole receipt all the same."""
    alice, printer = meet()
    pair(alice, pause="30")
    page = alice.page
    stall.open_sell(alice)
    stall.add(page, PRODUCT_NAME)
    stall.take_money(page)
    stall.confirm(page)
    page.locator("dialog.done").get_by_role("button", name="In biên nhận").click()
    page.locator("dialog.done").get_by_role("button", name="Bán tiếp").click()
    stall.add(page, PRODUCT_NAME)
    expect(stall.total(page)).to_have_text("68.000 ₫")
    await_state(alice, "printed")
    newest = stall.books(page)[-1]
    assert_printed(decode_escpos(printer.received, width=384), expected(alice, newest))


def test_receipts_that_are_asked_for_quickly_do_not_meet(meet: Meet, owner: Owner) -> None:
    """Two taps are two whole receipts, one after the other."""
    alice, printer = meet()
    pair(alice)
    alice.open("/quay/receipts/1")
    alice.page.get_by_role("button", name="In biên nhận").dblclick()
    printer.await_bytes(2 * len(bytes_of(alice.page, "receiptBytes", owner.sale, HEADER, {})))
    assert_printed(decode_escpos(printer.received, width=384), expected(alice, owner.sale) * 2)


def test_no_choice_is_no_harm(meet: Meet) -> None:
    """Who closes the chooser is told so, nothing is remembered, and every other way is still there."""
    alice, printer = meet()
    printer.chooses = False
    alice.page.click("[data-act=bluetooth]")
    expect(alice.page.locator("[data-note]")).to_contain_text("Chưa chọn máy in nào")
    expect(alice.page.locator("[data-printer]")).to_have_count(0)
    print_receipt(alice)
    await_state(alice, "failed", reason="no-printer")
    job = alice.page.locator(".print-job")
    expect(job.get_by_role("link", name="Chọn máy in")).to_be_visible()
    expect(job.get_by_role("button", name="Gửi dạng ảnh")).to_be_visible()


def test_bluetooth_that_is_off_is_told(meet: Meet) -> None:
    """A chooser that never opens and never answers: first a hint, then an end that says what to do."""
    alice, printer = meet(clock=True)
    printer.switch_adapter_off()
    alice.page.click("[data-act=bluetooth]")
    alice.page.wait_for_selector("[data-choosing]")
    expect(alice.page.locator("[data-choosing-hint]")).to_be_hidden()
    alice.page.clock.fast_forward(7_000)
    alice.page.wait_for_selector("[data-choosing-hint]")
    alice.page.clock.fast_forward(90_000)
    alice.page.wait_for_selector("[data-choosing]", state="hidden")
    expect(alice.page.locator("[data-note]")).to_contain_text("Bật Bluetooth")


def test_waiting_for_a_choice_can_be_given_up(meet: Meet) -> None:
    """One press ends the wait for a chooser that never opens; the page is as it was."""
    alice, printer = meet()
    printer.switch_adapter_off()
    alice.page.click("[data-act=bluetooth]")
    # By a key: at a press of the mouse this browser closes the chooser that it does not show, at times before the page
    # hears of the press.
    alice.page.locator("[data-give-up]").press("Enter")
    alice.page.wait_for_selector("[data-choosing]", state="hidden")
    expect(alice.page.locator("[data-note]")).to_be_empty()


def test_a_chooser_that_closes_at_the_press_is_given_up_too(meet: Meet) -> None:
    """A browser closes its chooser as soon as the page is touched: who touched the button there has given up."""
    alice, _printer = meet(script=CLOSES_AT_THE_PRESS)
    alice.page.click("[data-act=bluetooth]")
    alice.page.click("[data-give-up]")
    alice.page.wait_for_selector("[data-choosing]", state="hidden")
    expect(alice.page.locator("[data-note]")).to_be_empty()


def test_a_printer_that_never_answers_is_given_up(meet: Meet) -> None:
    """A write that is never acknowledged ends in a time-out that says what to look at, and can be tried again."""
    alice, printer = meet(clock=True, answers=False)
    pair(alice)
    alice.page.get_by_role("button", name="In trang thử").click()
    printer.await_bytes(1)
    alice.page.clock.fast_forward(11_000)
    await_state(alice, "failed", reason="silent")
    expect(alice.page.locator("[data-print-status]")).to_contain_text("Máy in không trả lời")
    printer.answers = True
    alice.page.locator(".print-job").get_by_role("button", name="In lại").click()
    await_state(alice, "printed")


def test_a_printer_that_is_off_is_told(meet: Meet) -> None:
    """A printer that cannot be connected to is tried three times, then told; switched on, it prints."""
    alice, printer = meet()
    pair(alice)
    printer.is_on = False
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "failed", reason="unreachable")
    printer.is_on = True
    alice.page.locator(".print-job").get_by_role("button", name="In lại").click()
    await_state(alice, "printed")


def test_a_printer_without_acknowledgement_prints_all_the_same(meet: Meet) -> None:
    """A characteristic that only takes writes without an answer gets every byte, at a pace."""
    alice, printer = meet(acknowledges=False)
    pair(alice)
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "printed")
    page_bytes = bytes_of(alice.page, "testPageBytes", {})
    printer.await_bytes(len(page_bytes))
    assert_same_bytes(printer.received, page_bytes)


def test_a_printer_that_refuses_long_writes_prints_all_the_same(meet: Meet) -> None:
    """Where the first write that wants an answer is refused, the page goes on without; no byte comes twice."""
    alice, printer = meet(refuses_long=True)
    pair(alice)
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "printed")
    page_bytes = bytes_of(alice.page, "testPageBytes", {})
    printer.await_bytes(len(page_bytes))
    assert_same_bytes(printer.received, page_bytes)


def test_a_printer_that_is_forgotten_is_gone(meet: Meet) -> None:
    """Forgetting takes the permission back too: neither the page nor the browser knows the printer any more."""
    alice, _printer = meet()
    pair(alice)
    alice.page.get_by_role("button", name="Quên máy in này").click()
    expect(alice.page.locator("[data-note]")).to_have_text("Đã quên máy in.")
    expect(alice.page.locator("[data-printer]")).to_have_count(0)
    assert alice.page.evaluate("navigator.bluetooth.getDevices().then(known => known.length)") == 0


def test_a_label_comes_out_as_it_was_drawn(meet: Meet) -> None:
    """A label printer gets TSPL: the drawn words where they stand, the bars as its own barcode, and how many."""
    alice, printer = meet()
    pair(alice)
    alice.page.select_option("#escpos-speaks", "tspl")
    alice.page.wait_for_selector("[data-printer=tspl]")
    alice.open(f"/quay/products/{PRODUCT_ID}/label")
    alice.page.fill("[name=copies]", "3")
    alice.page.get_by_role("button", name="In tem").click()
    await_state(alice, "printed")
    out = decode_tspl(printer.received)
    words = drawn(call(alice.page, "drawnLabel", PRODUCT, {"size": "50x30", "drawCode": False}))
    assert (out.width, out.height, out.copies) == (400, 240, 3)
    assert_same_rows(out.rows, words.rows)
    assert [(bars.symbology, bars.text) for bars in out.bars] == [("EAN13", PRODUCT["barcode"])]


def test_the_printer_is_part_of_my_data(meet: Meet) -> None:
    """P8: that a printer was used, and which, stands in "Dữ liệu của tôi" - once, however many receipts came out."""
    alice, _printer = meet()
    pair(alice)
    with alice.page.expect_response("**/api/printers/used"):
        print_receipt(alice)
    await_state(alice, "printed")
    print_receipt(alice)
    await_state(alice, "printed")
    alice.open("/me")
    expect(alice.page.get_by_text(NAME, exact=True)).to_have_count(1)
