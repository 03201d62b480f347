"""A product picture as it is kept: three square WebP sizes in one stored ZIP, addressed by the largest.

Source: ZIP as in APPNOTE 6.3, method 0 (stored): what lies in it is compressed already.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZES: Final = (1200, 400, 160)
"""Pixels of a side: to look at, in the grid of a sell screen, in a list."""
LARGEST: Final = SIZES[0]
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""A picture tells nothing of when it was made, and the same pixels are the same bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A product picture.

    Args:
        renditions: WebP bytes by the pixels of a side; all of `SIZES`.
        whitened: its background was made white; False where no object was found, or none was looked for.
    """

    renditions: Mapping[int, bytes]
    whitened: bool

    def __post_init__(self) -> None:
        if tuple(self.renditions) != SIZES:
            message = f"a picture has the sizes {SIZES}, not {tuple(self.renditions)}"
            raise ValueError(message)

    @property
    def address(self) -> str:
        """SHA-256 of the largest size, in hex: the same picture has the same address."""
        return hashlib.sha256(self.renditions[LARGEST]).hexdigest()


def packed(picture: Picture) -> bytes:
    """Return the picture as one value of the item `shop.picture`; the same picture gives the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for size, content in picture.renditions.items():
            archive.writestr(zipfile.ZipInfo(_name(size), NO_TIME), content)
    return file.getvalue()


def unpacked(value: bytes, size: int) -> bytes:
    """Return one size of a packed picture.

    Args:
        value: what `packed` made.
        size: one of `SIZES`.
    """
    with zipfile.ZipFile(io.BytesIO(value)) as archive:
        return archive.read(_name(size))


def _name(size: int) -> str:
    return f"{size}.webp"
