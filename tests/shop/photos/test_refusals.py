from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from camket_shop.errors import InvalidError, ShopError, TooLargeError
from camket_shop.photos.intake import PHOTO_BYTES, recognise
from camket_shop.photos.pipeline import make_picture, upright
from tests.shop.photos.photographs import file_of, photograph

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = photograph(width=320, height=400)
DISGUISED = {
    "picture_html": [
        b"<!DOCTYPE html><img src=x onerror=alert(1)>",
        b"\xef\xbb\xbf  <html><body>",
        b"<!-- a photo --><script>alert(1)</script>",
        b"<?xml version='1.0'?><feed></feed>",
    ],
    "picture_svg": [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?>\n<!-- x -->\n<SVG onload='alert(1)'>",
    ],
    "picture_gif": [file_of(Image.new("P", (80, 80)), "GIF")],
    "picture_pdf": [b"%PDF-1.7\n", b"\n\n%PDF-1.4"],
    "picture_tiff": [b"II*\0" + bytes(60), b"MM\0*" + bytes(60)],
    "picture_video": [b"\0\0\0\x18ftypmp42" + bytes(40), b"\x1aE\xdf\xa3" + bytes(40)],
    "picture_unknown": [b"BM" + bytes(100), b"photo.jpg", bytes(500), b"RIFF\x10\0\0\0WAVEfmt "],
    "picture_empty": [b""],
}


@pytest.mark.parametrize(("code", "file"), [(code, file) for code, files in DISGUISED.items() for file in files])
def test_what_is_no_photo_is_called_by_its_name(code: str, file: bytes) -> None:
    """A page, a drawing, a document, a film: each refusal says what it was, whatever the file was called."""
    with pytest.raises(InvalidError) as refused:
        make_picture(file, whiten=False)
    assert (refused.value.code, refused.value.field) == (code, "picture")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_a_photo_that_ends_too_early_is_refused(kind: str, share: float) -> None:
    """A file cut anywhere is damaged; half a product is never taken for a whole one."""
    photo = WHOLE.file(kind)
    with pytest.raises(InvalidError) as refused:
        make_picture(photo[: int(len(photo) * share)], whiten=False)
    assert refused.value.code in {"picture_broken", "picture_unknown"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_known_head_with_anything_behind_is_refused(kind: str) -> None:
    """The first bytes of a photo with something else behind them are a damaged photo, not an error of ours."""
    with pytest.raises(InvalidError, match="picture_broken"):
        make_picture(WHOLE.file(kind)[:16] + b"<script>" * 400, whiten=False)


def enormous_png(width: int, height: int) -> bytes:
    """Return a PNG whose header announces many pixels, and whose one data chunk unpacks to very many zeros."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (50_000_001, 1)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    """More than 50 megapixels are refused, however small the file is."""
    with pytest.raises(TooLargeError, match="picture_too_many_pixels"):
        make_picture(enormous_png(*size), whiten=False)


def test_a_photo_of_100_megapixels_is_refused() -> None:
    """A real JPEG of 100 megapixels is refused, in the words that name the limit."""
    photo = file_of(Image.new("L", (10_000, 10_000)))
    with pytest.raises(TooLargeError) as refused:
        make_picture(photo, whiten=True)
    assert refused.value.values == {"megapixels": 50}


def test_a_photo_of_50_megapixels_is_taken() -> None:
    """The largest photo that is promised becomes a picture."""
    assert make_picture(file_of(Image.new("RGB", (10_000, 5_000), (9, 99, 200))), whiten=False).address


def test_a_heavy_photo_is_refused_before_it_is_looked_at() -> None:
    """More than 25 MB are refused, exactly 25 MB are looked at."""
    with pytest.raises(TooLargeError, match="picture_too_large"):
        recognise(b"\xff\xd8\xff" + bytes(PHOTO_BYTES - 2))
    assert recognise(b"\xff\xd8\xff" + bytes(PHOTO_BYTES - 3)) == "JPEG"


def test_a_tiny_picture_is_refused() -> None:
    """A picture of one pixel, such as the invisible ones that count readers, shows no product."""
    with pytest.raises(InvalidError, match="picture_too_small"):
        make_picture(file_of(Image.new("RGB", (1, 1))), whiten=True)


def test_a_text_bomb_in_a_png_is_refused() -> None:
    """A PNG whose compressed text unpacks to very much is damaged, and costs no memory."""
    made = io.BytesIO()
    Image.new("RGB", (100, 100)).save(made, "PNG")
    packer = zlib.compressobj(9)
    text = b"Comment\0\0" + b"".join(packer.compress(bytes(2**20)) for _ in range(128)) + packer.flush()
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    photo = made.getvalue()
    with pytest.raises(InvalidError, match="picture_broken"):
        make_picture(photo[:33] + chunk + photo[33:], whiten=False)


def answer_to(question: Callable[[bytes], object], photo: bytes) -> object:
    """Return an answer, or the field that a refusal names."""
    try:
        return question(photo)
    except ShopError as error:
        return error.field


@given(st.binary(max_size=400))
def test_any_bytes_are_recognised_or_refused(photo: bytes) -> None:
    """Whatever bytes come, the answer is a format or a refusal with a code."""
    assert answer_to(recognise, photo) in {"JPEG", "PNG", "WEBP", "AVIF", "HEIF", "picture"}


@settings(deadline=None, max_examples=80)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), kind=st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_a_changed_byte_gives_a_picture_or_a_refusal(at: int, byte: int, kind: str) -> None:
    """A photo with one wrong byte is drawn or refused; nothing else comes out of a decoder."""
    photo = bytearray(SMALL[kind])
    photo[at % len(photo)] = byte
    answer = answer_to(upright, bytes(photo))
    assert answer == "picture" or isinstance(answer, Image.Image)


SMALL = {kind: file_of(Image.linear_gradient("L").resize((80, 90)), kind) for kind in ("JPEG", "PNG", "WEBP")}
