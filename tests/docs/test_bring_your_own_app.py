"""The app of the how-to lives on camket as the page says: mounted in a running service, over HTTP."""

from __future__ import annotations

import ast
import io
import json
import re
import sqlite3
import time
import zipfile
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.serving import served
from tests.canary.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.serving import Served
    from tests.canary.browser import Page

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "bring-your-own-app.md").read_text(encoding="utf-8")
APPS = "/book=sales_book:create_app"
CODE = re.compile(r"(?<![0-9a-f])\d{6}(?![0-9a-f])")
WAIT_SECONDS = 30


def the_app() -> str:
    """Return the one program of the page."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(program)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Return a running service that mounts the app as the page says."""
    (tmp_path / "sales_book.py").write_text(the_app(), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with served(tmp_path / "service", apps=APPS) as running:
        yield running


def until(look: Callable[[], str | None]) -> str:
    """Look again until there is something to see."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline
    return found


def mailed_code(browser: Browser) -> str:
    """Return the newest code that this browser has not entered yet."""

    def look() -> str | None:
        found: list[str] = CODE.findall(unescape(browser.get("/dev/mailbox").text))
        return found[0] if found and found[0] not in browser.entered else None

    code = until(look)
    browser.entered.add(code)
    return code


def arrive(browser: Browser) -> Page:
    """Come to the app as someone new: through sign-in and registration, and back."""
    led = browser.follow(browser.get("/book/"))
    (register,) = re.findall(r'href="(/register\?next=[^"]+)"', led.text)
    (following,) = re.findall(r'name="next" value="([^"]+)"', browser.get(register).text)
    fields = {"name": "Alice", "phone": "0912345678", "email": "alice@shop.example"}
    asked = browser.post("/register", **fields, next=following)
    arrived = browser.post("/register/confirm", code=mailed_code(browser), next=following)
    assert (asked.status, arrived.status, arrived.location) == (303, 303, "/book/")
    return browser.follow(arrived)


def test_the_app_of_the_page_is_whole(service: Served) -> None:
    """What the page promises: mounted, back after registering, in My data, in the copy, and gone with the account."""
    alice = Browser(service.origin, {"Accept-Language": "vi"})
    assert "Sổ bán hàng" in arrive(alice).text
    assert alice.post("/book/name", name="Quán Alice").location == "/book/"
    for dong in ("25000", "43000"):
        assert alice.post("/book/sales", dong=dong).location == "/book/"
    assert alice.post("/book/sales", dong="-").status == 422
    page = alice.get("/book/").text
    assert "<h1>Quán Alice</h1>" in page
    assert "68,000 ₫" in page
    mine = alice.get("/me").text
    assert "Quán Alice" in mine
    assert 'href="/book/">Mở Sổ bán hàng</a>' in mine
    assert copied(alice)["sales_dong"] == [25000, 43000]
    assert rows(service) == 2
    delete(alice)
    until(lambda: None if rows(service) else "gone")


def copied(browser: Browser) -> dict[str, list[int]]:
    """Download the copy and return the app's file in it."""
    asked = browser.post("/me/copy")
    ready = browser.post(str(asked.location), code=mailed_code(browser))
    status = f"{ready.location}/status"
    until(lambda: "ready" if '"ready":true' in browser.get(status).text.replace(" ", "") else None)
    with zipfile.ZipFile(io.BytesIO(browser.post(str(ready.location)).body)) as files:
        (name,) = [name for name in files.namelist() if name.endswith("sales.json")]
        found: dict[str, list[int]] = json.loads(files.read(name))
        return found


def delete(browser: Browser) -> None:
    """Delete the account."""
    asked = browser.post("/me/delete")
    shown = browser.post(str(asked.location), code=mailed_code(browser))
    form = browser.follow(shown).text
    (accepted,) = re.findall(r'name="accepted"[^>]*value="([0-9a-f]{64})"', form)
    assert browser.post(str(shown.location), accepted=accepted).status == 303


def rows(service: Served) -> int:
    """Return how many sales the app's file holds."""
    with closing(sqlite3.connect(service.data / "apps" / "book" / "book.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM sale").fetchone()
        return int(count)


def test_the_app_imports_the_public_client_alone() -> None:
    """Of camket it knows what the client reference names."""
    imported = {
        node.module for node in ast.walk(ast.parse(the_app())) if isinstance(node, ast.ImportFrom) and node.module
    }
    assert {name for name in imported if name.startswith("camket")} == {"camket.client.guest"}
