"""Pictures are taken in only as three square sizes of pixels alone."""

import io
import re
import zipfile
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from camket.core.errors import InvalidValueError
from camket.core.intake import AcceptedPicture, Problem, ProblemCode, pack_picture, read_picture_file, rendition
from camket.core.intake.picture_webp import Fault, Size, read_webp
from camket.core.intake.pictures import PICTURE_BYTES, SIZES
from camket.core.terms import Language
from tests.pictures import picture, renditions, webp, zipped

EXIF = Image.Exif()
EXIF[0x010F] = "Canary Camera"


def accepted(raw: bytes) -> AcceptedPicture:
    """Return the accepted picture, or fail with the problem."""
    answer = read_picture_file(raw)
    assert isinstance(answer, AcceptedPicture), answer
    return answer


def refused(raw: bytes) -> Problem:
    """Return the problem, or fail with what was accepted."""
    answer = read_picture_file(raw)
    assert isinstance(answer, Problem), answer
    assert set(answer.message) == set(Language)
    return answer


def with_chunk(raw: bytes, name: bytes, data: bytes) -> bytes:
    """Return a WebP with one more chunk at its end and its length put right."""
    body = raw[8:] + name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


# What is accepted.


def test_a_picture_of_three_sizes_is_accepted_and_named_by_its_largest() -> None:
    """Its address is the SHA-256 of the largest size; each size comes out as it went in."""
    answer = accepted(picture("navy"))
    files = renditions("navy")
    assert answer.digest == sha256(files["1200.webp"]).hexdigest()
    assert {size: rendition(answer.value, size) for size in SIZES} == {size: files[f"{size}.webp"] for size in SIZES}
    assert rendition(answer.value, 800) is None


def test_equal_pictures_are_kept_as_equal_bytes_whenever_they_were_packed() -> None:
    """The order, the dates and the systems in the archive are not kept; what is kept is accepted again as it is."""
    files = renditions("teal")
    late = io.BytesIO()
    with zipfile.ZipFile(late, "w") as archive:
        for name, data in reversed(files.items()):
            entry = zipfile.ZipInfo(name, (2026, 11, 22, 19, 30, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    kept = accepted(late.getvalue()).value
    assert kept == accepted(zipped(files)).value == accepted(kept).value
    assert kept == pack_picture({size: files[f"{size}.webp"] for size in SIZES})


def test_what_is_kept_is_an_ordinary_archive() -> None:
    """Any ZIP program reads it and finds it whole."""
    with zipfile.ZipFile(io.BytesIO(accepted(picture()).value)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["1200.webp", "400.webp", "160.webp"]


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"mode": "RGBA"}, {"mode": "RGBA", "lossless": True}])
def test_every_way_of_writing_plain_pixels_is_read(options: dict[str, object]) -> None:
    """Lossy, lossless, with transparency: the size is that of the bitstream, also where it is not square."""
    transparent = {"colour": (1, 2, 3, 4)} if options.get("mode") == "RGBA" else {}
    assert read_webp(webp(160, **options, **transparent)) == Size(160, 160)
    assert read_webp(webp(17, 301, **options, **transparent)) == Size(17, 301)


# What is refused.


@pytest.mark.parametrize(
    "options",
    [{"exif": EXIF.tobytes()}, {"xmp": b"<x:xmpmeta/>"}, {"icc_profile": b"\0" * 128}],
    ids=["exif", "xmp", "colour profile"],
)
@pytest.mark.parametrize("size", SIZES)
def test_metadata_is_refused_in_every_size(size: int, options: dict[str, bytes]) -> None:
    """EXIF, XMP and colour profiles are refused by that name, whichever size carries them."""
    files = renditions() | {f"{size}.webp": webp(size, **options)}
    assert refused(zipped(files)).code is ProblemCode.METADATA


@pytest.mark.parametrize("name", [b"EXIF", b"XMP ", b"ICCP"])
def test_metadata_that_the_head_does_not_announce_is_found(name: bytes) -> None:
    """A metadata chunk behind plain pixels is found although no flag says that it is there."""
    assert read_webp(with_chunk(webp(160), name, b"hidden")) is Fault.METADATA


@pytest.mark.parametrize("name", [b"ABCD", b"VP8 ", b"ANIM", b"\0\0\0\0", b"exif"])
def test_a_chunk_that_no_plain_picture_has_is_refused(name: bytes) -> None:
    """Unknown chunks, a second picture and animation are refused."""
    assert read_webp(with_chunk(webp(160), name, b"hidden")) is Fault.NOT_WEBP


def test_bytes_behind_the_picture_are_refused() -> None:
    """What stands after the end, in the padding or before the first chunk is no picture."""
    plain = webp(160)
    for altered in (plain + b"x", plain[:8] + b"WEBX" + plain[12:], b"\0" + plain, plain[:-1]):
        assert read_webp(altered) is Fault.NOT_WEBP
    padded = with_chunk(webp(160), b"EXIF", b"odd")
    assert read_webp(padded[:-1] + b"!") is Fault.NOT_WEBP


def test_a_head_that_says_another_size_than_the_pixels_is_refused() -> None:
    """The canvas of an extended file is compared with the bitstream, and so is its mark of transparency."""
    extended = bytearray(webp(160, mode="RGBA", colour=(1, 2, 3, 4)))
    assert extended[12:16] == b"VP8X"
    for at, value in ((24, 0x90), (20, 0x00), (20, 0x12), (20, 0x11), (21, 0x01)):
        altered = bytearray(extended)
        altered[at] = value
        assert read_webp(bytes(altered)) is Fault.NOT_WEBP
    assert read_webp(bytes(extended)) == Size(160, 160)


@pytest.mark.parametrize(("size", "width", "height"), [(1200, 1199, 1199), (400, 400, 399), (160, 1200, 1200)])
def test_another_size_is_refused_with_both_sizes_named(size: int, width: int, height: int) -> None:
    """The message names the file, the size that it has and the one that it has to have."""
    problem = refused(zipped(renditions() | {f"{size}.webp": webp(width, height)}))
    assert problem.code is ProblemCode.WRONG_SIZE
    for message in problem.message.values():
        assert f"{size}.webp" in message
        assert f"{width}x{height}" in message


def drawn(form: str) -> bytes:
    """Return a picture that Pillow writes in another format."""
    target = io.BytesIO()
    Image.new("RGB", (1200, 1200)).save(target, form)
    return target.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG",
        drawn("PNG"),
        drawn("JPEG"),
        webp(1200),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>alert(1)</script>",
        zipped({}),
        zipped({"1200.webp": webp(1200)}),
        zipped({f"{size}.webp": drawn("PNG") for size in SIZES}),
        zipped(renditions() | {"note.txt": b"more"}),
        zipped({f"pictures/{name}": data for name, data in renditions().items()}),
        zipped(renditions(), compression=zipfile.ZIP_DEFLATED),
        zipped(renditions(), comment=b"taken at home"),
        b"#!/bin/sh\n" + picture(),
        picture() + b"\0",
        picture()[:-1],
    ],
    ids=count(),
)
def test_what_is_no_picture_of_ours_is_refused(raw: bytes) -> None:
    """Other formats, pages, missing and additional files, compression, comments and bytes around it are refused."""
    assert refused(raw).code is ProblemCode.NOT_A_PICTURE


def test_nothing_and_too_much_have_messages_of_their_own() -> None:
    """An empty file asks for one; a large one says how large it is and what fits, whatever it holds."""
    assert refused(b"").code is ProblemCode.EMPTY
    assert refused(bytes(PICTURE_BYTES)).code is ProblemCode.NOT_A_PICTURE
    problem = refused(bytes(PICTURE_BYTES + 1))
    assert problem.code is ProblemCode.TOO_LONG
    assert all(re.search(r"1025 KB.*1024 KB", message) for message in problem.message.values())


def test_an_archive_that_contradicts_itself_is_refused() -> None:
    """A directory that names another length, sum, place or file than the data has is no picture."""
    raw = picture()
    directory = raw.index(b"PK\x01\x02")
    for at in (*range(directory, directory + 46), *range(len(raw) - 22, len(raw))):
        altered = bytearray(raw)
        altered[at] ^= 0x01
        answer = read_picture_file(bytes(altered))
        # Who packed it and with which rights is not kept, and so not compared.
        assert isinstance(answer, Problem) or accepted(raw).value == answer.value


def test_a_picture_that_was_damaged_on_the_way_is_refused() -> None:
    """A single other bit in the pixels does not fit the sum that stands beside them."""
    raw = bytearray(picture())
    for at in (raw.index(b"WEBP") + 40, raw.rindex(b"WEBP") + 40):
        damaged = bytearray(raw)
        damaged[at] ^= 0x01
        assert refused(bytes(damaged)).code is ProblemCode.NOT_A_PICTURE


@settings(max_examples=200)
@given(st.data())
def test_no_change_of_a_byte_gets_anything_else_in(data: st.DataObject) -> None:
    """Whatever is flipped, cut or put in: it is refused, or it is the very picture, where only a date was touched."""
    raw = bytearray(picture())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "put"])):
            case "flip":
                raw[at] ^= data.draw(st.integers(1, 255))
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 40))]
            case _:
                raw[at:at] = data.draw(st.binary(max_size=40))
        if not raw:
            break
    answer = read_picture_file(bytes(raw))
    assert isinstance(answer, Problem) or answer == accepted(picture())


@given(st.binary(max_size=300), st.sampled_from([b"", b"RIFF", b"PK\x03\x04", b"RIFF\x08\0\0\0WEBP"]))
def test_every_run_of_bytes_has_an_answer(raw: bytes, begins: bytes) -> None:
    """No bytes raise, and none of these is a picture."""
    assert isinstance(read_picture_file(begins + raw), Problem)
    assert isinstance(read_webp(begins + raw), Fault)
    assert rendition(begins + raw, 160) is None


def test_a_picture_is_packed_from_exactly_its_sizes() -> None:
    """A missing size and one too many are refused, naming those that a picture has."""
    files = {size: webp(size) for size in SIZES}
    for wrong in ({1200: files[1200]}, files | {800: webp(800)}):
        with pytest.raises(InvalidValueError, match="`1200`, `400`, `160`"):
            pack_picture(wrong)
