"""Screenshots of the demonstration data, for the README and for the eyes of whoever changes a page.

Fills a temporary data folder with `camket demo`, serves it on a free port, signs alice in through the development
mailbox and photographs each page on a phone and on a desk, light and dark, into `docs/images`.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, FloatRect, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CAMKET = Path(sys.executable).with_name("camket")
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
# No sandbox, because tests run as root; the rest keeps the browser off the network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 30
CODE = re.compile(r"\b\d{6}\b")


class View(NamedTuple):
    """A screen to photograph on.

    Args:
        name: of the file.
        size: of the window.
        tallest: pixels of a page that are shown; the policy goes on for much longer.
        scheme: the theme.
    """

    name: str
    size: ViewportSize
    tallest: int
    scheme: Literal["light", "dark"]


PHONE: ViewportSize = {"width": 360, "height": 780}
DESK: ViewportSize = {"width": 1280, "height": 900}
VIEWS = [
    View("360-light", PHONE, 1600, "light"),
    View("360-dark", PHONE, 1600, "dark"),
    View("1280-light", DESK, 1120, "light"),
    View("1280-dark", DESK, 1120, "dark"),
]
PUBLIC_PAGES = {"start": "/", "policy": "/policy", "terms": "/terms", "register": "/register", "sign-in": "/sign-in"}
OWN_PAGES = {
    "my-data": "/me",
    "uses": "/me/uses",
    "consents": "/me/consents",
    "changes": "/me/changes",
    "sessions": "/me/sessions",
    "delete": "/me/delete",
}
SHOP_PAGES = {
    "shop-sell": "/quay/sell",
    "shop-products": "/quay/products",
    "shop-new-product": "/quay/products/new",
    "shop-receipts": "/quay/receipts",
    "shop-receipt": "/quay/receipts/26",
    "shop-printers": "/quay/printers",
    "shop-settings": "/quay/settings",
}
APPS = "/quay=camket_shop.app:create_app"
EMAIL_OF_ALICE = "alice@shop.example"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(origin: str, service: "subprocess.Popen[bytes]") -> None:
    """Wait for `/healthz`; stop with the service's own error when it ends first."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if service.poll() is not None:
            sys.exit(f"camket serve ended with {service.returncode}")
        try:
            with urllib.request.urlopen(f"{origin}/healthz", timeout=1):  # noqa: S310 - our own http address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    sys.exit(f"camket serve was not ready in {START_SECONDS} seconds")


@contextmanager
def demonstration() -> Iterator[str]:
    """Serve a temporary data folder of demonstration data; yields its origin."""
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        environment = {
            **os.environ, "CAMKET_DATA": data, "CAMKET_DEVELOPMENT": "1", "CAMKET_APPS": APPS, "PORT": str(port)
        }  # fmt: skip
        subprocess.run([CAMKET, "demo"], cwd=ROOT, env=environment, check=True)
        service = subprocess.Popen([CAMKET, "serve"], cwd=ROOT, env=environment)
        try:
            origin = f"http://localhost:{port}"
            wait_until_ready(origin, service)
            yield origin
        finally:
            service.terminate()
            service.wait()


def newest_code(page: Page, origin: str) -> str:
    """Wait for the mail, which a worker sends, and return the code in it."""
    mailbox = page.context.new_page()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        mailbox.goto(f"{origin}/dev/mailbox")
        code = CODE.search(mailbox.locator("main").inner_text())
        if code is not None:
            mailbox.close()
            return code.group()
        time.sleep(0.2)
    sys.exit("the development mailbox shows no code")


def sign_in(page: Page, origin: str) -> None:
    """Sign alice in with the code that the development mailbox shows."""
    page.goto(f"{origin}/sign-in")
    page.locator("input[name=email]").fill(EMAIL_OF_ALICE)
    page.locator("main form button.go").click()
    page.wait_for_url(f"{origin}/sign-in/confirm")
    page.locator("input[name=code]").fill(newest_code(page, origin))
    page.locator("main form button.go").click()
    page.wait_for_url(f"{origin}/me")


def photograph(page: Page, origin: str, pages: dict[str, str], view: View) -> None:
    """Take each page from its top, as far as the view shows; of an app with a bar at its foot, what a screen shows."""
    for name, path in pages.items():
        page.goto(f"{origin}{path}", wait_until="networkidle")
        page.evaluate("document.fonts.ready.then(() => true)")
        file = IMAGES / f"{name}-{view.name}.png"
        if name in SHOP_PAGES:
            page.screenshot(path=file)
            continue
        whole: int = page.evaluate("document.documentElement.scrollHeight")
        clip: FloatRect = {"x": 0, "y": 0, "width": view.size["width"], "height": min(whole, view.tallest)}
        page.screenshot(path=file, full_page=True, clip=clip)


def photograph_all(browser: Browser, origin: str) -> None:
    """Take every page in every view; alice signs in once and her session is carried from view to view."""
    first = browser.new_context(locale="vi-VN")
    sign_in(first.new_page(), origin)
    session = first.storage_state()
    for view in VIEWS:
        visitor = browser.new_context(locale="vi-VN", viewport=view.size, color_scheme=view.scheme)
        photograph(visitor.new_page(), origin, PUBLIC_PAGES, view)
        alice = browser.new_context(locale="vi-VN", viewport=view.size, color_scheme=view.scheme, storage_state=session)
        photograph(alice.new_page(), origin, OWN_PAGES | SHOP_PAGES, view)


def main() -> None:
    """Take the screenshots anew."""
    shutil.rmtree(IMAGES, ignore_errors=True)
    IMAGES.mkdir(parents=True)
    with demonstration() as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        photograph_all(browser, origin)
        browser.close()
    print(f"{len(list(IMAGES.iterdir()))} screenshots in {IMAGES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
