"""The sell screen with 1,000 products, in headless Chromium on the size of a phone, served by a real `camket serve`.

First paint of goods: from the start of the navigation until the frame that shows the first products, with an empty
browser (the list is fetched) and again in the same browser (the list is on the device). Search: from the key until the
frame that shows what it found; four words are typed letter by letter. Medians over all rounds, and the 95th percentile
of the search.
Run: `.venv/bin/python benchmarks/sell_screen.py`; it needs Chromium (`make browser`) and exits with 1 if a bound does
not hold.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from _measure import Figure, duration, report
from playwright.sync_api import sync_playwright
from sale import register_owner, serving

from camket_shop.ids import new_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PRODUCTS: Final = 1_000
ROUNDS: Final = 7
MOST_PAINT_SECONDS: Final = 1.5
MOST_SEARCH_SECONDS: Final = 0.05
CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
KINDS: Final = ("Cà phê sữa đá", "Bánh mì trứng", "Mì ly hải sản", "Nước mắm Phú Quốc", "Sữa chua nếp cẩm")
WORDS: Final = ("ca phe", "nuoc mam 7", "banh", "sua chua 12")
PAINTED: Final = """
new MutationObserver((_, seen) => {
    if (document.querySelector('.card')) {
        seen.disconnect();
        requestAnimationFrame(() => setTimeout(() => { globalThis.goodsAt = performance.now(); }));
    }
}).observe(document, {childList: true, subtree: true});
"""
"""A frame is on the screen when the work that follows it begins."""
TYPED: Final = """
async words => {
    const field = document.getElementById('find');
    const took = [];
    for (const word of words) {
        for (let end = 1; end <= word.length; end += 1) {
            const begun = performance.now();
            field.value = word.slice(0, end);
            field.dispatchEvent(new Event('input'));
            await new Promise(shown => requestAnimationFrame(() => setTimeout(shown)));
            took.push(performance.now() - begun);
        }
    }
    return took;
}
"""


def stock(address: str, token: str) -> None:
    """Put the products on the shelf."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"camket_session={token}",
        "Sec-Fetch-Site": "same-origin",
    }
    for number in range(PRODUCTS):
        name = f"{KINDS[number % len(KINDS)]} {number}"
        product = {"name": name, "price": str(1_000 + number), "unit": "", "category": f"Nhóm {number % 9}"}
        body = urlencode({"id": new_id(), "barcode": "", **product})
        connection.request("POST", "/quay/api/products", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        assert answer.status == 201, told  # noqa: PLR2004 - a new product


def paint(page: Page, address: str) -> float:
    """Open the sell screen and return the seconds until it shows goods."""
    page.goto(f"{address}/quay/sell")
    page.wait_for_selector("#sell:not([aria-busy]) .card")
    milliseconds: float = page.evaluate("globalThis.goodsAt")
    return milliseconds / 1000


def measure(browser: Browser, address: str, token: str) -> tuple[list[float], list[float], list[float]]:
    """Return the seconds of first paints with an empty browser, of those after, and of searches."""
    empty: list[float] = []
    again: list[float] = []
    searches: list[float] = []
    for _ in range(ROUNDS):
        context = browser.new_context(viewport={"width": 360, "height": 740})
        context.add_cookies([{"name": "camket_session", "value": token, "url": address}])
        context.add_init_script(PAINTED)
        page = context.new_page()
        empty.append(paint(page, address))
        again.append(paint(page, address))
        searches += [milliseconds / 1000 for milliseconds in page.evaluate(TYPED, list(WORDS))]
        context.close()
    return empty, again, searches


def bounded(name: str, seconds: float, most: float) -> Figure:
    """Return a time as a figure with its bound."""
    return Figure(name=name, measured=duration(seconds), baseline=duration(most), ratio=seconds / most, at_most=1)


def main() -> int:
    """Measure and report."""
    with TemporaryDirectory() as folder:
        token = register_owner(folder)
        with serving(folder) as address, sync_playwright() as playwright:
            stock(address, token)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            empty, again, searches = measure(browser, address, token)
            browser.close()
    figures = (
        bounded("first paint of goods, empty browser, p50", median(empty), MOST_PAINT_SECONDS),
        bounded("first paint of goods, list on the device, p50", median(again), MOST_PAINT_SECONDS),
        bounded("a letter typed into the search, p50", median(searches), MOST_SEARCH_SECONDS),
        bounded("the same, p95", quantiles(searches, n=20)[-1], MOST_SEARCH_SECONDS),
    )
    return report(f"The sell screen with {PRODUCTS:,} products: headless Chromium, 360 x 740", figures)


if __name__ == "__main__":
    sys.exit(main())
