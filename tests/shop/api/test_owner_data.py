"""What the shop knows of its owner: asked for once per device, shown in the privacy centre, gone with the account."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING
from zipfile import ZipFile

from PIL import Image

from camket_shop.ids import new_id
from tests.shop.api.test_catalogue import subject_of
from tests.shop.selling import COFFEE, sent_sale
from tests.web.conftest import ALICE, BOB, Browser, Service
from tests.web.test_erasure import delete

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from camket.client.guest import ExportedItem

API = "/quay/api"
SETTINGS = {
    "name": "Quán của Alice",
    "address": "12 Phố Huế, Hà Nội",
    "tax_code": "0123456789",
    "bank": "970436",
    "bank_account": "0123 456 789",
    "bank_holder": "NGUYEN THI ALICE",
}


def held(service: Service, browser: Browser) -> Sequence[ExportedItem]:
    """Return what the shop gives of who is signed in."""
    (shop,) = service.runtime.context.holders.all()
    return shop.export(subject_of(service, browser))


def photo() -> bytes:
    """Return a photo of nothing in particular, with words in its comment."""
    file = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(file, "JPEG", comment=b"taken by Alice")
    return file.getvalue()


def with_picture(browser: Browser, content: bytes | None = None) -> dict[str, str]:
    """Return a product that was just added with a picture."""
    answer = browser.post(
        f"{API}/products",
        data=COFFEE | {"id": new_id(), "picture_source": "camera"},
        files={"picture": ("photo.jpg", content or photo(), "image/jpeg")},
    )
    assert answer.status_code == 201, answer.text
    product: dict[str, str] = answer.json()
    return product


def test_the_header_is_what_the_settings_say(alice: Browser) -> None:
    """Before the settings are filled in every part is empty; afterwards a device gets all of them at once."""
    empty = alice.get(f"{API}/header")
    assert empty.headers["cache-control"] == "no-store"
    told = empty.json()
    assert told.pop("read_at").endswith("Z")
    assert told == {"name": "", "address": "", "tax_code": "", "bank": None, "revision": ""}
    assert alice.post("/quay/settings", data=SETTINGS).status_code == 303
    told = alice.get(f"{API}/header").json()
    del told["read_at"], told["revision"]
    assert told == {
        "name": "Quán của Alice",
        "address": "12 Phố Huế, Hà Nội",
        "tax_code": "0123456789",
        "bank": {"bin": "970436", "name": "Vietcombank", "account": "0123456789", "holder": "NGUYEN THI ALICE"},
    }


def test_a_change_of_the_settings_tells_devices_to_ask_again(alice: Browser) -> None:
    """The catalogue's `header_revision` and tag change with the settings, its `revision` does not."""
    before = alice.get(f"{API}/catalogue")
    alice.post("/quay/settings", data=SETTINGS)
    after = alice.get(f"{API}/catalogue", headers={"If-None-Match": before.headers["etag"]})
    assert (before.json()["header_revision"], after.status_code, after.json()["revision"]) == ("", 200, 0)
    assert after.json()["header_revision"] == alice.get(f"{API}/header").json()["revision"] != ""


def test_a_change_in_my_data_tells_devices_to_ask_again(service: Service, alice: Browser) -> None:
    """What the owner corrects or deletes in "Dữ liệu của tôi" is on the next receipt: the header's revision changes."""
    alice.post("/quay/settings", data=SETTINGS)
    tag = alice.get(f"{API}/catalogue").headers["etag"]
    subject_id = subject_of(service, alice)
    rows = service.runtime.context.store.read(lambda unit: unit.values.of_subject(subject_id, ("shop.tax_code",)))
    assert "Mã số thuế" in alice.get(f"/me/values/{rows[0].id}/delete").text
    asked = alice.send_form(f"/me/values/{rows[0].id}/delete")
    alice.send_form(asked.headers["location"], code=service.newest_code())
    after = alice.get(f"{API}/catalogue", headers={"If-None-Match": tag})
    assert (after.status_code, alice.get(f"{API}/header").json()["tax_code"]) == (200, "")


def test_what_is_emptied_in_the_settings_leaves_the_vault(service: Service, alice: Browser) -> None:
    """A value that the owner takes out is held no more, and the others are each held once."""
    alice.post("/quay/settings", data=SETTINGS)
    alice.post("/quay/settings", data=SETTINGS | {"tax_code": "", "bank": "", "bank_account": "", "bank_holder": ""})
    told = alice.get(f"{API}/header").json()
    assert (told["name"], told["tax_code"], told["bank"]) == ("Quán của Alice", "", None)
    subject_id = subject_of(service, alice)
    rows = service.runtime.context.store.read(lambda unit: unit.values.of_subject(subject_id, None))
    assert sorted(row.item for row in rows if row.item.startswith("shop.")) == ["shop.address", "shop.name"]


def test_reading_the_header_is_one_use_on_record(service: Service, alice: Browser) -> None:
    """One request of a device is one record of the ledger, however many items it reads."""
    alice.post("/quay/settings", data=SETTINGS)

    def records() -> int:
        subject_id = subject_of(service, alice)
        return len(service.runtime.context.store.read(lambda unit: unit.records.of_subject(subject_id, limit=500)))

    before = records()
    alice.get(f"{API}/header")
    assert records() == before + 1


def test_selling_puts_nothing_more_on_record(service: Service, alice: Browser) -> None:
    """After the day's first use a sale is no record of the ledger: the book of sales is the shop's own."""
    alice.post(f"{API}/sales", json=sent_sale())
    subject_id = subject_of(service, alice)

    def records() -> int:
        return len(service.runtime.context.store.read(lambda unit: unit.records.of_subject(subject_id, limit=500)))

    before = records()
    for _ in range(3):
        assert alice.post(f"{API}/sales", json=sent_sale()).status_code == 201
    assert records() == before


def test_a_picture_is_in_the_vault_and_its_product_in_the_book(service: Service, alice: Browser) -> None:
    """A product's picture is a value of `shop.picture`; removing it from the product takes it out of the vault."""
    product = with_picture(alice)
    subject_id = subject_of(service, alice)

    def pictures() -> int:
        rows = service.runtime.context.store.read(lambda unit: unit.values.of_subject(subject_id, ("shop.picture",)))
        return len(rows)

    assert pictures() == 1
    assert product["picture"] is not None
    removed = alice.post(
        f"{API}/products/{product['id']}", data=COFFEE | {"version": "1", "picture_remove": "1"}
    ).json()
    assert (removed["picture"], pictures()) == (None, 0)


def test_goods_and_sales_are_counted_in_the_centre(alice: Browser) -> None:
    """The owner sees in "Dữ liệu của tôi" that the shop holds them."""
    alice.post(f"{API}/products", data=COFFEE | {"id": new_id()})
    alice.post(f"{API}/sales", json=sent_sale())
    page = alice.get("/me").text
    assert "Danh mục hàng" in page
    assert "Sổ bán hàng" in page


def test_goods_and_sales_are_in_the_copy(service: Service, alice: Browser, bob: Browser) -> None:
    """The shop gives alice's goods and sales for her copy, and nothing of bob's."""
    for browser, name in ((alice, "Bánh của Alice"), (bob, "Bánh của Bob")):
        browser.post(f"{API}/products", data=COFFEE | {"id": new_id(), "name": name})
        browser.post(f"{API}/sales", json=sent_sale())
    files = {one.file_name: json.loads(one.content) for one in held(service, alice)}
    assert [product["name"] for product in files["catalogue.json"]["products"]] == ["Bánh của Alice"]
    assert [sale["number"] for sale in files["sales.json"]["sales"]] == [1]


def test_everything_goes_with_the_account(mount: Callable[[], Service]) -> None:
    """After alice's deletion the shop holds nothing of hers, after a restart too, and bob's shop is whole."""
    service = mount()
    alice, bob = service.register(ALICE), service.register(BOB)
    for browser in (alice, bob):
        with_picture(browser)
        browser.post(f"{API}/sales", json=sent_sale())
    gone, kept = subject_of(service, alice), subject_of(service, bob)
    delete(service, alice)
    service.settle()
    (shop,) = service.runtime.context.holders.all()
    assert (dict(shop.count(gone)), shop.export(gone)) == ({}, ())
    assert dict(shop.count(kept)) == {"shop.catalogue": 1, "shop.sales": 1}
    assert alice.get(f"{API}/catalogue").status_code == 401
    (shop,) = mount().runtime.context.holders.all()
    assert dict(shop.count(gone)) == {}
    assert dict(shop.count(kept)) == {"shop.catalogue": 1, "shop.sales": 1}


def test_the_archive_of_a_picture_tells_nothing_of_the_camera(service: Service, alice: Browser) -> None:
    """What lies in the vault is pixels alone: the photo's comment is in none of its sizes."""
    product = with_picture(alice)
    subject_id = subject_of(service, alice)
    opened = service.runtime.context.door.read(
        actor="service:shop", subject_id=subject_id, items=("shop.picture",), purpose="provide"
    )
    (picture,) = opened.values["shop.picture"]
    assert isinstance(picture.value, bytes)
    with ZipFile(io.BytesIO(picture.value)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert archive.namelist() == ["1200.webp", "400.webp", "160.webp"]
    assert b"taken by" not in content
    assert alice.get(f"/quay/pictures/{product['picture']}/400.webp").status_code == 200


def test_the_copys_pages_show_goods_and_sales_as_tables(service: Service, alice: Browser) -> None:
    """Who downloads the copy reads goods and sales as tables in their own language, with what was sold in each."""
    alice.post(f"{API}/products", data=COFFEE | {"id": new_id(), "name": "Cà phê <b>đá</b>"})
    alice.post(f"{API}/sales", json=sent_sale())
    asked = alice.send_form("/me/copy")
    ready = alice.send_form(asked.headers["location"], code=service.newest_code()).headers["location"]
    service.settle()
    with ZipFile(io.BytesIO(alice.send_form(ready).content)) as archive:
        pages = {name: archive.read(name).decode() for name in ("du-lieu-cua-toi.html", "my-data.html")}
        assert json.loads(archive.read("apps/quay/sales.json"))["sales"][0]["number"] == 1
    vietnamese, english = pages.values()
    assert "Trong ứng dụng Quầy: Danh mục hàng · 1 mục" in vietnamese
    assert "In the app Quầy: Sales book · 1 entry<" in english
    assert '<td data-label="Tên hàng">Cà phê &lt;b&gt;đá&lt;/b&gt;</td>' in vietnamese
    assert '<td data-label="Tổng (₫)">' in vietnamese
    assert "thành tiền: " in vietnamese


def test_a_picture_deleted_in_the_centre_is_gone_from_the_shop(service: Service, alice: Browser) -> None:
    """Who deletes a picture in "Dữ liệu của tôi" finds it nowhere in the shop; the product is still on sale."""
    product = with_picture(alice)
    (way,) = re.findall(r'href="(/me/values/[^"]+/delete)"', alice.get("/me").text)
    asked = alice.send_form(way)
    alice.send_form(asked.headers["location"], code=service.newest_code())
    assert alice.get(f"/quay/pictures/{product['picture']}/400.webp").status_code == 404
    for page in ("/quay/products", f"/quay/products/{product['id']}", "/quay/sell"):
        assert alice.get(page).status_code == 200
    products = alice.get(f"{API}/catalogue").json()["products"]
    assert [(one["id"], one["picture"]) for one in products] == [(product["id"], None)]


def test_a_picture_deleted_in_the_centre_stays_where_another_product_shows_it(service: Service, alice: Browser) -> None:
    """Two products with one and the same picture hold it twice: of the two, one shows it still and the other none."""
    same = photo()
    first, second = with_picture(alice, same), with_picture(alice, same)
    assert first["picture"] == second["picture"]
    way = re.findall(r'href="(/me/values/[^"]+/delete)"', alice.get("/me").text)[0]
    asked = alice.send_form(way)
    alice.send_form(asked.headers["location"], code=service.newest_code())
    assert alice.get(f"/quay/pictures/{first['picture']}/400.webp").status_code == 200
    shown = [one["picture"] for one in alice.get(f"{API}/catalogue").json()["products"]]
    assert first["picture"] in shown


def test_what_is_corrected_in_the_centre_stands_on_receipts(service: Service, alice: Browser) -> None:
    """A name that is put right in "Dữ liệu của tôi" is the name that a device is given."""
    alice.post("/quay/settings", data=SETTINGS)
    asked = alice.send_form("/me/correct/shop.name", **{"shop.name": "Tiệm Alice"})
    alice.send_form(asked.headers["location"], code=service.newest_code())
    assert alice.get(f"{API}/header").json()["name"] == "Tiệm Alice"
