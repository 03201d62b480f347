"""Passkeys in a real browser, with the authenticator that Chromium itself emulates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.looking import findings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import CDPSession

    from tests.browser.visitor import Visitor

OPTIONS = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def authenticator(person: Visitor) -> CDPSession:
    """Give a person's tab an authenticator that recognises them."""
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable", {"enableUI": False})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
    return session


def test_a_passkey_from_adding_to_deleting_the_account(visitor: Callable[..., Visitor]) -> None:
    """Added with two taps, it signs its owner in without a mail, and proves a request in the place of a code."""
    alice = visitor()
    alice.register("Alice Nguyễn", "0912 000 881", "alice.passkey@shop.example")
    authenticator(alice)
    alice.open("/me/passkeys")
    assert findings_of(alice) == set()
    alice.fill(**{"signin.passkey": "Redmi của tôi"})
    alice.page.get_by_role("button", name="Tạo khóa").click()
    expect(alice.page.get_by_role("status")).to_contain_text("Đã thêm khóa")
    expect(alice.main.locator(".what")).to_have_text("Redmi của tôi")
    alice.context.clear_cookies()
    alice.open("/sign-in")
    assert findings_of(alice) == set()
    alice.page.get_by_role("button", name="Đăng nhập bằng khóa").click()
    alice.page.wait_for_url(f"{alice.origin}/me")
    alice.open("/me/delete")
    alice.send()
    alice.page.get_by_role("button", name="Dùng khóa thay cho mã").click()
    expect(alice.page.locator("input[name='accepted']")).to_be_visible()


def test_a_device_that_says_no_is_told(visitor: Callable[..., Visitor]) -> None:
    """Without a passkey on the device the page says so beside the button, and the code by e-mail is still there."""
    bob = visitor()
    bob.open("/sign-in")
    bob.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    bob.page.get_by_role("button", name="Đăng nhập bằng khóa").click()
    expect(bob.page.get_by_role("alert")).to_contain_text("Hãy thử lại")
    expect(bob.page.get_by_role("button", name="Đăng nhập bằng khóa")).to_be_visible()
    expect(bob.page.locator("input[name='email']")).to_be_visible()
