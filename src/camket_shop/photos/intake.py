"""What may come in as a photo, told by its own bytes: names and content types that were sent are not looked at.

Source: the signatures are those of JPEG (ISO/IEC 10918-1), PNG (ISO/IEC 15948), WebP (RFC 9649), HEIF (ISO/IEC
23008-12) and AVIF (AV1 Image File Format 1.1).
"""

from __future__ import annotations

import re
from typing import Final, Literal

from camket_shop.errors import InvalidError, TooLargeError

PHOTO_BYTES: Final = 25 * 2**20
"""No phone's photo needs more."""
PHOTO_PIXELS: Final = 50_000_000
"""More are refused by the header, before any is decoded."""
LEAST_SIDE_PIXELS: Final = 64
FIELD: Final = "picture"

Format = Literal["JPEG", "PNG", "WEBP", "AVIF", "HEIF"]

HEAD_BYTES: Final = 1024
HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
STRANGERS: Final = (
    ("picture_gif", re.compile(rb"GIF8[79]a")),
    ("picture_pdf", re.compile(rb"[\s\S]{0,64}?%PDF-")),
    ("picture_tiff", re.compile(rb"II\*\0|MM\0\*")),
    ("picture_svg", re.compile(rb"(?i)[\s\S]*?<svg[\s>/]")),
    ("picture_html", re.compile(rb"(?i)\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype|html|head|body|script|\?xml)")),
    ("picture_video", re.compile(rb"[\s\S]{4}ftyp|\x1aE\xdf\xa3")),
)
"""What people send by mistake and others on purpose, by the code of its refusal."""


def recognise(photo: bytes) -> Format:
    """Return what a photo is.

    Args:
        photo: *personal*; as it was uploaded.

    Raises:
        TooLargeError: more than 25 MB.
        InvalidError: it is nothing that becomes a picture; the code names what it is, where that is known.
    """
    if len(photo) > PHOTO_BYTES:
        raise TooLargeError("picture_too_large", field=FIELD, values={"megabytes": PHOTO_BYTES // 2**20})
    if not photo:
        raise InvalidError("picture_empty", field=FIELD)
    head = photo[:HEAD_BYTES]
    found = _signature(head)
    if found is None:
        raise InvalidError(_stranger(head), field=FIELD)
    return found


def _signature(head: bytes) -> Format | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return _brand(head) if head[4:8] == b"ftyp" else None


def _brand(head: bytes) -> Format | None:
    """Return which image an ISO base media file says it is, by its major brand and the compatible ones."""
    size = int.from_bytes(head[:4], "big")
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, min(size, len(head)) - 3, 4)}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & HEIF_BRANDS else None


def _stranger(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf")
    return next((code for code, mark in STRANGERS if mark.match(text)), "picture_unknown")
