from __future__ import annotations

import hashlib
import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from camket_shop.photos.balance import balanced, light_of
from camket_shop.photos.pipeline import cropped, make_picture, middle_square, upright
from camket_shop.photos.renditions import SIZES, packed, unpacked
from tests.shop.photos.photographs import WARM, file_of, photograph

ORIENTATION = 274
CORNERS = {
    "top left": (250, 20, 20),
    "top right": (20, 200, 20),
    "bottom left": (20, 20, 250),
    "bottom right": (250, 240, 20),
}
TURNED_BY = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that was held so stores what it saw; the EXIF value undoes it."""


def corners(width: int = 1600, height: int = 2000) -> Image.Image:
    """Return an image whose corners have colours of their own."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    for name, colour in CORNERS.items():
        rows = slice(0, height // 4) if "top" in name else slice(-height // 4, None)
        columns = slice(0, width // 4) if "left" in name else slice(-width // 4, None)
        pixels[rows, columns] = colour
    return Image.fromarray(pixels)


def seen_at(image: Image.Image) -> dict[str, tuple[int, ...]]:
    """Return the colour near each corner."""
    width, height = image.size
    places = {"top left": (0.1, 0.1), "top right": (0.9, 0.1), "bottom left": (0.1, 0.9), "bottom right": (0.9, 0.9)}
    return {name: tuple(np.asarray(image)[int(y * height), int(x * width)].tolist()) for name, (x, y) in places.items()}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stands_upright_however_the_phone_was_held(orientation: int, kind: str) -> None:
    """Each of the eight ways to hold a camera gives the same upright picture, in every format that says how."""
    turn = TURNED_BY[orientation]
    stored = corners() if turn is None else corners().transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    opened = upright(file_of(stored, kind, exif=exif))
    assert opened.height > opened.width
    for name, colour in seen_at(opened).items():
        assert np.abs(np.subtract(colour, CORNERS[name])).max() < 40, name


@pytest.mark.parametrize("scale", [1, 12])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_of_a_photo_becomes_a_picture(mode: str, scale: int) -> None:
    """Grey, palette, transparent, print and 16-bit photos, small and large, give three squares of the stated sizes."""
    image = Image.linear_gradient("L").resize((300 * scale, 280 * scale))
    image = Image.fromarray(np.asarray(image, np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    picture = make_picture(file_of(image, "JPEG" if mode == "CMYK" else "PNG"), whiten=False)
    for side, content in picture.renditions.items():
        assert Image.open(io.BytesIO(content)).size == (side, side)
    assert tuple(picture.renditions) == SIZES
    middle = np.asarray(Image.open(io.BytesIO(picture.renditions[400])).convert("L"), np.int16)
    assert middle[-40:].mean() - middle[:40].mean() > 100, "the gradient is gone"


def test_what_was_transparent_is_white() -> None:
    """A cut-out product stands on white."""
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (100, 100, 300, 300))
    shown = Image.open(io.BytesIO(make_picture(file_of(image, "PNG"), whiten=False).renditions[400])).convert("RGB")
    assert min(seen_at(shown)["top left"]) > 250


def test_a_photo_is_decoded_no_larger_than_needed() -> None:
    """Twelve megapixels are worked on as three, whichever side is longer."""
    for size in ((3000, 4000), (4000, 3000)):
        opened = upright(file_of(Image.new("RGB", size, (120, 160, 200))))
        assert min(opened.size) == 1500
    large = upright(file_of(Image.new("RGB", (6000, 5000), (120, 160, 200)), "PNG"))
    assert 1500 <= min(large.size) < 3000


def test_the_same_photo_has_the_same_address() -> None:
    """A picture's address is the SHA-256 of its largest size, and making it again gives the same bytes."""
    photo = photograph().file()
    first, second = make_picture(photo, whiten=True), make_picture(photo, whiten=True)
    assert first == second
    assert first.address == hashlib.sha256(first.renditions[1200]).hexdigest()
    assert packed(first) == packed(second)
    assert unpacked(packed(first), 160) == first.renditions[160]
    assert make_picture(photo, whiten=False).address != first.address


def test_even_sheer_noise_fits_into_the_vault() -> None:
    """A picture that cannot be compressed is compressed harder, until all its sizes fit into a mebibyte."""
    noise = np.random.default_rng(1).integers(0, 256, (1600, 1600, 3), np.uint8)
    picture = make_picture(file_of(Image.fromarray(noise), quality=95), whiten=False)
    assert len(packed(picture)) < 2**20


def test_a_warm_lamp_is_taken_out_and_white_light_left() -> None:
    """Surroundings that are grey in a warm light become grey; a photo in white light keeps its colours."""
    warm = Image.fromarray(photograph(cast=WARM, shadow=False).pixels)
    red, _, blue = light_of(warm)
    assert red / blue > 1.4
    red, green, blue = light_of(balanced(warm))
    assert red / green == pytest.approx(1, abs=0.04)
    assert blue / green == pytest.approx(1, abs=0.04)
    white = Image.fromarray(photograph(cast=(1, 1, 1), shadow=False).pixels)
    assert np.abs(np.subtract(np.asarray(balanced(white), np.int16), np.asarray(white, np.int16))).mean() < 4


def test_a_square_may_reach_beyond_the_photo() -> None:
    """Where the frame is wider than the photo, the rest is white."""
    square = cropped(Image.new("RGB", (200, 400), (10, 10, 10)), middle_square(Image.new("RGB", (400, 400))))
    assert square.size == (1200, 1200)
    assert square.getpixel((1100, 600)) == (255, 255, 255)
    assert square.getpixel((100, 600)) == (10, 10, 10)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photo_of_an_iphone_stands_upright(orientation: int) -> None:
    """HEIC says how the phone was held in two places; the photo is turned once, not twice."""
    turn = TURNED_BY[orientation]
    stored = corners() if turn is None else corners().transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    made = io.BytesIO()
    pillow_heif.from_pillow(stored).save(made, quality=90, exif=exif.tobytes())
    opened = upright(made.getvalue())
    assert opened.height > opened.width
    for name, colour in seen_at(opened).items():
        assert np.abs(np.subtract(colour, CORNERS[name])).max() < 40, name
