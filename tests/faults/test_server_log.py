"""The server log of the real `camket serve`: stopping in order loses no line, and every line is its customer's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx2

from tests.browser.serving import served
from tests.browser.visitor import newest_code

if TYPE_CHECKING:
    from pathlib import Path

HEADERS = {"Sec-Fetch-Site": "same-origin"}
EMAIL = "alice@shop.example"
PATH = re.compile(r'<span class="path">([^<]*)</span>')


def test_what_was_asked_for_before_the_stop_is_read_after_it(tmp_path: Path) -> None:
    """Lines that still waited when the service was told to stop are there after the next start."""
    with served(tmp_path) as first:
        alice = httpx2.Client(base_url=first.origin, headers=HEADERS, timeout=20)
        alice.post("/register", data={"name": "Alice", "phone": "0912345678", "email": EMAIL})
        code = newest_code(first.origin, EMAIL, more_than=0)
        assert alice.post("/register/confirm", data={"code": code}).headers["location"] == "/me"
        for path in ("/me", "/policy", "/me/copy", "/me/delete"):
            assert alice.get(path).status_code == 200
        cookies = "; ".join(f"{name}={value}" for name, value in alice.cookies.items())
        alice.close()
    with served(tmp_path) as second:
        page = httpx2.get(f"{second.origin}/me/log", headers={"Cookie": cookies}, timeout=20)
        assert PATH.findall(page.text) == ["/me/delete", "/me/copy", "/me"]
