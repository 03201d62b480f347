from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from camket_shop.photos.balance import balanced
from camket_shop.photos.pipeline import make_picture
from camket_shop.photos.regions import main_region, regions
from camket_shop.photos.surroundings import continued, distance
from camket_shop.photos.whiten import box_mean, find_product
from tests.shop.photos.photographs import Goods, Place, overlap, photograph

PLACES: list[Place] = ["wall", "wood", "table", "dark"]
GOODS: list[Goods] = ["bottle", "pack", "can", "box"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("goods", GOODS)
def test_the_product_is_told_from_what_it_stands_on(goods: Goods, place: Place) -> None:
    """In warm light, with noise and a shadow, mask and truth overlap by 93 % and more, on every background."""
    taken = photograph(goods, place)
    mask = find_product(balanced(Image.fromarray(taken.pixels)))
    assert mask is not None
    assert overlap(mask, taken.product) > 0.93


@pytest.mark.parametrize("place", ["wall", "table", "dark"])
def test_where_nothing_stands_nothing_is_found(place: Place) -> None:
    """An empty place, with its vignette and its noise, has no product, and its picture keeps its background."""
    empty = photograph("nothing", place, shadow=False)
    assert find_product(balanced(Image.fromarray(empty.pixels))) is None
    picture = make_picture(empty.file(), whiten=True)
    assert not picture.whitened
    assert picture == make_picture(empty.file(), whiten=False)


@pytest.mark.parametrize("size", [(64, 64), (64, 900), (3000, 90)])
def test_a_photo_of_one_colour_has_no_product(size: tuple[int, int]) -> None:
    """Whatever its shape, a photo without anything in it is answered, and nothing is found."""
    assert find_product(Image.new("RGB", size, (130, 130, 130))) is None


def test_sheer_noise_has_no_product() -> None:
    """Colours that are the same everywhere separate nothing."""
    noise = np.random.default_rng(1).integers(0, 256, (800, 600, 3), np.uint8)
    assert find_product(Image.fromarray(noise)) is None


def test_the_background_is_white_and_the_product_is_not() -> None:
    """Around the product every pixel is white, and inside it none of its colours is lost."""
    picture = make_picture(photograph("pack", "wood").file(), whiten=True)
    assert picture.whitened
    shown = np.asarray(Image.open(io.BytesIO(picture.renditions[1200])).convert("RGB"), np.int16)
    rim = np.concatenate([shown[:40].reshape(-1, 3), shown[-40:].reshape(-1, 3)])
    assert rim.min() > 245
    assert shown[450:500, 300:900].mean(axis=(0, 1)).tolist() == pytest.approx([225, 90, 30], abs=60)


def test_a_square_photo_keeps_its_frame() -> None:
    """Who framed a photo finds the product where it was; any other photo is framed around the product."""
    taken = photograph("can", width=900, height=900)
    kept = np.asarray(Image.open(io.BytesIO(make_picture(taken.file(), whiten=True).renditions[400])).convert("L"))
    rows = np.flatnonzero((kept < 200).any(axis=1))
    truth = np.flatnonzero(taken.product.any(axis=1)) * 400 / 900
    assert [rows[0], rows[-1]] == pytest.approx([truth[0], truth[-1]], abs=6)
    framed = make_picture(photograph("can").file(), whiten=True).renditions[400]
    rows = np.flatnonzero((np.asarray(Image.open(io.BytesIO(framed)).convert("L")) < 200).any(axis=1))
    assert [rows[0], rows[-1]] == pytest.approx([32, 368], abs=8)


def test_what_stands_in_the_middle_is_kept_and_its_holes_are_filled() -> None:
    """A ring around the middle becomes a disc; a speck in a corner goes."""
    mask = np.zeros((100, 100), np.bool_)
    mask[30:70, 30:70] = True
    mask[45:55, 45:55] = False
    mask[2:5, 2:5] = True
    kept = main_region(mask)
    assert kept[50, 50]
    assert not kept[3, 3]
    assert kept.sum() == 1600
    assert not main_region(np.zeros((8, 8), np.bool_)).any()


def test_regions_touch_by_their_sides_only() -> None:
    """A U is one region though its arms begin apart; two squares that meet at a corner are two."""
    mask = np.zeros((6, 9), np.bool_)
    mask[0:4, 0] = mask[0:4, 4] = mask[3, 0:5] = True
    mask[0:2, 5:7] = mask[2:4, 7:9] = True
    mask[0:2, 4] = False
    labels = regions(mask)
    assert (labels > 0).tolist() == mask.tolist()
    assert labels[0, 0] == labels[2, 4]
    assert len(np.unique(labels[mask])) == 3


def test_a_box_mean_is_the_mean_of_the_box() -> None:
    """Each pixel has the mean of its neighbourhood, as adding them up one by one gives it."""
    values = np.random.default_rng(2).random((12, 9)).astype(np.float32)
    around = np.pad(values, 2, mode="edge")
    slow = [[around[row : row + 5, column : column + 5].mean() for column in range(9)] for row in range(12)]
    assert np.allclose(box_mean(values, 2), slow, atol=1e-5)


@pytest.mark.parametrize("lit_from", ["left", "above"])
@pytest.mark.parametrize("place", PLACES)
def test_light_from_one_side_is_no_product(place: Place, lit_from: str) -> None:
    """Where a window lights the wall from one side or from above, the product is found as well."""
    taken = photograph("bottle", place)
    height, width = taken.product.shape
    falls = np.linspace(1.15, 0.7, width)[None] if lit_from == "left" else np.linspace(1.15, 0.7, height)[:, None]
    lit = np.clip(taken.pixels * falls[..., None], 0, 255).astype(np.uint8)
    mask = find_product(balanced(Image.fromarray(lit)))
    assert mask is not None
    assert overlap(mask, taken.product) > 0.93


def test_a_border_is_continued_as_it_goes_on() -> None:
    """A gradient across, one down, both together, and a table's edge are all foreseen behind a product."""
    down, across = np.mgrid[0:120, 0:90].astype(np.float32)
    gradients = {
        "across": 100 + across,
        "down": 100 + down,
        "both": 80 + across * 0.5 + down * 0.7,
        "edge": np.where(down > 70, 60.0, 200.0),
    }
    for name, grey in gradients.items():
        colours = np.repeat(grey[..., None], 3, axis=2).astype(np.float32)
        covered = colours.copy()
        covered[30:60, 30:60] = 0
        nearest = np.minimum.reduce([distance(colours, one) for one in continued(covered)])
        sharp = np.sqrt(np.concatenate([nearest[20:60, 20:70], nearest[80:100, 20:70]]))  # the edge itself is smoothed
        assert sharp.max() < 12, name
