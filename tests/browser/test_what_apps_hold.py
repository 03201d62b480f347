"""What a shop leaves in "Dữ liệu của tôi": pictures as pictures, goods and sales by number, forms with what is held."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.shop.stall import APPS, COFFEE, client_id
from tests.browser.visitor import visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FilePayload

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

PICTURES = 6
LOADED = "([of, width]) => [...document.querySelectorAll(of)].every(one => one.complete && one.naturalWidth === width)"


@pytest.fixture(scope="module")
def hosting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service that hosts the shop."""
    with served(tmp_path_factory.mktemp("hosting"), apps=APPS, codes_per_subject_hour="1000") as running:
        yield running


def photo(hue: int) -> bytes:
    """Return a photo of one colour."""
    file = io.BytesIO()
    Image.new("HSV", (320, 320), (hue, 120, 200)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def open_stall(owner: Visitor, email: str) -> None:
    """Register, fill in the settings, photograph goods and sell something."""
    owner.register("Alice Nguyễn", "090 123 45 67", email)
    sender = owner.context.request
    headers = {"Origin": owner.origin, "Sec-Fetch-Site": "same-origin"}
    for number in range(PICTURES):
        form: dict[str, str | float | bool | bytes | FilePayload] = {
            **COFFEE,
            "id": client_id(),
            "name": f"Món {number}",
            "barcode": "",
            "whiten": "0",
            "picture_source": "file",
            "picture": {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo(number * 40)},
        }
        answer = sender.post(f"{owner.origin}/quay/api/products", headers=headers, multipart=form)
        assert answer.status == 201, answer.text()
    line = {"product": None, "name": "Trà đá", "unit": "ly", "price": 3000, "quantity": "2"}
    sale = {
        "id": client_id(),
        "sold_at": "2026-11-22T16:30:00.000+07:00",
        "lines": [line],
        "discount": 0,
        "payment": {"method": "cash", "tendered": 6000, "transferred": 0},
        "total": 6000,
    }
    answer = sender.post(f"{owner.origin}/quay/api/sales", headers=headers, data=json.dumps(sale))
    assert answer.status == 201, answer.text()
    settings: dict[str, str | float | bool] = {
        "name": "Quán Alice",
        "address": "12 Phố Huế",
        "tax_code": "0312345678",
        "bank": "970436",
        "bank_account": "0071000123456",
        "bank_holder": "NGUYEN THI ALICE",
    }
    assert sender.post(f"{owner.origin}/quay/settings", headers=headers, form=settings).ok


def see_pictures(owner: Visitor) -> None:
    """Bring every picture of the page into sight, and wait until each has loaded."""
    images = owner.main.locator(".tiles img")
    for image in images.all():
        image.scroll_into_view_if_needed()
    owner.page.wait_for_function(LOADED, arg=[".tiles img", 160])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_a_shop_holds_is_seen_and_has_no_finding(browser: Browser, hosting: Served, language: Language) -> None:
    """Pictures load, goods and sales are counted, forms show what is held; no page has a finding in any state."""
    owner = visit(browser, hosting.origin, language, reduced_motion="reduce")
    email = f"alice@{language}.example"
    open_stall(owner, email)
    findings: dict[str, set[str]] = {}

    def look(name: str) -> None:
        findings[name] = findings_of(owner)

    owner.open("/me")
    see_pictures(owner)
    assert owner.main.locator(".tiles img").count() == 4
    section = owner.main.locator("section[aria-labelledby='app-quay']").inner_text()
    assert ("6 mục" if language == "vi" else "6 entries") in section
    look("my data")
    owner.follow("a[href='/me/pictures/shop.picture']")
    see_pictures(owner)
    assert owner.main.locator(".tiles img").count() == PICTURES
    look("all pictures")
    owner.follow(".tiles a[href$='/delete']")
    look("deleting a picture")
    owner.open("/me/correct/shop.bank_account")
    assert owner.page.locator("input[name='shop.bank_account']").input_value() == "0071000123456"
    look("correcting")
    owner.open("/me/uses")
    assert owner.main.locator("ol.line details").count() >= 1
    owner.main.locator("ol.line details summary").first.click()
    expect(owner.main.locator("ol.line details[open] ol li").first).to_be_visible()
    look("uses, unfolded")
    owner.open("/me/delete")
    look("before the deletion")
    assert {name: found for name, found in findings.items() if found} == {}
    assert owner.complaints == []


def test_uses_unfold_without_scripts(browser: Browser, hosting: Served) -> None:
    """Each of several equal uses is one press away by the keyboard, where no script runs."""
    owner = visit(browser, hosting.origin, "vi", java_script_enabled=False)
    owner.register("Alice Nguyễn", "090 123 45 67", "alice@folded.example")
    for _ in range(5):
        owner.open("/me")
    owner.open("/me/uses")
    row = owner.main.locator("ol.line > li:has(details)").first
    expect(row.locator("details ol")).to_be_hidden()
    row.locator("summary").press("Enter")
    expect(row.locator("details ol")).to_be_visible()
    assert row.locator("details ol li").count() >= 5


def test_goods_and_sales_are_tables_in_the_copy(browser: Browser, hosting: Served) -> None:
    """The downloaded pages show goods and sales, have no finding, and the zip holds the pictures."""
    owner = visit(browser, hosting.origin, "vi", reduced_motion="reduce")
    open_stall(owner, "alice@copy.example")
    owner.open("/me/copy")
    owner.send_and_enter_code("alice@copy.example")
    owner.await_copy()
    with owner.page.expect_download() as download:
        owner.main.locator("form[data-download] button").click()
    folder = download.value.path().parent / "copy"
    with zipfile.ZipFile(download.value.path()) as files:
        files.extractall(folder)
        assert len([name for name in files.namelist() if name.startswith("pictures/")]) == PICTURES
    for name in ("du-lieu-cua-toi.html", "my-data.html"):
        owner.page.goto((folder / name).as_uri())
        expect(owner.page.get_by_text("Món 5").first).to_be_visible()
        expect(owner.page.get_by_text("Trà đá").first).to_be_visible()
        owner.page.wait_for_function("() => document.querySelector('img').naturalWidth === 1200")
        assert findings_of(owner) == set()
