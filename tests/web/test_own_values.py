"""What one does with single values and devices: seeing them together, deleting one, naming and forgetting a device."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import Source
from tests.pictures import picture, renditions
from tests.web.conftest import ALICE, BOB, Browser

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Service

PRINTER = "Máy in quầy"


def text_of(answer: Response) -> str:
    """Return a page as one reads it, without tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def links(answer: Response, ending: str) -> list[str]:
    """Return the addresses on a page that end so, in their order."""
    return re.findall(rf'href="(/me/(?:devices|values)/[^"]*/{ending})"', answer.text)


def give(service: Service, item: str, value: str | bytes, source: Source = Source.PROVIDED) -> None:
    """Have the only subject give a value to the service that the item is collected in."""
    ctx = service.runtime.context
    (subject,) = ctx.store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9))
    policy = ctx.policies.published(ctx.store)[-1].version.policy
    declared = next(one for one in policy.items if one.id == item)
    by = next(one.service for one in declared.collected if one.source is source)
    ctx.door.collect(actor="subject", subject_id=subject, values={item: value}, service=by, source=source)


def test_equal_values_stand_together_and_each_keeps_its_days(service: Service) -> None:
    """The reason is said once, equal values once with their number, and every day of each is on the page."""
    browser = service.register(ALICE)
    for _ in range(3):
        give(service, "shop.printer_name", PRINTER, Source.OBSERVED)
        service.clock.advance(timedelta(days=2))
    page = browser.get("/me")
    text = text_of(page)
    assert "Máy in nào · 3 giá trị" in text
    assert text.count("Để nối lại đúng máy in của bạn.") == 1
    assert "3 lần, từ 22/11/2026 đến 26/11/2026" in text
    for day in ("22/11/2026", "24/11/2026", "26/11/2026"):
        assert f"Từ {day} · giữ đến" in text
    assert re.search(r"<dt>giá trị đang giữ</dt><dd>(\d+)", page.text)


def test_many_values_are_folded_and_none_is_left_out(service: Service) -> None:
    """Three different values of an item are seen at once, newest first, the others when one asks for them."""
    browser = service.register(ALICE)
    for number in range(5):
        give(service, "shop.printer_name", f"Máy in {number}", Source.OBSERVED)
        service.clock.advance(timedelta(days=1))
    text = text_of(browser.get("/me"))
    places = [text.index(f"Máy in {number} ") for number in (4, 3, 2, 1, 0)]
    assert places == sorted(places)
    assert places[2] < text.index("Xem thêm 2 giá trị") < places[3]


def test_one_value_is_deleted_after_proof(service: Service) -> None:
    """The page shows what goes, then a code is asked, then this value is gone and the other one stays."""
    browser = service.register(ALICE)
    give(service, "support.message", "Máy in không chạy.")
    service.clock.advance(timedelta(days=1))
    give(service, "support.message", "Đã chạy rồi.")
    page = browser.get("/me")
    assert "/me/correct/support.message" not in page.text
    newest, older = links(page, "delete")
    assert "Máy in không chạy." in text_of(browser.get(older))
    asked = browser.send_form(older)
    assert "Máy in không chạy." in text_of(browser.get("/me"))
    done = browser.send_form(asked.headers["location"], code=service.newest_code())
    assert done.headers["location"] == "/me"
    text = text_of(browser.get(done.headers["location"]))
    assert "Đã xóa xong" in text
    assert "Máy in không chạy." not in text
    assert "Đã chạy rồi." in text
    assert browser.get(older).status_code == 404
    assert browser.get(newest).status_code == 200


def test_what_is_required_cannot_be_deleted_alone(service: Service) -> None:
    """The three things that an account needs, and what was observed, have no way to delete them alone."""
    browser = service.register(ALICE)
    assert links(browser.get("/me"), "delete") == []
    ctx = service.runtime.context
    (subject,) = ctx.store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9))
    for row in ctx.store.read(lambda unit: unit.values.of_subject(subject)):
        assert browser.get(f"/me/values/{row.id}/delete").status_code == 404
        assert browser.send_form(f"/me/values/{row.id}/delete").status_code == 404


def test_a_device_is_named(service: Service) -> None:
    """The name is shown where the device is; a wrong one is refused beside its field, and a blank one takes it away."""
    browser = service.register(ALICE)
    (way,) = links(browser.get("/me"), "name")
    wrong = browser.send_form(way, **{"device.name": "x" * 5000})
    assert wrong.status_code == 422
    assert 'id="problem-device.name"' in wrong.text
    assert browser.send_form(way, **{"device.name": "Máy ở quầy"}).headers["location"] == "/me"
    assert "Máy ở quầy" in text_of(browser.get("/me"))
    assert "Máy ở quầy" in text_of(browser.get("/me/sessions"))
    assert 'value="Máy ở quầy"' in browser.get(way).text
    browser.send_form(way, **{"device.name": ""})
    assert "Máy ở quầy" not in text_of(browser.get("/me"))


def test_a_forgotten_device_is_signed_out(service: Service) -> None:
    """After one confirming page the other device is gone from the page and can no longer see anything."""
    browser = service.register(ALICE)
    other = service.browser()
    other.send_form("/sign-in", email=ALICE["email"])
    other.send_form("/sign-in/confirm", code=service.newest_code())
    ways = links(browser.get("/me"), "forget")
    assert len(ways) == 2
    way = next(one for one in ways if "Thiết bị này bị đăng xuất ngay" in text_of(browser.get(one)))
    assert other.get("/me").status_code == 200
    assert browser.send_form(way).headers["location"] == "/me"
    assert "Đã quên thiết bị" in text_of(browser.get("/me"))
    assert len(links(browser.get("/me"), "forget")) == 1
    assert other.get("/me").headers["location"].startswith("/sign-in")
    assert browser.send_form(way).status_code == 404


@pytest.mark.parametrize("ending", ["name", "forget"])
def test_another_s_device_is_not_there(service: Service, ending: str) -> None:
    """Someone else's device, its id, and an address from another session lead nowhere, and change nothing."""
    browser = service.register(ALICE)
    stranger: Browser = service.register(BOB)
    (way,) = links(browser.get("/me"), ending)
    before = len(links(browser.get("/me"), ending))
    fields = {"device.name": "mine"} if ending == "name" else {}
    assert stranger.get(way).status_code == 404
    assert stranger.send_form(way, **fields).status_code == 404
    assert len(links(browser.get("/me"), ending)) == before
    assert "mine" not in text_of(browser.get("/me"))


# Pictures.


def thumbnails(answer: Response) -> list[str]:
    """Return the addresses of the pictures on a page, in their order."""
    return re.findall(r'<img src="(/me/values/[^"]+/picture)" width="160" height="160" loading="lazy"', answer.text)


def test_a_picture_is_shown_as_a_picture(service: Service) -> None:
    """The page shows it small with its day in words, another address shows it large; no cache keeps either."""
    browser = service.register(ALICE)
    give(service, "shop.picture", picture("teal"))
    page = browser.get("/me")
    assert "Ảnh sản phẩm · 1 ảnh" in text_of(page)
    assert 'alt="Ảnh sản phẩm ngày 22/11/2026"' in page.text
    (place,) = thumbnails(page)
    small, large = browser.get(place), browser.get(f"{place}?size=1200")
    assert (small.content, large.content) == (renditions("teal")["160.webp"], renditions("teal")["1200.webp"])
    for answer in (small, large):
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    for odd in ("800", "", "x", "-1", "160.0", "9" * 40):
        assert browser.get(place, params={"size": odd}).content == small.content


def test_every_look_at_a_picture_is_on_record_and_the_list_of_uses_stays_short(service: Service) -> None:
    """Thirty pictures that load are thirty entries, shown as one row of one's own looking."""
    browser = service.register(ALICE)
    give(service, "shop.picture", picture())
    (place,) = thumbnails(browser.get("/me"))
    for _ in range(30):
        browser.get(place)
    service.settle()
    text = text_of(browser.get("/me/uses"))
    assert "ảnh sản phẩm · quyền của bạn · 30 lần, hôm nay 10:00" in text


def test_a_picture_is_its_owners_alone(service: Service) -> None:
    """Another customer, a stranger and a value that is no picture all find nothing."""
    browser = service.register(ALICE)
    give(service, "shop.picture", picture())
    give(service, "shop.name", "Quán Alice")
    (place,) = thumbnails(browser.get("/me"))
    (subject,) = service.runtime.context.store.read(
        lambda unit: unit.values.subjects_with("email", after_id="", limit=9)
    )
    (name,) = service.runtime.context.store.read(lambda unit: unit.values.of_subject(subject, ("shop.name",)))
    bob = service.register(BOB)
    assert bob.get(place).status_code == 404
    assert browser.get(f"/me/values/{name.id}/picture").status_code == 404
    assert browser.get("/me/values/nothing/picture").status_code == 404
    assert service.browser().get(place).headers["location"].startswith("/sign-in")
    assert bob.get("/me/pictures/shop.picture").status_code == 404
    assert browser.get("/me/pictures/shop.name").status_code == 404


def test_hundreds_of_pictures_stay_readable(service: Service) -> None:
    """The centre shows the newest four and how many there are; the others stand forty a page, each to be deleted."""
    browser = service.register(ALICE)
    for number in range(85):
        give(service, "shop.picture", picture(f"#{number:06x}"))
        service.clock.advance(timedelta(minutes=1))
    page = browser.get("/me")
    assert "Ảnh sản phẩm · 85 ảnh" in text_of(page)
    assert "Xem cả 85 ảnh" in text_of(page)
    newest = thumbnails(page)
    assert len(newest) == 4
    pages = [browser.get(f"/me/pictures/shop.picture?page={number}") for number in (1, 2, 3)]
    shown = [place for answer in pages for place in thumbnails(answer)]
    assert [len(thumbnails(answer)) for answer in pages] == [40, 40, 5]
    assert len(set(shown)) == 85
    assert shown[:4] == newest
    assert browser.get(shown[-1]).content == renditions("#000000")["160.webp"]
    assert all(len(links(answer, "delete")) == len(thumbnails(answer)) for answer in pages)
    assert thumbnails(browser.get("/me/pictures/shop.picture?page=4")) == []


def test_one_picture_is_deleted_after_proof(service: Service) -> None:
    """The page shows the picture that would go; after the code it is gone and the other one stays."""
    browser = service.register(ALICE)
    for colour in ("red", "green"):
        give(service, "shop.picture", picture(colour))
        service.clock.advance(timedelta(minutes=1))
    green, red = links(browser.get("/me"), "delete")
    assert thumbnails(browser.get(red)) == [red.replace("delete", "picture")]
    asked = browser.send_form(red)
    browser.send_form(asked.headers["location"], code=service.newest_code())
    assert links(browser.get("/me"), "delete") == [green]
    assert browser.get(red.replace("delete", "picture")).status_code == 404


# What a shop gave about itself.


@pytest.mark.parametrize(
    ("item", "held", "corrected"),
    [
        ("shop.name", "Quán Alice", "Quán Cà Phê Alice"),
        ("shop.address", "12 Hàng Bông\nHà Nội", "14 Hàng Bông\nHà Nội"),
        ("shop.tax_code", "0312345678", "0312345678-001"),
        ("shop.bank", "970436 Vietcombank", "970418 BIDV"),
        ("shop.bank_account", "0071000123456", "0071000654321"),
        ("shop.bank_holder", "NGUYEN THI ALICE", "NGUYEN ALICE"),
    ],
)
def test_what_a_shop_gave_is_corrected_and_deleted(service: Service, item: str, held: str, corrected: str) -> None:
    """The form holds the value that is held; after the code the new one stands in its place, and it can be deleted."""
    browser = service.register(ALICE)
    give(service, item, held)
    form = html.unescape(browser.get(f"/me/correct/{item}").text)
    assert f'value="{held}"' in form or f">{held}</textarea>" in form
    asked = browser.send_form(f"/me/correct/{item}", **{item: corrected})
    browser.send_form(asked.headers["location"], code=service.newest_code())
    text = text_of(browser.get("/me"))
    assert corrected.replace("\n", " ") in text
    assert held.replace("\n", " ") not in text.replace(corrected.replace("\n", " "), "")
    (way,) = links(browser.get("/me"), "delete")
    gone = browser.send_form(way)
    browser.send_form(gone.headers["location"], code=service.newest_code())
    assert corrected.replace("\n", " ") not in text_of(browser.get("/me"))
    assert browser.get(f"/me/correct/{item}").status_code == 404


def test_looking_at_what_would_be_corrected_is_on_record(service: Service) -> None:
    """The value in the form went through the door: the look stands in the list of uses."""
    browser = service.register(ALICE)
    browser.get("/me/correct/phone")
    assert 'value="090 123 45 67"' in browser.get("/me/correct/phone").text
    assert "số điện thoại · quyền của bạn · 2 lần" in text_of(browser.get("/me/uses"))


@pytest.mark.parametrize("item", ["shop.catalogue", "shop.sales"])
def test_what_an_app_keeps_itself_is_not_corrected_here(service: Service, item: str) -> None:
    """A holding has no form: it is changed in the app that keeps it."""
    assert service.register(ALICE).get(f"/me/correct/{item}").status_code == 404
