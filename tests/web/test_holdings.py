"""What an app holds, on the pages: in my data, in the copy, before a deletion and on its certificate."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.guest import APPS, REFUSES
from tests.web.conftest import ALICE, BOB, Service
from tests.web.test_guests import mount
from tests.web.test_privacy_centre import ask, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser


@pytest.fixture
def hosting(make_service: Callable[..., Service]) -> Service:
    """Return a fresh service that hosts the test's guest."""
    return mount(make_service(apps=APPS))


@pytest.fixture
def alice(hosting: Service) -> Browser:
    """Return a browser in which alice is signed in and has written two lines in the guest's book."""
    browser = hosting.register(ALICE)
    for line in ("trà đá", "bánh mì"):
        assert browser.post("/book/lines", content=line.encode()).status_code == 201
    return browser


def test_my_data_says_what_the_app_holds_and_leads_to_it(alice: Browser) -> None:
    """A section of the app's own name: item, how many, why, what for, how long, and the way into the app."""
    page = alice.get("/me")
    text = text_of(page)
    assert "Trong ứng dụng Sổ tay" in text
    assert re.search(r"Sổ bán hàng 2 mục", text)
    assert "Để bạn xem lại, in lại và hủy biên nhận" in text
    assert 'href="/book/"' in page.text
    english = text_of(alice.get("/me?lang=en"))
    assert "In the app Notebook" in english
    assert "Sales book 2 entries" in english


def test_bob_sees_no_section_of_alices_app(hosting: Service, alice: Browser) -> None:
    """Who holds nothing there is not told of the app."""
    assert alice.get("/me").status_code == 200
    assert "Trong ứng dụng" not in text_of(hosting.register(BOB).get("/me"))


def test_a_broken_app_does_not_close_the_privacy_centre(hosting: Service, alice: Browser) -> None:
    """The page stands and says so; the copy waits and says why, the deletion asks to come again (503)."""
    request, code = ask(hosting, alice, "/me/copy")
    (hosting.runtime.settings.apps_folder / "book" / REFUSES).touch()
    alice.send_form(f"{request}/verify", code=code)
    hosting.settle()
    text = text_of(alice.get("/me"))
    assert "Lúc này ứng dụng chưa cho biết đang giữ gì về bạn." in text
    assert "alice@shop.example" in text
    waiting = alice.get(f"{request}/copy")
    assert "Sổ tay" in text_of(waiting)
    assert alice.send_form(f"{request}/copy").headers["location"] == f"{request}/copy"
    refused = alice.get("/me/delete")
    assert refused.status_code == 503
    for answer in (waiting, refused):
        assert "book is locked" not in answer.text


def test_the_copy_has_the_apps_file(hosting: Service, alice: Browser) -> None:
    """The zip that is downloaded has what the app gave."""
    request, code = ask(hosting, alice, "/me/copy")
    alice.send_form(f"{request}/verify", code=code)
    hosting.settle()
    archive = zipfile.ZipFile(io.BytesIO(alice.send_form(f"{request}/copy").content))
    assert archive.read("apps/book/book.txt").decode() == "trà đá\nbánh mì"


def test_a_deletion_names_and_certifies_what_the_app_held(hosting: Service, alice: Browser) -> None:
    """Before: how many, and that the app destroys them. After: the certificate counts them, and the book is empty."""
    text = text_of(alice.get("/me/delete"))
    assert re.search(r"Sổ bán hàng 2 mục Nằm trong sổ sách riêng của ứng dụng", text)
    request, code = ask(hosting, alice, "/me/delete")
    alice.send_form(f"{request}/verify", code=code)
    form = html.unescape(alice.get(f"{request}/accept").text)
    (accepted,) = re.findall(r'name="accepted"[^>]*value="([0-9a-f]{64})"', form)
    alice.send_form(f"{request}/accept", accepted=accepted)
    hosting.settle()
    assert "Sổ bán hàng (2)" in text_of(alice.get("/certificate"))
