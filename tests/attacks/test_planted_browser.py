"""A browser's random name that somebody knew before, as on a machine that many use: it opens nothing afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from camket.web.cookies import BROWSER
from tests.attacks.test_outside_under_attack import prove
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from tests.web.conftest import Service


def test_who_knew_the_name_of_a_browser_follows_nothing_that_is_proven_in_it(service: Service) -> None:
    """Proving a request outside a session gives the browser a name of its own, and the request to that name alone."""
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    browser, stranger = service.browser(), service.browser()
    stranger.send_form("/requests", kind="port", email="nobody@shop.example", phone="")
    planted = stranger.cookies[BROWSER.key(https=False)]
    browser.cookies.set(BROWSER.key(https=False), planted)
    page = prove(service, browser, "port")
    assert page.rpartition("/")[2] in browser.get(page).text
    assert stranger.send_form(f"{page}/copy/make").headers["location"] == page
    assert 'name="email"' in stranger.get(page).text
    assert 'name="email"' not in browser.get(page).text


def test_a_browser_goes_on_following_what_the_same_person_proved_in_it_before(service: Service) -> None:
    """Its new name opens what the former one opened of theirs, and of nobody else's."""
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    browser = service.browser()
    first = prove(service, browser, "port")
    second = prove(service, browser, "restrict")
    assert first != second
    for page in (first, second):
        assert 'name="email"' not in browser.get(page).text
