"""Requests without signing in, on a phone: from the public page to an answer, a correction, a copy, a deletion."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from tests.browser.looking import findings_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.visitor import Visitor

FILE: Final = "form[action$='/copy'] button"
"""What hands a copy over that is ready."""
JOB_MILLISECONDS: Final = 60_000


def registered(visitor: Callable[..., Visitor], email: str) -> None:
    """Register alice at a browser that is not used any more."""
    first = visitor()
    first.register("Alice Nguyễn", "090 123 45 67", email)
    first.context.close()


def prove(person: Visitor, kind: str, email: str, look: Callable[[str], None] = lambda _name: None) -> None:
    """Ask for something by e-mail address and enter the code; ends on the page of the request."""
    person.open("/requests")
    look("asking")
    person.page.locator(f"input[name='kind'][value='{kind}']").check()
    person.fill(email=email)
    code = person.code_after(email, person.send)
    look("code")
    person.fill(code=code)
    person.send()
    look(kind)


def fetch(person: Visitor, folder: Path) -> None:
    """Have the copy made, wait for it as a reader without scripts does, and unpack it."""
    person.page.locator("form[action$='/copy/make'] button").click()
    person.page.wait_for_selector(FILE, timeout=JOB_MILLISECONDS)
    with person.page.expect_download() as download:
        person.page.locator(FILE).click()
    with zipfile.ZipFile(download.value.path()) as files:
        files.extractall(folder)


def test_every_request_without_signing_in(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    """No page of the way has a finding, by day and by night, on a phone and on a desk; each request reaches its end."""
    email = "alice@outside.example"
    found: dict[str, set[str]] = {}
    registered(visitor, email)
    alice = visitor(reduced_motion="reduce")

    def look(name: str) -> None:
        if findings := findings_of(alice):
            found.setdefault(name, set()).update(findings)

    alice.open("/requests")
    alice.send()
    look("asking-problems")

    prove(alice, "support", email, look)
    alice.page.locator("textarea[name='text']").fill("Máy in của tôi không in được tên.")
    alice.page.locator("form[action$='/messages'] button").click()
    expect(alice.main).to_contain_text("Máy in của tôi không in được tên.")
    look("message")

    prove(alice, "rectify", email)
    alice.follow("a[href$='/correct']")
    alice.send()
    look("correct-problems")
    alice.page.locator("input[name='item'][value='phone']").check()
    alice.fill(value="098 765 43 21")
    alice.send()
    look("corrected")

    prove(alice, "restrict", email)
    alice.follow("a[href$='/purposes']")
    look("purposes")
    alice.page.locator("input[name='purpose'][value='improve']").check()
    alice.send()
    look("restricted")

    prove(alice, "withdraw", email)
    alice.follow("a[href$='/consents']")
    look("consents")

    prove(alice, "port", email)
    fetch(alice, tmp_path)
    look("copied")
    assert "+84987654321" in json.dumps(json.loads((tmp_path / "data.json").read_text(encoding="utf-8")))
    receipt = alice.path

    prove(alice, "erase", email)
    alice.follow("a[href$='/accept']")
    look("accept")
    alice.accept_deletion()
    alice.await_certificate()
    alice.open(receipt)
    look("gone")
    expect(alice.page.locator("input[name='email']")).to_be_visible()
    assert found == {}


def test_another_browser_and_no_scripts(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    """Without scripts a copy comes too; another browser sees nothing of it before a code of its own."""
    email = "alice@plain.example"
    registered(visitor, email)
    alice, other = visitor("en", java_script_enabled=False), visitor("en")
    prove(alice, "access", email)
    fetch(alice, tmp_path)
    assert email in (tmp_path / "data.json").read_text(encoding="utf-8")
    number = alice.path.rpartition("/")[2]
    other.open("/requests")
    other.page.locator("input[name='number']").fill(number.replace("-", " ").lower())
    with other.page.expect_navigation():
        other.page.get_by_role("button", name="Show where it stands").click()
    assert other.path == f"/requests/{number}"
    assert findings_of(other) == set()
    expect(other.page.locator(FILE)).to_have_count(0)
    other.fill(email=email)
    other.send_and_enter_code(email)
    expect(other.page.locator(FILE)).to_be_visible()
