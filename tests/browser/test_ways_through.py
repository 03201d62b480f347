"""Ways that people really take: the keyboard, the back button, two presses, two browsers, a session that ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import SMALLEST_TARGET
from tests.browser.visitor import DESK, letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.visitor import Language, Visitor

ALICE = ("Alice Nguyễn", "090 123 45 67")
FOCUSED = "document.activeElement.matches(':focus-visible') ? document.activeElement : null"
OUTLINE = f"getComputedStyle({FOCUSED}).outlineStyle"


def start_registration(alice: Visitor, email: str) -> str:
    """Fill the form in and send it; return the code that arrives, not yet entered."""
    alice.open("/register")
    alice.fill(name=ALICE[0], phone=ALICE[1], email=email)
    return alice.code_after(email, alice.send)


def press_to(alice: Visitor, selector: str) -> None:
    """Press Tab until the focus is on an element; each stop on the way shows where the focus is."""
    for _ in range(40):
        alice.page.keyboard.press("Tab")
        assert alice.page.evaluate(OUTLINE) != "none"
        if alice.page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    message = f"forty presses of Tab do not reach {selector}"
    raise AssertionError(message)


def switch(reader: Visitor, language: Language) -> None:
    """Follow the switch in the header to another language."""
    with reader.page.expect_navigation():
        reader.page.locator(f"header a[hreflang='{language}']").click()
    expect(reader.page.locator("html")).to_have_attribute("lang", language)


def test_registering_needs_no_mouse(visitor: Callable[..., Visitor]) -> None:
    """Someone who uses only the keyboard registers, always sees where they are, and can skip the header."""
    alice, email = visitor(viewport=DESK), "alice@keyboard.example"
    alice.open("/")
    alice.page.keyboard.press("Tab")
    skip = alice.page.locator("a.skip")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["height"] >= SMALLEST_TARGET
    alice.page.keyboard.press("Enter")
    press_to(alice, "a[href='/register']")
    alice.page.keyboard.press("Enter")
    alice.page.wait_for_url("**/register")
    for name, text in zip(("name", "phone", "email"), (*ALICE, email), strict=True):
        press_to(alice, f"input[name='{name}']")
        alice.page.keyboard.type(text)
    code = alice.code_after(email, lambda: alice.page.keyboard.press("Enter"))
    press_to(alice, "input[name='code']")
    alice.page.keyboard.type(code)
    press_to(alice, "main form button")
    alice.page.keyboard.press("Enter")
    alice.page.wait_for_url("**/me")


def test_the_back_button_shows_no_one_elses_page(visitor: Callable[..., Visitor]) -> None:
    """Going back after signing out does not show the privacy centre again."""
    alice = visitor()
    alice.register(*ALICE, "alice@back.example")
    assert ALICE[0] in alice.main.inner_text()
    with alice.page.expect_navigation():
        alice.main.locator("form[action='/sign-out'] button").click()
    assert alice.path == "/"
    alice.page.go_back()
    alice.page.wait_for_url("**/sign-in?next=%2Fme")
    assert ALICE[0] not in alice.main.inner_text()


def test_going_back_to_a_form_that_was_sent_is_harmless(visitor: Callable[..., Visitor]) -> None:
    """The form of a registration can be sent again after going back: the newest code counts, and one account stands."""
    alice, email = visitor(), "alice@again.example"
    start_registration(alice, email)
    alice.page.go_back()
    alice.fill(name=ALICE[0], phone=ALICE[1], email=email)
    alice.send_and_enter_code(email)
    alice.page.wait_for_url("**/me")
    alice.page.go_back()
    alice.page.wait_for_url("**/me")
    expect(alice.main).to_contain_text(ALICE[0])


def test_a_form_sent_twice_counts_once(visitor: Callable[..., Visitor]) -> None:
    """Two presses of the button before the answer arrives send one mail, and the code entered twice signs in once."""
    alice, email = visitor(), "alice@twice.example"
    alice.open("/register")
    alice.fill(name=ALICE[0], phone=ALICE[1], email=email)
    code = alice.code_after(email, lambda: alice.main.locator("form button").dblclick())
    alice.fill(code=code)
    alice.main.locator("form button").first.dblclick()
    alice.page.wait_for_url("**/me")
    assert len(letters(alice.origin, email)) == 1
    alice.open("/me/sessions")
    assert alice.main.locator("ul.rows > li").count() == 1


def test_a_code_works_in_no_other_browser(visitor: Callable[..., Visitor]) -> None:
    """A code typed into another browser than the one that asked for it signs nobody in, and still works in its own."""
    alice, mallory = visitor(), visitor()
    code = start_registration(alice, "alice@browsers.example")
    mallory.open("/register/confirm")
    assert mallory.page.locator("input[name='code']").count() == 0
    start_registration(mallory, "bob@browsers.example")
    mallory.fill(code=code)
    mallory.send()
    assert mallory.main.locator(".problem").count() == 1
    mallory.open("/me")
    assert mallory.path == "/sign-in?next=%2Fme"
    alice.fill(code=code)
    alice.send()
    alice.page.wait_for_url("**/me")


def test_the_sixth_try_is_refused(visitor: Callable[..., Visitor]) -> None:
    """After five wrong codes the right one no longer works either; a new one does."""
    alice, email = visitor(), "alice@tries.example"
    code = start_registration(alice, email)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        alice.fill(code=wrong)
        alice.send()
        assert alice.main.locator(".problem").count() == 1
    alice.fill(code=code)
    alice.send()
    assert alice.path == "/register/confirm"
    alice.open("/me")
    assert alice.path == "/sign-in?next=%2Fme"
    alice.register(*ALICE, email)
    alice.page.wait_for_url("**/me")


@pytest.mark.parametrize("path", ["/me/uses", "/me/correct/phone", "/me/delete"])
def test_a_session_that_ended_leads_back(visitor: Callable[..., Visitor], path: str) -> None:
    """Who is signed out in the middle of something signs in again and is where they were; nothing was half done."""
    alice, email = visitor(), f"alice@{path.replace('/', '-').strip('-')}.example"
    alice.register(*ALICE, email)
    alice.open(path)
    session = [cookie for cookie in alice.context.cookies() if cookie["name"] == "camket_session"]
    assert len(session) == 1
    alice.context.clear_cookies(name="camket_session")
    alice.page.reload()
    assert alice.path.startswith("/sign-in?next=")
    alice.fill(email=email)
    alice.send_and_enter_code(email)
    alice.page.wait_for_url(f"**{path}")


def test_a_form_sent_after_the_session_ended_does_nothing(visitor: Callable[..., Visitor]) -> None:
    """A correction sent without a session leads to the sign-in; the value is unchanged."""
    alice, email = visitor(), "alice@ended.example"
    alice.register(*ALICE, email)
    alice.open("/me/correct/phone")
    alice.context.clear_cookies(name="camket_session")
    alice.fill(phone="091 234 56 78")
    alice.send()
    alice.page.wait_for_url("**/sign-in**")
    alice.fill(email=email)
    alice.send_and_enter_code(email)
    alice.page.wait_for_url("**/me**")
    alice.open("/me")
    assert ALICE[1] in alice.main.inner_text()


@pytest.mark.parametrize(("language", "other"), [("vi", "en"), ("en", "vi")])
def test_switching_the_language_keeps_the_page(
    visitor: Callable[..., Visitor], language: Language, other: Language
) -> None:
    """The language switch shows the same page in the other language, and the choice is remembered."""
    reader = visitor(language)
    for path in ("/policy", "/policy/versions/1", "/register", "/sign-in?next=%2Fme%2Fuses", "/nothing-here"):
        reader.open(path)
        switch(reader, other)
        assert reader.path.partition("?")[0] == path.partition("?")[0]
        assert "next=%2Fme%2Fuses" in reader.path or "next" not in path
        switch(reader, language)
    switch(reader, other)
    reader.open("/terms")
    assert reader.page.locator("html").get_attribute("lang") == other


def test_switching_the_language_while_a_code_is_awaited(visitor: Callable[..., Visitor]) -> None:
    """The code that was sent works on the page in the other language too, also after a wrong one."""
    alice, email = visitor(), "alice@switch.example"
    code = start_registration(alice, email)
    alice.fill(code=f"{(int(code) + 1) % 1_000_000:06}")
    alice.send()
    switch(alice, "en")
    alice.fill(code=code)
    alice.send()
    alice.page.wait_for_url("**/me")


def test_a_wrong_form_puts_the_problem_first(visitor: Callable[..., Visitor]) -> None:
    """The list of problems leads to each field, and each field names its problem to a screen reader."""
    alice = visitor()
    alice.open("/register")
    alice.send()
    links = alice.main.locator("[role=alert] a")
    assert links.count() == 3
    links.first.click()
    expect(alice.page.locator("input[name='name']")).to_be_focused()
    for field in alice.main.locator("input").all():
        assert field.get_attribute("aria-invalid") == "true"
        described = (field.get_attribute("aria-describedby") or "").split()
        assert any(alice.page.locator(f"#{name}.problem").count() for name in described)
