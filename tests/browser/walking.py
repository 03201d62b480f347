"""A walk through every page and every state of it, for whoever wants to look at each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.visitor import newest_link
from tests.pictures import plain_photo

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from tests.browser.visitor import Visitor

Look = Callable[[str, "Visitor"], None]
"""Handed the name of each state while the visitor looks at it."""

PUBLIC = {
    "start": "/",
    "policy": "/policy",
    "versions": "/policy/versions",
    "version": "/policy/versions/1",
    "compare": "/policy/compare",
    "terms": "/terms",
    "complain": "/complain",
    "ledger": "/ledger/",
    "register": "/register",
    "sign-in": "/sign-in",
    "sign-in-first": "/me",
    "ended": "/register/confirm",
    "no-certificate": "/certificate",
    "not-found": "/nothing-here",
    "not-that-way": "/sign-out",
}
WRONG_CODE = "000000"
PENDING = "**/certificate/status"


def walk_public(visitor: Visitor, look: Look) -> None:
    """Look at every page that anyone may open, and at the forms as they answer to nonsense."""
    for name, path in PUBLIC.items():
        visitor.open(path)
        look(name, visitor)
    visitor.open("/register")
    visitor.fill(name="A\tB", phone="12", email="alice at shop")
    visitor.send()
    look("register-problems", visitor)
    visitor.open("/sign-in")
    visitor.fill(email="alice at shop")
    visitor.send()
    look("sign-in-problems", visitor)


def walk_registration(visitor: Visitor, email: str, look: Look) -> None:
    """Register, mistype the code once, and look at the mailbox on the way; ends in the privacy centre."""
    visitor.open("/register")
    visitor.fill(name="Alice Nguyễn Thị Minh Khai", phone="090 123 45 67", email=email)
    code = visitor.code_after(email, visitor.send)
    look("code", visitor)
    visitor.fill(code=WRONG_CODE if code != WRONG_CODE else "000001")
    visitor.send()
    look("code-wrong", visitor)
    visitor.open("/dev/mailbox")
    look("mailbox", visitor)
    visitor.open("/register/confirm")
    visitor.fill(code=code)
    visitor.send()
    visitor.page.wait_for_url(f"{visitor.origin}/me")


def walk_centre(visitor: Visitor, email: str, look: Look) -> None:
    """Look at the privacy centre, correct the phone number and take a copy; the account stays."""
    visitor.open("/me/requests")
    look("no-requests", visitor)
    visitor.open("/me")
    look("me", visitor)
    open_details(visitor)
    look("me-in-full", visitor)
    pages = {
        "uses": "/me/uses",
        "no-uses": "/me/uses?page=99",
        "sessions": "/me/sessions",
        "no-log": "/me/log?page=99",
        "language": "/me/language",
    }
    for name, path in pages.items():
        visitor.open(path)
        look(name, visitor)
    visitor.open("/policy#item-email")
    look("policy-at-item", visitor)
    visitor.open("/me/correct/phone")
    look("correct", visitor)
    visitor.fill(phone="12")
    visitor.send()
    look("correct-problem", visitor)
    visitor.fill(phone="091 234 56 78")
    code = visitor.code_after(email, visitor.send)
    look("verify", visitor)
    visitor.fill(code=code)
    visitor.send()
    visitor.page.wait_for_url(f"{visitor.origin}/me")
    look("corrected", visitor)
    visitor.open("/me/correct/email")
    look("correct-email", visitor)
    visitor.open("/me/copy")
    look("copy", visitor)
    visitor.send_and_enter_code(email)
    visitor.await_copy()
    look("copy-ready", visitor)
    ready = visitor.path
    visitor.open("/me/copy")
    look("copy-waits", visitor)
    visitor.open(newest_link(visitor.origin, email))
    look("copy-link", visitor)
    visitor.open("/copies/" + "0" * 64)
    look("copy-link-gone", visitor)
    visitor.open(ready)
    visitor.main.locator("form[action$='/delete'] button").click()
    visitor.page.wait_for_selector("a[href='/me/copy']")
    look("copy-gone", visitor)
    visitor.open("/me/requests")
    look("requests", visitor)
    visitor.follow("a[href^='/me/requests/']")
    look("request", visitor)
    visitor.open("/me/log")
    look("log", visitor)


def walk_consents(visitor: Visitor, look: Look) -> None:
    """Look at a question, say no, think better of it, and take the yes back."""
    visitor.open("/me/consents")
    look("consents", visitor)
    for answer in ("no", "yes"):
        visitor.main.locator("form[action='/ask'] button").first.click()
        visitor.page.wait_for_url(re.compile(r"/ask/[0-9a-f]{32}\?next="))
        look(f"ask-{answer}", visitor)
        visitor.main.locator(f"button[name='answer'][value='{answer}']").click()
        visitor.page.wait_for_url(f"{visitor.origin}/me/consents")
        look(f"consents-{answer}", visitor)
    open_details(visitor)
    look("consents-in-full", visitor)
    visitor.follow("a[href$='/receipt']")
    open_details(visitor)
    look("receipt", visitor)
    visitor.open("/me/consents")
    visitor.main.locator("form[action$='/withdraw'] button").click()
    visitor.page.wait_for_url(re.compile(r"/withdraw$"))
    look("consents-withdrawn", visitor)
    visitor.open("/me/changes")
    look("no-changes", visitor)


def walk_restrictions(visitor: Visitor, look: Look) -> None:
    """Bar one purpose, then everything, and lift both."""
    visitor.open("/me/restrictions")
    look("restrictions", visitor)
    for purpose in ("notify", "all"):
        bar = visitor.main.locator(f"form:has(input[name='purpose'][value='{purpose}']) button[value='restrict']")
        bar.click()
        visitor.main.locator(".note.done").wait_for()
        look(f"restricted-{purpose}", visitor)
    visitor.open("/me")
    look("me-restricted", visitor)
    visitor.open("/me/restrictions")
    for _ in ("notify", "all"):
        visitor.main.locator("form:has(input[name='lifts']) button").first.click()
        visitor.main.locator(".note.done").wait_for()
    look("restrictions-lifted", visitor)


def walk_support(visitor: Visitor, look: Look) -> None:
    """Write to support: without words, then with a picture, then once more."""
    visitor.open("/support")
    look("no-threads", visitor)
    visitor.follow("a[href='/support/new']")
    look("write", visitor)
    photo: FilePayload = {"name": "tem.png", "mimeType": "image/png", "buffer": plain_photo()}
    not_one: FilePayload = {"name": "tem.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    visitor.main.locator("input[type='file']").set_input_files(not_one)
    visitor.send()
    look("write-problems", visitor)
    visitor.main.locator("textarea").fill("Máy in không nhận tem 40 mm.\nNhờ xem giúp ảnh kèm theo.")
    visitor.main.locator("input[type='file']").set_input_files(photo)
    visitor.send()
    visitor.page.wait_for_url(re.compile(r"/support/[0-9a-f]{32}$"))
    look("thread", visitor)
    visitor.main.locator("textarea").fill("Máy hiệu Xprinter.")
    visitor.send()
    visitor.main.locator(".note.done").wait_for()
    visitor.open("/support")
    look("threads", visitor)


def walk_devices(visitor: Visitor, look: Look) -> None:
    """Name the device in hand and ask to have it forgotten, without going on."""
    visitor.open("/me")
    visitor.follow("a[href^='/me/devices/'][href$='/name']")
    look("name-device", visitor)
    visitor.fill(**{"device.name": "Máy\u202e quầy"})
    visitor.send()
    look("name-device-problem", visitor)
    visitor.fill(**{"device.name": "Máy ở quầy"})
    visitor.send()
    visitor.page.wait_for_url(f"{visitor.origin}/me")
    look("named", visitor)
    visitor.follow("a[href^='/me/devices/'][href$='/forget']")
    look("forget", visitor)


def walk_lives(visitor: Visitor, email: str, look: Look) -> None:
    """Sign in to an account with ten weeks of life in it, and look at what a new account does not have."""
    visitor.open("/sign-in")
    visitor.fill(email=email)
    code = visitor.code_after(email, visitor.send)
    look("sign-in-code", visitor)
    visitor.fill(code=code)
    visitor.send()
    visitor.page.wait_for_url(f"{visitor.origin}/me")
    look("lives", visitor)
    open_details(visitor)
    look("lives-in-full", visitor)
    for name, path in {"lives-uses": "/me/uses", "lives-older-uses": "/me/uses?page=2", "lives-start": "/"}.items():
        visitor.open(path)
        look(name, visitor)
    walk_changes(visitor, look)
    visitor.open("/me/delete")
    look("lives-delete", visitor)
    visitor.open("/me")
    visitor.follow("a[href*='/values/']")
    look("remove", visitor)
    visitor.send_and_enter_code(email)
    look("removed", visitor)


def walk_changes(visitor: Visitor, look: Look) -> None:
    """Look at what a new version changes, answer one change of several, and take the yes back."""
    visitor.open("/me/changes")
    look("changes", visitor)
    visitor.main.locator("form[action='/ask'] button").click()
    visitor.page.wait_for_url(re.compile(r"/ask/[0-9a-f]{32}\?next="))
    look("ask-changes", visitor)
    visitor.main.locator("button[name='answer'][value='yes']").first.click()
    visitor.main.locator(".note.done").wait_for()
    look("ask-changes-answered", visitor)
    visitor.open("/me/consents")
    open_details(visitor)
    look("lives-consents", visitor)


def open_details(visitor: Visitor) -> None:
    """Unfold everything that is folded."""
    for details in visitor.main.locator("details").all():
        details.evaluate("details => { details.open = true }")


def walk_deletion(visitor: Visitor, email: str, look: Look) -> None:
    """Delete the account; ends at the certificate."""
    visitor.open("/me/delete")
    look("delete", visitor)
    visitor.send_and_enter_code(email)
    look("accept", visitor)
    visitor.send()
    look("accept-problem", visitor)
    # The page that waits loads itself again when the work is done: not while somebody looks at it.
    visitor.page.route(PENDING, lambda route: route.fulfill(json={"ready": False}))
    visitor.accept_deletion()
    look("certificate-pending", visitor)
    visitor.page.unroute(PENDING)
    visitor.await_certificate()
    look("certificate", visitor)


def walk(visitor: Visitor, email: str, look: Look) -> None:
    """Look at everything, from the start page of a stranger to the certificate of someone who left."""
    visitor.open("/dev/mailbox")
    look("mailbox-before", visitor)
    walk_public(visitor, look)
    walk_registration(visitor, email, look)
    walk_centre(visitor, email, look)
    walk_consents(visitor, look)
    walk_restrictions(visitor, look)
    walk_support(visitor, look)
    walk_devices(visitor, look)
    walk_deletion(visitor, email, look)
