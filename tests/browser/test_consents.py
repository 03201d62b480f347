"""Asking in the flow, as people meet it: in the shop by the component, on the ready page, in a mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.visitor import visit
from tests.staff import sign_in_staff_in_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

APPS = "/quay=camket_shop.app:create_app"
NEWS = {
    "title_vi": "Bán hàng cả khi mất mạng",
    "title_en": "Selling while the network is away",
    "text_vi": "Đơn hàng chờ trên máy.\n\nCó mạng lại thì tự gửi.",
    "text_en": "Sales wait on the device.\n\nThey are sent when it is back.",
}
ALICE = ("Alice Nguyễn", "090 123 45 67")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a running service with the shop."""
    with served(tmp_path_factory.mktemp("consents"), apps=APPS) as running:
        yield running


@pytest.fixture
def alice(browser: Browser, shop: Served, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Return alice, registered, in the settings of her shop; her browser has nothing to complain about."""
    options = getattr(request, "param", {})
    one = visit(browser, shop.origin, "vi", reduced_motion="reduce", **options)
    one.register(*ALICE, f"alice@{request.node.name.replace('_', '-')[:40].strip('-[]')}.example".lower())
    one.open("/quay/settings")
    yield one
    one.context.close()
    assert one.complaints == []


def news(alice: Visitor) -> Locator:
    """Return the section about improvement news."""
    return alice.page.locator("#news")


def boxes(pair: Locator) -> list[tuple[float, float]]:
    """Return width and height of each button of a pair."""
    found = [button.bounding_box() for button in pair.locator("button").all()]
    return [(box["width"], box["height"]) for box in found if box is not None]


def test_the_shop_asks_in_a_dialog_and_goes_on(alice: Visitor) -> None:
    """No and yes are twins and neither has the focus; closing says nothing; a yes goes on, one click takes it back."""
    ask = news(alice).get_by_role("button", name="Xem câu hỏi và trả lời")
    dialog = alice.page.locator("camket-ask dialog")
    ask.click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading")).to_be_focused()
    expect(dialog).to_contain_text("Bạn rút lại lúc nào cũng được")
    first, second = boxes(dialog.locator(".pair"))
    assert first == second
    assert findings_of(alice) == set()
    alice.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(ask).to_be_focused()
    ask.click()
    with alice.page.expect_navigation(url="**/quay/settings"):
        dialog.get_by_role("button", name="Đồng ý", exact=True).click()
    expect(news(alice)).to_contain_text("bạn đang đồng ý")
    with alice.page.expect_navigation(url="**/quay/settings"):
        news(alice).get_by_role("button", name="Rút lại").click()
    expect(news(alice)).to_contain_text("Chỉ gửi khi bạn đồng ý")


def test_an_app_may_go_on_by_itself(alice: Visitor) -> None:
    """The component tells the page what was answered; a page that takes it up stays where it is."""
    alice.page.evaluate(
        """() => document.addEventListener("camket-answered", (event) => {
            event.preventDefault();
            document.title = `answered ${event.detail.yes}`;
        })"""
    )
    news(alice).get_by_role("button", name="Xem câu hỏi và trả lời").click()
    alice.page.locator("camket-ask dialog").get_by_role("button", name="Không đồng ý").click()
    expect(alice.page).to_have_title("answered false")
    expect(alice.page.locator("camket-ask dialog")).to_have_count(0)


@pytest.mark.parametrize("alice", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_ready_page_asks_and_leads_back(alice: Visitor) -> None:
    """The same form leads to the question, and the answer back to the shop."""
    news(alice).get_by_role("button", name="Xem câu hỏi và trả lời").click()
    alice.page.wait_for_url(re.compile(r"/ask/[0-9a-f]{32}\?next=/quay/settings$"))
    first, second = boxes(alice.main.locator(".pair"))
    assert first == second
    alice.main.get_by_role("button", name="Đồng ý", exact=True).click()
    alice.page.wait_for_url("**/quay/settings")
    expect(news(alice)).to_contain_text("bạn đang đồng ý")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_of_news_have_no_finding(browser: Browser, shop: Served, language: Language) -> None:
    """An officer writes a piece, is told what is missing, looks at it as it arrives, and has it sent."""
    officer = visit(browser, shop.origin, language, reduced_motion="reduce")
    sign_in_staff_in_browser(shop, officer.context, name=f"Bob {language}")
    officer.open("/officer/news")
    assert findings_of(officer) == set()
    send_news(officer, NEWS | {"title_en": ""})
    expect(officer.page.locator(".summary")).to_be_visible()
    assert findings_of(officer) == set()
    send_news(officer, NEWS)
    expect(officer.page.locator("h1")).to_have_text(NEWS[f"title_{language}"])
    assert findings_of(officer) == set()
    officer.main.locator("form[action$='/send'] button").click()
    expect(officer.main.locator("form")).to_have_count(0)
    assert findings_of(officer) == set()
    assert officer.complaints == []
    officer.context.close()


def send_news(officer: Visitor, words: dict[str, str]) -> None:
    """Fill the form in and send it."""
    for name, text in words.items():
        officer.main.locator(f"[name='{name}']").fill(text)
    officer.main.locator("form:has([name='title_vi']) button").click()
