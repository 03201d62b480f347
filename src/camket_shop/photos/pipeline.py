"""From the bytes of a photo to a product picture. Runs in the darkroom's own process only: it loads what decodes.

Nothing but pixels goes through: they are copied into a picture that never knew the file. EXIF, GPS, XMP, colour
profiles and comments stay behind.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pi_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from camket_shop.errors import InvalidError, TooLargeError
from camket_shop.photos.balance import balanced
from camket_shop.photos.intake import FIELD, LEAST_SIDE_PIXELS, PHOTO_PIXELS, recognise
from camket_shop.photos.renditions import LARGEST, SIZES, Picture
from camket_shop.photos.whiten import find_product, soft_edge

if TYPE_CHECKING:
    from camket_shop.photos.intake import Format

WORKING_PIXELS: Final = 1500
"""Of the shorter side; a JPEG is decoded no larger than is needed."""
ROUNDING_PIXELS: Final = 2
MARGIN: Final = 0.08
"""Of the square, on each side of a product that is framed anew."""
QUALITIES: Final = (80, 60, 40, 20)
"""The first with which a rendition is small enough; only a picture of sheer noise needs another than the first."""
MOST_RENDITION_BYTES: Final = 700_000
"""All renditions of a picture together stay below the mebibyte that the vault takes."""
EFFORT: Final = 4
EDGE_RADIUS: Final = 6
EDGE_PIXELS: Final = 600
"""The edge of a product is drawn at this size; it is soft, so more shows nothing."""
WHITE: Final = (255, 255, 255)
BROKEN: Final = (OSError, SyntaxError, ValueError, IndexError, EOFError, UnidentifiedImageError, RuntimeError)
"""What the decoders raise for a file that is damaged or ends too early."""

pi_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = PHOTO_PIXELS


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A square in a photo; it may reach beyond the photo, where it is white."""

    left: float
    top: float
    side: float


def make_picture(photo: bytes, *, whiten: bool) -> Picture:
    """Return the product picture of a photo: upright, white-balanced, square, in all sizes.

    Args:
        photo: *personal*; JPEG, PNG, WebP, AVIF or HEIC.
        whiten: make the background white. A photo that is square keeps its frame; any other is framed around the
            product. Where no product is found, the picture is as without.

    Raises:
        TooLargeError: more than 25 MB or 50 megapixels; nothing was decoded.
        InvalidError: it is no photo, or it is damaged; the code names what it is.
    """
    opened = balanced(upright(photo))
    mask = find_product(opened) if whiten else None
    box = middle_square(opened)
    if mask is None:
        square = cropped(opened, box)
    else:
        box = box if is_square(opened) else around(mask, opened)
        square = on_white(opened, mask, box)
    return Picture(renditions={side: encoded(square, side) for side in SIZES}, whitened=mask is not None)


def upright(photo: bytes) -> Image.Image:
    """Return the photo's pixels, RGB, the way it was held, no larger than is needed."""
    kind = recognise(photo)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _decoded(photo, kind)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels() from None
        except BROKEN:
            raise InvalidError("picture_broken", field=FIELD) from None


def _decoded(photo: bytes, kind: Format) -> Image.Image:
    with Image.open(io.BytesIO(photo), formats=[kind]) as image:
        width, height = image.size
        if width * height > PHOTO_PIXELS:  # INVARIANT: the header alone decides, before a pixel is decoded
            raise _too_many_pixels()
        if min(width, height) < LEAST_SIDE_PIXELS:
            raise InvalidError("picture_too_small", field=FIELD, values={"pixels": LEAST_SIDE_PIXELS})
        scale = WORKING_PIXELS / min(width, height)
        image.draft("RGB", (round(width * scale), round(height * scale)))
        image.load()
        profile = image.info.get("icc_profile")
        turned = ImageOps.exif_transpose(_shrunk(_eight_bits(image)))
        return _pixels_only(_in_srgb(_flat(turned), profile))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a grey image of 16 bits with 8; any other as it is."""
    if not image.mode.startswith("I"):
        return image
    return _knowing(Image.fromarray((np.asarray(image) // 257).astype(np.uint8)), image)


def _shrunk(image: Image.Image) -> Image.Image:
    """Return an image that its decoder could not shrink at the size that is needed; its orientation stays with it."""
    factor = min(image.size) // WORKING_PIXELS
    if factor <= 1:
        return image
    return _knowing((image if image.mode not in ("P", "1") else image.convert("RGBA")).reduce(factor), image)


def _knowing(image: Image.Image, original: Image.Image) -> Image.Image:
    """Return an image that knows what the original does: how it was held, and its transparency."""
    image.info = original.info
    image.getexif().update(original.getexif())
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Return an image in RGB; what was transparent is white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        flat = Image.new("RGB", image.size, WHITE)
        flat.paste(clear, mask=clear.getchannel("A"))
        return flat
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in the colours of the web; one whose profile cannot be read is taken to be so already."""
    if not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if converted is None else converted


def _pixels_only(image: Image.Image) -> Image.Image:
    """Return the same pixels in a picture that knows nothing of the file: no EXIF, profile or comment."""
    # INVARIANT: `info`, from which Pillow writes metadata and comments into what it saves, starts empty here.
    return Image.fromarray(np.array(image, np.uint8))


def _too_many_pixels() -> TooLargeError:
    return TooLargeError("picture_too_many_pixels", field=FIELD, values={"megapixels": PHOTO_PIXELS // 1_000_000})


def is_square(image: Image.Image) -> bool:
    """Whether someone has framed it already: the camera and the crop of the page send squares."""
    return abs(image.width - image.height) <= ROUNDING_PIXELS


def middle_square(image: Image.Image) -> Box:
    """Return the largest square in the middle of a photo."""
    side = min(image.size)
    return Box(left=(image.width - side) / 2, top=(image.height - side) / 2, side=side)


def around(mask: Image.Image, photo: Image.Image) -> Box:
    """Return the square around the product, with a margin."""
    left, top, right, bottom = mask.getbbox() or (0, 0, *mask.size)
    across, down = photo.width / mask.width, photo.height / mask.height
    side = max((right - left) * across, (bottom - top) * down) / (1 - 2 * MARGIN)
    return Box(
        left=(left + right) / 2 * across - side / 2, top=(top + bottom) / 2 * down - side / 2, side=max(side, 1.0)
    )


def cropped(image: Image.Image, box: Box, *, beyond: int | tuple[int, int, int] = WHITE) -> Image.Image:
    """Return a square of an image at the largest size, `beyond` where it reaches outside."""
    edges = (round(box.left), round(box.top), round(box.left + box.side), round(box.top + box.side))
    inside = (max(edges[0], 0), max(edges[1], 0), min(edges[2], image.width), min(edges[3], image.height))
    square = Image.new(image.mode, (edges[2] - edges[0], edges[3] - edges[1]), beyond)
    square.paste(image.crop(inside), (inside[0] - edges[0], inside[1] - edges[1]))
    return square.resize((LARGEST, LARGEST), Image.Resampling.LANCZOS)


def on_white(photo: Image.Image, mask: Image.Image, box: Box) -> Image.Image:
    """Return the square with the product on white."""
    square = cropped(photo, box)
    scale = mask.width / photo.width
    small_box = Box(left=box.left * scale, top=box.top * scale, side=box.side * scale)
    rough = cropped(mask, small_box, beyond=0).resize((EDGE_PIXELS, EDGE_PIXELS), Image.Resampling.BILINEAR)
    guide = square.resize((EDGE_PIXELS, EDGE_PIXELS), Image.Resampling.BOX)
    edge = soft_edge(rough, guide, radius=EDGE_RADIUS).resize(square.size, Image.Resampling.BILINEAR)
    return Image.composite(square, Image.new("RGB", square.size, WHITE), edge)


def encoded(square: Image.Image, side: int) -> bytes:
    """Return a rendition as WebP, with nothing beside its pixels."""
    image = square if square.width == side else square.resize((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    content = b""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=EFFORT, exif=b"", xmp=b"", icc_profile=b"")
        content = file.getvalue()
        if len(content) <= MOST_RENDITION_BYTES:
            break
    return content
