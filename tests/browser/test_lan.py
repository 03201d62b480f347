"""A phone's browser on the local network: what it lacks on plain http, and what it has once it trusts the authority."""

from __future__ import annotations

import io
import os
import re
import subprocess
import time
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Literal

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.looking import findings_of
from tests.browser.visitor import CODE, PHONE, Visitor, watch
from tests.lan_service import NAME, served_on_lan
from tests.unit.adapters.mail.test_smtp import Relay, serving

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

VIDEO = "navigator.mediaDevices.getUserMedia({video: true}).then(stream => stream.getTracks().map(track => track.kind))"
"""Which tracks the camera gives."""
SHOP = "/quay=camket_shop.app:create_app"
MAIL_SECONDS = 20


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
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
            ],
            env={**os.environ, "HOME": str(home)},
        )
        yield browser.new_context(viewport=PHONE, locale="vi-VN", reduced_motion="reduce").new_page()
        browser.close()


def code_in(relay: Relay) -> str:
    """Return the code in the one mail that comes; waits until it is there."""
    deadline = time.monotonic() + MAIL_SECONDS
    while not relay.taken:
        assert time.monotonic() < deadline, f"no mail in {MAIL_SECONDS} seconds"
    content = relay.taken[0].content
    assert isinstance(content, bytes)
    text = message_from_bytes(content, policy=default).get_body(("plain",))
    assert text is not None
    found = CODE.search(text.get_content())
    assert found is not None
    return found.group()


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


def test_a_phone_registers_and_photographs_over_the_local_network(tmp_path: Path) -> None:
    """From the plain page to a picture of the camera in the shop: trust, registration by a real relay, live video."""
    relay = Relay()
    with (
        serving(relay) as port,
        served_on_lan(tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", apps=SHOP) as running,
        phone(tmp_path / "home", trusts=running.root) as page,
    ):
        page.goto(f"{running.origin}/register")
        for name, text in {"name": "Alice Nguyễn", "phone": "0901234567", "email": "alice@shop.example"}.items():
            page.locator(f"input[name='{name}']").fill(text)
        page.locator("main form button").first.click()
        page.locator("input[name='code']").fill(code_in(relay))
        page.locator("main form button").first.click()
        page.wait_for_url(f"{running.origin}/me")
        cookies = page.context.cookies()
        assert {one.get("name", "")[:7] for one in cookies} == {"__Host-"}
        page.goto(f"{running.origin}/quay/products/new")
        assert page.evaluate(VIDEO) == ["video"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_has_no_finding(service: LanService, tmp_path: Path, language: str) -> None:
    """No accessibility finding by day or by night, on a phone or a desk; nothing too small to read or touch."""
    with phone(tmp_path) as page:
        page.goto(f"http://{NAME}:{service.plain_port}/lan?lang={language}")
        visitor = Visitor(context=page.context, page=page, origin=f"http://{NAME}:{service.plain_port}")
        watch(visitor)
        assert findings_of(visitor) == set()
        assert visitor.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_another_phone_reads_the_code(service: LanService, tmp_path: Path, theme: Literal["light", "dark"]) -> None:
    """The QR code on the screen leads to this very page, by day and by night."""
    address = f"http://{NAME}:{service.plain_port}/lan"
    with phone(tmp_path) as page:
        page.emulate_media(color_scheme=theme)
        page.goto(address)
        seen = Image.open(io.BytesIO(page.locator(".qr").screenshot()))
    assert [code.text for code in zxingcpp.read_barcodes(seen)] == [address]


def test_every_step_can_be_reached_on_a_phone(service: LanService, tmp_path: Path) -> None:
    """On 360 px nothing is cut off, every kind of device opens, and the button leads to the certificate."""
    with phone(tmp_path) as page:
        page.goto(f"http://{NAME}:{service.plain_port}/lan")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for name in ("Android", "iPhone và iPad", "Windows", "macOS"):
            device = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{name}$")))
            if device.get_attribute("open") is None:
                device.locator("summary").click()
            expect(device.locator("li").first).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải chứng chỉ").first.click()
        assert download.value.suggested_filename == "camket-ca.crt"
        page.goto(f"http://{NAME}:{service.plain_port}/lan?lang=en")
        assert page.get_by_role("heading", level=1).inner_text() == "Let this device trust the service"
