"""The process of its own in which one photo is decoded: pixels in, three squares of WebP out, and nothing else.

Run as `python -m camket.adapters.pictures.worker MEGABYTES FORMAT PIXELS SIZES`. It reads the photo from its input,
writes the renditions to its output, each after its length in four bytes (big end first), and ends. It has a bound on
its memory, may write no file and leaves no core: a photo that breaks a decoder breaks this process and nothing else.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

LENGTH_BYTES: Final = 4
NOT_A_PHOTO: Final = 3
"""How the process ends for what does not decode."""
TOO_MANY_PIXELS: Final = 4
"""How it ends for what would not fit into its memory."""
QUALITIES: Final = (85, 70, 50, 30)
"""The first with which a rendition is small enough."""
MOST_RENDITION_BYTES: Final = 600_000
"""All renditions together stay below the mebibyte that the vault takes."""
EFFORT: Final = 4
WHITE: Final = (255, 255, 255)


def confine(megabytes: int) -> None:
    """Bound what this process can do, before it reads anything that a stranger sent.

    Args:
        megabytes: of address space; beyond it memory is refused.
    """
    for limit, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),  # INVARIANT: no photo touches a disk, not even as a dump
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def draw(photo: bytes, *, kind: str, pixels: int, sizes: Sequence[int]) -> list[bytes]:
    """Return the whole photo, upright, in the middle of a white square, in each size; of the file nothing else.

    Args:
        photo: *personal*; as it was sent.
        kind: the one decoder that may read it.
        pixels: more are refused by the header.
        sizes: lengths of the sides, the largest first.

    Raises:
        SystemExit: it does not decode, or has too many pixels.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - only a confined process loads what decodes

    if kind == "HEIF":
        import pi_heif  # noqa: PLC0415 - as above

        pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(photo), formats=[kind]) as image:
            width, height = image.size
            if width * height > pixels:  # INVARIANT: the header alone decides, before a pixel is decoded
                raise SystemExit(TOO_MANY_PIXELS)
            image.draft("RGB", (sizes[0], sizes[0]))
            image.thumbnail((sizes[0] * 2, sizes[0] * 2))
            square = _squared(ImageOps.exif_transpose(image), sizes[0])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise SystemExit(TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, IndexError, EOFError, RuntimeError):
        raise SystemExit(NOT_A_PHOTO) from None
    return [_encoded(square, side) for side in sizes]


def _squared(image: Image.Image, side: int) -> Image.Image:
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    clear = ImageOps.contain(image.convert("RGBA"), (side, side))
    # INVARIANT: only pixels are drawn onto the new square: what else the file knew stays behind.
    square = Image.new("RGB", (side, side), WHITE)
    square.paste(clear, ((side - clear.width) // 2, (side - clear.height) // 2), clear.getchannel("A"))
    return square


def _encoded(square: Image.Image, side: int) -> bytes:
    image = square if square.width == side else square.resize((side, side))
    content = b""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=EFFORT, exif=b"", xmp=b"", icc_profile=b"")
        content = file.getvalue()
        if len(content) <= MOST_RENDITION_BYTES:
            break
    return content


def main() -> None:
    """Draw the photo that the standard input brings."""
    megabytes, kind, pixels, sizes = sys.argv[1:]
    confine(int(megabytes))
    photo = sys.stdin.buffer.read()
    drawn = draw(photo, kind=kind, pixels=int(pixels), sizes=[int(size) for size in sizes.split(",")])
    for rendition in drawn:
        sys.stdout.buffer.write(len(rendition).to_bytes(LENGTH_BYTES, "big") + rendition)


if __name__ == "__main__":
    main()
