"""Every state of the sell screen, in both languages, on a phone and on a desk, by day and by night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.shop import stall
from tests.browser.shop.stall import BREAD, COFFEE, GOODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

SALES = "**/quay/api/sales"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a running service with the shop."""
    with served(tmp_path_factory.mktemp("looks"), apps=stall.APPS) as running:
        yield running


class Notes:
    """What is wrong with each state that was looked at."""

    def __init__(self) -> None:
        self.findings: dict[str, set[str]] = {}

    def look(self, name: str, owner: Visitor) -> None:
        """Look at one state and note what is wrong with it."""
        found = findings_of(owner)
        if found:
            self.findings[name] = found


def walk_selling(owner: Visitor, look: Callable[[str, Visitor], None]) -> None:
    """Sell in cash and by transfer, looking at everything on the way."""
    page = owner.page
    look("shelf", owner)
    stall.add(page, COFFEE["name"], COFFEE["name"], BREAD["name"])
    look("in-cart", owner)
    page.locator(".summary-of-cart").click()
    look("cart", owner)
    page.wait_for_selector("dialog.of-basket", state="detached")  # it gave way when the screen was as wide as a desk
    page.locator(".summary-of-cart").click()
    page.locator(".line-name").first.click()
    page.locator("dialog.small input").first.fill("0")
    page.locator("dialog.small .btn.go").click()
    look("line-problem", owner)
    page.wait_for_selector("dialog.of-basket", state="detached")
    stall.leave(page)
    payment = stall.take_money(page)
    payment.locator(".quick .btn").nth(1).click()
    look("cash", owner)
    payment.locator("input[value=transfer]").check()
    payment.locator(".note").wait_for()
    look("no-account", owner)
    payment.locator("input[value=mixed]").check()
    look("mixed", owner)
    payment.locator("input[value=cash]").check()
    stall.confirm(page)
    look("done", owner)
    page.locator("dialog.done .btn.go").click()


def walk_transfer(owner: Visitor, look: Callable[[str, Visitor], None]) -> None:
    """Set an account and look at the code that a buyer scans."""
    stall.set_bank(owner)
    stall.open_sell(owner)
    stall.add(owner.page, COFFEE["name"])
    payment = stall.take_money(owner.page)
    payment.locator("input[value=transfer]").check()
    payment.locator(".qr svg").wait_for()
    look("code-to-scan", owner)
    stall.leave(owner.page)
    stall.reprice(owner.page, COFFEE["name"], "27k")
    stall.take_money(owner.page)
    owner.page.locator("dialog.prices").wait_for()
    look("price-changed", owner)
    owner.page.locator("dialog.prices .btn").first.click()
    owner.page.wait_for_selector("dialog.prices", state="detached")
    stall.leave(owner.page)


def walk_trouble(owner: Visitor, look: Callable[[str, Visitor], None]) -> None:
    """Search in vain, scan what is unknown, sell without a network and without a session."""
    page = owner.page
    page.locator("#find").fill("xyz")
    look("nothing-found", owner)
    page.locator(".pick.quick-item").click()
    look("quick-item", owner)
    stall.leave(page)
    page.locator("#find").fill("")
    stall.scan(page, "8930000000009")
    page.wait_for_selector("dialog.small")
    look("unknown-code", owner)
    stall.leave(page)
    page.route(SALES, lambda route: route.abort())
    stall.take_money(page)
    stall.confirm(page, recorded=False)
    look("kept", owner)
    page.locator("dialog.done .btn.go").click()
    stall.badge(page).click()
    page.wait_for_selector("dialog.waiting")
    look("unsent", owner)
    stall.leave(page)
    page.unroute(SALES)
    owner.context.clear_cookies(name="camket_session")
    stall.add(page, COFFEE["name"])
    stall.take_money(page)  # which asks whether prices still hold, and hears that no one is signed in
    page.wait_for_selector("dialog.small")
    look("signed-out", owner)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_state_has_a_finding(visitor: Callable[..., Visitor], language: Language) -> None:
    """No state of selling has an accessibility finding, scrolls sideways, or is too small to read or touch."""
    notes, owner = Notes(), visitor(language, reduced_motion="reduce")
    owner.register("Alice Nguyễn", "090 123 45 67", f"alice@{language}.example")
    stall.open_sell(owner)
    notes.look("empty", owner)
    stall.stock(owner.page, *GOODS)
    stall.open_sell(owner)
    walk_selling(owner, notes.look)
    walk_transfer(owner, notes.look)
    walk_trouble(owner, notes.look)
    stall.forgive_lost_connections(owner)
    assert notes.findings == {}


def test_a_desk_shows_the_cart_beside_the_shelf(visitor: Callable[..., Visitor]) -> None:
    """On a desk the cart stands beside the shelf, and a sale needs neither the bar nor the sheet of a phone."""
    owner = visitor(viewport={"width": 1280, "height": 900})
    stall.open_shop(owner, "alice@desk.example", *GOODS)
    page = owner.page
    expect(page.locator(".pay-bar")).to_be_hidden()
    stall.add(page, COFFEE["name"])
    expect(page.locator(".beside-shelf .line-name .what")).to_have_text([COFFEE["name"]])
    page.locator(".beside-shelf .take").click()
    stall.confirm(page)
    page.locator("dialog.done .btn.go").click()
    expect(page.locator("#find")).to_be_focused()
