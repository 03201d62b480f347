"""White balance: the light in which a photo was taken, told by its brightest surroundings, and taken out again."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

SIDE_PIXELS: Final = 128
RIM: Final = 0.12
"""Of a side: the surroundings, where a wall or a table says most about the light."""
BRIGHTEST: Final = 0.7
"""Quantile of brightness above which the surroundings count."""
PLAUSIBLE: Final = ((0.8, 1.45), (0.5, 1.25))
"""Red and blue relative to green of light as people live in, from a lamp to the shade; anything else is a colour."""
STRENGTH: Final = 0.9
GENTLE: Final = 0.35
"""How far a coloured surrounding is trusted to be coloured by the light."""


def balanced(photo: Image.Image) -> Image.Image:
    """Return the photo as in white light; as bright as before. One that is white already stays as it is."""
    red, green, blue = light_of(photo)
    gains = np.array([green / red, 1.0, green / blue])
    plausible = PLAUSIBLE[0][0] <= red / green <= PLAUSIBLE[0][1] and PLAUSIBLE[1][0] <= blue / green <= PLAUSIBLE[1][1]
    gains **= STRENGTH if plausible else GENTLE
    gains = np.clip(gains, 0.7, 1.6)
    gains /= float(gains @ np.array([0.299, 0.587, 0.114]))
    table = [min(255, round(value * gain)) for gain in gains for value in range(256)]
    return photo.point(table)


def light_of(photo: Image.Image) -> tuple[float, float, float]:
    """Return the mean red, green and blue of the brightest surroundings, at least 1."""
    small = np.asarray(photo.resize((SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.BOX), np.float32)
    rim = np.ones(small.shape[:2], np.bool_)
    width = round(RIM * SIDE_PIXELS)
    rim[width:-width, width:-width] = False
    around = small[rim]
    brightness = around.sum(axis=1)
    brightest = around[brightness >= np.quantile(brightness, BRIGHTEST)]
    red, green, blue = (max(1.0, float(value)) for value in brightest.mean(axis=0))
    return red, green, blue
