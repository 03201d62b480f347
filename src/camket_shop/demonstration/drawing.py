"""Drawn goods for the demonstration: flat shapes on white, as a photo looks once its background is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from PIL import Image, ImageDraw

from camket_shop.photos.pipeline import encoded
from camket_shop.photos.renditions import LARGEST, SIZES, Picture

if TYPE_CHECKING:
    from collections.abc import Callable

Points: TypeAlias = "list[tuple[int, int]]"
Shape: TypeAlias = "Callable[[ImageDraw.ImageDraw, str, str], None]"

SCALE: Final = 2
"""Drawn so many times too large and then shrunk, which smooths the edges."""
UNITS: Final = 100
"""A drawing is 100 units wide and high, whatever the size of the picture."""
SHADE: Final = "#ece7dc"


def draw_product(shape: Shape, colour: str, accent: str) -> Picture:
    """Return a picture of a drawn product in its three sizes."""
    side = LARGEST * SCALE
    canvas = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(canvas)
    _oval(draw, (24, 84, 76, 93), SHADE)
    shape(draw, colour, accent)
    square = canvas.resize((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return Picture(renditions={size: encoded(square, size) for size in SIZES}, whitened=True)


def cup(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a takeaway cup with a lid and a straw."""
    _line(draw, [(55, 30), (61, 8)], accent, 3)
    _shape(draw, [(29, 32), (71, 32), (64, 89), (36, 89)], colour)
    _box(draw, (27, 26, 73, 33), accent)
    _shape(draw, [(31, 50), (69, 50), (66, 72), (34, 72)], "#fffaf0")
    _oval(draw, (44, 55, 56, 67), accent)


def bottle(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a bottle with a label."""
    _box(draw, (44, 8, 56, 16), accent)
    _shape(draw, [(45, 16), (55, 16), (57, 28), (64, 38), (64, 84), (36, 84), (36, 38), (43, 28)], colour)
    _box(draw, (36, 78, 64, 90), colour)
    _box(draw, (36, 48, 64, 70), "#fffaf0", radius=0)
    _box(draw, (36, 55, 64, 62), accent, radius=0)


def can(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a can."""
    _box(draw, (34, 14, 66, 90), colour, radius=5)
    _oval(draw, (35, 11, 65, 19), "#d9d9d6")
    _oval(draw, (46, 13, 54, 17), "#a9a9a6")
    _shape(draw, [(34, 40), (66, 32), (66, 60), (34, 68)], accent)


def noodle_cup(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a cup of instant noodles."""
    _shape(draw, [(24, 30), (76, 30), (66, 89), (34, 89)], colour)
    _oval(draw, (23, 23, 77, 36), accent)
    _oval(draw, (28, 25, 72, 33), "#fffaf0")
    _shape(draw, [(28, 50), (72, 50), (70, 66), (30, 66)], "#fffaf0")
    for x in (36, 46, 56):
        _line(draw, [(x, 62), (x + 6, 54)], accent, 2)


def loaf(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a filled baguette."""
    _oval(draw, (8, 40, 92, 86), colour)
    _oval(draw, (12, 34, 88, 66), accent)
    _oval(draw, (12, 28, 88, 58), colour)
    for x in (30, 46, 62):
        _line(draw, [(x, 33), (x + 8, 46)], "#b87a36", 2)


def pot(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a small pot with a foil lid."""
    _shape(draw, [(28, 36), (72, 36), (66, 88), (34, 88)], "#fffaf0")
    _shape(draw, [(30, 52), (70, 52), (67, 76), (33, 76)], colour)
    _oval(draw, (25, 30, 75, 42), accent)


def bag(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a tied sack."""
    _shape(draw, [(38, 12), (62, 12), (56, 26), (44, 26)], colour)
    _box(draw, (24, 28, 76, 90), colour, radius=14)
    _box(draw, (42, 24, 58, 30), accent)
    _oval(draw, (36, 46, 64, 74), "#fffaf0")
    _oval(draw, (44, 52, 56, 68), accent)


def eggs(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a carton of eggs."""
    for x in (16, 34, 52, 70):
        _oval(draw, (x, 36, x + 15, 64), colour)
    _box(draw, (11, 56, 90, 86), accent, radius=4)


def box(draw: ImageDraw.ImageDraw, colour: str, accent: str) -> None:
    """Draw a box of tissues."""
    _shape(draw, [(40, 44), (44, 16), (54, 26), (62, 14), (64, 44)], "#f3f1ec")
    _box(draw, (16, 42, 84, 88), colour, radius=3)
    _oval(draw, (34, 38, 70, 48), accent)


def _at(value: int) -> int:
    return value * LARGEST * SCALE // UNITS


def _shape(draw: ImageDraw.ImageDraw, points: Points, colour: str) -> None:
    draw.polygon([(_at(x), _at(y)) for x, y in points], fill=colour)


def _oval(draw: ImageDraw.ImageDraw, edges: tuple[int, int, int, int], colour: str) -> None:
    draw.ellipse([_at(edge) for edge in edges], fill=colour)


def _box(draw: ImageDraw.ImageDraw, edges: tuple[int, int, int, int], colour: str, *, radius: int = 2) -> None:
    draw.rounded_rectangle([_at(edge) for edge in edges], radius=_at(radius), fill=colour)


def _line(draw: ImageDraw.ImageDraw, points: Points, colour: str, width: int) -> None:
    draw.line([(_at(x), _at(y)) for x, y in points], fill=colour, width=_at(width))
