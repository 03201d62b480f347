from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from camket_shop.photos.pipeline import make_picture, upright
from camket_shop.photos.renditions import packed
from tests.shop.photos.photographs import file_of, photograph

PLANTED = {
    "exif": b"ALICE-PHONE-SERIAL-4711",
    "gps": b"ALICE-GPS-PLACE",
    "xmp": b"ALICE-XMP-AUTHOR",
    "comment": b"ALICE-COMMENT",
    "icc": b"ALICE-ICC-PROFILE",
    "text": b"ALICE-PNG-TEXT",
    "tail": b"ALICE-AFTER-THE-END",
    "thumbnail": b"ALICE-MAKER-NOTE",
}
EXIF_MAKE, EXIF_MAKER_NOTE, GPS, GPS_AREA, EXIF_IFD = 0x010F, 0x927C, 0x8825, 0x001C, 0x8769
METADATA_CHUNKS = (b"EXIF", b"XMP ", b"ICCP", b"VP8X", b"Exif", b"<x:xmpmeta")


def planted_exif() -> Image.Exif:
    """Return EXIF with a device, a place and a maker's note."""
    exif = Image.Exif()
    exif[EXIF_MAKE] = PLANTED["exif"].decode()
    exif.get_ifd(GPS)[GPS_AREA] = PLANTED["gps"]
    exif.get_ifd(EXIF_IFD)[EXIF_MAKER_NOTE] = PLANTED["thumbnail"]
    return exif


def planted_profile() -> bytes:
    """Return a colour profile that can be read and carries a name in its unused tail."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + PLANTED["icc"]


def jpeg() -> bytes:
    """Return a JPEG with everything that can stand in one."""
    xmp = b"<x:xmpmeta>" + PLANTED["xmp"] + b"</x:xmpmeta>"
    options = {"exif": planted_exif(), "xmp": xmp, "comment": PLANTED["comment"], "icc_profile": planted_profile()}
    return photograph().file("JPEG", **options) + PLANTED["tail"]


def png() -> bytes:
    """Return a PNG with text, compressed text and a chunk of its own."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", PLANTED["text"].decode())
    text.add_itxt("XML:com.adobe.xmp", PLANTED["xmp"].decode())
    made = photograph().file("PNG", pnginfo=text, exif=planted_exif(), icc_profile=planted_profile())
    private = b"alIc" + PLANTED["comment"]
    chunk = struct.pack(">I", len(private) - 4) + private + struct.pack(">I", zlib.crc32(private))
    return made[:33] + chunk + made[33:] + PLANTED["tail"]


def webp() -> bytes:
    """Return a WebP with all of its metadata chunks."""
    return photograph().file("WEBP", exif=planted_exif(), xmp=PLANTED["xmp"], icc_profile=planted_profile())


def avif() -> bytes:
    """Return an AVIF with all of its metadata items."""
    return photograph().file("AVIF", exif=planted_exif(), xmp=PLANTED["xmp"], icc_profile=planted_profile())


def heic() -> bytes:
    """Return a HEIC as a phone writes it."""
    made = io.BytesIO()
    image = pillow_heif.from_pillow(Image.fromarray(photograph().pixels))
    image.save(made, quality=70, exif=planted_exif().tobytes(), xmp=PLANTED["xmp"])
    return made.getvalue()


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("make", [jpeg, png, webp, avif, heic])
def test_nothing_that_came_beside_the_pixels_goes_through(make: object, whiten: bool) -> None:  # noqa: FBT001 - a case
    """EXIF, GPS, maker's notes, XMP, comments, profiles and stowaways: in the photo, in no byte of the picture."""
    assert callable(make)
    photo = make()
    there = [name for name, text in PLANTED.items() if text in photo]
    assert {"exif", "xmp"} & set(there), "the test planted nothing"
    content = packed(make_picture(photo, whiten=whiten))
    assert [name for name, text in PLANTED.items() if text in content] == []
    assert [chunk for chunk in METADATA_CHUNKS if chunk in content] == []


@pytest.mark.parametrize("make", [jpeg, png, webp, avif, heic])
def test_a_rendition_knows_nothing_but_its_pixels(make: object) -> None:
    """A decoder finds no EXIF, no profile, no comment and no text in any size."""
    assert callable(make)
    for content in make_picture(make(), whiten=True).renditions.values():
        with Image.open(io.BytesIO(content)) as image:
            assert dict(image.getexif()) == {}
            assert set(image.info) <= {"loop", "background"}


def test_a_comment_does_survive_an_ordinary_save() -> None:
    """The danger is real: the same library, asked to save what it opened, keeps a JPEG's comment."""
    with Image.open(io.BytesIO(jpeg())) as image:
        assert PLANTED["comment"] in file_of(image, "JPEG")


@pytest.mark.parametrize("make", [jpeg, png, webp, avif, heic])
def test_what_is_drawn_from_never_knew_the_file(make: object) -> None:
    """Before anything is drawn, the pixels are in an image without EXIF, profile, comment or text to pass on."""
    assert callable(make)
    opened = upright(make())
    assert opened.info == {}
    assert dict(opened.getexif()) == {}
