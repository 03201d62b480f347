"""The life of a work account in a real browser: from the link that the machine prints to the desk, and back again."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from camket.core.staff.one_time import password_of_step, step_at
from camket.core.staff.roles import EVERY_ROLE
from tests.browser.looking import findings_of
from tests.staff import sign_in_staff_in_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.serving import Served
    from tests.browser.visitor import Visitor

PASSWORD = "giấy dán tường xanh lục"  # noqa: S105 - of this test alone
DESK = ["/officer", "/officer/staff", "/officer/me", "/officer/me/uses", "/officer/me/log", "/officer/me/password",
        "/officer/me/recovery", "/officer/me/correct/staff.email"]  # fmt: skip


def digits(secret: str) -> str:
    """Return what an authenticator with a secret shows now."""
    return password_of_step(base64.b32decode(secret.replace(" ", "")), step_at(datetime.now(UTC)))


def test_the_first_administrator_begins_and_comes_back(service: Served, visitor: Callable[..., Visitor]) -> None:
    """Link, details, QR code, recovery codes, desk; out, and in again with a recovery code: no page has a finding."""
    alice = visitor(reduced_motion="reduce")
    link = re.search(r"http://\S+(/officer/join/[\w-]{43})", service.command("staff", "add", "--admin").stdout)
    assert link is not None
    alice.open(link.group(1))
    assert findings_of(alice) == set()
    alice.fill(**{"staff.name": "Alice Nguyễn", "staff.email": "alice@work.example", "password": "matkhau12345"})
    alice.send()
    expect(alice.main.locator(".problem")).to_have_count(1)
    assert findings_of(alice) == set()
    alice.fill(password=PASSWORD)
    alice.send()
    expect(alice.page).to_have_url(f"{alice.origin}/officer/enrol")
    alice.send()
    name, secret = (alice.main.locator(f"#{mark}").inner_text() for mark in ("pseudonym", "secret"))
    expect(alice.main.locator(".qr svg")).to_be_visible()
    assert findings_of(alice) == set()
    alice.fill(code=digits(secret))
    alice.send()
    expect(alice.main.locator(".recovery li")).to_have_count(10)
    assert findings_of(alice) == set()
    code = alice.main.locator(".recovery li").first.inner_text()
    alice.follow("a.btn.go")
    expect(alice.page).to_have_url(f"{alice.origin}/officer")
    with alice.page.expect_navigation():
        alice.page.locator("form[action='/officer/sign-out'] button").click()
    assert findings_of(alice) == set()
    alice.fill(name=name, password=PASSWORD)
    alice.send()
    expect(alice.page).to_have_url(f"{alice.origin}/officer/sign-in/second")
    assert findings_of(alice) == set()
    alice.fill(code=code)
    alice.send()
    expect(alice.page).to_have_url(f"{alice.origin}/officer")


def test_the_pages_of_the_desk_have_no_finding(service: Served, visitor: Callable[..., Visitor]) -> None:
    """The pages for all staff and for administrators hold what every page holds, refused states too."""
    alice = visitor("en", reduced_motion="reduce")
    member = sign_in_staff_in_browser(service, alice.context, *EVERY_ROLE)
    for path in [*DESK, f"/officer/staff/{member.pseudonym}", f"/officer/staff/{member.pseudonym}/revoke"]:
        alice.open(path)
        expect(alice.page.locator("h1")).to_be_visible()
        assert (path, findings_of(alice)) == (path, set())
    alice.open("/officer/staff")
    invite = alice.main.locator("form[action='/officer/invitations']")
    with alice.page.expect_navigation():
        invite.locator("button").click()
    expect(alice.main.locator(".problem")).to_be_visible()
    assert findings_of(alice) == set()
    alice.main.locator("input[name='role_officer']").check()
    with alice.page.expect_navigation():
        invite.locator("button").click()
    expect(alice.main.locator("#invitation")).to_contain_text("/officer/join/")
    assert findings_of(alice) == set()
