"""One's own requests on their pages: found, followed to their end, taken back, and no one else's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.rights.machine import RequestEvent
from camket.jobs.schedule import plan_due
from camket.services.request_moves import move_in
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from tests.web.conftest import Browser, Service

PAGE = re.compile(r'href="(/me/requests/[0-9a-f]+)"')
NUMBER = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
OFFICER = "staff:an-officer"


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser."""
    return service.register(ALICE)


def ask_for_deletion(browser: Browser) -> str:
    """Ask for the account to be deleted; return the address of the request's page."""
    verify = browser.send_form("/me/delete").headers["location"]
    return verify.removesuffix("/verify")


def happen(service: Service, page: str, event: RequestEvent, text: str | None = None) -> RequestRow:
    """Let an officer bring an event about."""
    ctx = service.runtime.context

    def act(unit: Unit) -> RequestRow:
        row = unit.requests.find(page.rpartition("/")[2])
        assert row is not None
        return move_in(unit, ctx, row, event, actor=OFFICER, text=text)

    return ctx.store.write(act)


def test_the_list_begins_empty_and_shows_each_request(service: Service, alice: Browser) -> None:
    """Each with its receipt number and where it stands, and My data leads to it."""
    assert 'href="/me/requests"' in alice.get("/me").text
    assert "Bạn chưa gửi yêu cầu nào." in alice.get("/me/requests").text
    page = ask_for_deletion(alice)
    listed = alice.get("/me/requests").text
    assert PAGE.findall(listed) == [page]
    assert NUMBER.search(listed)
    assert "chờ bạn xác minh" in listed
    assert PAGE.findall(service.register(BOB).get("/me/requests").text) == []


def test_a_request_is_followed_on_its_page(service: Service, alice: Browser) -> None:
    """Before the proof nothing is due; then the dates, what they rest on, and each step with how it was proved."""
    page = ask_for_deletion(alice)
    shown = alice.get(page).text
    assert "Thực hiện chậm nhất" not in shown
    assert f'action="{page}/code"' in shown
    alice.send_form(f"{page}/verify", code=service.newest_code())
    shown = alice.get(page).text
    assert "25/11/2026" in shown
    assert "14/12/2026" in shown
    assert "Nghị định 356/2025/NĐ-CP, Điều 5.4" in shown
    assert "bằng mã gửi đến địa chỉ thư" in shown
    english = alice.get(f"{page}?lang=en").text
    assert "Decree 356/2025/ND-CP, Art. 5.4" in english
    assert "by a code to your e-mail address" in english


def test_who_proves_a_correction_sees_the_value_first(alice: Browser) -> None:
    """Whoever filed it: the new value stands on the request's page before any code is entered, as people read it."""
    verify = alice.send_form("/me/correct/phone", phone="0987654321").headers["location"]
    shown = alice.get(verify.removesuffix("/verify")).text
    assert "Giá trị mới" in shown
    assert "098 765 43 21" in shown


def test_what_staff_decide_is_told_with_its_reason(service: Service, alice: Browser) -> None:
    """On the page and by mail; what they note among themselves is on neither."""
    page = ask_for_deletion(alice)
    alice.send_form(f"{page}/verify", code=service.newest_code())
    happen(service, page, RequestEvent.EXTEND, "Chúng tôi cần hỏi kho lưu trữ.")
    shown = alice.get(page).text
    assert "Chúng tôi cần hỏi kho lưu trữ." in shown
    assert "04/01/2027" in shown
    assert "an-officer" in shown
    happen(service, page, RequestEvent.REFUSE, "Có một vụ kiện.")
    shown = alice.get(page).text
    assert "Có một vụ kiện." in shown
    assert "chúng tôi đã từ chối" in shown
    assert "/complain" in shown
    assert "/withdraw" not in shown
    mail = service.newest_mail()
    assert "Có một vụ kiện." in mail
    assert "/complain" in mail


def test_an_answer_that_is_late_is_called_late(service: Service, alice: Browser) -> None:
    """Of a question to support too, with where to complain; one day is named once where it is all that is due."""
    alice.send_form("/support/new", text="Máy in không nhận tem.")
    page = PAGE.findall(alice.get("/me/requests").text)[0]
    shown = alice.get(page).text
    assert "Chúng tôi đang chậm." not in shown
    assert shown.count("25/11/2026") == 1
    service.clock.advance(timedelta(days=5))
    assert "Chúng tôi đang chậm." in alice.get(page).text
    assert "quá hạn từ" in alice.get("/me/requests").text


def test_a_request_is_taken_back(service: Service, alice: Browser) -> None:
    """By the button, once; sent twice it stays as it is."""
    page = ask_for_deletion(alice)
    alice.send_form(f"{page}/verify", code=service.newest_code())
    assert f'action="{page}/withdraw"' in alice.get(page).text
    for _ in range(2):
        assert alice.send_form(f"{page}/withdraw").headers["location"] == page
    shown = alice.get(page).text
    assert "bạn đã rút lại" in shown
    assert f'action="{page}/withdraw"' not in shown
    assert shown.count("Bạn rút lại yêu cầu") == 1
    assert "đã được rút lại" in service.newest_mail()


def test_a_request_that_waits_says_until_when(service: Service, alice: Browser) -> None:
    """Proven and not accepted, it waits for the customer's yes; the page says so and leads on."""
    page = ask_for_deletion(alice)
    alice.send_form(f"{page}/verify", code=service.newest_code())
    service.clock.advance(timedelta(days=2, minutes=20))
    plan_due(service.runtime.context)
    service.settle()
    shown = alice.get(page).text
    assert "Yêu cầu chờ bạn đồng ý." in shown
    assert "24/12/2026" in shown
    assert "Thực hiện chậm nhất" not in shown
    verify = alice.send_form(f"{page}/code").headers["location"]
    accept = alice.send_form(verify, code=service.newest_code()).headers["location"]
    assert accept == f"{page}/accept"
    found = re.search(r'name="accepted" value="([^"]+)"', alice.get(accept).text)
    assert found is not None
    assert alice.send_form(accept, accepted=found[1]).headers["location"] == "/certificate"


def test_no_one_sees_or_ends_the_request_of_another(service: Service, alice: Browser) -> None:
    """A request's address opens nothing for anyone else, and what is not there looks the same."""
    page = ask_for_deletion(alice)
    bob = service.register(BOB)
    assert bob.get(page).status_code == bob.get("/me/requests/0123456789abcdef").status_code == 404
    assert bob.send_form(f"{page}/withdraw").status_code == 404
    assert service.browser().get(page).headers["location"].startswith("/sign-in")
    assert "chờ bạn xác minh" in alice.get(page).text
