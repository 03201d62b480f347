"""Pictures for tests: drawn by Pillow, packed by the standard library, as an app would make them."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache

from PIL import Image

from camket.core.intake.pictures import SIZES


@cache
def webp(
    width: int, height: int | None = None, *, colour: str = "white", mode: str = "RGB", **options: object
) -> bytes:
    """Return a plain WebP picture; options go to Pillow: `lossless`, `exif`, `xmp`, `icc_profile`."""
    drawn = io.BytesIO()
    Image.new(mode, (width, height or width), colour).save(drawn, "WEBP", **options)
    return drawn.getvalue()


def zipped(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    """Return a ZIP as the standard library writes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.comment = comment
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def renditions(colour: str = "white") -> dict[str, bytes]:
    """Return the three files of a picture of one colour."""
    return {f"{size}.webp": webp(size, colour=colour) for size in SIZES}


def picture(colour: str = "white") -> bytes:
    """Return a picture as an app hands it in."""
    return zipped(renditions(colour))


def plain_photo(kind: str = "PNG", *, width: int = 640, height: int = 360) -> bytes:
    """Return a photo as someone sends it, of one colour."""
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), (214, 40, 40)).save(drawn, kind)
    return drawn.getvalue()
