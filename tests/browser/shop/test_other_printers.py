"""Every way to paper but Bluetooth: a serial port, a printer on the network, the print dialog, a picture."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.shop.harness import bytes_of, call, drawn
from tests.browser.shop.owners import HEADER, PRODUCT, PRODUCT_ID, Owner, open_shop
from tests.browser.visitor import Visitor, visit
from tests.shop.printing.comparing import assert_same_bytes
from tests.shop.printing.emulated import emulated_printer, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.serving import Served
    from tests.browser.visitor import Language

FAKE_SERIAL = (Path(__file__).parent / "fake-serial.js").read_text(encoding="utf-8")
ZALO = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F; wv) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36 Zalo android/24"
)
DIALOG = """
globalThis.printed = null;
globalThis.print = () => {
    const image = document.querySelector('.print-paper img');
    const pages = document.adoptedStyleSheets.flatMap(sheet => [...sheet.cssRules]).map(rule => rule.cssText);
    const shown = [...document.body.children].filter(child => getComputedStyle(child).display !== 'none');
    globalThis.printed = {
        pages,
        shown: shown.map(child => child.className),
        width: image.getBoundingClientRect().width,
        picture: [image.naturalWidth, image.naturalHeight],
    };
};
"""
"""In place of the dialog, which no test can see: what would be on its page at that moment."""
SET_AT_ONCE = """
settings => {
    document.querySelector('.printer').dataset.before = '';
    for (const [name, value] of Object.entries(settings)) {
        const field = document.getElementById(`escpos-${name}`);
        field.value = value;
        field.dispatchEvent(new Event('change'));
    }
}
"""
PIXELS_PER_MILLIMETRE = 96 / 25.4
POINTS_PER_MILLIMETRE = 72 / 25.4


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service with the shop in it, whose operator allows printers on this machine."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("QUAY_NETWORK_PRINTERS", "127.0.0.0/8")
        with served(tmp_path_factory.mktemp("shop"), apps="/quay=camket_shop.app:create_app") as running:
            yield running


@pytest.fixture(scope="module")
def owner(browser: Browser, shop: Served) -> Owner:
    """Return alice with her shop."""
    return open_shop(browser, shop.origin)


@pytest.fixture
def come(browser: Browser, shop: Served, owner: Owner) -> Iterator[Callable[..., Visitor]]:
    """Return a maker of alice on the page of printers."""
    made: list[Visitor] = []

    def make(*, script: str = "", clock: bool = False, path: str = "/quay/printers", **options: object) -> Visitor:
        alice = visit(browser, shop.origin, storage_state=owner.state, **options)
        if script:
            alice.context.add_init_script(script)
        if clock:
            alice.page.clock.install()
        alice.open(path)
        made.append(alice)
        return alice

    yield make
    for alice in made:
        alice.context.close()
        assert alice.complaints == []


def print_receipt(alice: Visitor) -> None:
    """Print the receipt from its page."""
    alice.open("/quay/receipts/1")
    alice.page.get_by_role("button", name="In biên nhận").click()


def await_state(alice: Visitor, state: str, *, reason: str = "") -> None:
    """Wait for what becomes of a job."""
    wanted = f"[data-job-state={state}]" + (f"[data-reason={reason}]" if reason else "")
    alice.page.wait_for_selector(wanted)


def receipt_bytes(alice: Visitor, owner: Owner) -> bytes:
    """Return the bytes of the receipt for a printer as it comes."""
    return bytes_of(alice.page, "receiptBytes", owner.sale, HEADER, {})


def received(alice: Visitor) -> bytes:
    """Return what the serial port got."""
    return bytes(alice.page.evaluate("serialPort.received"))


# --- a serial port: the shop's transport over a port that a test made ------------------------------------------------


def test_a_serial_printer_gets_every_byte(come: Callable[..., Visitor], owner: Owner) -> None:
    """A Bluetooth Classic printer is asked for by its profile, remembered, and gets the receipt byte for byte."""
    alice = come(script=FAKE_SERIAL)
    alice.page.click("[data-act=serial]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    (asked,) = alice.page.evaluate("navigator.serial.asked")
    assert asked["filters"] == [{"bluetoothServiceClassId": "00001101-0000-1000-8000-00805f9b34fb"}]
    print_receipt(alice)
    await_state(alice, "printed")
    assert_same_bytes(received(alice), receipt_bytes(alice, owner))
    assert alice.page.evaluate("navigator.serial.asked") == []


def test_a_serial_link_that_is_lost_is_made_again(come: Callable[..., Visitor], owner: Owner) -> None:
    """The port goes in mid-receipt: it is opened again and the receipt is sent from its start, whole."""
    alice = come(script=FAKE_SERIAL)
    alice.page.click("[data-act=serial]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    alice.open("/quay/receipts/1")
    alice.page.evaluate("serialPort.mood = 'lost'; 0")
    alice.page.get_by_role("button", name="In biên nhận").click()
    await_state(alice, "printed")
    whole = receipt_bytes(alice, owner)
    alice.page.wait_for_function("() => serialPort.lostAfter > 1000")
    assert_same_bytes(received(alice)[-len(whole) :], whole)
    assert set(received(alice)[: -len(whole)]) == {0}


@pytest.mark.parametrize(("mood", "reason"), [("busy", "busy"), ("off", "unreachable")])
def test_a_serial_port_that_does_not_open_is_told(come: Callable[..., Visitor], mood: str, reason: str) -> None:
    """A port that another app holds is told from a printer that is off."""
    alice = come(script=FAKE_SERIAL)
    alice.page.click("[data-act=serial]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    alice.page.evaluate(f"serialPort.mood = '{mood}'; 0")
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "failed", reason=reason)


def test_a_serial_printer_that_takes_nothing_is_given_up(come: Callable[..., Visitor]) -> None:
    """A printer without paper that stops reading ends in a time-out, not in silence."""
    alice = come(script=FAKE_SERIAL, clock=True)
    alice.page.click("[data-act=serial]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    alice.page.evaluate("serialPort.mood = 'never reads'; 0")
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "printing")
    alice.page.clock.fast_forward(16_000)
    await_state(alice, "failed", reason="silent")


# --- a printer on the network ----------------------------------------------------------------------------------------


def use_network(alice: Visitor, address: str) -> None:
    """Choose a printer by its address."""
    alice.page.fill("[name=address]", address)
    alice.page.get_by_role("button", name="Dùng máy này").click()


def test_a_network_printer_gets_every_byte(come: Callable[..., Visitor], owner: Owner) -> None:
    """The server carries the receipt to a printer on a real socket, byte for byte."""
    alice = come()
    with emulated_printer() as printer:
        use_network(alice, f"127.0.0.1:{printer.port}")
        alice.page.wait_for_selector("[data-printer=escpos]")
        print_receipt(alice)
        await_state(alice, "printed")
        (job,) = printer.await_jobs(1)
        assert_same_bytes(job, receipt_bytes(alice, owner))


def test_a_network_printer_that_is_off_is_told(come: Callable[..., Visitor]) -> None:
    """Nobody listens there: the page says so, and offers to print again or another way."""
    free = free_port(range(9100, 9110))
    port = free.getsockname()[1]
    free.close()
    alice = come()
    use_network(alice, f"127.0.0.1:{port}")
    alice.page.wait_for_selector("[data-printer=escpos]")
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "failed", reason="refused")
    expect(alice.page.locator(".print-job").get_by_role("button", name="In qua hộp thoại in")).to_be_visible()


def test_a_network_that_the_operator_does_not_allow_is_refused(come: Callable[..., Visitor]) -> None:
    """The server reaches no address but the operator's, whatever a page asks for."""
    alice = come()
    use_network(alice, "192.0.2.7:9100")
    alice.page.wait_for_selector("[data-printer=escpos]")
    alice.page.get_by_role("button", name="In trang thử").click()
    await_state(alice, "failed", reason="not-allowed")


@pytest.mark.parametrize("typed", ["", "printer.example:9100", "192.168.1.50", "192.168.1.50:80"])
def test_what_is_no_address_is_told_beside_the_field(come: Callable[..., Visitor], typed: str) -> None:
    """A name, or a port that no printer has, is not remembered."""
    alice = come()
    use_network(alice, typed)
    expect(alice.page.locator("#problem-address")).to_contain_text("192.168.1.50:9100")
    expect(alice.page.locator("[data-printer]")).to_have_count(0)


# --- no printer of our own -------------------------------------------------------------------------------------------


def test_the_print_dialog_gets_the_receipt_alone(come: Callable[..., Visitor]) -> None:
    """The page for the dialog is as wide as the roll, holds the receipt and nothing else, and goes away later."""
    alice = come(script=DIALOG, clock=True, path="/quay/receipts/1")
    alice.page.emulate_media(media="print")
    # On paper the buttons are not there, so this one is pressed as a script would.
    alice.page.locator("[data-print-receipt] button").nth(1).dispatch_event("click")
    alice.page.wait_for_function("() => globalThis.printed !== null")
    printed = alice.page.evaluate("printed")
    assert printed["shown"] == ["print-paper"]
    assert printed["width"] == pytest.approx(48 * PIXELS_PER_MILLIMETRE, abs=1)
    assert printed["picture"][0] == 384 * 3
    assert any("58mm" in page for page in printed["pages"])
    alice.page.clock.fast_forward(61_000)
    expect(alice.page.locator(".print-paper")).to_have_count(0)
    alice.page.wait_for_function("() => document.adoptedStyleSheets.length === 0")


def test_a_receipt_is_one_page_of_the_rolls_width(come: Callable[..., Visitor], tmp_path: Path) -> None:
    """Printed by the browser itself, the receipt is a single page of 58 mm, as long as the receipt and no longer."""
    alice = come(script="globalThis.print = () => { globalThis.asked = true; }", path="/quay/receipts/1")
    alice.page.get_by_role("button", name="In qua hộp thoại in").click()
    alice.page.wait_for_function("() => globalThis.asked")
    printed = alice.page.pdf(path=tmp_path / "receipt.pdf", prefer_css_page_size=True)
    ((wide, high),) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert float(wide) / POINTS_PER_MILLIMETRE == pytest.approx(58, abs=0.5)
    assert 100 < float(high) / POINTS_PER_MILLIMETRE < 180


def test_the_print_dialog_can_be_the_printer(come: Callable[..., Visitor]) -> None:
    """Who chooses the dialog as their printer gets it with each receipt; an iPhone has nothing else."""
    alice = come(script=DIALOG)
    alice.page.click("[data-act=system]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    print_receipt(alice)
    await_state(alice, "printed")
    assert alice.page.evaluate("printed.picture[0]") == 384 * 3


def test_settings_that_are_changed_at_once_are_all_kept(come: Callable[..., Visitor]) -> None:
    """Of two changes that follow each other before the first is on the device, neither takes the other back."""
    alice = come()
    alice.page.click("[data-act=system]")
    alice.page.wait_for_selector("[data-printer=escpos]")
    settings = {"width": "576", "paperLanguage": "en"}
    alice.page.evaluate(SET_AT_ONCE, settings)
    for name, value in settings.items():
        expect(alice.page.locator(f".printer:not([data-before]) #escpos-{name}")).to_have_value(value)


def test_a_receipt_is_kept_as_a_picture(come: Callable[..., Visitor], owner: Owner) -> None:
    """Where a browser cannot share, the receipt is downloaded; its QR code holds the order code and nothing else."""
    alice = come(path="/quay/receipts/1")
    with alice.page.expect_download() as download:
        alice.page.get_by_role("button", name="Gửi ảnh biên nhận").click()
    assert download.value.suggested_filename == "bien-nhan-1.png"
    with Image.open(download.value.path()) as picture:
        assert picture.width == 384 * 3
        (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == owner.sale["order_code"]


def test_a_label_can_be_scanned(come: Callable[..., Visitor]) -> None:
    """The bars on a drawn label are read by a scanner that shares no code with what drew them, on both sizes."""
    alice = come(path=f"/quay/products/{PRODUCT_ID}/label")
    for size in ("50x30", "40x30"):
        label = drawn(call(alice.page, "drawnLabel", PRODUCT, {"size": size, "drawCode": True}))
        (code,) = zxingcpp.read_barcodes(picture_of(label.rows, label.width))
        assert (code.text, code.format) == (PRODUCT["barcode"], zxingcpp.BarcodeFormat.EAN13)


@pytest.mark.parametrize("code", ["SP-00123", "8934563", "12345678901231", "A" * 32, "96385074", "036000291452"])
def test_every_code_on_a_label_can_be_scanned(come: Callable[..., Visitor], code: str) -> None:
    """What is no article number becomes Code 128, and what is too long for bars a QR code: it scans all the same."""
    alice = come(path=f"/quay/products/{PRODUCT_ID}/label")
    label = drawn(call(alice.page, "drawnLabel", PRODUCT | {"barcode": code}, {"size": "40x30", "drawCode": True}))
    (read,) = zxingcpp.read_barcodes(picture_of(label.rows, label.width))
    assert read.text.lstrip("0") == code.lstrip("0")  # a UPC is an EAN that begins with a zero


def test_a_label_is_shown_and_shared(come: Callable[..., Visitor]) -> None:
    """The label is on the page as it will come out; a number of copies that cannot be is told beside its field."""
    alice = come(path=f"/quay/products/{PRODUCT_ID}/label")
    alice.page.wait_for_selector("[data-preview] img")
    alice.page.fill("[name=copies]", "0")
    alice.page.get_by_role("button", name="In tem").click()
    expect(alice.page.locator("#problem-copies")).to_be_visible()
    with alice.page.expect_download() as download:
        alice.page.get_by_role("button", name="Gửi ảnh tem").click()
    with Image.open(download.value.path()) as picture:
        assert picture.size == (400 * 3, 240 * 3)


def picture_of(rows: tuple[bytes, ...], width: int) -> Image.Image:
    """Return dots as a picture, with white around them as a label has, large enough for a camera."""
    bits = Image.frombytes("1", (width, len(rows)), bytes(~byte & 0xFF for row in rows for byte in row))
    around = Image.new("L", (width + 80, len(rows) + 80), 255)
    around.paste(bits, (40, 40))
    return around.resize((around.width * 2, around.height * 2), Image.Resampling.NEAREST)


# --- what is off, and why --------------------------------------------------------------------------------------------


def test_inside_another_app_the_page_says_where_to_go(come: Callable[..., Visitor]) -> None:
    """A browser inside Zalo has no Bluetooth: the page says so at once and tells how to open Chrome."""
    alice = come(user_agent=ZALO, script="Object.defineProperty(navigator, 'serial', {value: undefined})")
    for name in ("bluetooth", "serial"):
        way = alice.page.locator(f"[data-way={name}]")
        expect(way.locator("[data-why-off]")).to_contain_text("Chrome")
        expect(way.locator("[data-why-off]")).to_contain_text("Zalo")
        expect(way.locator("button").first).to_be_disabled()
    expect(alice.page.locator("[data-act=system]")).to_be_enabled()


def test_the_page_says_why_in_the_policys_words(come: Callable[..., Visitor]) -> None:
    """Before anything is asked for, the page says what printing puts on record and why, as the policy has it."""
    alice = come()
    why = alice.page.locator("aside.why")
    expect(why).to_contain_text("Để nối lại đúng máy in của bạn.")
    expect(why).to_contain_text("Có dùng máy in")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["/quay/printers", f"/quay/products/{PRODUCT_ID}/label", "/quay/receipts/1"])
def test_nothing_is_wrong_with_the_pages(
    browser: Browser, shop: Served, owner: Owner, language: Language, path: str
) -> None:
    """Nothing is too small, too pale or unnamed, on a phone and a desk, by day and night; nor with a failed job."""
    alice = visit(browser, shop.origin, language, storage_state=owner.state, reduced_motion="reduce")
    alice.open("/quay/printers")
    if path == "/quay/printers":
        alice.page.click("[data-act=system]")
        alice.page.wait_for_selector("[data-printer]")
    else:
        alice.open(path)
        alice.page.locator("[data-print-receipt] button, [data-labels] button").first.click()
        await_state(alice, "failed", reason="no-printer")
    assert findings_of(alice) == set()
    alice.context.close()


def test_a_saved_picture_holds_no_name_of_a_device(come: Callable[..., Visitor]) -> None:
    """The picture of a receipt is pixels alone: a PNG with no text, time or place in it."""
    alice = come(path="/quay/receipts/1")
    with alice.page.expect_download() as download:
        alice.page.get_by_role("button", name="Gửi ảnh biên nhận").click()
    content = Path(download.value.path()).read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.info.keys() <= {"srgb", "gamma", "dpi", "chromaticity"}
