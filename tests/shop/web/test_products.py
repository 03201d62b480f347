"""The catalogue's pages, as they work without JavaScript."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from camket_shop.ids import new_id
from tests.shop.web.conftest import COFFEE, words

if TYPE_CHECKING:
    from tests.shop.web.conftest import Owner


def photo(colour: str = "red", *, side: int = 200) -> bytes:
    """Return a photo as a phone takes it."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "JPEG")
    return file.getvalue()


def test_a_new_owner_is_led_by_three_steps(alice: Owner) -> None:
    """Name the shop, add a product, sell: the next one is marked, and each is ticked when it was done once."""
    assert words(alice.get("/products")).count("Xong") == 0
    alice.send("/settings", name="Tạp hóa Alice")
    assert "Đặt tên cửa hàng Xong" in words(alice.get("/products"))
    alice.add()
    assert "Thêm món hàng đầu tiên Xong" in words(alice.get("/products"))
    alice.sell()
    assert "Bắt đầu trong ba bước" not in words(alice.get("/products"))


def test_a_product_is_added_by_a_plain_form(alice: Owner) -> None:
    """It stands in the list with its price as people write it, and the page says so once."""
    product_id = alice.add()
    page = alice.get("/products")
    assert "Đã thêm “Cà phê sữa đá”." in words(page)
    assert "25.000 ₫ / ly" in words(page)
    assert "Đã thêm" not in words(alice.get("/products"))
    assert alice.listed() == [product_id]


def test_a_form_sent_twice_adds_once(alice: Owner) -> None:
    """A double tap leads to the same product."""
    fields = {"id": new_id()} | COFFEE
    assert [alice.send("/products/new", **fields).status_code for _ in range(2)] == [303, 303]
    assert len(alice.listed()) == 1


def test_adding_another_leads_to_an_empty_form(alice: Owner) -> None:
    """Who types in a whole shelf stays at the form, and sees that the last one is there."""
    answer = alice.send("/products/new", id=new_id(), then="another", **COFFEE)
    assert answer.headers["location"] == "/quay/products/new"
    form = alice.get("/products/new")
    assert "Đã thêm “Cà phê sữa đá”." in words(form)
    assert 'name="name" value=""' in form.text


def test_a_code_that_the_counter_did_not_know_stands_in_the_form(alice: Owner) -> None:
    """Nothing is kept by that, and what no field takes is cut."""
    assert 'name="barcode" value="8936000123456"' in alice.get("/products/new?barcode=8936000123456").text
    assert f'value="{"9" * 32}"' in alice.get(f"/products/new?barcode={'9' * 500}").text


def test_all_problems_are_said_at_once_and_what_was_typed_stays(alice: Owner) -> None:
    """Each stands beside its field and in the summary on top; nothing is added."""
    page = alice.send("/products/new", id=new_id(), name=" ", price="1.50", unit="cái", category="", barcode="1")
    assert page.status_code == 422
    assert words(page).count("Số này hiểu được theo hai cách.") == 2
    assert words(page).count("Hãy điền ô này.") == 2
    assert words(page).count("Mã vạch dài từ 4 đến 32 ký tự") == 2
    assert page.text.count('aria-invalid="true"') == 3
    assert 'value="1.50"' in page.text
    assert 'value="cái"' in page.text
    assert alice.listed() == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Hãy nhập số tiền"), ("-5", "không thể âm"), ("10000000000", "lớn quá"), ("mười", "không phải số tiền")],
)
def test_a_price_that_is_none_says_why(alice: Owner, typed: str, said: str) -> None:
    """The sentence is about what is wrong with this price."""
    assert said in words(alice.send("/products/new", id=new_id(), **(COFFEE | {"price": typed})))


def test_what_was_understood_of_a_price_is_echoed(alice: Owner) -> None:
    """Where another field has a problem, the price that was understood stands beside what was typed."""
    page = alice.send("/products/new", id=new_id(), **(COFFEE | {"name": "", "price": "1,5tr"}))
    assert "= 1.500.000 ₫" in words(page)


def test_typed_text_is_never_markup(alice: Owner) -> None:
    """A name that looks like HTML is shown as it was typed."""
    name = '<b>Trà</b> & "đá"'
    product_id = alice.add(name=name)
    for path in ("/products", f"/products/{product_id}"):
        page = alice.get(path)
        assert "<b>Trà" not in page.text
        assert name in words(page)


@pytest.mark.parametrize("asked", ["ca phe", "CÀ PHÊ", "sua  da", "do uong", "8936000"])
def test_a_product_is_found_without_accents(alice: Owner, asked: str) -> None:
    """By name, category or barcode, in any case and with any spaces."""
    coffee = alice.add(barcode="8936000123456")
    alice.add(name="Bánh mì trứng", category="Đồ ăn")
    assert alice.listed(f"/products?q={asked}") == [coffee]


def test_nothing_found_says_what_to_try(alice: Owner) -> None:
    """And leads back to everything."""
    alice.add()
    page = alice.get("/products?q=zzz")
    assert "Không món nào khớp với “zzz”" in words(page)
    assert 'value="zzz"' in page.text


def test_a_page_holds_forty(alice: Owner) -> None:
    """The rest follows on the next page, and a page that is not there is empty but whole."""
    added = {alice.add(name=f"Món {number:02}") for number in range(41)}
    first, second = alice.listed(), alice.listed("/products?page=2")
    assert (len(first), len(second)) == (40, 1)
    assert {*first, *second} == added
    assert "Trang 1/2" in words(alice.get("/products"))
    assert 'href="/quay/products?page=2"' in alice.get("/products").text
    assert 'href="/quay/products?q=mon&amp;page=2"' in alice.get("/products?q=mon").text
    assert 'href="/quay/products?page=1"' in alice.get("/products?page=2").text
    for asked in ("3", "0", "-1", "x", "9" * 40):
        assert alice.get(f"/products?page={asked}").status_code == 200


def test_a_picture_comes_by_a_plain_file(alice: Owner) -> None:
    """The list shows its smallest size, lazily and in a place that is kept free for it; its owner alone may have it."""
    answer = alice.browser.post(
        "/quay/products/new", data={"id": new_id()} | COFFEE, files={"picture": ("a.jpg", photo(), "image/jpeg")}
    )
    assert answer.status_code == 303
    picture = re.search(r'<img class="thumbnail" src="([^"]+/160\.webp)"[^>]*>', alice.get("/products").text)
    assert picture is not None
    assert 'width="72" height="72"' in picture[0]
    assert 'loading="lazy"' in picture[0]
    shown = alice.browser.get(picture[1])
    assert Image.open(io.BytesIO(shown.content)).size == (160, 160)


def test_a_file_that_is_no_picture_is_refused_beside_its_field(alice: Owner) -> None:
    """What it is instead is said, what was typed stays, and nothing is added."""
    page = alice.browser.post(
        "/quay/products/new",
        data={"id": new_id()} | COFFEE,
        files={"picture": ("a.jpg", b"<!doctype html><script>alert(1)</script>", "image/jpeg")},
    )
    assert page.status_code == 422
    assert "Đây là một trang web (HTML), không phải ảnh." in words(page)
    assert 'value="Cà phê sữa đá"' in page.text
    assert alice.listed() == []


def test_a_photo_that_is_too_large_loses_nothing(alice: Owner) -> None:
    """Forty megabytes are taken in far enough to say so beside the field."""
    page = alice.browser.post(
        "/quay/products/new",
        data={"id": new_id()} | COFFEE,
        files={"picture": ("a.jpg", b"\xff\xd8\xff" + bytes(40 * 2**20), "image/jpeg")},
    )
    assert page.status_code == 422
    assert "Ảnh nặng quá 25 MB." in words(page)
    assert 'value="Cà phê sữa đá"' in page.text


def test_an_empty_file_field_is_no_picture(alice: Owner) -> None:
    """A browser that sends the field without a file adds a product without a picture."""
    body = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in COFFEE.items()]
    body.append('--x\r\nContent-Disposition: form-data; name="picture"; filename=""\r\n'
                "Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n")  # fmt: skip
    answer = alice.browser.post(
        "/quay/products/new",
        content="".join(body).encode(),
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 303
    assert len(alice.listed()) == 1


def test_a_product_is_changed(alice: Owner) -> None:
    """The form shows what is there, and the list what was made of it."""
    product_id = alice.add()
    form = alice.get(f"/products/{product_id}").text
    assert 'value="25.000"' in form
    answer = alice.send(f"/products/{product_id}", **(COFFEE | {"version": "1", "price": "28k"}))
    assert answer.status_code == 303
    page = words(alice.get("/products"))
    assert "Đã lưu “Cà phê sữa đá”." in page
    assert "28.000 ₫" in page


def test_a_change_from_elsewhere_is_shown_and_not_lost(alice: Owner) -> None:
    """What is stored is said beside what was typed, and saving once more puts the typed in its place."""
    product_id = alice.add()
    alice.send(f"/products/{product_id}", **(COFFEE | {"version": "1", "price": "28k"}))
    page = alice.send(f"/products/{product_id}", **(COFFEE | {"version": "1", "price": "30k"}))
    assert page.status_code == 409
    assert "bản đang lưu là: Cà phê sữa đá, 28.000 ₫" in words(page)
    assert 'value="30k"' in page.text
    assert 'name="version" value="2"' in page.text
    alice.send(f"/products/{product_id}", **(COFFEE | {"version": "2", "price": "30k"}))
    assert "30.000 ₫" in words(alice.get("/products"))


def test_a_barcode_of_another_product_is_refused_by_its_name(alice: Owner) -> None:
    """The owner learns which product has it."""
    alice.add(barcode="8936000123456")
    page = alice.send("/products/new", id=new_id(), **(COFFEE | {"name": "Trà đá", "barcode": "8936000123456"}))
    assert "Mã vạch này đang là của “Cà phê sữa đá”." in words(page)


def test_a_product_is_put_away_and_the_next_page_undoes_it(alice: Owner) -> None:
    """It leaves the counter, stands among those put away, and comes back by one button."""
    product_id = alice.add()
    assert alice.send(f"/products/{product_id}/archive").status_code == 303
    page = alice.get("/products")
    assert "Đã cất “Cà phê sữa đá”." in words(page)
    assert f'action="/quay/products/{product_id}/restore"' in page.text
    assert alice.listed() == []
    assert alice.listed("/products?archived=1") == [product_id]
    assert "không còn ở quầy bán" in words(alice.get(f"/products/{product_id}"))
    alice.send(f"/products/{product_id}/restore")
    assert alice.listed() == [product_id]


def test_a_product_that_cannot_come_back_says_why(alice: Owner) -> None:
    """Its barcode may be another product's by now."""
    product_id = alice.add(barcode="8936000123456")
    alice.send(f"/products/{product_id}/archive")
    alice.add(name="Trà đá", barcode="8936000123456")
    page = alice.send(f"/products/{product_id}/restore")
    assert page.status_code == 422
    assert "Mã vạch này đang là của “Trà đá”." in words(page)
    assert alice.listed("/products?archived=1") == [product_id]


def test_reading_changes_nothing(alice: Owner) -> None:
    """Archive and restore answer no GET."""
    product_id = alice.add()
    assert alice.get(f"/products/{product_id}/archive").status_code == 405
    assert alice.listed() == [product_id]


def test_another_owners_product_is_not_there(alice: Owner, bob: Owner) -> None:
    """Neither to read nor to change nor to put away; and no list shows it."""
    product_id = alice.add()
    assert bob.get(f"/products/{product_id}").status_code == 404
    assert bob.send(f"/products/{product_id}", version="1", **COFFEE).status_code == 404
    assert bob.send(f"/products/{product_id}/archive").status_code == 404
    assert bob.send(f"/products/{product_id}/restore").status_code == 404
    assert bob.listed() == []
    assert alice.listed() == [product_id]


def test_what_was_done_names_nothing_of_another_owner(alice: Owner, bob: Owner) -> None:
    """A cookie that names a product of someone else says nothing."""
    product_id = alice.add()
    bob.browser.cookies.set("quay_done", f"archived.{product_id}", path="/quay")
    page = bob.get("/products")
    assert page.status_code == 200
    assert "Cà phê" not in words(page)
