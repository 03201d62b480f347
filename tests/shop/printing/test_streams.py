"""Every byte stream is decoded back to what was to be printed, by a decoder that shares nothing with the encoders."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE
from typing import Any, Final

import pytest

from tests.shop.printing.decoder import (
    Bars,
    Code,
    Cut,
    Part,
    Reset,
    SmudgeError,
    Strip,
    Words,
    decode_escpos,
    decode_tspl,
)

Encoded = Callable[..., list[Any]]
HERE: Final = Path(__file__).parent
WIDTHS: Final = (384, 576)
TAIL_ROWS: Final = 120
SALE: Final = {
    "id": "7k3m9qxa000000000000000000",
    "number": 12,
    "sold_at": "2026-11-22T02:12:00Z",
    "lines": [
        {"name": "Cà phê sữa đá", "unit": "ly", "price": 25000, "quantity": "2", "amount": 50000},
        {"name": "Đường thốt nốt", "unit": "kg", "price": 36000, "quantity": "0.5", "amount": 18000},
    ],
    "total": 68000,
    "tendered": 100000,
    "transferred": 0,
    "change": 32000,
    "order_code": "7K3M9QXA",
    "voided": None,
}
HEADER: Final = {"name": "Tạp hóa Alice", "address": "12 Nguyễn Huệ, Quận 1", "tax_code": "0312345678"}


@pytest.fixture(scope="module")
def encoded() -> Iterator[Encoded]:
    """Return what answers orders with what the shop's own modules make of them; bytes are bytes."""
    with subprocess.Popen(["node", HERE / "dump.mjs"], stdin=PIPE, stdout=PIPE, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        orders, answers = node.stdin, node.stdout

        def answer(*given: dict[str, Any]) -> list[Any]:
            orders.write(f"{json.dumps(given)}\n")
            orders.flush()
            made = json.loads(answers.readline())
            return [base64.b64decode(one) if isinstance(one, str) else one for one in made]

        yield answer
        orders.close()


def noise(width: int, height: int, *, seed: int, ink: float = 0.3) -> dict[str, Any]:
    """Return a picture of random dots, some rows of it white."""
    source = random.Random(seed)  # noqa: S311 - a picture for a test
    rows = [
        bytes(source.getrandbits(8) if source.random() < ink else 0 for _ in range(width // 8))
        if source.random() < 0.7
        else bytes(width // 8)
        for _ in range(height)
    ]
    return {"width": width, "height": height, "data": base64.b64encode(b"".join(rows)).decode()}


def rows_of(bitmap: dict[str, Any]) -> tuple[bytes, ...]:
    """Return the rows of a picture, packed."""
    data, wide = base64.b64decode(bitmap["data"]), bitmap["width"] // 8
    return tuple(data[at : at + wide] for at in range(0, len(data), wide))


def places(*kinds: tuple[str, int], text: str = "7K3M9QXA", align: str = "left") -> list[dict[str, Any]]:
    """Return lines of some kinds and heights, one under the other."""
    found, top = [], 0
    for kind, height in kinds:
        found.append({"line": {"kind": kind, "text": text, "align": align}, "top": top, "height": height})
        top += height
    return found


def without_tail(parts: list[Part]) -> list[Part]:
    """Leave out the white rows that bring the paper to where it is torn off."""
    (*before, last) = parts
    assert isinstance(last, Strip)
    assert set(last.rows[-TAIL_ROWS:]) == {bytes(len(last.rows[0]))}
    rest = last.rows[:-TAIL_ROWS]
    return [*before, Strip(rows=rest)] if rest else before


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("ink", [0.3, 0.01])
def test_cropped_lines_are_the_picture_that_was_drawn(encoded: Encoded, width: int, align: str, ink: float) -> None:
    """Line by line, with white rows as feeds and white ends left out, every dot is where it was drawn."""
    bitmap = noise(width, 300, seed=width, ink=ink)
    drawn = places(("text", 34), ("rule", 18), ("text", 46), ("gap", 12), ("text", 190), align=align)
    (stream,) = encoded({"kind": "lines", "bitmap": bitmap, "places": drawn})
    reset, strip = without_tail(decode_escpos(stream, width=width))
    assert reset == Reset()
    assert strip == Strip(rows=rows_of(bitmap))


def test_the_printer_draws_the_qr_code_where_it_stands(encoded: Encoded) -> None:
    """The rows of the code are not sent as dots: its text is, in the middle, between what is above and below."""
    bitmap = noise(384, 200, seed=9)
    (stream,) = encoded({"kind": "lines", "bitmap": bitmap, "places": places(("text", 60), ("qr", 100), ("text", 40))})
    rows = rows_of(bitmap)
    assert without_tail(decode_escpos(stream, width=384)) == [
        Reset(), Strip(rows=rows[:60]), Code(text="7K3M9QXA", align="center"), Strip(rows=rows[160:]),
    ]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 127, 128, 129, 700])
def test_a_full_raster_is_the_picture_that_was_drawn(encoded: Encoded, width: int, height: int) -> None:
    """One picture, in as many bands as it takes, is put together again without a seam."""
    bitmap = noise(width, height, seed=height)
    (stream,) = encoded({"kind": "raster", "bitmap": bitmap, "places": []})
    assert decode_escpos(stream, width=width)[:1] == [Reset()]
    (_reset, strip) = decode_escpos(stream, width=width)
    assert isinstance(strip, Strip)
    assert strip.rows[:-TAIL_ROWS] == rows_of(bitmap)


def test_a_white_receipt_is_only_feeds(encoded: Encoded) -> None:
    """A picture without ink sends no picture, and moves the paper by its height."""
    bitmap = {"width": 384, "height": 600, "data": base64.b64encode(bytes(48 * 600)).decode()}
    (stream,) = encoded({"kind": "lines", "bitmap": bitmap, "places": places(("text", 600))})
    (_reset, strip) = decode_escpos(stream, width=384)
    assert isinstance(strip, Strip)
    assert len(strip.rows) == 600 + TAIL_ROWS
    assert len(stream) < 30


@pytest.mark.parametrize("cut", [True, False])
def test_paper_is_cut_where_there_is_a_knife(encoded: Encoded, cut: bool) -> None:  # noqa: FBT001 - the case of the test
    """The cut is the last thing, and only where the printer has a cutter."""
    order = {"bitmap": noise(384, 40, seed=1), "places": places(("text", 40)), "cut": cut}
    for stream in encoded({"kind": "lines", **order}, {"kind": "raster", **order}):
        assert (decode_escpos(stream, width=384)[-1] == Cut()) is cut


@pytest.mark.parametrize("columns", [32, 48])
def test_plain_letters_say_the_receipt_without_marks(encoded: Encoded, columns: int) -> None:
    """Fast receipts are ASCII lines that fit the paper, the total tall, the same words and the printer's own code."""
    (stream,) = encoded({"kind": "plain", "sale": SALE, "header": HEADER, "columns": columns, "language": "vi"})
    parts = decode_escpos(stream, width=columns * 12)
    lines = [part for part in parts if isinstance(part, Words)]
    said = [" ".join(line.text.split()) for line in lines]
    assert said[:3] == ["Tap hoa Alice", "12 Nguyen Hue, Quan 1", "MST: 0312345678"]
    assert "2 ly x 25.000 50.000" in said
    assert "0,5 kg x 36.000 18.000" in said
    assert "Khong phai hoa don thue" in said
    assert all(len(line.text) <= columns for line in lines)
    assert [line.text.split() for line in lines if line.tall] == [
        ["Tap", "hoa", "Alice"],
        ["Tong", "cong", "68.000", "d"],
    ]
    assert Code(text="7K3M9QXA", align="center") in parts


def test_letters_are_never_commands(encoded: Encoded) -> None:
    """Control characters in names that came in from anywhere never reach a printer as commands."""
    bad = "Bia\x1b@\x1dV\x00\x10\x04\x01 lon\r\n333"
    sale = SALE | {"lines": [SALE["lines"][0] | {"name": bad}]}  # type: ignore[index]  # the sale above has lines
    (stream,) = encoded({"kind": "plain", "sale": sale, "header": HEADER | {"name": "\x1bp\x00"}, "columns": 32})
    parts = decode_escpos(stream, width=384)
    assert parts.count(Reset()) == 1
    assert Cut() not in parts
    assert any(isinstance(part, Words) and part.text == "Bia @ V lon 333" for part in parts)


@pytest.mark.parametrize("kind", ["lines", "raster"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.77, 0.99])
def test_a_receipt_that_starts_again_is_whole(encoded: Encoded, kind: str, share: float) -> None:
    """Wherever the first try was cut short, a printer that still waits for its rest prints the second one whole."""
    order = {"kind": kind, "bitmap": noise(384, 400, seed=3), "places": places(("text", 200), ("text", 200))}
    whole, again = encoded(order, {"kind": "restarted", "job": order})
    parts = decode_escpos(whole[: int(len(whole) * share)] + again, width=384)
    last_reset = max(at for at, part in enumerate(parts) if part == Reset())
    assert last_reset > 0
    assert parts[last_reset:] == decode_escpos(whole, width=384)


def test_white_on_the_right_is_not_sent(encoded: Encoded) -> None:
    """A line with a short word and a full row in it costs what its ink costs, not a full rectangle."""
    rows = [bytes([255]) + bytes(47)] * 20 + [bytes([255]) * 48] * 4 + [bytes([255]) + bytes(47)] * 20
    bitmap = {"width": 384, "height": 44, "data": base64.b64encode(b"".join(rows)).decode()}
    (stream,) = encoded({"kind": "lines", "bitmap": bitmap, "places": places(("text", 44))})
    (_reset, strip) = without_tail(decode_escpos(stream, width=384))
    assert strip == Strip(rows=tuple(rows))
    assert len(stream) < 300


def test_labels_on_receipt_paper_come_out_as_often_as_asked(encoded: Encoded) -> None:
    """Each copy is the whole label, with the paper moved on after it."""
    bitmap = noise(320, 240, seed=5)
    (stream,) = encoded({"kind": "labels", "bitmap": bitmap, "copies": 3})
    (_reset, strip) = decode_escpos(stream, width=384)
    assert isinstance(strip, Strip)
    one = (*(row.ljust(48, b"\0") for row in rows_of(bitmap)), *[bytes(48)] * TAIL_ROWS)
    assert strip.rows == one * 3


@pytest.mark.parametrize(("width", "millimetres"), [(400, [50, 30]), (320, [40, 30])])
@pytest.mark.parametrize("seed", range(3))
def test_a_label_is_the_picture_that_was_drawn(encoded: Encoded, width: int, millimetres: list[int], seed: int) -> None:
    """On a label printer, where 0 is black, every dot is where it was drawn, on a label of the right size."""
    bitmap = noise(width, 240, seed=seed, ink=0.1)
    label = {"millimetres": millimetres, "bitmap": bitmap, "code": None}
    (stream,) = encoded({"kind": "label", "label": label, "copies": 7})
    out = decode_tspl(stream)
    assert (out.width, out.height, out.gap, out.copies) == (width, 240, 2, 7)
    assert tuple(bytes(row) for row in out.rows) == rows_of(bitmap)
    assert out.bars == []


def test_the_label_printer_draws_bars_itself(encoded: Encoded) -> None:
    """A code that the printer can say is sent as its text, at its place."""
    code = {"kind": "bars", "x": 57, "y": 150, "height": 62, "module": 3, "symbology": "EAN13", "text": "8934563138165"}
    label = {"millimetres": [50, 30], "bitmap": noise(400, 240, seed=1), "code": code}
    (stream,) = encoded({"kind": "label", "label": label, "ownBars": True})
    assert decode_tspl(stream).bars == [Bars(x=57, y=150, symbology="EAN13", height=62, narrow=3, text="8934563138165")]


def test_a_code_is_never_a_command(encoded: Encoded) -> None:
    """A code with a quote or a line's end in it is not put between quotes: the printer would obey what follows."""
    code = {
        "kind": "bars",
        "x": 8,
        "y": 150,
        "height": 62,
        "module": 2,
        "symbology": "CODE128",
        "text": '1"\r\nPRINT 99',
    }
    label = {"millimetres": [50, 30], "bitmap": noise(400, 240, seed=1), "code": code}
    (stream,) = encoded({"kind": "label", "label": label, "ownBars": True})
    out = decode_tspl(stream)
    assert out.bars == []
    assert out.copies == 1


@pytest.mark.parametrize("copies", [0, -3, 1000, 2.9])
def test_the_number_of_labels_is_bounded(encoded: Encoded, copies: float) -> None:
    """No mistake empties the roll."""
    label = {"millimetres": [50, 30], "bitmap": noise(400, 240, seed=1), "code": None}
    (stream,) = encoded({"kind": "label", "label": label, "copies": copies})
    assert decode_tspl(stream).copies == min(max(1, int(copies)), 200)


@pytest.mark.parametrize(
    "stream",
    [b"\x1b", b"\x1dv0\0\x30\0\x01\0" + bytes(10), b"abc", b"\x1bZ1", b"\x1dv0\0\x60\0\x01\0" + bytes(96), b"\x07"],
)
def test_the_decoder_is_strict(stream: bytes) -> None:
    """What no printer would take without a smudge, the decoder of these tests does not take either."""
    with pytest.raises(SmudgeError):
        decode_escpos(stream, width=384)


def test_the_decoder_reads_an_encoder_that_is_not_ours() -> None:
    """Bytes of a well-kept package come out as the picture, the words and the code that it was given."""
    bitmap = noise(64, 16, seed=2)
    dots = b"".join(rows_of(bitmap))
    white = [0 if dots[at // 8] & (0x80 >> at % 8) else 255 for at in range(64 * 16)]
    order = {
        "width": 64, "height": 16, "text": "Tap hoa Alice", "code": "7K3M9QXA",
        "rgba": base64.b64encode(bytes(value for one in white for value in (one, one, one, 255))).decode(),
    }  # fmt: skip
    ran = subprocess.run(
        ["node", HERE / "other-encoder.mjs"], input=json.dumps(order), capture_output=True, text=True, check=True
    )
    parts = decode_escpos(base64.b64decode(ran.stdout), width=64)
    strips = [part for part in parts if isinstance(part, Strip)]
    assert strips[0].rows[:16] == rows_of(bitmap)
    assert [part.text for part in parts if isinstance(part, Words | Code)] == ["Tap hoa Alice", "7K3M9QXA"]
