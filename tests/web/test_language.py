"""The language in which a customer is written to is shown, changed by one choice, and used from then on (P12, P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser, signed in, who registered on a Vietnamese page."""
    return service.register(ALICE)


def test_it_is_shown_with_its_reason(alice: Browser) -> None:
    """*My data* says in which language, why, for how long, and leads to the choice in one step."""
    page = alice.get("/me").text
    section = page[page.index('id="language"') : page.index('href="/me/language"')]
    assert "Tiếng Việt" in section
    assert "Để viết cho bạn bằng thứ tiếng bạn chọn." in page


def test_a_choice_holds_for_the_next_mail(service: Service, alice: Browser) -> None:
    """One button, no code; the page says it once, and the next mail is in that language."""
    chosen = alice.send_form("/me/language", language="en")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/me")
    page = alice.get("/me").text
    assert "Từ giờ chúng tôi viết cho bạn bằng ngôn ngữ này." in page
    assert "Từ giờ chúng tôi viết" not in alice.get("/me").text
    assert "English" in page[page.index('id="language"') : page.index('href="/me/language"')]
    service.browser().send_form("/sign-in", email=ALICE["email"])
    assert "code" in service.newest_mail()
    assert "mã" not in service.newest_mail()


def test_the_choice_is_on_record(alice: Browser) -> None:
    """Who chose, and which item: the list of uses has it."""
    alice.send_form("/me/language", language="en")
    assert "ngôn ngữ" in alice.get("/me/uses").text


def test_it_is_ones_own(service: Service, alice: Browser) -> None:
    """What alice chooses changes nothing for bob."""
    bob = service.register(BOB)
    alice.send_form("/me/language", language="en")
    page = bob.get("/me").text
    assert "Tiếng Việt" in page[page.index('id="language"') : page.index('href="/me/language"')]


@pytest.mark.parametrize("language", ["", "fr", "EN", "vi ", "en\n"])
def test_another_language_is_refused(alice: Browser, language: str) -> None:
    """What we do not write in is not taken, and nothing changes."""
    assert alice.send_form("/me/language", language=language).status_code == 422
    page = alice.get("/me").text
    assert "Tiếng Việt" in page[page.index('id="language"') : page.index('href="/me/language"')]
