"""Photos as a phone takes them in a shop, drawn: with what is wrong with them, and where the product truly is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from pathlib import Path

Pixels = NDArray[np.uint8]
Goods = Literal["bottle", "pack", "can", "box", "nothing"]
Place = Literal["wall", "wood", "table", "dark"]

WARM = (1.12, 1.0, 0.78)
SENSOR_NOISE = 9
SEED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Photograph:
    """A photo and the truth about it.

    Args:
        pixels: RGB.
        product: True where the product is.
    """

    pixels: Pixels
    product: NDArray[np.bool_]

    def file(self, kind: str = "JPEG", **options: object) -> bytes:
        """Return the photo as a file."""
        return file_of(Image.fromarray(self.pixels), kind, **options)


def file_of(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Return an image as a file."""
    written = io.BytesIO()
    image.save(written, kind, **({"quality": 88} | options if kind != "PNG" else options))
    return written.getvalue()


def photograph(
    goods: Goods = "bottle",
    place: Place = "wall",
    *,
    width: int = 750,
    height: int = 1000,
    cast: tuple[float, float, float] = WARM,
    shadow: bool = True,
) -> Photograph:
    """Return a photo of some goods in warm light, with a shadow, a vignette and the noise of a sensor."""
    random = np.random.default_rng(SEED)
    scene = Image.fromarray(_surroundings(place, width, height))
    mask = Image.new("L", (width, height))
    _draw(goods, ImageDraw.Draw(Image.new("RGB", (1, 1))), ImageDraw.Draw(mask), width, height)
    if shadow:
        scene = _shaded(scene, mask)
    _draw(goods, ImageDraw.Draw(scene), ImageDraw.Draw(Image.new("L", (1, 1))), width, height)
    seen: NDArray[Any] = np.asarray(scene.filter(ImageFilter.GaussianBlur(1.2)), np.float32) * np.array(
        cast, np.float32
    )
    seen = seen + random.normal(0, SENSOR_NOISE, seen.shape)
    return Photograph(pixels=np.clip(seen, 0, 255).astype(np.uint8), product=np.asarray(mask) > 127)


def _surroundings(place: Place, width: int, height: int) -> Pixels:
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    vignette = 1.06 - 0.22 * ((across / width - 0.4) ** 2 + (down / height - 0.4) ** 2)
    lit: NDArray[Any] = np.clip(_colours(place, across / width, down / height) * vignette[..., None], 0, 255)
    return lit.astype(np.uint8)


def _colours(place: Place, across: NDArray[Any], down: NDArray[Any]) -> NDArray[Any]:
    """Return what a place is coloured like, by parts of its width and height."""
    if place == "wood":
        grain = np.sin(across * 40 + np.sin(down * 120) * 2.5) * 12
        return np.asarray(np.array([176, 128, 84]) + grain[..., None] * np.array([1, 0.8, 0.6]))
    if place == "table":
        return np.where((down > 0.62)[..., None], np.array([150, 120, 95]), np.array([214, 212, 206]))
    grey = np.array([205, 200, 196] if place == "wall" else [52, 54, 60])
    return np.asarray(np.ones((*down.shape, 1)) * grey)


def _shaded(scene: Image.Image, mask: Image.Image) -> Image.Image:
    width = mask.width
    fallen = mask.transform(mask.size, Image.Transform.AFFINE, (1, 0.25, -0.2 * width, 0, 1.0, -0.02 * mask.height))
    soft = np.asarray(fallen.filter(ImageFilter.GaussianBlur(width * 0.02)), np.float32)[..., None] / 255
    return Image.fromarray((np.asarray(scene) * (1 - 0.28 * soft)).astype(np.uint8))


def _draw(goods: Goods, scene: ImageDraw.ImageDraw, mask: ImageDraw.ImageDraw, width: int, height: int) -> None:
    def at(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        across, down = width / 2, height / 2
        return (across + left * width, down + top * height, across + right * width, down + bottom * height)

    whole: list[tuple[tuple[float, float, float, float], tuple[int, int, int]]] = {
        "bottle": [
            (at(-0.13, -0.12, 0.13, 0.3), (35, 110, 60)),
            (at(-0.045, -0.3, 0.045, -0.1), (40, 120, 66)),
            (at(-0.055, -0.35, 0.055, -0.29), (190, 30, 40)),
        ],
        "pack": [(at(-0.25, -0.22, 0.25, 0.25), (225, 90, 30))],
        "can": [(at(-0.16, -0.2, 0.16, 0.22), (20, 60, 160))],
        "box": [(at(-0.2, -0.24, 0.2, 0.24), (200, 60, 120))],
        "nothing": [],
    }[goods]
    for shape, colour in whole:
        scene.rounded_rectangle(shape, 0.01 * width, fill=colour)
        mask.rounded_rectangle(shape, 0.01 * width, fill=255)
    if whole:
        scene.rectangle(at(-0.1, 0.02, 0.1, 0.14), fill=(240, 232, 205))
        scene.ellipse(at(-0.05, 0.04, 0.05, 0.12), fill=(200, 40, 40))


def overlap(mask: Image.Image, truth: NDArray[np.bool_]) -> float:
    """Return how well a mask fits the truth: what both have, of what either has."""
    found = np.asarray(mask.resize(truth.shape[::-1], Image.Resampling.BILINEAR)) > 127
    return float((found & truth).sum() / (found | truth).sum())


def write_film(path: Path, pixels: Pixels) -> None:
    """Write a film of one frame, as the fake camera of a browser plays it: I420 in the limited range of BT.601."""
    height, width = pixels.shape[:2]
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    luma = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255
    chroma = (
        128 + (-37.797 * red - 74.203 * green + 112.0 * blue) / 255,
        128 + (112.0 * red - 93.786 * green - 18.214 * blue) / 255,
    )
    halved = [plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)) for plane in chroma]
    planes = b"".join(np.clip(plane, 0, 255).astype(np.uint8).tobytes() for plane in (luma, *halved))
    new = path.with_suffix(".new")
    new.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + planes)
    new.replace(path)
