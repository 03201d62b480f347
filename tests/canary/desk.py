"""Someone who works for the operator: everything that they give and get is a marker."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from camket.core.staff.one_time import password_of_step, step_at
from tests.canary.browser import Browser
from tests.canary.markers import email_marker, name_marker

if TYPE_CHECKING:
    from tests.browser.serving import Served
    from tests.canary.browser import Page


class Desk:
    """The work account of the first administrator.

    Args:
        service: where they work.
        headers: what their browser tells of itself.
    """

    def __init__(self, service: Served, headers: dict[str, str]) -> None:
        self.service = service
        self.browser = Browser(service.origin, headers)
        self.markers = {"staff name": name_marker(), "staff email": email_marker()}
        """What the vault keeps of them."""
        self.secrets = {"password": f"giay dan tuong {secrets.token_hex(7)}"}
        """What is kept of them hashed or sealed, or not at all."""

    def work(self) -> None:
        """Begin the account by the link of the machine, make mistakes, see their own data, leave, and come back."""
        link = re.search(r"/officer/join/([\w-]{43})", self.service.command("staff", "add", "--admin").stdout)
        assert link is not None
        self.secrets["link"] = link.group(1)
        name, codes = self.begin(link.group())
        for path in ("/officer", "/officer/staff", "/officer/me", "/officer/me/uses", "/officer/nowhere"):
            assert self.browser.get(path).status in {200, 404}, path
        self.secrets["session"] = self.browser.cookies["camket_staff"]
        self.browser.post("/officer/sign-out")
        for password in (self.markers["staff name"], self.secrets["password"]):
            self.browser.post("/officer/sign-in", name=name, password=password)
        self.browser.post("/officer/sign-in/second", code=self.markers["staff email"])
        assert self.browser.post("/officer/sign-in/second", code=codes[0]).status == 303
        assert self.browser.get("/officer/me").status == 200
        self.secrets |= {f"recovery code {place}": code for place, code in enumerate(codes)}

    def begin(self, link: str) -> tuple[str, list[str]]:
        """Give name, address and password, wrong ones first, and set up the second factor."""
        form = {
            "staff.name": self.markers["staff name"],
            "staff.email": self.markers["staff email"],
            "password": self.secrets["password"],
        }
        self.browser.get(link)
        assert self.browser.post(link, **form | {"password": self.markers["staff name"][:11]}).status == 422
        assert self.browser.post(link, **form | {"undeclared": self.markers["staff email"]}).status == 422
        assert self.browser.post(link, **form).status == 303
        self.browser.post("/officer/enrol/begin")
        page = self.browser.get("/officer/enrol")
        name, secret = _shown(page, "pseudonym"), _shown(page, "secret")
        self.secrets["authenticator"] = secret.replace(" ", "")
        digits = password_of_step(base64.b32decode(self.secrets["authenticator"]), step_at(datetime.now(UTC)))
        done = self.browser.post("/officer/enrol", code=digits)
        codes = re.findall(r"<li>([2-9a-z]{4}(?:-[2-9a-z]{4}){3})</li>", done.text)
        assert len(codes) == 10, done.text
        return name, codes


def _shown(page: Page, mark: str) -> str:
    found = re.search(rf'id="{mark}">([^<]+)<', page.text)
    assert found is not None, page.text
    return found.group(1)
