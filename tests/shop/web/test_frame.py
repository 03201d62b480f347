"""The frame of the shop: who may come in, in which language, with which headers, and what an error looks like."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.services.policies import publish_policy
from camket_shop.errors import StoreError
from camket_shop.web.pages import products
from tests.shop.web.conftest import serving, words
from tests.web.conftest import ROOT, Browser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shop.web.conftest import Owner
    from tests.web.conftest import Service

PAGES = ["/sell", "/products", "/products/new", "/receipts", "/settings", "/printers"]
CALLS = ["/api/catalogue", "/api/header", "/api/sales"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_leads_to_the_sign_in_and_back(shared: Service, path: str) -> None:
    """Who is not signed in is led to the platform's sign-in, with the page to come back to."""
    answer = shared.browser().get(f"/quay{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=%2Fquay{path.replace('/', '%2F')}")


@pytest.mark.parametrize("path", CALLS)
def test_a_call_of_a_stranger_is_told_so(shared: Service, path: str) -> None:
    """A script gets a code and a sentence instead of a page."""
    answer = shared.browser().get(f"/quay{path}")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "signed_out"


def test_a_form_of_a_stranger_changes_nothing(shared: Service) -> None:
    """Its body is not even read; the sign-in leads on to the shop."""
    answer = shared.browser().post("/quay/settings", data={"name": "x" * 10})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fquay%2Fsell")


def test_the_way_in_leads_to_the_first_steps_and_then_to_the_counter(service: Service, alice: Owner) -> None:
    """To the products while there was never one, to the counter ever after; a stranger by the sign-in."""
    assert service.browser().get("/quay/").headers["location"] == "/sign-in?next=%2Fquay%2F"
    assert alice.get("/").headers["location"] == "/quay/products"
    product_id = alice.add()
    assert alice.get("/").headers["location"] == "/quay/sell"
    alice.send(f"/products/{product_id}/archive")
    assert alice.get("/").headers["location"] == "/quay/sell"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_framed(reader: Owner, path: str) -> None:
    """Every page has the four parts, and one step to my data, to the policy and out."""
    page = reader.get(path).text
    for link in ("/quay/sell", "/quay/products", "/quay/receipts", "/quay/settings", "/me", "/policy"):
        assert f'href="{link}"' in page, link
    assert 'action="/sign-out"' in page


@pytest.mark.parametrize("part", ["sell", "products", "receipts", "settings"])
def test_the_part_in_hand_is_marked(reader: Owner, part: str) -> None:
    """One link of the navigation is the current page, and it is the right one."""
    page = reader.get(f"/{part}").text
    assert page.count('aria-current="page"') == 1
    assert f'href="/quay/{part}" aria-current="page"' in page


def test_pages_allow_nothing_but_their_own(reader: Owner) -> None:
    """No script, style or place for a form but our own; a picture may be one that is not sent yet."""
    headers = reader.get("/products").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["worker-src"] == "'self'"
    assert policy["img-src"] == "'self' blob:"
    assert policy["trusted-types"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/products", set()), ("/settings", set()), ("/products/new", {"camera"}), ("/printers", {"serial"})],
)
def test_a_page_may_use_only_what_it_needs_of_the_device(reader: Owner, path: str, allowed: set[str]) -> None:
    """The camera stays off where nothing is photographed, and the rest of the device everywhere."""
    header = reader.get(path).headers["permissions-policy"]
    assert {one.partition("=")[0] for one in header.split(", ") if one.endswith("=(self)")} == allowed
    assert "geolocation=()" in header


def test_the_language_is_chosen_once(alice: Owner) -> None:
    """A chosen language is the platform's own choice: it stands on the next page, here and there."""
    assert '<html lang="vi"' in alice.get("/products").text
    assert '<html lang="en"' in alice.get("/products?lang=en").text
    assert '<html lang="en"' in alice.get("/settings").text
    assert '<html lang="en"' in alice.browser.get("/policy").text


def test_over_https_the_language_is_kept_for_this_host_alone(tmp_path: Path) -> None:
    """Under the platform's own name for it, over https only."""
    for service in serving(tmp_path / "data", origin="https://shop.example"):
        answer = Browser(service.app, base_url="https://shop.example").get("/quay/nothing?lang=en")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-camket_language=en;")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


def test_the_browsers_language_counts_where_none_was_chosen(reader: Owner) -> None:
    """A browser in English gets English; one in a language that we do not have gets Vietnamese."""
    assert '<html lang="en"' in reader.get("/products", headers={"accept-language": "en-GB,en;q=0.8"}).text
    assert '<html lang="vi"' in reader.get("/products", headers={"accept-language": "de"}).text


def test_the_other_language_keeps_what_was_asked_for(reader: Owner) -> None:
    """The link to the other language shows the same list; on the answer to a form it shows the form."""
    assert 'href="?q=ca+phe&amp;lang=en"' in reader.get("/products?q=ca phe").text
    refused = reader.send("/products/new", name="", price="")
    assert 'href="/quay/products/new?lang=en"' in refused.text


@pytest.mark.parametrize("path", ["/nothing", "/products/0", "/receipts/0", "/receipts/99", "/receipts/x", "/sell/"])
def test_what_is_not_there_is_said_in_the_shops_look(reader: Owner, path: str) -> None:
    """A page that is not there says what happened, what is safe and what to do, inside the shop."""
    page = reader.get(path)
    assert page.status_code == 404
    assert "Hàng và biên nhận của bạn vẫn ở chỗ cũ." in words(page)
    assert 'href="/quay/products"' in page.text
    assert page.headers["content-security-policy"]


def test_a_page_that_takes_no_form_says_so(reader: Owner) -> None:
    """The browser is told which ways there are."""
    answer = reader.send("/receipts")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_too_much_is_refused_before_it_is_read(reader: Owner) -> None:
    """A form larger than any form here gets a page that says so, and a script a code."""
    much = "x" * 200_000
    assert reader.send("/settings", name=much).status_code == 413
    answer = reader.browser.post("/quay/api/sales", content=much)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000])
def test_a_length_that_is_none_is_refused(reader: Owner, length: str) -> None:
    """However it is written; nothing is read."""
    assert reader.browser.post("/quay/settings", content="", headers={"content-length": length}).status_code == 400


def test_a_field_given_twice_is_refused(reader: Owner) -> None:
    """Two values have no single meaning."""
    form = "name=A&name=B&price=1"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert reader.browser.post("/quay/products/new", content=form, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (RuntimeError("secret of the code"), 500, "Một lỗi của chúng tôi làm trang này dừng lại."),
        (StoreError("store_failed", reason="secret of the disk"), 503, "Kho dữ liệu đang bận"),
    ],
)
def test_a_fault_of_ours_says_what_is_safe_and_nothing_of_the_inside(
    reader: Owner, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, said: str
) -> None:
    """The page tells what is stored and what to do; the reason stays in the operator's log."""

    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(products, "search_catalogue", broken)
    page = reader.get("/products")
    assert page.status_code == status
    assert said in words(page)
    assert "secret" not in page.text


def test_a_form_from_another_site_changes_nothing(reader: Owner) -> None:
    """Even with the owner's cookie."""
    answer = reader.browser.post("/quay/settings", data={"name": "X"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert reader.get("/api/header").json()["name"] == ""


def test_a_change_of_the_policy_to_come_stands_on_every_page(service: Service, alice: Owner) -> None:
    """As a banner that leads to what changes, until it is read: then it is gone here and on camket's own pages."""
    assert 'class="notice"' not in alice.get("/products").text
    files = dict(read_policy_folder(ROOT / "policies" / "default"))
    files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: 390 days", 1)
    at = service.clock.instant + timedelta(days=40)
    publish_policy(service.runtime.context, files, effective_at=at)
    for path in PAGES:
        assert "Chính sách dữ liệu sẽ thay đổi từ ngày 01/01/2027" in words(alice.get(path))
    page = alice.get("/products?lang=en")
    assert "The privacy policy changes on 01/01/2027" in words(page)
    assert 'href="/policy/compare?from=1&amp;to=2"' in page.text
    assert 'action="/me/notices/2/seen"' in page.text
    (following,) = re.findall(r'name="next" value="([^"]+)"', page.text)
    answer = alice.browser.post("/me/notices/2/seen", data={"next": following})
    assert answer.headers["location"] == "/quay/products"
    assert 'class="notice"' not in alice.get("/products").text
    assert '<aside class="told"' not in alice.browser.get("/me").text


def test_scripts_get_the_sentences_of_their_page(reader: Owner) -> None:
    """Sentences stand in the page as data that can close no element."""
    page = reader.get("/products/new").text
    block = page.partition('<script type="application/json" id="messages">')[2].partition("</script>")[0]
    assert '"common.offline"' in block
    assert '"products.title"' in block
    assert '"settings.title"' not in block
    assert "<" not in block


def test_styles_and_scripts_are_kept_for_ever(shared: Service, reader: Owner) -> None:
    """Their names carry the hash of their content, and anyone may have them."""
    page = reader.get("/products").text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = shared.browser().get(style)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


def test_using_the_shop_is_kept_once_a_day(service: Service, alice: Owner) -> None:
    """Opening any of its pages is a use of the service; my data shows one, however many pages were opened (P4)."""
    before = held_uses(service)
    for path in ("/products", "/settings", "/receipts", "/products"):
        alice.get(path)
    assert held_uses(service) - before == {"shop": 1}


def held_uses(service: Service) -> Counter[str]:
    """Return how often each service is held to have been used, by the one subject that there is."""
    store = service.runtime.context.store
    (subject_id,) = store.read(lambda unit: unit.values.subjects_with("name", after_id="", limit=2))
    rows = store.read(lambda unit: unit.values.of_subject(subject_id, ("service.use",)))
    return Counter(row.service for row in rows)
