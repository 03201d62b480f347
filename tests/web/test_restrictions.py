"""The page of restrictions and objections: a click sets, a click lifts, and all other pages respect it at once."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import ALICE, BOB, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser, Service

PAGE = "/me/restrictions"


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser; she has just registered."""
    return service.register(ALICE)


def lifting(page: str) -> list[str]:
    """Return the purposes that a page offers to lift a bar from."""
    return re.findall(r'name="purpose" value="([^"]+)">\s*<input type="hidden" name="lifts"', page)


def test_the_page_is_one_click_from_ones_data(alice: Browser) -> None:
    """*My data* leads to it, and it names every purpose of the policy, none barred, each with both buttons."""
    assert f'href="{PAGE}"' in alice.get("/me").text
    page = alice.get(PAGE).text
    assert lifting(page) == []
    assert page.count('value="restrict"') == page.count('value="object"') >= 6


@pytest.mark.parametrize("right", ["restrict", "object"])
def test_a_click_sets_and_a_click_lifts(alice: Browser, right: str) -> None:
    """No code is asked for; the page says once what holds, shows it until it is lifted, and says that too."""
    done = alice.send_form(PAGE, right=right, purpose="notify")
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    page = alice.get(PAGE).text
    assert "Có hiệu lực từ lúc này." in page
    assert lifting(page) == ["notify"]
    assert "Có hiệu lực từ lúc này." not in alice.get(PAGE).text
    alice.send_form(PAGE, right=right, purpose="notify", lifts="1")
    page = alice.get(PAGE).text
    assert "Đã bỏ, từ lúc này." in page
    assert lifting(page) == []


def test_with_everything_barred_ones_own_pages_stay(service: Service, alice: Browser) -> None:
    """Who bars everything still sees their data, signs in elsewhere, gets the code for it, and lifts it there."""
    alice.send_form(PAGE, right="restrict", purpose="all")
    assert ALICE["email"] in alice.get("/me").text
    other = service.browser()
    other.send_form("/sign-in", email=ALICE["email"])
    assert other.send_form("/sign-in/confirm", code=service.newest_code()).headers["location"] == "/me"
    assert lifting(other.get(PAGE).text) == ["all"]
    other.send_form(PAGE, right="restrict", purpose="all", lifts="1")
    assert lifting(alice.get(PAGE).text) == []


@pytest.mark.parametrize("fields", [{}, {"right": "erase", "purpose": "notify"}, {"right": "restrict", "purpose": "x"}])
def test_a_form_that_nobody_was_shown_changes_nothing(alice: Browser, fields: dict[str, str]) -> None:
    """Another right, no right, another purpose: refused as unreadable."""
    assert alice.send_form(PAGE, **fields).status_code == 400
    assert lifting(alice.get(PAGE).text) == []


def test_it_is_ones_own_alone(service: Service, alice: Browser) -> None:
    """What alice bars stands on no one else's page, and who is not signed in is led to the sign-in."""
    alice.send_form(PAGE, right="object", purpose="notify")
    assert lifting(service.register(BOB).get(PAGE).text) == []
    assert service.browser().get(PAGE).headers["location"].startswith("/sign-in")
    assert service.browser().send_form(PAGE, right="object", purpose="notify").headers["location"] == "/sign-in"


def test_ones_data_says_what_is_barred(alice: Browser) -> None:
    """*My data* names each barred purpose while it is barred, and says so where everything is."""
    assert "Bạn đang chặn việc dùng dữ liệu" not in alice.get("/me").text
    alice.send_form(PAGE, right="object", purpose="notify")
    page = alice.get("/me").text
    assert "Không dùng cho:" in page
    alice.send_form(PAGE, right="restrict", purpose="all")
    assert "Không gì được dùng, chia sẻ hay ghi nhận." in alice.get("/me").text


def test_where_the_policy_asks_for_a_code_the_click_leads_there(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    """Nothing is barred before the code; with it, what was clicked is done, and the same way lifts it."""
    folder = tmp_path / "policy"
    shutil.copytree(ROOT / "policies" / "default", folder)
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    strict = re.sub(r"(  object:\n(?:    .*\n)*?    verification: )session", r"\1email_code", text)
    assert strict != text
    file.write_text(strict, encoding="utf-8")
    service = make_service(policy=folder)
    alice = service.register(ALICE)
    for fields, barred, said in (
        ({}, ["notify"], "Có hiệu lực từ lúc này."),
        ({"lifts": "1"}, [], "Đã bỏ, từ lúc này."),
    ):
        before = lifting(alice.get(PAGE).text)
        verify = alice.send_form(PAGE, right="object", purpose="notify", **fields).headers["location"]
        assert verify.endswith("/verify")
        assert lifting(alice.get(PAGE).text) == before
        assert alice.send_form(verify, code=service.newest_code()).headers["location"] == PAGE
        page = alice.get(PAGE).text
        assert lifting(page) == barred
        assert said in page
