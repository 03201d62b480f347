"""Pictures: kept in three square sizes, without a word about where, when or with what they were taken.

A picture's value is an archive of `1200.webp`, `400.webp` and `160.webp`. Whoever hands one in has drawn the three
sizes from pixels already; here it is made sure of, from the bytes alone, that they are what they are called and carry
no metadata. The pixels are not decoded and not judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError
from camket.core.intake.answer import Problem, ProblemCode, problem
from camket.core.intake.picture_archive import pack, unpack
from camket.core.intake.picture_webp import Fault, Size, read_webp

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZES: Final = (1200, 400, 160)
"""Length of the sides in pixels, the largest first."""

PICTURE_BYTES: Final = 1 << 20
"""The largest archive of a picture, with all of its sizes."""

_FILES: Final = {size: f"{size}.webp" for size in SIZES}
_KILO: Final = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedPicture:
    """A picture that may be stored.

    Args:
        value: *personal*; the archive in its one form.
        digest: SHA-256 of `1200.webp` in hexadecimal digits: equal pictures have one address.
    """

    value: bytes = field(repr=False)
    digest: str


def read_picture_file(raw: bytes) -> AcceptedPicture | Problem:
    """Return a picture in the one form in which it is kept, or what is wrong with it and what to do.

    Total: it answers for every run of bytes and never raises. Twice is once.

    Args:
        raw: *personal*; the archive.
    """
    if not raw:
        return problem(ProblemCode.EMPTY, vi="Hãy chọn một tệp ảnh.", en="Please choose a picture file.")
    if len(raw) > PICTURE_BYTES:
        return _too_large(len(raw))
    files = unpack(raw, tuple(_FILES.values()))
    if files is None:
        return _NOT_A_PICTURE
    for size, name in _FILES.items():
        if (wrong := _wrong_rendition(size, files[name])) is not None:
            return wrong
    return AcceptedPicture(value=pack(files), digest=sha256(files[_FILES[SIZES[0]]]).hexdigest())


def _wrong_rendition(size: int, data: bytes) -> Problem | None:
    found = read_webp(data)
    if isinstance(found, Fault):
        return _METADATA if found is Fault.METADATA else _NOT_A_PICTURE
    return None if found == Size(size, size) else _wrong_size(size, found)


def pack_picture(renditions: Mapping[int, bytes]) -> bytes:
    """Return the archive of a picture, ready for `read_picture_file`; nothing is checked but that each size is there.

    Args:
        renditions: *personal*; size -> WebP; each of `SIZES`.

    Raises:
        InvalidValueError: a size is missing, or one is there that no picture has.
    """
    if renditions.keys() != set(SIZES):
        raise InvalidValueError(f"a picture has the sizes {', '.join(f'`{size}`' for size in SIZES)}, each once")
    return pack({name: renditions[size] for size, name in _FILES.items()})


def rendition(value: bytes, size: int) -> bytes | None:
    """Return one size of a picture as WebP, *personal*; None where the value or the size is no picture of this form."""
    files = unpack(value, tuple(_FILES.values()))
    return None if files is None or size not in _FILES else files[_FILES[size]]


def _too_large(length: int) -> Problem:
    limit, kilobytes = PICTURE_BYTES // _KILO, -(-length // _KILO)
    return problem(
        ProblemCode.TOO_LONG,
        vi=f"Ảnh nặng {kilobytes} KB với mọi cỡ gộp lại, tối đa là {limit} KB. Hãy nén ảnh mạnh hơn.",
        en=f"The picture has {kilobytes} KB in all its sizes; at most {limit} KB fit. Please compress it more.",
    )


def _wrong_size(size: int, found: Size) -> Problem:
    return problem(
        ProblemCode.WRONG_SIZE,
        vi=f"Tệp {size}.webp có cỡ {found.width}x{found.height}, phải là {size}x{size}. Hãy cắt vuông và thu lại.",
        en=f"The file {size}.webp is {found.width}x{found.height}; it has to be {size}x{size}. Please resize it.",
    )


_NOT_A_PICTURE: Final = problem(
    ProblemCode.NOT_A_PICTURE,
    vi="Tệp này không phải ảnh ba cỡ WebP mà chúng tôi giữ. Hãy chụp hoặc chọn lại ảnh.",
    en="This file is not a picture in the three WebP sizes that we keep. Please take or choose the picture again.",
)
_METADATA: Final = problem(
    ProblemCode.METADATA,
    vi="Ảnh còn mang thông tin kèm theo, như nơi chụp hay loại máy. Hãy bỏ thông tin ấy rồi gửi lại.",
    en="The picture still carries details such as where or with what it was taken. Please remove them and try again.",
)
