"""A walk through every page and every state of it, for whoever wants to look at each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

Look = Callable[[str, "Visitor"], None]
"""Handed the name of each state while the visitor looks at it."""

PUBLIC = {
    "start": "/",
    "policy": "/policy",
    "versions": "/policy/versions",
    "version": "/policy/versions/1",
    "terms": "/terms",
    "ledger": "/ledger/",
    "register": "/register",
    "sign-in": "/sign-in",
    "sign-in-first": "/me",
    "ended": "/register/confirm",
    "no-certificate": "/certificate",
    "not-found": "/nothing-here",
}
WRONG_CODE = "000000"


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
    visitor.open("/me")
    look("me", visitor)
    for name, path in {"uses": "/me/uses", "no-uses": "/me/uses?page=99", "sessions": "/me/sessions"}.items():
        visitor.open(path)
        look(name, visitor)
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
    visitor.page.wait_for_url(f"{visitor.origin}/me?done=corrected")
    look("corrected", visitor)
    visitor.open("/me/correct/email")
    look("correct-email", visitor)
    visitor.open("/me/copy")
    look("copy", visitor)
    visitor.send_and_enter_code(email)
    look("copy-ready", visitor)


def walk_deletion(visitor: Visitor, email: str, look: Look) -> None:
    """Delete the account; ends at the certificate."""
    visitor.open("/me/delete")
    look("delete", visitor)
    visitor.send_and_enter_code(email)
    look("accept", visitor)
    visitor.send()
    look("accept-problem", visitor)
    visitor.accept_deletion()
    look("certificate-pending", visitor)
    visitor.await_certificate()
    look("certificate", visitor)


def walk(visitor: Visitor, email: str, look: Look) -> None:
    """Look at everything, from the start page of a stranger to the certificate of someone who left."""
    visitor.open("/dev/mailbox")
    look("mailbox-before", visitor)
    walk_public(visitor, look)
    walk_registration(visitor, email, look)
    walk_centre(visitor, email, look)
    walk_deletion(visitor, email, look)
