"""An officer works through a request in a real browser, with the keys and without a mouse; no page has a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.staff import sign_in_staff_in_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.serving import Served
    from tests.browser.visitor import Visitor

QUESTION = "Máy in không nhận tem 40 mm."
ANSWER = "Hãy chọn khổ 40 mm trong phần cài đặt."


def write(visitor: Visitor, act: str, text: str) -> None:
    """Unfold an act, write into it, and send it."""
    fold = unfolded(visitor, act)
    fold.locator("textarea").fill(text)
    with visitor.page.expect_navigation():
        fold.locator("form button").first.click()


def unfolded(visitor: Visitor, act: str) -> Locator:
    """Return the fold of an act, open."""
    fold = visitor.main.locator(f"details.act:has(form[action$='/do/{act}'])")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return fold


def test_a_request_is_worked_to_its_end(service: Served, visitor: Callable[..., Visitor]) -> None:
    """From the queue by the keys, through the reason, to the answer that its customer reads."""
    alice, officer = visitor(reduced_motion="reduce"), visitor(reduced_motion="reduce")
    sign_in_staff_in_browser(service, officer.context, name="Bob")
    alice.register("Alice Nguyễn", "0912345678", "alice@shop.example")
    alice.open("/support/new")
    alice.main.locator("textarea").fill(QUESTION)
    alice.send()
    officer.open("/officer/requests")
    expect(officer.main.locator(".mask")).to_have_text("A••• N•••")
    assert findings_of(officer) == set()
    officer.page.keyboard.press("j")
    expect(officer.main.locator("a[data-row]")).to_be_focused()
    officer.page.keyboard.press("Enter")
    expect(officer.main.locator("h1")).to_have_text("Câu hỏi gửi bộ phận hỗ trợ")
    expect(officer.main).not_to_contain_text(QUESTION)
    unfolded(officer, "open")
    assert findings_of(officer) == set()

    write(officer, "open", "")
    expect(officer.main.locator("textarea[aria-invalid='true']")).to_be_visible()
    assert findings_of(officer) == set()
    write(officer, "open", "Khách hỏi về máy in.")
    expect(officer.main).to_contain_text("alice@shop.example")
    expect(officer.main.locator(".thread")).to_contain_text(QUESTION)
    assert findings_of(officer) == set()
    write(officer, "reply", ANSWER)
    expect(officer.main.locator(".note.done")).to_be_visible()
    expect(officer.main.locator(".head .chip")).to_have_text("đã thực hiện xong")
    alice.open("/support")
    alice.follow(".what a[href^='/support/']")
    expect(alice.main).to_contain_text(ANSWER)
    for path in ("/officer/overview", "/officer/health", "/officer/requests/new", "/officer/requests?list=ended"):
        officer.open(path)
        assert findings_of(officer) == set(), path
    assert alice.complaints == officer.complaints == []


def test_the_keys_can_be_switched_off(service: Served, visitor: Callable[..., Visitor]) -> None:
    """Single letters move no one who does not want it (WCAG 2.1.4), and the choice is kept for the next page."""
    bob, officer = visitor(reduced_motion="reduce"), visitor(reduced_motion="reduce")
    sign_in_staff_in_browser(service, officer.context, name="Bob")
    bob.register("Bob Trần", "0923456789", "bob@shop.example")
    for number in range(2):
        bob.open("/support/new")
        bob.main.locator("textarea").fill(f"{QUESTION} {number}")
        bob.send()
    officer.open("/officer/requests")
    links = officer.main.locator("a[data-row]")
    expect(links.nth(1)).to_be_visible()
    for key, focused in (("j", 0), ("j", 1), ("ArrowUp", 0), ("k", 0)):
        officer.page.keyboard.press(key)
        expect(links.nth(focused)).to_be_focused()
    officer.main.locator("[data-keys-off]").click()
    officer.open("/officer/requests")
    expect(officer.main.locator("[data-keys-off]")).to_have_text("Bật phím tắt")
    officer.page.keyboard.press("j")
    expect(links.first).not_to_be_focused()
    officer.main.locator("[data-keys-off]").click()
    officer.page.keyboard.press("k")
    expect(links.first).to_be_focused()
