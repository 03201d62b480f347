"""Photos and screenshots as people send them: told by their own bytes, before anything decodes them.

Names and content types that were sent along are not looked at.

Source: the signatures are those of JPEG (ISO/IEC 10918-1), PNG (ISO/IEC 15948), WebP (RFC 9649) and HEIF (ISO/IEC
23008-12).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from camket.core.intake.answer import Problem, ProblemCode, problem

PHOTO_BYTES: Final = 8 << 20
"""The largest photo that is taken in; no screenshot needs more."""
PHOTO_PIXELS: Final = 50_000_000
"""More are refused by the header, before any is decoded."""
_MEGA: Final = 1 << 20
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_HEAD_BYTES: Final = 1024


class PhotoFormat(StrEnum):
    """What a photo is; the names by which decoders know it."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIF = "HEIF"


def recognise_photo(raw: bytes) -> PhotoFormat | Problem:
    """Return what a photo is, or what is wrong with it and what to do.

    Total: it answers for every run of bytes and never raises. Nothing is decoded: that it is damaged shows later.

    Args:
        raw: *personal*; as it was sent.
    """
    if not raw:
        return problem(ProblemCode.EMPTY, vi="Tệp này trống. Hãy chọn ảnh khác.", en="This file is empty.")
    if len(raw) > PHOTO_BYTES:
        return _too_large(len(raw))
    found = _signature(raw[:_HEAD_BYTES])
    return NOT_A_PHOTO if found is None else found


def _signature(head: bytes) -> PhotoFormat | None:
    if head.startswith(b"\xff\xd8\xff"):
        return PhotoFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoFormat.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    if head[4:8] != b"ftyp":
        return None
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4], "big"), len(head)), 4)}
    return PhotoFormat.HEIF if brands & _HEIF_BRANDS else None


def _too_large(length: int) -> Problem:
    limit, megabytes = PHOTO_BYTES // _MEGA, -(-length // _MEGA)
    return problem(
        ProblemCode.TOO_LONG,
        vi=f"Ảnh này nặng {megabytes} MB, tối đa là {limit} MB. Hãy chụp màn hình hoặc thu nhỏ ảnh rồi gửi lại.",
        en=f"This picture has {megabytes} MB; at most {limit} MB fit. Please send a screenshot or a smaller picture.",
    )


NOT_A_PHOTO: Final = problem(
    ProblemCode.NOT_A_PICTURE,
    vi="Chỉ nhận ảnh JPEG, PNG, WebP hoặc HEIC. Tệp này không phải ảnh, hoặc đã hỏng.",
    en="Only pictures in JPEG, PNG, WebP or HEIC are taken. This file is none, or it is damaged.",
)
TOO_MANY_PIXELS: Final = problem(
    ProblemCode.WRONG_SIZE,
    vi=f"Ảnh này có quá nhiều điểm ảnh (tối đa {PHOTO_PIXELS // 1_000_000} triệu). Hãy thu nhỏ rồi gửi lại.",
    en=f"This picture has too many pixels (at most {PHOTO_PIXELS // 1_000_000} million). Please make it smaller.",
)
