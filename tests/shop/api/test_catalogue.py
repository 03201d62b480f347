"""The catalogue over HTTP, as devices read and change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.services.sessions import find_session
from camket_shop.ids import new_id
from tests.shop.selling import COFFEE
from tests.web.conftest import ALICE, BOB, Browser, Service

if TYPE_CHECKING:
    from httpx2 import Response

CATALOGUE = "/quay/api/catalogue"
PRODUCTS = "/quay/api/products"


def add(browser: Browser, product_id: str | None = None, **typed: str) -> Response:
    """Send a product."""
    return browser.post(PRODUCTS, data=COFFEE | {"id": product_id or new_id()} | typed)


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and field of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def test_a_product_is_in_the_catalogue(alice: Browser) -> None:
    """What was added is answered whole and stands in the catalogue, with the revision after it."""
    answer = add(alice, barcode="8936000000012")
    product = answer.json()
    assert answer.status_code == 201
    assert product == {
        "id": product["id"], "name": "Cà phê sữa đá", "search": "ca phe sua da 8936000000012 do uong",
        "price": 25_000, "unit": "ly", "category": "Đồ uống", "barcode": "8936000000012", "picture": None,
        "version": 1, "wrong_check_digit": True,
    }  # fmt: skip
    assert alice.get(CATALOGUE).json() == {"revision": 1, "header_revision": "", "products": [product]}


def test_a_retry_adds_nothing(alice: Browser) -> None:
    """The same form again is 200 with the same product; other content under its id is 409."""
    product_id = new_id()
    first, again = add(alice, product_id), add(alice, product_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert refusal(add(alice, product_id, price="1k")) == (409, "product_id_taken", "id")


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"id": "../../etc"}, "id_invalid", "id"),
        ({"name": " "}, "text_empty", "name"),
        ({"name": "a" * 81}, "text_too_long", "name"),
        ({"name": "Cà\u200bphê"}, "text_hidden", "name"),
        ({"price": ""}, "price_empty", "price"),
        ({"price": "-25k"}, "price_negative", "price"),
        ({"price": "1.50"}, "price_ambiguous", "price"),
        ({"price": "25000,5"}, "price_decimals", "price"),
        ({"price": "1000000000000"}, "price_too_large", "price"),
        ({"price": "hai nghìn"}, "price_not_a_number", "price"),
        ({"unit": "a" * 17}, "text_too_long", "unit"),
        ({"category": "a" * 33}, "text_too_long", "category"),
        ({"barcode": "12"}, "barcode_invalid", "barcode"),
    ],
)
def test_a_wrong_field_is_refused_in_words(alice: Browser, typed: dict[str, str], code: str, field: str) -> None:
    """Each is refused with its code, its field and a sentence, and nothing is kept."""
    answer = add(alice, **typed) if "id" not in typed else add(alice, typed["id"])
    assert refusal(answer) == (422, code, field)
    assert answer.json()["error"]["message"]
    assert alice.get(CATALOGUE).json()["revision"] == 0


def test_the_other_tab_is_told_what_is_there(alice: Browser) -> None:
    """A change from an older version is 409 and carries the product as it is now."""
    product = add(alice).json()
    path = f"{PRODUCTS}/{product['id']}"
    first = alice.post(path, data=COFFEE | {"price": "30k", "version": "1"})
    assert (first.status_code, first.json()["version"], first.json()["price"]) == (200, 2, 30_000)
    second = alice.post(path, data=COFFEE | {"price": "35k", "version": "1"})
    assert refusal(second) == (409, "product_changed", "version")
    assert second.json()["product"] == first.json()
    assert "Cà phê sữa đá" in second.json()["error"]["message"]
    third = alice.post(path, data=COFFEE | {"price": "35k", "version": "2"})
    assert (third.status_code, third.json()["price"]) == (200, 35_000)


@pytest.mark.parametrize("version", ["", "-1", "1.0", "x", "１", "9" * 40])
def test_a_change_needs_the_version_it_was_made_from(alice: Browser, version: str) -> None:
    """Without a version, or with one that cannot be, nothing is changed."""
    product = add(alice).json()
    answer = alice.post(f"{PRODUCTS}/{product['id']}", data=COFFEE | {"version": version})
    assert refusal(answer) == (422, "version_invalid", "version")


def test_a_barcode_that_is_taken_names_its_product(alice: Browser) -> None:
    """The sentence says which product has the barcode."""
    add(alice, name="Trà đá", barcode="8936")
    answer = add(alice, barcode="8936")
    assert refusal(answer) == (422, "barcode_taken", "barcode")
    assert "Trà đá" in answer.json()["error"]["message"]


def test_a_product_is_archived_and_restored(alice: Browser) -> None:
    """Archived it is out of the catalogue; restored it is back; each gives a new revision, and twice is once."""
    product = add(alice).json()
    path = f"{PRODUCTS}/{product['id']}"
    for _ in range(2):
        assert alice.post(f"{path}/archive").status_code == 200
        found = alice.get(CATALOGUE).json()
        assert (found["revision"], found["products"]) == (2, [])
    for _ in range(2):
        assert alice.post(f"{path}/restore").status_code == 200
        found = alice.get(CATALOGUE).json()
        assert (found["revision"], len(found["products"])) == (3, 1)


def test_an_unchanged_catalogue_is_not_sent_again(alice: Browser) -> None:
    """With the tag of the last answer there is 304 until something changes."""
    add(alice)
    tag = alice.get(CATALOGUE).headers["etag"]
    same = alice.get(CATALOGUE, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert same.headers["cache-control"] == "private, no-cache"
    add(alice, name="Trà")
    changed = alice.get(CATALOGUE, headers={"If-None-Match": tag})
    assert (changed.status_code, len(changed.json()["products"])) == (200, 2)
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("gzip;q=0", False), ("identity", False), ("x-gzip", False)],
)
def test_a_long_catalogue_is_packed(alice: Browser, accepted: str, packed: bool) -> None:  # noqa: FBT001 - a case
    """A device that takes gzip gets it, any other does not; both read the same."""
    for number in range(5):
        add(alice, name=f"Cà phê sữa đá số {number}")
    answer = alice.get(CATALOGUE, headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert "Accept-Encoding" in answer.headers["vary"]
    assert len(answer.json()["products"]) == 5


def test_no_owner_is_shown_what_a_browser_kept_for_another(alice: Browser, bob: Browser) -> None:
    """Two shops at the same revision have different tags, so a shared browser's cache never mixes them."""
    add(alice)
    add(bob, name="Bánh của Bob")
    tag = alice.get(CATALOGUE).headers["etag"]
    answer = bob.get(CATALOGUE, headers={"If-None-Match": tag})
    assert (answer.status_code, [product["name"] for product in answer.json()["products"]]) == (200, ["Bánh của Bob"])


def test_the_use_of_the_shop_is_on_record_once(service: Service) -> None:
    """Opening the sell screen again and again keeps one value of `service.use` for the day (P4)."""
    alice, bob = service.register(ALICE), service.register(BOB)
    for _ in range(3):
        alice.get(CATALOGUE)

    def uses(browser: Browser) -> int:
        subject_id = subject_of(service, browser)
        kept = service.runtime.context.store.read(lambda unit: unit.values.of_subject(subject_id, ("service.use",)))
        return len([row for row in kept if row.service == "shop"])

    assert (uses(alice), uses(bob)) == (1, 0)


def subject_of(service: Service, browser: Browser) -> str:
    """Return the subject id of who is signed in, which no page shows."""
    session = find_session(service.runtime.context, browser.cookies["camket_session"])
    assert session is not None
    return session.subject_id
