"""What a photo would show if no product stood in it: its border, continued across the middle.

A wall lit from one side, a table with its edge, a darker corner: each goes on behind the product as it goes on along
the border. Row by row between left and right, column by column between top and bottom, or both at once (a Coons patch).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

BORDER: Final = 0.03
"""Of a side: how much of the photo is surely background."""
SMOOTH_PIXELS: Final = 4


def continued(colours: Floats) -> list[Floats]:
    """Return the border continued across the middle, in the three ways in which backgrounds go on.

    Args:
        colours: RGB, rows by columns by 3.
    """
    height, width = colours.shape[:2]
    deep = max(3, round(BORDER * min(height, width)))
    left, right = (smoothed(np.median(side, axis=1)) for side in (colours[:, :deep], colours[:, -deep:]))
    top, bottom = (smoothed(np.median(side, axis=0)) for side in (colours[:deep], colours[-deep:]))
    across = _parts(width)[None, :, None]
    down = _parts(height)[:, None, None]
    by_rows = left[:, None] * (1 - across) + right[:, None] * across
    by_columns = top[None] * (1 - down) + bottom[None] * down
    upper = (left[0] + top[0]) * (1 - across) + (right[0] + top[-1]) * across
    lower = (left[-1] + bottom[0]) * (1 - across) + (right[-1] + bottom[-1]) * across
    corners = (upper * (1 - down) + lower * down) / 2
    return [by_rows, by_columns, by_rows + by_columns - corners]


def distance(colours: Floats, expected: Floats) -> Floats:
    """Return the squared distance of each pixel's colour from what was expected there."""
    return np.asarray(((colours - expected) ** 2).sum(axis=2))


def smoothed(line: Floats) -> Floats:
    """Return a line of colours without its noise; its ends go on."""
    width = 2 * SMOOTH_PIXELS + 1
    sums = np.cumsum(np.pad(line, ((SMOOTH_PIXELS + 1, SMOOTH_PIXELS), (0, 0)), mode="edge"), axis=0)
    return np.asarray((sums[width:] - sums[:-width]) / width, np.float32)


def _parts(length: int) -> Floats:
    return (np.arange(length, dtype=np.float32) + 0.5) / length
