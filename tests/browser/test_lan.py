"""A phone's browser on the local network: what it lacks on plain http, and what it has once it trusts the authority."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.looking import findings_of
from tests.browser.visitor import PHONE, Visitor, watch
from tests.lan_service import NAME, served_on_lan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.lan_service import LanService

ABILITIES = """() => ({
  secure: window.isSecureContext,
  camera: "mediaDevices" in navigator && typeof navigator.mediaDevices.getUserMedia === "function",
  bluetooth: "bluetooth" in navigator,
  worker: "serviceWorker" in navigator,
})"""
"""What the browser offers to a page."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanService]:
    """Return a running service."""
    with served_on_lan(tmp_path_factory.mktemp("lan")) as running:
        yield running


@contextmanager
def phone(home: Path, *, trusts: Path | None = None) -> Iterator[Page]:
    """Open a browser with a home of its own, in whose store of certificates only `trusts` was added."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil("-N", "--empty-password", store=store)
    if trusts is not None:
        certutil("-A", "-n", "shop", "-t", "C,,", "-i", str(trusts), store=store)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *CHROMIUM_ARGUMENTS,
                f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
                "--enable-features=WebBluetooth",
            ],
            env={**os.environ, "HOME": str(home)},
        )
        yield browser.new_context(viewport=PHONE, locale="vi-VN", reduced_motion="reduce").new_page()
        browser.close()


def certutil(*words: str, store: Path) -> None:
    """Run the tool of the browser's store of certificates."""
    subprocess.run(["certutil", "-d", f"sql:{store}", *words], check=True, capture_output=True)


def test_on_plain_http_the_browser_offers_nothing_and_the_page_says_so(service: LanService, tmp_path: Path) -> None:
    """Over plain http there is no secure context, no camera and no Bluetooth; the page names what is missing."""
    with phone(tmp_path) as page:
        page.goto(f"http://{NAME}:{service.plain_port}/")
        assert page.url.endswith("/lan")
        assert page.evaluate(ABILITIES) == {"secure": False, "camera": False, "bluetooth": False, "worker": False}
        lacking = page.locator("section[aria-labelledby='lacks']").inner_text()
        assert all(word in lacking for word in ("máy ảnh", "Bluetooth", "mất mạng", "đăng nhập"))


def test_without_the_authority_the_browser_warns(service: LanService, tmp_path: Path) -> None:
    """A browser that was told nothing does not open the encrypted address."""
    with phone(tmp_path) as page, pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"{service.origin}/")


def test_with_the_authority_it_is_a_secure_place_with_a_camera(service: LanService, tmp_path: Path) -> None:
    """Once the root is installed the page opens without a warning, and camera and Bluetooth are there."""
    (tmp_path / "root.crt").write_bytes(service.plain("/lan/camket-ca.crt")[2])
    with phone(tmp_path / "home", trusts=tmp_path / "root.crt") as page:
        page.goto(f"{service.origin}/")
        assert page.evaluate(ABILITIES) == {"secure": True, "camera": True, "bluetooth": True, "worker": True}
        page.goto(f"{service.origin}/?lang=en")
        cookies = {str(one.get("name")): one.get("secure") for one in page.context.cookies()}
        assert cookies == {"__Host-camket_language": True}
        page.goto(f"http://{NAME}:{service.plain_port}/policy")
        assert page.url == f"{service.origin}/policy"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_has_no_finding(service: LanService, tmp_path: Path, language: str) -> None:
    """No accessibility finding by day or by night, on a phone or a desk; nothing too small to read or touch."""
    with phone(tmp_path) as page:
        page.goto(f"http://{NAME}:{service.plain_port}/lan?lang={language}")
        visitor = Visitor(context=page.context, page=page, origin=f"http://{NAME}:{service.plain_port}")
        watch(visitor)
        assert findings_of(visitor) == set()
        assert visitor.complaints == []


def test_every_step_can_be_reached_on_a_phone(service: LanService, tmp_path: Path) -> None:
    """On 360 px nothing is cut off, every kind of device opens, and the button leads to the certificate."""
    with phone(tmp_path) as page:
        page.goto(f"http://{NAME}:{service.plain_port}/lan")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for name in ("Android", "iPhone và iPad", "Windows", "macOS"):
            device = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{name}$")))
            if device.get_attribute("open") is None:
                device.locator("summary").click()
            assert device.locator("li").first.is_visible(), name
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải chứng chỉ").first.click()
        assert download.value.suggested_filename == "camket-ca.crt"
        page.goto(f"http://{NAME}:{service.plain_port}/lan?lang=en")
        assert page.get_by_role("heading", level=1).inner_text() == "Let this device trust the service"
