"""Support in the browser: writing with pictures, reading the thread, and where to complain; no script is needed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from camket.core.intake.photos import PHOTO_BYTES
from camket.core.staff.roles import Role
from camket.services.casework import reply
from camket.services.staff_sessions import find_staff_session
from camket.services.support_pictures import PICTURES
from camket.testing.staff import add_staff
from camket.web.customer.support import UPLOADS
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

QUESTION = "Máy in không nhận tem 40 mm <b>à</b>?"
GPS = 0x8825


def photo(kind: str = "JPEG", *, size: tuple[int, int] = (640, 360)) -> bytes:
    """Return a photo that says where it was taken."""
    image = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x010F] = "Xiaomi"
    exif[GPS] = {2: (10.0, 45.0, 0.0)}
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


def send(browser: Browser, path: str, *pictures: bytes, text: str = QUESTION) -> Response:
    """Send a message with its pictures, as a browser does."""
    files = [("picture", (f"ảnh {number}.jpg", one, "image/jpeg")) for number, one in enumerate(pictures)]
    return browser.post(path, data={"text": text}, files=files or [("picture", ("", b"", "application/octet-stream"))])


def begin(browser: Browser, *pictures: bytes) -> str:
    """Write to support and return where the thread is."""
    sent = send(browser, "/support/new", *pictures)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def test_a_question_with_pictures_is_read_back_in_its_thread(service: Service) -> None:
    """Words come back as they were typed, pictures without a word about where they were taken."""
    alice = service.register(ALICE)
    thread = begin(alice, photo(), photo("PNG"))
    page = alice.get(thread).text
    assert "&lt;b&gt;à&lt;/b&gt;" in page
    assert page.count("/picture?size=400") == 2
    address = page.split('img src="')[1].split('"')[0]
    picture = alice.get(address)
    assert picture.headers["content-type"] == "image/webp"
    drawn = Image.open(io.BytesIO(picture.content))
    assert (drawn.size, dict(drawn.getexif())) == ((400, 400), {})
    assert thread in alice.get("/support").text


def test_a_form_without_pictures_may_come_either_way(service: Service) -> None:
    """A message is taken as a plain form and as one with files that were left empty."""
    alice = service.register(ALICE)
    assert begin(alice) != alice.send_form("/support/new", text="Xin chào.").headers["location"]


def test_an_answer_is_shown_to_its_customer_and_to_no_other(service: Service) -> None:
    """What support writes stands in the thread; to someone else there is no such thread and no such picture."""
    alice, bob = service.register(ALICE), service.register(BOB)
    thread = begin(alice, photo())
    ctx = service.runtime.context
    member = find_staff_session(ctx, add_staff(ctx, Role.SUPPORT).token)
    assert member is not None
    reply(ctx, member, request_id=thread.rpartition("/")[2], text="Hãy chọn khổ 40 mm.")
    page = alice.get(thread).text
    assert "Hãy chọn khổ 40 mm." in page
    assert member.pseudonym not in page
    assert bob.get(thread).status_code == 404
    assert send(bob, thread).status_code == 404
    assert bob.get(page.split('img src="')[1].split('"')[0]).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (b"%PDF-1.7 not a picture", "Chỉ nhận ảnh"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "Chỉ nhận ảnh"),
        (b"GIF89a" + bytes(20), "Chỉ nhận ảnh"),
        (photo()[:400], "Chỉ nhận ảnh"),
        (b"\xff\xd8\xff" + bytes(PHOTO_BYTES), "nặng"),
    ],
    ids=["pdf", "svg", "gif", "half a photo", "too large"],
)
def test_what_is_no_picture_is_refused_beside_the_field(service: Service, wrong: bytes, words: str) -> None:
    """The form comes back with the words still in it and a sentence about the picture; nothing was stored."""
    alice = service.register(ALICE)
    refused = send(alice, "/support/new", photo(), wrong)
    assert refused.status_code == 422
    assert words in refused.text
    assert "tem 40 mm" in refused.text
    assert "Chưa có gì" in alice.get("/support").text


def test_all_that_is_wrong_with_a_message_is_said_at_once(service: Service) -> None:
    """Missing words and a wrong file each have their sentence in the same answer."""
    alice = service.register(ALICE)
    refused = send(alice, "/support/new", b"%PDF-", text=" ")
    assert refused.status_code == 422
    assert 'id="problem-text"' in refused.text
    assert 'id="problem-picture"' in refused.text


def test_too_many_pictures_are_refused_in_words_and_far_too_many_unread(service: Service) -> None:
    """One too many is said beside the field; a form beyond every bound is refused whole."""
    alice = service.register(ALICE)
    few = send(alice, "/support/new", *[photo()] * (PICTURES + 1))
    assert (few.status_code, f"tối đa {PICTURES} ảnh" in few.text) == (422, True)
    assert send(alice, "/support/new", *[b"x"] * (UPLOADS.files + 1)).status_code == 400
    assert send(alice, "/support/new", bytes(UPLOADS.form_bytes)).status_code == 413
    assert "Chưa có gì" in alice.get("/support").text


def test_nobody_sends_files_without_an_account(service: Service) -> None:
    """Who is not signed in is led to the sign-in before a byte of a file is read."""
    stranger = service.browser()
    for path in ("/support/new", "/support/whatever"):
        answer = send(stranger, path, bytes(UPLOADS.form_bytes + 1))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


def test_files_are_taken_where_a_page_asks_for_them_alone(service: Service) -> None:
    """Every other form refuses files as it always did."""
    alice = service.register(ALICE)
    assert send(alice, "/me/language").status_code == 415


def test_how_to_complain_is_open_to_everyone_in_both_languages(service: Service) -> None:
    """The page names the operator, the authority and the article, and keeps no one's visit."""
    page = service.browser().get("/complain")
    assert page.status_code == 200
    for words in (
        "privacy@quay.example",
        "Bộ Công an",
        "Luật 91/2025/QH15, Điều 4.1",
        "Nghị định 356/2025/NĐ-CP, Điều 5.4",
    ):
        assert words in page.text
    assert "set-cookie" not in page.headers
    english = service.browser().get("/complain?lang=en").text
    assert "Ministry of Public Security" in english
    assert "2 working days" in english
