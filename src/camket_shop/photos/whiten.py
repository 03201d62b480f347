"""Which part of a photo is the product: colours of product and background learnt in turns, cut where edges are.

The photo is looked at in small, `SIDE_PIXELS` at the longer side. What stands in the middle is first taken for the
product and the rest for the background. Each is described by a mixture of Gaussians, and the cut that separates them
best is found as the minimum of a convex function, whose contour is cheap along edges; then both are described anew.
A background has shades: it stays background where a shadow darkens it. And it goes on: where the first guess gives
nothing with an edge around it, as in light from one side, what does not continue the border is the second guess.

Source: Rother, Kolmogorov, Blake, GrabCut (2004), for the turns; Nikolova, Esedoglu, Chan (2006), for the convex form
of the cut; Chambolle, Pock (2011), algorithm 1, for its solution; He, Sun, Tang (2010) for the guided filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from camket_shop.photos.regions import main_region
from camket_shop.photos.surroundings import BORDER, continued, distance

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

SIDE_PIXELS: Final = 256
TURNS: Final = 4
STEPS: Final = 60
"""Of the solution of the cut, each turn; it starts from the turn before."""
COLOURS: Final = 5
"""Gaussians of product and background each."""
SAMPLES: Final = 3000
FEWEST: Final = 8
"""Of a sample that make a colour of their own."""
NOISE: Final = 20.0
"""Variance that every colour has at least; that of a phone's sensor in a dim room."""
SHADES: Final = (0.85, 0.7)
SHADE_WEIGHT: Final = 0.2
RIM: Final = BORDER
"""Of a side: this far in from the border nothing is product."""
MIDDLE: Final = (0.30, 0.36)
"""Half axes of the first guess, of width and height; the camera's frame asks for the product there."""
HALF: Final = 0.5
CONTOUR: Final = 3.0
CONTRAST: Final = 0.25
MOST_EVIDENCE: Final = 6.0
"""No single colour outweighs its surroundings by more than this (natural logarithm)."""
LEAST_SHARE: Final = 0.01
MOST_SHARE: Final = 0.8
"""Of the photo: a product takes so much, or it is no product that was found."""
LEAST_DIFFERENCE: Final = 1.0
"""How much better, on average, what was found fits the product's colours than the background's (natural logarithm)."""
LEAST_CONTRAST: Final = 8.0
"""How far colours differ across the contour, of 441 between black and white; light that falls off slowly has none."""
FAINT_SHARE: Final = 0.25
UNLIKE: Final = 300.0
"""Squared distance of colours from which a pixel surely does not continue the border."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaussian:
    """One colour with its spread: share of the whole, mean, inverse covariance, logarithm of its determinant."""

    share: float
    mean: Floats
    inverse: Floats
    log_determinant: float

    def shaded(self, factor: float) -> Gaussian:
        """Return the same colour in a shadow."""
        return Gaussian(
            share=self.share * SHADE_WEIGHT,
            mean=self.mean * factor,
            inverse=self.inverse / factor**2,
            log_determinant=self.log_determinant + 6 * float(np.log(factor)),
        )


def find_product(photo: Image.Image) -> Image.Image | None:
    """Return where the product is.

    Args:
        photo: RGB, any size.

    Returns:
        A mask of mode L and at most 256 pixels a side, 255 where the product is; None where nothing stands out, or what
        does is too little or nearly all.
    """
    small = shrunk(photo)
    colours = pixels_of(small.filter(ImageFilter.MedianFilter(3)))
    blurred = pixels_of(small.filter(ImageFilter.BoxBlur(1)))
    inside, rim = first_guess(colours.shape[1], colours.shape[0])
    for start in (inside, inside & unlike(colours, continued(colours))):
        product = separated(colours, start, rim)
        if product is not None and contrast(blurred, product) >= LEAST_CONTRAST:
            return Image.fromarray(product.astype(np.uint8) * 255)
    return None


def separated(colours: Floats, start: Mask, rim: Mask) -> Mask | None:
    """Return the product that is found from a first guess, or None where none is.

    Args:
        colours: RGB.
        start: what is first taken for the product.
        rim: where no product is.
    """
    across, down = edge_costs(colours)
    chosen = start.astype(np.float32)
    evidence = chosen
    for turn in range(TURNS):
        product = (chosen > HALF) & ~rim
        if not LEAST_SHARE < product.mean() < MOST_SHARE:
            return None
        evidence = compare(colours, product, seed=turn)
        cost = -evidence * CONTRAST
        cost[rim] = MOST_EVIDENCE * CONTRAST
        chosen = cut(cost, across, down, chosen)
    product = main_region(chosen > HALF)
    if not LEAST_SHARE < product.mean() < MOST_SHARE or evidence[product].mean() < LEAST_DIFFERENCE:
        return None
    return product


def unlike(colours: Floats, behind: Sequence[Floats]) -> Mask:
    """Return which pixels do not continue the border, in the light or in a shadow."""
    nearest = np.minimum.reduce([distance(colours, one * shade) for one in behind for shade in (1.0, *SHADES)])
    return np.asarray(nearest > UNLIKE)


def pixels_of(image: Image.Image) -> Floats:
    """Return the pixels of an RGB image."""
    return np.asarray(image, np.float32)


def shrunk(photo: Image.Image) -> Image.Image:
    """Return the photo at the size at which it is looked at."""
    scale = SIDE_PIXELS / max(photo.size)
    size = (max(8, round(photo.width * scale)), max(8, round(photo.height * scale)))
    return photo.resize(size, Image.Resampling.BOX)


def first_guess(width: int, height: int) -> tuple[Mask, Mask]:
    """Return the middle, where the product is guessed to be, and the rim, where it is not."""
    across = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    down = ((np.arange(height, dtype=np.float32) + 0.5) / height - 0.5)[:, None]
    inside = (across / MIDDLE[0]) ** 2 + (down / MIDDLE[1]) ** 2 < 1
    return inside, np.maximum(abs(across), abs(down)) > 0.5 - RIM


def edge_costs(colours: Floats) -> tuple[Floats, Floats]:
    """Return what a contour costs between each pixel and the next one across and down; little where colours change."""
    across = np.zeros(colours.shape[:2], np.float32)
    down = across.copy()
    across[:, :-1] = ((colours[:, 1:] - colours[:, :-1]) ** 2).sum(axis=2)
    down[:-1] = ((colours[1:] - colours[:-1]) ** 2).sum(axis=2)
    usual = max(float(across.mean() + down.mean()), 1e-3)
    costs = [CONTOUR * (0.05 + 0.95 * np.exp(-squared / usual)) for squared in (across, down)]
    costs[0][:, -1] = 0
    costs[1][-1] = 0
    return costs[0], costs[1]


def compare(colours: Floats, product: Mask, *, seed: int) -> Floats:
    """Return for each pixel how much better it fits the product's colours than the background's (logarithm)."""
    random = np.random.default_rng(seed)
    background = mixture(colours[~product], random)
    shades = [one.shaded(factor) for one in background for factor in SHADES]
    pixels = colours.reshape(-1, 3)
    ratio = likelihood(pixels, mixture(colours[product], random)) - likelihood(pixels, [*background, *shades])
    return np.clip(ratio, -MOST_EVIDENCE, MOST_EVIDENCE).reshape(product.shape)


def mixture(pixels: Floats, random: np.random.Generator) -> list[Gaussian]:
    """Return the Gaussians of some pixels: clusters of a sample, started along its longest axis."""
    sample = pixels[random.integers(len(pixels), size=SAMPLES)]
    centred = sample - sample.mean(axis=0)
    position = centred @ np.linalg.eigh(centred.T @ centred)[1][:, -1]
    cluster = np.searchsorted(np.quantile(position, np.arange(1, COLOURS) / COLOURS), position)
    for _ in range(6):
        means = np.stack([_mean(sample, cluster == number) for number in range(COLOURS)])
        cluster = ((sample[:, None] - means[None]) ** 2).sum(axis=2).argmin(axis=1)
    sizes = np.bincount(cluster, minlength=COLOURS)
    return [_gaussian(sample[cluster == number]) for number in range(COLOURS) if sizes[number] >= FEWEST]


def _mean(sample: Floats, members: Mask) -> Floats:
    return np.asarray(sample[members].mean(axis=0) if members.any() else sample[0])


def _gaussian(members: Floats) -> Gaussian:
    covariance = np.cov(members.T) + np.eye(3) * NOISE
    return Gaussian(
        share=len(members) / SAMPLES,
        mean=members.mean(axis=0),
        inverse=np.linalg.inv(covariance).astype(np.float32),
        log_determinant=float(np.linalg.slogdet(covariance)[1]),
    )


def likelihood(pixels: Floats, gaussians: Sequence[Gaussian]) -> Floats:
    """Return the logarithm of each pixel's likelihood in a mixture, up to a constant."""
    total = np.full(len(pixels), -np.inf, np.float32)
    for one in gaussians:
        apart = pixels - one.mean.astype(np.float32)
        distance = np.einsum("ij,ij->i", apart @ one.inverse, apart)
        total = np.logaddexp(total, np.float32(np.log(one.share) - one.log_determinant / 2) - distance / 2)
    return total


def cut(cost: Floats, across: Floats, down: Floats, start: Floats) -> Floats:
    """Return the function between 0 and 1 for which its contour and `cost` where it is 1 are least together.

    Args:
        cost: of choosing each pixel; negative where it looks like the product.
        across: of a contour between a pixel and the next one across.
        down: of a contour between a pixel and the next one down.
        start: where the search begins.
    """
    step = np.float32(0.35)  # its square times the norm of the difference operator, 8, stays below 1
    chosen, ahead = start, start
    flow_across, flow_down = np.zeros_like(start), np.zeros_like(start)
    for _ in range(STEPS):
        flow_across[:, :-1] += step * (ahead[:, 1:] - ahead[:, :-1])
        flow_down[:-1] += step * (ahead[1:] - ahead[:-1])
        np.clip(flow_across, -across, across, out=flow_across)
        np.clip(flow_down, -down, down, out=flow_down)
        divergence = flow_across + flow_down
        divergence[:, 1:] -= flow_across[:, :-1]
        divergence[1:] -= flow_down[:-1]
        moved = np.clip(chosen + step * (divergence - cost), 0, 1)
        ahead, chosen = 2 * moved - chosen, moved
    return chosen


def contrast(colours: Floats, product: Mask) -> float:
    """Return how far colours differ between two pixels inside the contour and two outside, where they do least.

    A quarter of the contour may be fainter still: a product may have the colour of what is behind it somewhere.
    """
    found: list[Floats] = []
    for axis in (0, 1):
        turned, side = np.moveaxis(colours, axis, 0), np.moveaxis(product, axis, 0)
        before, across = np.nonzero(side[2:-3] != side[3:-2])
        found.append(((turned[before + 5, across] - turned[before, across]) ** 2).sum(axis=1))
    squared = np.concatenate(found)
    return float(np.sqrt(np.quantile(squared, FAINT_SHARE))) if squared.size else 0.0


def soft_edge(mask: Image.Image, photo: Image.Image, *, radius: int, slack: float = 90.0) -> Image.Image:
    """Return the mask with an edge that follows the photo's own edges, neither jagged nor washed out.

    Args:
        mask: mode L, of the photo's size.
        photo: RGB.
        radius: in pixels, how far the edge may be moved.
        slack: variance of brightness below which a place has no edge of its own.
    """
    guide = np.asarray(photo.convert("L"), np.float32)
    wanted = np.asarray(mask, np.float32) / 255
    mean_guide, mean_wanted = box_mean(guide, radius), box_mean(wanted, radius)
    variance = box_mean(guide * guide, radius) - mean_guide**2
    slope = (box_mean(guide * wanted, radius) - mean_guide * mean_wanted) / (variance + slack)
    offset = mean_wanted - slope * mean_guide
    followed = box_mean(slope, radius) * guide + box_mean(offset, radius)
    firm = np.clip((followed - 0.35) / 0.45, 0, 1)  # the background's colour shines through a faint edge
    return Image.fromarray((firm * 255).astype(np.uint8))


def box_mean(values: Floats, radius: int) -> Floats:
    """Return the mean of the square around each pixel; beyond the border the border repeats."""
    width = 2 * radius + 1
    for axis in (0, 1):
        around = [(radius + 1, radius) if axis == other else (0, 0) for other in (0, 1)]
        sums = np.cumsum(np.pad(values, around, mode="edge"), axis=axis, dtype=np.float64)
        ahead, behind = (slice(width, None), slice(None, -width))
        values = sums[ahead] - sums[behind] if axis == 0 else sums[:, ahead] - sums[:, behind]
        values = (values / width).astype(np.float32)
    return values
