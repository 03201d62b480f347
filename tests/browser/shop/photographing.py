"""An owner at the form of a product, with a camera that shows what a test wants it to show."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from tests.shop.photos.photographs import Photograph, photograph, write_film

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.visitor import Visitor

APPS: Final = "/quay=camket_shop.app:create_app"
SCENE: Final = photograph("bottle", "wall", width=720, height=720)
WHITE: Final = (255, 255, 255)
FORM: Final = "/quay/products/new"
NUMBERS: Final = count(1)

WATCH_CAMERA: Final = """
(() => {
    window.streams = [];
    const devices = navigator.mediaDevices;
    const real = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async wanted => {
        window.wanted = wanted;
        const stream = await real(wanted);
        window.streams.push(stream);
        return stream;
    };
})();
"""
"""Keeps every stream that the page opened, to see whether it was closed."""

LIVE: Final = "window.streams.flatMap(stream => stream.getTracks()).filter(track => track.readyState === 'live').length"


def taken() -> str:
    """Return a script with which every camera is taken by another program, as Windows and Android say it."""
    return "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('x', 'NotReadableError'); };"


def insecure() -> str:
    """Return a script with which the page is as on plain http: no cameras, and it knows."""
    return (
        "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
        "Object.defineProperty(window, 'isSecureContext', {value: false});"
    )


def film(folder: Path, scene: Photograph = SCENE) -> Path:
    """Write what the camera shows: the scene in the middle of a wide picture, its edges going on to both sides."""
    path = folder / "camera.y4m"
    write_film(path, np.pad(scene.pixels, ((0, 0), (280, 280), (0, 0)), mode="edge"))
    return path


@dataclass
class Photographer:
    """One owner with a finger that counts.

    Args:
        at: their browser, signed in.
        taps: how often they touched the screen.
        name: of the product that they saved last.
    """

    at: Visitor
    taps: int = field(default=0)
    name: str = field(default="")

    def open(self, path: str = FORM) -> None:
        """Open the form."""
        self.at.open(path)
        self.at.page.wait_for_selector("[data-do]")

    def tap(self, selector: str) -> None:
        """Touch something once."""
        self.taps += 1
        self.at.page.click(selector)

    def do(self, word: str) -> None:
        """Touch a button of the picture."""
        self.tap(f"[data-do='{word}']")

    def photograph(self) -> None:
        """Open the camera and press the shutter; ends with the picture in the form."""
        self.do(self.at.page.locator("[data-do]").first.get_attribute("data-do") or "")
        self.tap(".shutter:not([disabled])")
        self.at.page.wait_for_selector("[data-picture-frame] img")

    def await_answer(self, act: Callable[[], None]) -> None:
        """Do something to the picture and wait for the white one that comes of it."""
        shown = self.at.page.locator("[data-version='after']").element_handle()
        act()
        shown.wait_for_element_state("hidden")
        self.at.page.wait_for_selector("[data-version='after']")

    def leave(self) -> None:
        """Leave the dialog by its key, and wait until it is gone."""
        self.at.page.keyboard.press("Escape")
        self.at.page.wait_for_selector(".photo-dialog", state="detached")

    def name_it(self) -> None:
        """Type a name that no other product has, and a price."""
        self.name = f"Nước mắm {next(NUMBERS)}"
        self.at.fill(name=self.name, price="25k")

    def save(self) -> None:
        """Save the form and arrive at the list."""
        self.tap(".actions-row .btn.go")
        self.at.page.wait_for_url("**/quay/products")

    def choose(self, name: str, kind: str, content: bytes) -> None:
        """Choose a file of the phone."""
        with self.at.page.expect_file_chooser() as chooser:
            self.do("choose_file")
        chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})

    def told(self, key: str) -> None:
        """Wait until the picture's line says something."""
        self.at.page.wait_for_function(
            "words => document.querySelector('[data-picture] .told').textContent.includes(words)", arg=key
        )

    @property
    def listed(self) -> Locator:
        """The product in the list."""
        return self.at.main.locator(".goods-list li", has=self.at.page.get_by_text(self.name, exact=True))

    def saved(self) -> Image.Image | None:
        """Return the picture of the product in the list; None where it has none."""
        thumbnail = self.listed.locator("img.thumbnail")
        if thumbnail.count() == 0:
            return None
        address = (thumbnail.get_attribute("src") or "").replace("/160.webp", "/1200.webp")
        answer = self.at.context.request.get(f"{self.at.origin}{address}")
        assert answer.ok
        return Image.open(io.BytesIO(answer.body())).convert("RGB")


def is_white(image: Image.Image | None, across: float, down: float) -> bool:
    """Whether a picture is white at a place, in parts of its side."""
    assert image is not None
    pixel = image.getpixel((int(across * image.width), int(down * image.height)))
    assert isinstance(pixel, tuple)
    return min(pixel) > 248
