"""Two shops on one service, and no one signed in: what is not one's own is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shop.selling import COFFEE, sent_sale
from tests.web.conftest import ALICE, BOB, Browser, Service

if TYPE_CHECKING:
    from httpx2 import Response

API = "/quay/api"
READS = ["/catalogue", "/header", "/sales", "/sales/1"]
WRITES = ["/products", "/products/{product}", "/products/{product}/archive", "/products/{product}/restore", "/sales",
          "/sales/{sale}/void"]  # fmt: skip


def product_of(browser: Browser) -> dict[str, str]:
    """Return a product that was just added."""
    added: dict[str, str] = browser.post(f"{API}/products", data=COFFEE | {"id": str(sent_sale()["id"])}).json()
    return added


def write(browser: Browser, path: str, **headers: str) -> Response:
    """Send something that the path would take: a form with a version, or a sale."""
    if "products" in path:
        typed = COFFEE | {"id": str(sent_sale()["id"]), "version": "1"}
        return browser.post(f"{API}{path}", data=typed, headers=headers)
    content = {"reason": "test"} if path.endswith("/void") else sent_sale()
    return browser.post(f"{API}{path}", json=content, headers=headers)


@pytest.mark.parametrize("path", READS)
def test_no_one_reads_without_signing_in(service: Service, path: str) -> None:
    """Without a session there is 401 and a code, and nothing else."""
    answer = service.browser().get(f"{API}{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


@pytest.mark.parametrize("path", WRITES)
def test_no_one_writes_without_signing_in(service: Service, path: str) -> None:
    """Without a session nothing is taken, whatever is sent."""
    answer = write(service.browser(), path.format(product="0" * 26, sale="0" * 26))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


@pytest.mark.parametrize("path", WRITES)
def test_another_site_writes_nothing(alice: Browser, path: str) -> None:
    """A request that another site has a browser send is refused."""
    product, sale = product_of(alice), alice.post(f"{API}/sales", json=sent_sale()).json()
    there = path.format(product=product["id"], sale=sale["id"])
    assert write(alice, there, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_ids_of_another_shop_open_nothing(alice: Browser, bob: Browser) -> None:
    """With the very ids of alice's product and sale, bob is told the same as with ids that no one has."""
    product, sale = product_of(alice), alice.post(f"{API}/sales", json=sent_sale()).json()
    for path in ("/products/{product}", "/products/{product}/archive", "/products/{product}/restore"):
        real, guessed = write(bob, path.format(product=product["id"])), write(bob, path.format(product="0" * 26))
        assert (real.status_code, real.content) == (404, guessed.content)
    real, guessed = write(bob, f"/sales/{sale['id']}/void"), write(bob, f"/sales/{'0' * 26}/void")
    assert (real.status_code, real.content) == (404, guessed.content)
    assert bob.get(f"{API}/sales/1").status_code == 404
    assert bob.get(f"{API}/sales").json()["sales"] == []
    line = sent_sale()["lines"][0] | {"product": product["id"]}
    assert bob.post(f"{API}/sales", json=sent_sale(lines=[line])).json()["error"]["code"] == "product_unknown"
    assert alice.get(f"{API}/sales/1").json()["voided"] is None
    assert len(alice.get(f"{API}/catalogue").json()["products"]) == 1


def test_each_shop_counts_for_itself(alice: Browser, bob: Browser) -> None:
    """Receipt numbers and revisions of one shop tell nothing of another's."""
    for _ in range(3):
        assert alice.post(f"{API}/sales", json=sent_sale()).status_code == 201
    product_of(alice)
    assert bob.post(f"{API}/sales", json=sent_sale()).json()["number"] == 1
    assert bob.get(f"{API}/catalogue").json()["revision"] == 0


def test_a_sale_that_waited_lands_in_no_other_shop(service: Service) -> None:
    """What alice's page sends after bob has signed in on her device is refused, and bob's books stay empty."""
    alice, bob = service.register(ALICE), service.register(BOB)
    page = alice.get("/quay/receipts").text
    key = page.partition('data-shop="')[2].partition('"')[0]
    assert key
    sale = sent_sale()
    refused = bob.post(f"{API}/sales", json=sale, headers={"X-Shop": key})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "other_shop")
    for path in ("/products", "/products/x", "/products/x/archive", "/products/x/restore", "/sales/x/void"):
        assert write(bob, path, **{"X-Shop": key}).json()["error"]["code"] == "other_shop"
    for path in ("/catalogue", "/header"):  # nor does her page show her what is his
        assert bob.get(f"{API}{path}", headers={"X-Shop": key}).json()["error"]["code"] == "other_shop"
    assert bob.get(f"{API}/sales").json()["sales"] == []
    assert alice.post(f"{API}/sales", json=sale, headers={"X-Shop": key}).status_code == 201


def test_a_session_that_ended_in_mid_sale_loses_nothing(service: Service, alice: Browser) -> None:
    """A sale that is refused because the session ended is taken as it is after signing in again."""
    sale = sent_sale()
    cookies = dict(alice.cookies)
    alice.cookies.clear()
    assert alice.post(f"{API}/sales", json=sale).status_code == 401
    again = service.browser()
    again.cookies.update(cookies)
    assert again.post(f"{API}/sales", json=sale).json()["number"] == 1
