"""A printer on paper: reads ESC/POS and TSPL back to what they put on it, independently of what wrote them.

Written from the printers' command references, not from the shop's encoders, and strict: a byte that is no command where
one is expected, or a command that ends too early, is an error, as it would be a smudge on paper.
Source: Epson ESC/POS command reference (ESC @, ESC a, ESC d, ESC E, ESC J, GS !, GS ( k, GS V, GS v 0); TSC TSPL/TSPL2
programming manual (SIZE, GAP, DIRECTION, CLS, BITMAP, BARCODE, PRINT).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Final

ESC: Final = 0x1B
GS: Final = 0x1D
LF: Final = 0x0A
CR: Final = 0x0D
NUL: Final = 0x00
LINE_DOTS: Final = 30
"""What a line feed moves the paper by: 1/6 inch and a little, as printers come."""
MOST_ROWS: Final = 128
DOTS_PER_MILLIMETRE: Final = 8
ALIGNMENTS: Final = ("left", "center", "right")


class SmudgeError(ValueError):
    """The stream says something that no printer understands; the message has the position."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """Rows of dots as they came out, each as wide as the paper, packed, 1 is black."""

    rows: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Strip(rows=<{len(self.rows)} with checksum {zlib.crc32(b''.join(self.rows)):08x}>)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A QR code that the printer made itself."""

    text: str
    align: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A line in the printer's own letters."""

    text: str
    bold: bool
    tall: bool
    align: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """The knife."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reset:
    """ESC @: whatever was set before holds no more."""


Part = Strip | Code | Words | Cut | Reset


@dataclass
class _Printer:
    row_bytes: int
    parts: list[Part] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    letters: bytearray = field(default_factory=bytearray)
    align: str = "left"
    bold: bool = False
    tall: bool = False
    stored: str | None = None

    def add(self, part: Part) -> None:
        self.end_strip()
        self.parts.append(part)

    def end_strip(self) -> None:
        if self.rows:
            self.parts.append(Strip(rows=tuple(self.rows)))
            self.rows = []

    def feed(self, dots: int) -> None:
        self.rows.extend([bytes(self.row_bytes)] * dots)

    def end_line(self) -> None:
        if self.letters:
            text = self.letters.decode("ascii")
            self.letters.clear()
            self.add(Words(text=text, bold=self.bold, tall=self.tall, align=self.align))
        else:
            self.feed(LINE_DOTS)


def decode_escpos(stream: bytes, *, width: int) -> list[Part]:
    """Return what a receipt printer puts on paper.

    Args:
        stream: everything that it was sent.
        width: of the paper, in dots.

    Raises:
        SmudgeError: a command that is unknown or cut short.
    """
    printer = _Printer(row_bytes=width // 8)
    at = 0
    while at < len(stream):
        at += _take(printer, stream, at)
    if printer.letters:
        raise SmudgeError(f"letters without a line's end at {at}")
    printer.end_strip()
    return printer.parts


def _take(printer: _Printer, stream: bytes, at: int) -> int:
    byte = stream[at]
    if byte in {NUL, CR}:
        return 1
    if byte == LF:
        printer.end_line()
        return 1
    if 0x20 <= byte <= 0x7E:
        printer.letters.append(byte)
        return 1
    command = stream[at : at + 2]
    if printer.letters and command not in {b"\x1bE", b"\x1d!"}:
        raise SmudgeError(f"a command in the middle of a line at {at}")
    if byte == ESC:
        return _take_esc(printer, stream, at)
    if byte == GS:
        return _take_gs(printer, stream, at)
    if command == b"\x1c.":  # no Chinese letters; there were none
        return 2
    raise SmudgeError(f"byte {byte:#04x} at {at} is no command")


def _take_esc(printer: _Printer, stream: bytes, at: int) -> int:
    name = stream[at + 1 : at + 2]
    if name == b"@":
        printer.add(Reset())
        printer.align, printer.bold, printer.tall, printer.stored = "left", False, False, None
        return 2
    (value,) = _bytes(stream, at + 2, 1)
    if name == b"J":
        printer.feed(value)
    elif name == b"d":
        printer.feed(value * LINE_DOTS)
    elif name == b"a":
        printer.align = ALIGNMENTS[value]
    elif name == b"E":
        printer.bold = bool(value & 1)
    elif name in {b"M", b"t"}:
        pass  # font and code page: what is printed in letters is ASCII
    else:
        raise SmudgeError(f"ESC {name!r} at {at} is no command")
    return 3


def _take_gs(printer: _Printer, stream: bytes, at: int) -> int:
    name = stream[at + 1 : at + 2]
    if name == b"v":
        return _take_raster(printer, stream, at)
    if name == b"(":
        return _take_code(printer, stream, at)
    if name == b"!":
        (bits,) = _bytes(stream, at + 2, 1)
        printer.tall = bits == 0x01
        return 3
    if name == b"V":
        (mode,) = _bytes(stream, at + 2, 1)
        printer.add(Cut())
        return 4 if mode in {65, 66} else 3
    raise SmudgeError(f"GS {name!r} at {at} is no command")


def _take_raster(printer: _Printer, stream: bytes, at: int) -> int:
    zero, mode, xl, xh, yl, yh = _bytes(stream, at + 2, 6)
    wide, high = xl + 256 * xh, yl + 256 * yh
    if (zero, mode) != (0x30, 0) or printer.align == "right":
        raise SmudgeError(f"GS v 0 at {at} is scaled or at the right edge")
    if high > MOST_ROWS:
        raise SmudgeError(f"GS v 0 at {at} has {high} rows: more than the memory of cheap printers")
    if wide > printer.row_bytes:
        raise SmudgeError(f"GS v 0 at {at} is wider than the paper")
    before, odd = divmod(printer.row_bytes - wide, 2) if printer.align == "center" else (0, 0)
    if odd:
        raise SmudgeError(f"GS v 0 at {at} is between two bytes: printers differ in where they put it")
    picture = _bytes(stream, at + 8, wide * high)
    for y in range(high):
        printer.rows.append((bytes(before) + picture[y * wide : (y + 1) * wide]).ljust(printer.row_bytes, b"\0"))
    return 8 + wide * high


def _take_code(printer: _Printer, stream: bytes, at: int) -> int:
    kind, low, high, symbol, function = _bytes(stream, at + 2, 5)
    length = low + 256 * high
    rest = _bytes(stream, at + 7, length - 2)
    if (kind, symbol) != (0x6B, 0x31):
        raise SmudgeError(f"GS ( at {at} is no QR code")
    if function == 0x50:
        printer.stored = rest[1:].decode("utf-8")
    elif function == 0x51:
        if printer.stored is None:
            raise SmudgeError(f"a QR code without a text at {at}")
        printer.add(Code(text=printer.stored, align=printer.align))
    elif function not in {0x41, 0x43, 0x45}:
        raise SmudgeError(f"GS ( k function {function:#04x} at {at} is not known")
    return 5 + length


def _bytes(stream: bytes, at: int, count: int) -> bytes:
    found = stream[at : at + count]
    if len(found) < count:
        raise SmudgeError(f"a command is cut short at {at}")
    return found


# --- TSPL ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """A barcode that the printer drew itself."""

    x: int
    y: int
    symbology: str
    height: int
    narrow: int
    text: str


@dataclass(kw_only=True, slots=True)
class Label:
    """A label as it came out.

    Args:
        width: in dots.
        height: in dots.
        gap: between labels, in millimetres.
        rows: packed, 1 is black.
        bars: the printer's own barcodes.
        copies: how many came out.
    """

    width: int
    height: int
    gap: float = 0
    rows: list[bytearray] = field(default_factory=list)
    bars: list[Bars] = field(default_factory=list)
    copies: int = 0


NUMBER: Final = r"(\d+(?:\.\d+)?)"
SIZE: Final = re.compile(rf"SIZE {NUMBER} mm,{NUMBER} mm")
GAP: Final = re.compile(rf"GAP {NUMBER} mm,{NUMBER} mm")
BITMAP: Final = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
BARCODE: Final = re.compile(r'BARCODE (\d+),(\d+),"(\w+)",(\d+),1,0,(\d+),\d+,"([^"]*)"')


def decode_tspl(stream: bytes) -> Label:
    """Return the label that a label printer puts out.

    Raises:
        SmudgeError: a line that is no command, a picture that leaves the label, or nothing printed.
    """
    stream = stream.lstrip(b"\0")
    label: Label | None = None
    while stream:
        if stream.startswith(b"BITMAP "):
            stream = _take_bitmap(_begun(label), stream)
            continue
        line, end, stream = stream.partition(b"\r\n")
        if not end:
            raise SmudgeError(f"a line without its end: {line[:40]!r}")
        label = _take_line(label, line.decode("ascii"))
    if _begun(label).copies == 0:
        raise SmudgeError("nothing was printed")
    return _begun(label)


def _begun(label: Label | None) -> Label:
    if label is None:
        raise SmudgeError("a label without a size")
    return label


def _take_line(label: Label | None, line: str) -> Label:
    if size := SIZE.fullmatch(line):
        return Label(
            width=round(float(size[1]) * DOTS_PER_MILLIMETRE), height=round(float(size[2]) * DOTS_PER_MILLIMETRE)
        )
    label = _begun(label)
    if gap := GAP.fullmatch(line):
        label.gap = float(gap[1])
    elif line == "CLS":
        label.rows = [bytearray(label.width // 8) for _ in range(label.height)]
    elif code := BARCODE.fullmatch(line):
        x, y, symbology, height, narrow, text = code.groups()
        label.bars.append(
            Bars(x=int(x), y=int(y), symbology=symbology, height=int(height), narrow=int(narrow), text=text)
        )
    elif line.startswith("PRINT "):
        label.copies = int(line.removeprefix("PRINT "))
    elif line not in {"DIRECTION 0", "DIRECTION 1"}:
        raise SmudgeError(f"no command: {line[:40]!r}")
    return label


def _take_bitmap(label: Label, stream: bytes) -> bytes:
    head = BITMAP.match(stream)
    if head is None:
        raise SmudgeError(f"no picture: {stream[:40]!r}")
    x, y, wide, high = (int(value) for value in head.groups())
    data = _bytes(stream, head.end(), wide * high)
    if x % 8 or x // 8 + wide > label.width // 8 or y + high > label.height:
        raise SmudgeError("a picture leaves the label")
    for row in range(high):
        for column in range(wide):
            label.rows[y + row][x // 8 + column] |= ~data[row * wide + column] & 0xFF
    rest = stream[head.end() + wide * high :]
    if not rest.startswith(b"\r\n"):
        raise SmudgeError("a picture without a line's end")
    return rest[2:]
