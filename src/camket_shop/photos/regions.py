"""Connected regions of a mask: what hangs together with the middle is kept, and holes in it are filled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Labels = NDArray[np.integer[Any]]

REACH: Final = 0.25
"""Of a side: how far from the middle a region still counts for much."""
LEAST_OF_LARGEST: Final = 0.08
LEAST_WEIGHT: Final = 0.1


def main_region(mask: Mask) -> Mask:
    """Return the region in the middle with what stands beside it, holes filled; nothing where there is nothing."""
    if not mask.any():
        return mask
    labels = regions(mask)
    weights = np.bincount(labels.ravel(), weights=np.where(mask, _middle(mask.shape), 0).ravel())
    sizes = np.bincount(labels.ravel())
    weights[0] = sizes[0] = 0
    best = int(weights.argmax())
    kept = (sizes >= LEAST_OF_LARGEST * sizes[best]) & (weights >= LEAST_WEIGHT * weights[best])
    return without_holes(kept[labels] & mask)


def without_holes(mask: Mask) -> Mask:
    """Return the mask with everything that it encloses."""
    outside = regions(~mask)
    rim = np.unique(np.concatenate([outside[0], outside[-1], outside[:, 0], outside[:, -1]]))
    return mask | ~np.isin(outside, rim)


def regions(mask: Mask) -> Labels:
    """Return a number above 0 for each pixel of a region, the same for all that touch by a side; 0 outside of any."""
    labels = np.zeros(mask.shape, np.int32)
    parents: list[int] = [0]
    runs: list[tuple[int, int, int, int]] = []
    above: list[tuple[int, int, int]] = []
    for row, line in enumerate(mask):
        here = [(start, end, len(parents) + at) for at, (start, end) in enumerate(_runs(line))]
        parents.extend(number for _, _, number in here)
        for start, end, number in here:
            for other_start, other_end, other in above:
                if other_start < end and start < other_end:
                    parents[_root(parents, other)] = _root(parents, number)
        runs.extend((row, *run) for run in here)
        above = here
    for row, start, end, number in runs:
        labels[row, start:end] = _root(parents, number)
    return labels


def _runs(line: Mask) -> list[tuple[int, int]]:
    """Return where the mask begins and ends along a row."""
    steps = np.flatnonzero(np.diff(line.astype(np.int8), prepend=0, append=0)).tolist()
    return list(zip(steps[::2], steps[1::2], strict=True))


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _middle(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return a weight that is 1 in the middle and falls off around it."""
    down, across = (((np.arange(side) + 0.5) / side - 0.5) / REACH for side in shape)
    return np.asarray(np.exp(-(down[:, None] ** 2) - across[None] ** 2))
