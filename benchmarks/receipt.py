"""A receipt of eight items to bytes for a printer of 58 mm, as the shop does it in the browser: headless Chromium.

Laid out, drawn with the shop's font, turned into dots and encoded: line by line with the printer's own QR code, as it
comes by default. Compared in the same run, by turns, with one full raster of the same receipt, which is what printing
Vietnamese as a picture costs otherwise. Medians; the first receipt of a page, which waits for the font, counts apart.
Run: `.venv/bin/python benchmarks/receipt.py`; it needs Chromium (`make browser`) and built assets (`make assets`), and
exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from _measure import Figure, duration, report
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

ROOT: Final = Path(__file__).parents[1]
DIST: Final = ROOT / "src" / "camket_shop" / "web" / "static" / "dist"
ENTRY: Final = ROOT / "tests" / "shop" / "printing" / "harness.mjs"
CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PAGE: Final = "http://localhost/"
ROUNDS: Final = 15
RECEIPTS_OF_A_ROUND: Final = 3
MOST_SECONDS: Final = 0.06
MOST_BYTES: Final = 20_000
MOST_OF_A_RASTER: Final = 0.5
HEADER: Final = {"name": "Tạp hóa Alice", "address": "12 Nguyễn Huệ, Quận 1", "tax_code": "0312345678"}
GOODS: Final = (
    ("Cà phê sữa đá", "ly", 25_000, 2),
    ("Bánh mì trứng ốp la", "", 18_000, 1),
    ("Mì ly hải sản chua cay", "", 14_500, 3),
    ("Trà đào cam sả", "ly", 32_000, 1),
    ("Sữa chua nếp cẩm", "hũ", 22_000, 2),
    ("Nước suối 500 ml", "chai", 8_000, 4),
    ("Đường thốt nốt", "kg", 36_000, 1),
    ("Trứng gà ta", "chục", 35_000, 1),
)


def sale() -> dict[str, Any]:
    """Return a sale of eight items, paid in cash with change, as the shop's API answers it."""
    lines = [
        {"name": name, "unit": unit, "price": price, "quantity": str(quantity), "amount": price * quantity}
        for name, unit, price, quantity in GOODS
    ]
    total = sum(price * quantity for _name, _unit, price, quantity in GOODS)
    paid = {"tendered": 300_000, "transferred": 0, "change": 300_000 - total, "discount": 0, "total": total}
    return {"number": 128, "sold_at": "2026-11-22T02:12:00Z", "lines": lines, "order_code": "7K3M9QXA"} | paid


def serve(route: Route) -> None:
    """Answer from the bundle: an empty page with the shop's styles, and its fonts."""
    name = route.request.url.rpartition("/")[2]
    if name == "":
        styles = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["quay.css"]
        route.fulfill(body=f'<!doctype html><link rel="stylesheet" href="/{styles}">', content_type="text/html")
    elif (DIST / name).is_file():
        route.fulfill(path=DIST / name)
    else:
        route.fulfill(status=404, body="")


def bundle() -> str:
    """Return the shop's printing as one script that a page can run."""
    esbuild = str(ROOT / "node_modules" / ".bin" / "esbuild")
    command = [esbuild, str(ENTRY), "--bundle", "--minify", "--format=iife", "--global-name=quayPrinting"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout  # noqa: S603 - our own


def measure(page: Page, mode: str, rounds: int) -> tuple[list[float], int]:
    """Return the seconds that each receipt took, and its bytes."""
    call = "given => quayPrinting.encodingMilliseconds(...given)"
    answer = page.evaluate(call, [sale(), HEADER, {"width": 384, "mode": mode}, rounds])
    return [milliseconds / 1000 for milliseconds in answer["took"]], answer["bytes"]


def main() -> int:
    """Measure and report."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(PAGE)
        page.evaluate(f"{bundle()}; globalThis.quayPrinting = quayPrinting; 0")
        (first,), size = measure(page, "lines", 1)
        lines, raster, raster_size = [], [], 0
        for _ in range(ROUNDS):
            lines += measure(page, "lines", RECEIPTS_OF_A_ROUND)[0]
            seconds, raster_size = measure(page, "raster", RECEIPTS_OF_A_ROUND)
            raster += seconds
        browser.close()
    took = median(lines)
    figures = (
        Figure(
            name="receipt to bytes, p50",
            measured=duration(took),
            baseline=f"full raster {duration(median(raster))}",
            ratio=took / MOST_SECONDS,
            at_most=1,
        ),
        Figure(
            name="bytes of 20,000",
            measured=f"{size:,}",
            baseline=f"{MOST_BYTES:,}",
            ratio=size / MOST_BYTES,
            at_most=1,
        ),
        Figure(
            name="bytes of a full raster",
            measured=f"{size:,}",
            baseline=f"{raster_size:,}",
            ratio=size / raster_size,
            at_most=MOST_OF_A_RASTER,
        ),
        Figure(name="first receipt, font and all", measured=duration(first), baseline="-", ratio=first / MOST_SECONDS),
    )
    return report("A receipt of 8 items for 58 mm, in headless Chromium", figures)


if __name__ == "__main__":
    sys.exit(main())
