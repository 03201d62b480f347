"""P7: the app's camera is used to photograph products and to make product pictures easily.

That it does so in a browser, in three taps, is proven in `tests/browser/shop/test_camera.py`.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from camket_shop.ids import new_id
from tests.shop.photos.photographs import photograph
from tests.shop.web.conftest import COFFEE, Owner, serving, words
from tests.web.conftest import ALICE, BOB, Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURE = "shop.picture"
FACT = "shop.camera_used"
PHOTO = photograph("can", width=420, height=560).file(comment=b"taken at home")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Service]:
    """Return a service with the shop."""
    yield from serving(tmp_path / "data")


def save(owner: Owner, source: str) -> None:
    """Save a product with a photo."""
    fields = {"id": new_id(), "whiten": "1", "picture_source": source} | COFFEE
    answer = owner.browser.post("/quay/products/new", data=fields, files={"picture": ("a.jpg", PHOTO, "image/jpeg")})
    assert answer.status_code == 303


def held(shop: Service) -> list[tuple[str, str, str]]:
    """Return item, service and source of what is held because someone photographed."""
    store = shop.runtime.context.store
    owners = store.read(lambda unit: unit.values.subjects_with("service.use", after_id="", limit=9))
    rows = store.read(lambda unit: [row for one in owners for row in unit.values.of_subject(one, (FACT, PICTURE))])
    return sorted((row.item, row.service, row.source.value) for row in rows)


def test_the_page_explains_the_camera_where_it_is_used(shop: Service) -> None:
    """P7: the form gives the policy's reason for picture and camera, and it alone of the shop's pages may ask."""
    alice = Owner(shop.register(ALICE))
    form = alice.get("/products/new")
    assert "camera=(self)" in form.headers["permissions-policy"]
    said = words(form)
    assert "Để bạn và người mua thấy món hàng; nơi chụp và loại máy ảnh được bỏ khỏi tệp." in said
    assert "Để biết chụp ảnh trong ứng dụng có ích hay không." in said
    for path in ("/products", "/receipts", "/settings"):
        assert "camera=()" in alice.get(path).headers["permissions-policy"]


def test_a_photo_becomes_a_product_picture(shop: Service) -> None:
    """P7: one request makes a square picture on white of a photo, and the list shows it."""
    alice = Owner(shop.register(ALICE))
    save(alice, "camera")
    found = re.search(r'src="/quay(/pictures/[0-9a-f]{64}/)160\.webp"', alice.get("/products").text)
    assert found is not None
    picture = Image.open(io.BytesIO(alice.get(f"{found[1]}1200.webp").content)).convert("RGB")
    assert picture.size == (1200, 1200)
    assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_what_is_kept_is_what_is_declared(shop: Service) -> None:
    """P7: the picture is kept as provided and the use of the camera as observed; a file leaves no such fact."""
    bob = Owner(shop.register(BOB))
    save(bob, "file")
    assert held(shop) == [(PICTURE, "shop", "provided")]
    save(bob, "camera")
    assert held(shop) == [(FACT, "shop", "observed"), *[(PICTURE, "shop", "provided")] * 2]


def test_the_customer_sees_their_pictures(shop: Service) -> None:
    """P7: pictures and that the camera was used stand in "Dữ liệu của tôi"; nothing of where they were taken does."""
    alice = Owner(shop.register(ALICE))
    save(alice, "camera")
    said = words(alice.browser.get("/me"))
    assert "Ảnh sản phẩm" in said
    assert "Có dùng máy ảnh" in said
    assert "taken at home" not in alice.browser.get("/me").text
