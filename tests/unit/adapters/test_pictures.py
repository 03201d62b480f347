"""Photos that people send become pictures in a process of their own, whatever they are; nothing of the file remains."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from camket.adapters.pictures import ConfinedPictures, worker
from camket.core.intake import Problem, ProblemCode, read_picture_file, rendition
from camket.core.intake.photos import PHOTO_BYTES, PhotoFormat, recognise_photo
from camket.core.intake.pictures import PICTURE_BYTES, SIZES

RED = (200, 20, 20)
ORIENTATION = 0x0112
MAKER = 0x010F


def photo(kind: str, *, size: tuple[int, int] = (320, 160), mode: str = "RGB", exif: Image.Exif | None = None) -> bytes:
    """Return a red photo; what is known of where it was taken goes with it."""
    colour = RED if mode == "RGB" else (0 if mode in {"P", "L", "1", "I;16"} else (*RED, 0))
    file = io.BytesIO()
    options = {} if exif is None else {"exif": exif}
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def heic() -> bytes:
    """Return a photo as an iPhone takes it."""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 160), RED)).save(file, quality=50)
    return file.getvalue()


def drawn(raw: bytes, size: int = SIZES[0]) -> Image.Image:
    """Return one size of the picture that a photo becomes."""
    made = ConfinedPictures().make(raw)
    assert isinstance(made, bytes), made
    content = rendition(made, size)
    assert content is not None
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    "raw", [photo("JPEG"), photo("PNG"), photo("WEBP"), heic()], ids=["jpeg", "png", "webp", "heic"]
)
def test_a_photo_of_each_kind_becomes_a_picture(raw: bytes) -> None:
    """The whole photo stands in the middle of a white square, in three sizes that the vault takes as they are."""
    made = ConfinedPictures().make(raw)
    assert isinstance(made, bytes)
    accepted = read_picture_file(made)
    assert not isinstance(accepted, Problem)
    assert accepted.value == made
    picture = drawn(raw, 400).convert("RGB")
    assert picture.getpixel((200, 20)) == (255, 255, 255)
    pixel = picture.getpixel((200, 200))
    assert isinstance(pixel, tuple)
    assert all(abs(one - other) < 25 for one, other in zip(pixel, RED, strict=True))


def test_nothing_of_the_file_but_its_pixels_remains() -> None:
    """Where, when and with what it was taken, comments and profiles stay behind; how it was held is drawn."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = "Xiaomi 10°45'N"
    raw = photo("JPEG", exif=exif)
    assert b"Xiaomi" in raw
    made = ConfinedPictures().make(raw)
    assert isinstance(made, bytes)
    assert b"Xiaomi" not in made
    picture = drawn(raw, 400).convert("RGB")
    assert picture.getpixel((20, 200)) == (255, 255, 255), "it stands upright now"
    assert picture.info.keys() <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("mode", ["P", "L", "1", "I;16", "RGBA"])
def test_pictures_of_every_depth_are_taken(mode: str) -> None:
    """A screenshot may be grey, have a palette, or be clear in places, which are white then."""
    assert drawn(photo("PNG", mode=mode)).size == (SIZES[0], SIZES[0])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"%PDF-1.7 not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"GIF89a" + bytes(64),
        b"\0\0\0\x18ftypmp42" + bytes(64),
        photo("JPEG")[:300],
        photo("PNG")[:60],
        b"\xff\xd8\xff" + bytes(500),
    ],
    ids=["nothing", "pdf", "svg", "gif", "video", "half a jpeg", "half a png", "a jpeg in name"],
)
def test_what_is_no_photo_is_refused(raw: bytes) -> None:
    """Every other run of bytes gets a sentence that says what is taken, and breaks nothing."""
    refused = ConfinedPictures().make(raw)
    assert isinstance(refused, Problem)
    assert refused.code in {ProblemCode.EMPTY, ProblemCode.NOT_A_PICTURE}


def test_a_photo_too_large_is_refused_before_a_process_starts() -> None:
    """Bytes are counted first."""
    refused = recognise_photo(b"\xff\xd8\xff" + bytes(PHOTO_BYTES))
    assert isinstance(refused, Problem)
    assert refused.code is ProblemCode.TOO_LONG
    assert recognise_photo(photo("JPEG")) is PhotoFormat.JPEG


def test_pixels_are_counted_by_the_header_before_any_is_decoded() -> None:
    """A file of some bytes that says it has billions of pixels is refused for them."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    )
    refused = ConfinedPictures().make(b"\x89PNG\r\n\x1a\n" + chunks)
    assert isinstance(refused, Problem)
    assert refused.code is ProblemCode.WRONG_SIZE


def test_a_photo_of_sheer_noise_still_fits_the_vault() -> None:
    """What compresses badly is drawn more coarsely, never refused."""
    file = io.BytesIO()
    Image.effect_noise((1500, 1500), 120).convert("RGB").save(file, "JPEG", quality=95)
    made = ConfinedPictures().make(file.getvalue())
    assert isinstance(made, bytes)
    assert len(made) <= PICTURE_BYTES


def test_the_process_may_write_no_file_and_take_no_more_memory(tmp_path: Path) -> None:
    """The process is bounded before it reads a byte: a decoder that is broken into can neither write nor grow."""
    attempt = (
        "import sys; from camket.adapters.pictures.worker import confine; confine(256)\n"
        "try:\n    open(sys.argv[1], 'wb', buffering=0).write(b'x')\n"
        "except OSError: sys.stdout.write('no file ')\n"
        "try:\n    bytearray(512 << 20)\nexcept MemoryError: sys.stdout.write('no memory')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", attempt, str(tmp_path / "escaped")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "no file no memory"


def test_a_process_that_dies_over_a_photo_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever becomes of the process, the one who sent the photo is told, and the next photo becomes a picture."""
    monkeypatch.setattr("camket.adapters.pictures.MEGABYTES", 1)
    assert isinstance(ConfinedPictures().make(photo("JPEG")), Problem)
    monkeypatch.undo()
    assert isinstance(ConfinedPictures().make(photo("JPEG")), bytes)


def test_the_worker_says_by_its_end_what_was_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ends that are expected are told apart from a crash."""
    # The worker ends with its process and sets what holds for it; here the process goes on with other tests.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    for raw, end in ((photo("PNG")[:60], worker.NOT_A_PHOTO), (photo("PNG"), worker.TOO_MANY_PIXELS)):
        with pytest.raises(SystemExit) as ended:
            worker.draw(raw, kind="PNG", pixels=10 if raw == photo("PNG") else 10**6, sizes=SIZES)
        assert ended.value.code == end
