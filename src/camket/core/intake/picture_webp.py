"""The size of a WebP picture, read from its bitstream, and whether it carries anything beside its pixels.

Read strictly: one chunk of pixels, or an extended file of pixels and transparency; no EXIF, no XMP, no colour profile,
no animation, no chunk of another name, nothing before, between or behind them. The pixels are not decoded.

Source: RFC 9649, sections 2.3 to 2.7 (container) and 3.4 (lossless header); RFC 6386, section 9.1 (lossy header).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

RIFF_HEADER: Final = 12
CHUNK_HEADER: Final = 8
EXTENDED_LENGTH: Final = 10
LOSSY_HEADER: Final = 10
LOSSLESS_HEADER: Final = 5
LOSSLESS_SIGNATURE: Final = 0x2F
LOSSY_START: Final = b"\x9d\x01\x2a"
ALPHA_FLAG: Final = 0x10
METADATA: Final = frozenset({b"EXIF", b"XMP ", b"ICCP"})
METADATA_FLAGS: Final = 0x20 | 0x08 | 0x04
"""Colour profile, EXIF and XMP."""
LAYOUTS: Final = frozenset(
    {(b"VP8 ",), (b"VP8L",), (b"VP8X", b"VP8 "), (b"VP8X", b"VP8L"), (b"VP8X", b"ALPH", b"VP8 ")}
)


class Fault(StrEnum):
    """Why bytes are not such a picture."""

    NOT_WEBP = "not_webp"
    METADATA = "metadata"


class Size(NamedTuple):
    """In pixels."""

    width: int
    height: int


class _Chunk(NamedTuple):
    name: bytes
    data: bytes


def read_webp(raw: bytes) -> Size | Fault:
    """Return the size of a WebP picture of pixels alone, or what is wrong with it. Total; decodes nothing."""
    chunks = _chunks(raw)
    if not chunks:
        return Fault.NOT_WEBP
    names = tuple(chunk.name for chunk in chunks)
    if METADATA.intersection(names):
        return Fault.METADATA
    if names not in LAYOUTS:
        return Fault.NOT_WEBP
    pixels = chunks[-1]
    size = _lossy(pixels.data) if pixels.name == b"VP8 " else _lossless(pixels.data)
    if size is None:
        return Fault.NOT_WEBP
    return _extended(chunks, size) if len(chunks) > 1 else size


def _chunks(raw: bytes) -> list[_Chunk]:
    """Return every chunk; nothing unless the chunks fill the file exactly."""
    if raw[:4] != b"RIFF" or raw[8:RIFF_HEADER] != b"WEBP" or int.from_bytes(raw[4:8], "little") != len(raw) - 8:
        return []
    chunks = []
    at = RIFF_HEADER
    while at < len(raw):
        length = int.from_bytes(raw[at + 4 : at + CHUNK_HEADER], "little")
        end = at + CHUNK_HEADER + length
        padding = raw[end : end + length % 2]
        if end + length % 2 > len(raw) or padding.strip(b"\0"):
            return []
        chunks.append(_Chunk(name=raw[at : at + 4], data=raw[at + CHUNK_HEADER : end]))
        at = end + length % 2
    return chunks


def _extended(chunks: list[_Chunk], size: Size) -> Size | Fault:
    """Return the size where the canvas says the same, and neither it nor its flags say that more is there."""
    head = chunks[0].data
    if len(head) != EXTENDED_LENGTH:
        return Fault.NOT_WEBP
    flags = int.from_bytes(head[:4], "little")
    if flags & METADATA_FLAGS:
        return Fault.METADATA
    canvas = Size(1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little"))
    has_alpha = len(chunks) > 2  # noqa: PLR2004 - head, transparency, pixels
    allowed = ALPHA_FLAG if has_alpha or chunks[-1].name == b"VP8L" else 0
    if flags & ~allowed or (has_alpha and not flags) or canvas != size:
        return Fault.NOT_WEBP
    return size


def _lossy(data: bytes) -> Size | None:
    if len(data) < LOSSY_HEADER or data[3:6] != LOSSY_START:
        return None
    tag = int.from_bytes(data[:3], "little")
    key_frame, shown, first_partition = not tag & 1, tag >> 4 & 1, tag >> 5
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    # The two highest bits of each would have the picture enlarged when it is shown.
    if not (key_frame and shown) or first_partition > len(data) - LOSSY_HEADER or (width | height) >> 14:
        return None
    return Size(width, height)


def _lossless(data: bytes) -> Size | None:
    if len(data) < LOSSLESS_HEADER or data[0] != LOSSLESS_SIGNATURE:
        return None
    bits = int.from_bytes(data[1:LOSSLESS_HEADER], "little")
    if bits >> 29:
        return None
    return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
