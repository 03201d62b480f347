"""The pages of a copy: it is made while one waits, handed over to who is proven, and by its link once."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from tests.web.conftest import ALICE, BOB
from tests.web.test_privacy_centre import ask, text_of

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

LINK = re.compile(r"/copies/[0-9a-f]{64}")


def accepted(service: Service, browser: Browser) -> str:
    """Ask for a copy and prove who asks; return the address of its page."""
    request, code = ask(service, browser, "/me/copy")
    return browser.send_form(f"{request}/verify", code=code).headers["location"]


def link_of(service: Service) -> str:
    """Return the link in the newest mail."""
    (link,) = LINK.findall(service.newest_mail())
    return str(link)


def is_zip(answer: object) -> bool:
    """Say whether an answer is a whole zip."""
    content = getattr(answer, "content", b"")
    return zipfile.is_zipfile(io.BytesIO(content)) and zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_the_page_waits_by_itself(service: Service) -> None:
    """While it is made the page says so, loads itself again without scripts, and tells scripts when to look."""
    browser = service.register(ALICE)
    page = accepted(service, browser)
    waiting = browser.get(page)
    assert "đang được lập" in text_of(waiting)
    assert waiting.headers["refresh"] == "3"
    assert browser.get(f"{page}/status").json() == {"ready": False}
    assert browser.send_form(page).headers["location"] == page
    service.settle()
    assert browser.get(f"{page}/status").json() == {"ready": True}
    ready = browser.get(page)
    assert "refresh" not in ready.headers
    assert "29/11/2026" in text_of(ready)
    copy = browser.send_form(page)
    assert is_zip(copy)
    assert int(copy.headers["content-length"]) == len(copy.content)
    assert copy.headers["cache-control"] == "no-store"


def test_asking_again_leads_to_the_one_under_way(service: Service) -> None:
    """Who asks while a copy is made is shown that one, and no second code is sent."""
    browser = service.register(ALICE)
    page = accepted(service, browser)
    assert browser.send_form("/me/copy").headers["location"] == page


def test_copies_that_wait_are_listed(service: Service) -> None:
    """The page that starts a copy names those that are kept, with their size and date, until they are gone."""
    browser = service.register(ALICE)
    page = accepted(service, browser)
    assert "đang chờ bạn nhận" not in text_of(browser.get("/me/copy"))
    service.settle()
    listed = browser.get("/me/copy")
    assert f'href="{page}"' in listed.text
    assert "giữ đến 29/11/2026" in text_of(listed)
    browser.send_form(f"{page}/delete")
    assert f'href="{page}"' not in browser.get("/me/copy").text


def test_a_link_is_looked_at_as_often_as_one_likes(service: Service) -> None:
    """A scanner, a preview and the customer read it; nothing is used up before the button is pressed."""
    browser = service.register(ALICE)
    accepted(service, browser)
    link = link_of(service)
    stranger = service.browser()
    for _ in range(3):
        assert "Đăng nhập để nhận bản sao" in text_of(stranger.get(link))
    assert f"/sign-in?next={link}" in stranger.get(link).text
    assert stranger.send_form(link).headers["location"] == link
    assert "Bản sao đã sẵn sàng" in text_of(browser.get(link))
    assert is_zip(browser.send_form(link))
    used = browser.get(link)
    assert used.status_code == 404
    assert "không dùng được nữa" in text_of(used)
    assert browser.send_form(link).headers["location"] == link


def test_a_link_that_was_passed_on(service: Service) -> None:
    """Bob, signed in, reads nothing of alice's behind her link and fetches nothing; hers still works."""
    alice, bob = service.register(ALICE), service.register(BOB)
    accepted(service, alice)
    link = link_of(service)
    shown = bob.get(link)
    assert "tài khoản khác" in text_of(shown)
    assert not re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text_of(shown))
    assert bob.send_form(link).headers["location"] == link
    assert is_zip(alice.send_form(link))


def test_signing_in_leads_back_to_the_link(service: Service) -> None:
    """Who opens the link in another browser signs in there and comes back to it."""
    accepted(service, service.register(ALICE))
    link = link_of(service)
    other = service.browser()
    asked = other.send_form("/sign-in", email=ALICE["email"], next=link).headers["location"]
    assert f'name="next" value="{link}"' in other.get(asked).text
    arrived = other.send_form("/sign-in/confirm", code=service.newest_code(), next=link)
    assert arrived.headers["location"] == link
    assert is_zip(other.send_form(link))


def test_what_never_was_a_link(service: Service) -> None:
    """Anything else in the address finds the same page, signed in or not."""
    browser = service.register(ALICE)
    for who in (browser, service.browser()):
        for token in ("0" * 64, "x", "0" * 63 + "g"):
            assert who.get(f"/copies/{token}").status_code == 404
            assert who.send_form(f"/copies/{token}").status_code == 303


def test_the_file_is_deleted_where_its_customer_says_so(service: Service) -> None:
    """The page then says that it is gone, and the link in the mail leads nowhere."""
    browser = service.register(ALICE)
    page = accepted(service, browser)
    link = link_of(service)
    assert browser.send_form(f"{page}/delete").headers["location"] == page
    assert "không còn ở đây" in text_of(browser.get(page))
    assert browser.get(link).status_code == 404
    assert browser.send_form(page).headers["location"] == page


def test_the_page_of_another_request_is_none_of_a_copy(service: Service) -> None:
    """A correction's id finds no copy."""
    browser = service.register(ALICE)
    request, _ = ask(service, browser, "/me/correct/phone", phone="098 765 43 21")
    assert browser.get(f"{request}/copy").status_code == 404
