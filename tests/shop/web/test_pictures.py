"""Photos over the wire: what is answered, to whom, how often it is opened, and what of them touches a disk."""

from __future__ import annotations

import io
import re
import tempfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from camket_shop.errors import BusyError
from camket_shop.ids import new_id
from camket_shop.photos.darkroom import Darkroom
from camket_shop.photos.intake import PHOTO_BYTES
from camket_shop.platform import Platform
from tests.canary.markers import search_folder, word_marker
from tests.shop.photos.photographs import photograph
from tests.shop.web.conftest import COFFEE, words

if TYPE_CHECKING:
    from pathlib import Path

    from httpx2 import Response

    from tests.shop.web.conftest import Owner
    from tests.web.conftest import Service

WHITEN, PLAIN = "/quay/api/pictures/whiten", "/quay/api/pictures/plain"
ADDRESS = re.compile(r"/quay/pictures/([0-9a-f]{64})/160\.webp")
PHOTO = photograph("can", width=420, height=560).file()
EMPTY = photograph("nothing", width=420, height=560, shadow=False).file()


def save(owner: Owner, photo: bytes = PHOTO, /, **fields: str) -> Response:
    """Send the form of a new product with a photo."""
    return owner.browser.post(
        "/quay/products/new",
        data={"id": new_id()} | COFFEE | fields,
        files={"picture": ("../../etc/passwd.svg", photo, "image/svg+xml")},
    )


def shown(owner: Owner) -> str:
    """Return the address of the picture of the only product."""
    found = ADDRESS.search(owner.get("/products").text)
    assert found is not None
    return found[1]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the rows of the vault that are opened from now on."""
    rows: list[str] = []
    real = Platform.picture

    def picture(platform: Platform, subject_id: str, row_id: str) -> bytes | None:
        rows.append(row_id)
        return real(platform, subject_id, row_id)

    monkeypatch.setattr(Platform, "picture", picture)
    return rows


def test_a_photo_comes_back_on_white(alice: Owner) -> None:
    """The answer is a WebP of 1200 pixels, white around the product, and says that it is so; nothing is kept."""
    answer = alice.browser.post(WHITEN, content=PHOTO, headers={"content-type": "text/html"})
    assert answer.status_code == 200
    assert (answer.headers["content-type"], answer.headers["x-whitened"]) == ("image/webp", "yes")
    assert answer.headers["cache-control"] == "no-store"
    image = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert image.size == (1200, 1200)
    assert image.getpixel((5, 5)) == (255, 255, 255)
    assert ADDRESS.search(alice.get("/products").text) is None


def test_a_photo_without_a_product_comes_back_as_it_was(alice: Owner) -> None:
    """Where nothing stands out the answer says no, and is what the other address gives."""
    answer = alice.browser.post(WHITEN, content=EMPTY)
    plain = alice.browser.post(PLAIN, content=EMPTY)
    assert (answer.headers["x-whitened"], plain.headers["x-whitened"]) == ("no", "no")
    assert answer.content == plain.content


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("photo", "status", "code", "sentences"),
    [
        (b"<!doctype html>", 422, "picture_html", {"vi": "trang web (HTML)", "en": "web page (HTML)"}),
        (b"<svg/>", 422, "picture_svg", {"vi": "SVG", "en": "SVG"}),
        (b"GIF89a", 422, "picture_gif", {"vi": "GIF", "en": "GIF"}),
        (b"%PDF-1.7", 422, "picture_pdf", {"vi": "PDF", "en": "PDF"}),
        (PHOTO[:2000], 422, "picture_broken", {"vi": "hỏng", "en": "damaged"}),
        (b"", 422, "picture_empty", {"vi": "trống", "en": "empty"}),
    ],
)
def test_a_refusal_is_said_in_the_readers_language(
    alice: Owner, language: str, photo: bytes, status: int, code: str, sentences: dict[str, str]
) -> None:
    """What it was is named, in Vietnamese and in English, and nothing of it is quoted."""
    answer = alice.browser.post(f"{WHITEN}?lang={language}", content=photo)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (status, code, "picture")
    assert sentences[language] in error["message"]


@pytest.mark.parametrize("path", [WHITEN, PLAIN])
def test_forty_megabytes_are_not_read(alice: Owner, path: str) -> None:
    """A body that says how large it is is refused by that; one that does not, once it is too large."""
    assert alice.browser.post(path, content=bytes(40 * 2**20)).status_code == 413

    def endless() -> list[bytes]:
        return [b"\xff\xd8\xff", *(bytes(2**20) for _ in range(PHOTO_BYTES // 2**20 + 1))]

    assert alice.browser.post(path, content=iter(endless())).status_code == 413


def test_nobody_else_gets_in(service: Service, alice: Owner, bob: Owner) -> None:
    """Without a session, from another site, and to another owner: no photo is worked on and no picture shown."""
    save(alice)
    path = f"/quay/pictures/{shown(alice)}/400.webp"
    assert alice.browser.get(path).status_code == 200
    assert bob.browser.get(path).status_code == 404
    stranger = service.browser()
    assert stranger.get(path).status_code == 303
    assert stranger.post(WHITEN, content=PHOTO).status_code == 401
    assert alice.browser.post(WHITEN, content=PHOTO, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_same_picture_of_two_owners_is_two(alice: Owner, bob: Owner) -> None:
    """Two owners with the same photo have the same address each, and each their own value behind it."""
    save(alice)
    save(bob)
    digest = shown(alice)
    assert shown(bob) == digest
    alice.send(f"/products/{alice.listed()[0]}", version="1", picture_remove="1", **COFFEE)
    assert alice.get(f"/pictures/{digest}/160.webp").status_code == 404
    assert bob.get(f"/pictures/{digest}/160.webp").status_code == 200


@pytest.mark.parametrize("size", [1200, 400, 160])
def test_a_picture_is_opened_once_for_a_device(alice: Owner, opened: list[str], size: int) -> None:
    """It is the owner's own, for a year, and never asked for again; asked for all the same, nothing is opened."""
    save(alice)
    path = f"/pictures/{shown(alice)}/{size}.webp"
    first = alice.get(path)
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(first.content)).size == (size, size)
    assert len(opened) == 1
    assert "đọc thông tin ảnh sản phẩm" in words(alice.browser.get("/me/uses"))
    again = alice.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(opened) == 1


@pytest.mark.parametrize(
    "name", ["0" * 64 + "/160.webp", "x/160.webp", "A" * 64 + "/160.webp", "0" * 64 + "/161.webp", "../1/160.webp"]
)
def test_what_is_no_picture_is_not_there(alice: Owner, name: str) -> None:
    """An address that names nothing of this shop is answered like any that is not there."""
    save(alice)
    assert alice.get(f"/pictures/{name}").status_code == 404


def test_a_picture_that_is_changed_or_removed_is_gone(alice: Owner) -> None:
    """The old picture is not to be had any more, whether another took its place or none did."""
    save(alice)
    (product,), old = alice.listed(), shown(alice)
    other = photograph("pack", width=420, height=560).file()
    fields = {"id": product, "version": "1"} | COFFEE
    changed = alice.browser.post(
        f"/quay/products/{product}", data=fields, files={"picture": ("b.jpg", other, "image/jpeg")}
    )
    assert changed.status_code == 303
    new = shown(alice)
    assert new != old
    assert alice.get(f"/pictures/{old}/160.webp").status_code == 404
    alice.send(f"/products/{product}", **(fields | {"version": "2", "picture_remove": "1"}))
    assert ADDRESS.search(alice.get("/products").text) is None
    assert alice.get(f"/pictures/{new}/160.webp").status_code == 404


@pytest.mark.parametrize(("ticked", "white"), [({"whiten": "1"}, True), ({}, False)])
def test_the_plain_form_whitens_if_ticked(alice: Owner, ticked: dict[str, str], white: bool) -> None:  # noqa: FBT001 - a case
    """Without JavaScript the tick beside the file decides."""
    assert 'name="whiten" value="1" checked' in alice.get("/products/new").text
    save(alice, **ticked)
    image = Image.open(io.BytesIO(alice.get(f"/pictures/{shown(alice)}/400.webp").content)).convert("RGB")
    assert (image.getpixel((3, 3)) == (255, 255, 255)) is white


def test_that_the_camera_was_used_is_kept_once_a_day(alice: Owner) -> None:
    """A picture taken in the page leaves one fact a day; a file leaves none."""
    save(alice)
    assert "Có dùng máy ảnh" not in words(alice.browser.get("/me"))
    for _ in range(2):
        save(alice, picture_source="camera", barcode="")
    assert words(alice.browser.get("/me")).count("Có dùng máy ảnh") == 1


def test_a_busy_darkroom_loses_nothing(alice: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API says that it may be sent again, and a form keeps what was typed."""

    def busy(_self: Darkroom, _photo: bytes, *, whiten: bool) -> object:
        raise BusyError("pictures_busy", field="picture", values={"whiten": int(whiten)})

    monkeypatch.setattr(Darkroom, "develop", busy)
    answer = alice.browser.post(WHITEN, content=PHOTO)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "pictures_busy")
    page = save(alice)
    assert page.status_code in {422, 503}
    assert "hãy thử lại sau vài giây" in words(page)
    assert 'value="Cà phê sữa đá"' in page.text
    assert alice.listed() == []


def test_the_camera_is_allowed_on_the_form_alone(alice: Owner) -> None:
    """The page of the form may ask for the camera, and for nothing else; the list may ask for nothing."""
    allowed = alice.get("/products/new").headers["permissions-policy"]
    assert "camera=(self)" in allowed
    assert "microphone=()" in allowed
    assert "camera=()" in alice.get("/products").headers["permissions-policy"]
    assert "blob:" in alice.get("/products/new").headers["content-security-policy"]


def test_a_photo_touches_no_disk_unsealed(alice: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large photo is taken in where no temporary file can be made, and no file has a word or a byte of it.

    Searched for are the comment in its file and runs of the bytes of its picture.
    """
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    marker = word_marker()
    photo = photograph("pack", width=2000, height=2000).file(quality=98, comment=marker.encode())
    assert len(photo) > 2 * 2**20
    assert save(alice, photo, picture_source="camera").status_code == 303
    assert alice.browser.post(WHITEN, content=photo).status_code == 200
    picture = alice.get(f"/pictures/{shown(alice)}/1200.webp").content
    folder = tmp_path / "data"
    assert search_folder({"comment": marker}, folder) == []
    pieces = [picture[at : at + 24] for at in range(64, len(picture) - 24, 997)]
    assert pieces
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [piece for piece in pieces if piece in content], file.name
