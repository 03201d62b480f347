"""The shop of an owner who bars uses of their data: pages say so instead of breaking, and it all comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shop.web.conftest import PROFILE, Owner
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

BARS = "/me/restrictions"
PAGES = ("/sell", "/products", "/products/new", "/receipts", "/printers")
"""What does without anything that lies in the vault."""


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return the browser of an owner with a header and a product."""
    browser = service.register(ALICE)
    owner = Owner(browser)
    owner.send("/settings", **PROFILE)
    owner.add()
    return browser


@pytest.mark.parametrize("right", ["restrict", "object"])
@pytest.mark.parametrize("purpose", ["provide", "all"])
def test_the_app_respects_a_bar_at_once_and_its_end_at_once(alice: Browser, right: str, purpose: str) -> None:
    """What rests on the barred purpose is refused in so many words, the rest of the shop works, and lifting ends it."""
    owner = Owner(alice)
    assert PROFILE["name"] in owner.get("/settings").text
    alice.send_form(BARS, right=right, purpose=purpose)
    refused = owner.get("/settings")
    assert refused.status_code == 403
    assert PROFILE["name"] not in refused.text
    assert [owner.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    assert PROFILE["name"] in alice.get("/me").text
    alice.send_form(BARS, right=right, purpose=purpose, lifts="1")
    assert PROFILE["name"] in owner.get("/settings").text


def test_a_bar_on_another_purpose_leaves_the_app_alone(alice: Browser) -> None:
    """Who does not want mail about the service sells as before."""
    alice.send_form(BARS, right="object", purpose="notify")
    assert PROFILE["name"] in Owner(alice).get("/settings").text
