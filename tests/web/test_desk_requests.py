"""The desk's requests: the queue, a request on one page, the numbers, and what is never shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import Verification
from camket.rows.request_queue import QueueList
from camket.services.on_behalf import propose
from camket.services.request_moves import move_in
from camket.services.request_queue import PAGE
from camket.services.request_time import CLOCK
from camket.services.requests import RequestBody
from camket.services.sessions import find_session
from camket.services.staff_sessions import find_staff_session
from camket.web.cookies import SESSION
from tests.casework import NO_ONE, as_it_stands, make_request
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, BOB, make_service, service

if TYPE_CHECKING:
    from camket.rows.requests import RequestRow
    from camket.testing.staff import SignedInStaff
    from tests.web.conftest import Browser, Service

__all__ = ["make_service", "service"]

QUEUE = "/officer/requests"
SHOWN = re.compile(r'data-row href="/officer/requests/([^"]+)"')
VALUES = ("Alice Nguyễn", "alice@shop.example", "+84901234567", "090 123 45 67", "0901234567")
MASKS = ("A••• N•••", "a•••••@s•••.example", "09•• ••• 567")
REASON = "Khách gọi điện hỏi vì sao chưa xong."


def customer(service: Service, person: dict[str, str] = ALICE) -> str:
    """Register a customer and return their subject id."""
    browser = service.register(person)
    session = find_session(service.runtime.context, browser.cookies[SESSION.name])
    assert session is not None
    return session.subject_id


def desk(service: Service, *roles: Role, name: str = "Bob") -> tuple[Browser, SignedInStaff]:
    """Return a browser in which a member of staff is signed in."""
    browser = service.browser()
    return browser, sign_in_staff(service.runtime.context, browser, *roles, name=name)


def erase(service: Service, subject_id: str) -> RequestRow:
    """Make a proven request to erase."""
    return make_request(service.runtime.context, subject_id, RequestKind.ERASE)


def do(browser: Browser, row: RequestRow, act: str, **fields: str) -> int:
    """Do something with a request, and return the status."""
    return browser.send_form(f"{QUEUE}/{row.number}/do/{act}", **fields).status_code


def test_the_queue_shows_what_is_due_first_behind_masks(service: Service) -> None:
    """The oldest proven request comes first; a name is a mask, and what no one proved is in another list."""
    ctx = service.runtime.context
    alice, bob = customer(service), customer(service, BOB)
    first = erase(service, alice)
    service.clock.advance(timedelta(days=1))
    second = make_request(ctx, bob, RequestKind.ACCESS)
    unproven = make_request(ctx, NO_ONE, RequestKind.ERASE, level=None)
    page = desk(service, Role.SUPPORT)[0].get(QUEUE).text
    assert SHOWN.findall(page) == [first.number, second.number]
    assert "A••• N•••" in page
    assert "B••• T•••" in page
    assert not [value for value in VALUES if value in page]
    other = desk(service, Role.OFFICER)[0].get(f"{QUEUE}?list={QueueList.UNPROVEN}").text
    assert SHOWN.findall(other) == [unproven.number]
    assert "•••" not in other


def test_that_a_mask_was_shown_is_on_record_for_its_customer(service: Service) -> None:
    """Showing a mask is a use of the name, by the member of staff, for the customer's right, with the request."""
    alice = customer(service)
    erase(service, alice)
    browser, member = desk(service, Role.OFFICER)
    ctx = service.runtime.context
    before = ctx.store.read(lambda unit: len(unit.records.of_subject(alice, limit=500)))
    browser.get(QUEUE)
    records = ctx.store.read(lambda unit: unit.records.of_subject(alice, limit=500))
    assert len(records) == before + 1
    assert member.actor in records[0].facts.decode()


@pytest.mark.parametrize("kind", [RequestKind.ERASE, RequestKind.SUPPORT, RequestKind.RECTIFY])
def test_an_auditor_sees_no_value_and_no_mask(service: Service, kind: RequestKind) -> None:
    """Neither the queue nor a request shows an auditor anything of whose it is, and nothing of it is read for them."""
    alice = customer(service)
    body = RequestBody(item="phone", value="+84977665544") if kind is RequestKind.RECTIFY else None
    row = make_request(service.runtime.context, alice, kind, body=body)
    ctx = service.runtime.context
    before = ctx.store.read(lambda unit: len(unit.records.of_subject(alice, limit=500)))
    browser, _ = desk(service, Role.AUDITOR)
    for path in (QUEUE, f"{QUEUE}/{row.number}"):
        page = browser.get(path).text
        assert row.number in page
        assert not [value for value in (*VALUES, *MASKS, "•", "77665544") if value in page], path
    assert do(browser, row, "open", reason=REASON) == 403
    assert ctx.store.read(lambda unit: len(unit.records.of_subject(alice, limit=500))) == before


def test_values_open_on_a_reason_for_who_gave_it_and_for_a_quarter_of_an_hour(service: Service) -> None:
    """Until then there are masks; the reason stands in the course; another member of staff sees masks still."""
    row = erase(service, customer(service))
    path = f"{QUEUE}/{row.number}"
    browser, _ = desk(service, Role.SUPPORT)
    other, _ = desk(service, Role.OFFICER)
    page = browser.get(path).text
    assert all(mask in page for mask in MASKS)
    assert not [value for value in VALUES if value in page]
    assert do(browser, row, "open", reason="  ") == 422
    assert do(browser, row, "open", reason=REASON) == 303
    page = browser.get(path).text
    assert "Alice Nguyễn" in page
    assert "alice@shop.example" in page
    assert REASON in page
    assert "Alice Nguyễn" not in other.get(path).text
    assert REASON not in other.get(path).text
    service.clock.advance(timedelta(minutes=16))
    assert "Alice Nguyễn" not in browser.get(path).text


def test_of_a_request_that_no_one_proved_nothing_is_shown(service: Service) -> None:
    """One for a customer and one for an address that nobody has look alike: no mask, no value, nothing to open."""
    ctx = service.runtime.context
    rows = [make_request(ctx, one, RequestKind.ERASE, level=None) for one in (customer(service), NO_ONE)]
    browser, _ = desk(service, Role.OFFICER)
    pages = [browser.get(f"{QUEUE}/{row.number}").text.replace(row.number, "") for row in rows]
    assert pages[0] == pages[1]
    assert "•" not in pages[0]
    assert "/do/open" not in pages[0]


def test_once_a_right_was_served_its_values_are_closed(service: Service) -> None:
    """There is nothing left to do on it, so there is no reason to look: no mask, and none is opened."""
    row = make_request(service.runtime.context, customer(service), RequestKind.OBJECT)
    browser, _ = desk(service, Role.OFFICER)
    assert do(browser, row, "refuse", reason="Không có căn cứ.") == 303
    page = browser.get(f"{QUEUE}/{row.number}").text
    assert as_it_stands(service.runtime.context, row).state is RequestState.REFUSED
    assert not [shown for shown in (*VALUES, *MASKS) if shown in page]


def test_an_erasure_says_what_goes_and_what_stays(service: Service) -> None:
    """Item by item with how many values, and by which article something stays."""
    row = erase(service, customer(service))
    page = desk(service, Role.OFFICER)[0].get(f"{QUEUE}/{row.number}").text
    assert "Họ tên" in page
    assert "Nghị định" in page


def test_what_is_done_stands_in_the_course_with_who_did_it(service: Service) -> None:
    """Taking a request on, a comment and a question are done from its page, and each is seen there afterwards."""
    row = erase(service, customer(service))
    browser, member = desk(service, Role.OFFICER)
    assert do(browser, row, "assign") == 303
    assert do(browser, row, "note", text="Gọi lại lúc 9 giờ.") == 303
    assert do(browser, row, "ask", text="Bạn còn giữ máy in không?") == 303
    page = browser.get(f"{QUEUE}/{row.number}").text
    assert member.pseudonym in page
    assert as_it_stands(service.runtime.context, row).state is RequestState.WAITING
    assert SHOWN.findall(browser.get(f"{QUEUE}?who=me").text) == [row.number]
    assert SHOWN.findall(browser.get(f"{QUEUE}?who=nobody").text) == []


def test_what_cannot_be_done_is_said_with_what_was_typed(service: Service) -> None:
    """An empty reason is a problem beside its field; an act too late says that the request has moved on."""
    row = make_request(service.runtime.context, customer(service), RequestKind.OBJECT)
    browser, _ = desk(service, Role.OFFICER)
    page = browser.send_form(f"{QUEUE}/{row.number}/do/refuse", reason="")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert do(browser, row, "refuse", reason="Không có căn cứ.") == 303
    late = browser.send_form(f"{QUEUE}/{row.number}/do/ask", text="Còn gì nữa không?")
    assert late.status_code == 409
    assert 'role="alert"' in late.text


def test_support_is_offered_what_it_may_do_and_no_more(service: Service) -> None:
    """Refusing a right and extending it are an officer's; whoever sends the form all the same is refused."""
    row = erase(service, customer(service))
    browser, _ = desk(service, Role.SUPPORT)
    page = browser.get(f"{QUEUE}/{row.number}").text
    offered = set(re.findall(rf'action="{QUEUE}/{row.number}/do/([a-z-]+)"', page))
    assert {"reply", "ask", "propose", "note", "open"} <= offered
    assert offered.isdisjoint({"refuse", "extend", "approve"})
    assert do(browser, row, "refuse", reason="Không.") == 403
    assert do(browser, row, "nonsense") == 404


def test_who_proposed_is_not_offered_to_approve(service: Service) -> None:
    """The second person is another one: only they find the yes on the page."""
    ctx = service.runtime.context
    row = make_request(ctx, customer(service), RequestKind.ACCESS)
    browser, member = desk(service, Role.OFFICER)
    other, _ = desk(service, Role.OFFICER, name="Alice")
    session = find_staff_session(ctx, member.token)
    assert session is not None
    propose(ctx, session, request_id=row.id, reason="Khách không dùng được mạng.")
    assert "/do/approve" not in browser.get(f"{QUEUE}/{row.number}").text
    assert "/do/approve" in other.get(f"{QUEUE}/{row.number}").text
    assert do(browser, row, "approve") == 403


def test_a_request_is_found_by_its_number_however_it_was_read_out(service: Service) -> None:
    """Small letters, spaces and the letters that are mistaken for digits lead to it; another number leads nowhere."""
    row = erase(service, customer(service))
    browser, _ = desk(service, Role.SUPPORT)
    spoken = row.number.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert browser.send_form(QUEUE, number=spoken).headers["location"] == f"{QUEUE}/{row.number}"
    wrong = browser.send_form(QUEUE, number="<b>")
    assert wrong.status_code == 404
    assert "<b>" not in wrong.text.replace("<b class", "")
    assert browser.get(f"{QUEUE}/00000-00000").status_code == 404


def test_pages_of_the_queue_join(service: Service) -> None:
    """The next page goes on where the first ends, and leads back to it; a place that is none is the front."""
    ctx = service.runtime.context
    alice = customer(service)
    rows = [make_request(ctx, alice, RequestKind.SUPPORT) for _ in range(PAGE + 3)]
    browser, _ = desk(service, Role.OFFICER)
    first = browser.get(QUEUE).text
    onwards = re.search(r'rel="next" href="([^"]+)"', first)
    assert onwards is not None
    second = browser.get(QUEUE + onwards[1].replace("&amp;", "&")).text
    assert sorted(SHOWN.findall(first) + SHOWN.findall(second)) == sorted(row.number for row in rows)
    assert len(SHOWN.findall(first)) == PAGE
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back is not None
    assert SHOWN.findall(browser.get(QUEUE + back[1].replace("&amp;", "&")).text) == SHOWN.findall(first)
    for place in ("x", "1", "1.", "99999999999999999999.a", "-1.a"):
        assert SHOWN.findall(browser.get(f"{QUEUE}?after={place}").text) == SHOWN.findall(first)


def test_filing_for_an_unknown_address_looks_like_filing_for_a_customer(service: Service) -> None:
    """Both lead to a request that waits for its proof; what is no address is a problem beside its field."""
    customer(service)
    browser, _ = desk(service, Role.SUPPORT)
    pages = []
    for contact in ("alice@shop.example", "nobody@shop.example"):
        answer = browser.send_form(f"{QUEUE}/new", contact=contact, kind="erase", reason="Khách gọi điện.")
        assert answer.status_code == 303
        number = answer.headers["location"].rpartition("/")[2]
        pages.append(browser.get(answer.headers["location"]).text.replace(number, ""))
    assert pages[0] == pages[1]
    wrong = browser.send_form(f"{QUEUE}/new", contact="no address", kind="erase", reason="Khách gọi điện.")
    assert wrong.status_code == 422
    assert "problem-contact" in wrong.text
    unsaid = browser.send_form(
        f"{QUEUE}/new", contact="alice@shop.example", kind="rectify", item="phone", reason="Sai."
    )
    assert unsaid.status_code == 422
    assert "problem-value" in unsaid.text


@pytest.mark.parametrize("role", Role)
def test_numbers_and_health_hold_nothing_personal(service: Service, role: Role) -> None:
    """Any role sees what is open, late and failing, as numbers and receipt numbers alone."""
    row = erase(service, customer(service))
    service.clock.advance(timedelta(days=40))
    browser, _ = desk(service, role)
    pages = [browser.get(path) for path in ("/officer/overview", "/officer/health")]
    assert [page.status_code for page in pages] == [200, 200]
    assert row.number in pages[1].text
    assert ("/officer/requests/" in pages[1].text) == (role is not Role.ADMIN)
    assert not [shown for page in pages for shown in (*VALUES, *MASKS) if shown in page.text]


def test_a_proof_in_person_opens_the_way(service: Service) -> None:
    """Staff who saw the person say how they knew them; the request stands among the open ones from then on."""
    ctx = service.runtime.context
    row = make_request(ctx, customer(service), RequestKind.ACCESS, level=None)
    browser, _ = desk(service, Role.SUPPORT)
    assert do(browser, row, "verify", reason="Xuất trình căn cước công dân.") == 303
    assert as_it_stands(ctx, row).verified_level is Verification.IN_PERSON
    assert SHOWN.findall(browser.get(QUEUE).text) == [row.number]


def test_what_is_typed_at_the_desk_is_in_no_file_in_the_clear(service: Service) -> None:
    """Reasons, comments, answers and addresses that staff type are sealed, or not kept: no file and no log has them."""
    row = make_request(service.runtime.context, customer(service), RequestKind.SUPPORT)
    browser, _ = desk(service, Role.OFFICER)
    typed = {
        "open": "markopenzq về máy in",
        "note": "marknotezq gọi lại",
        "ask": "markaskzq khổ giấy nào",
        "reply": "markreplyzq chọn khổ 40",
    }
    for act, text in typed.items():
        assert do(browser, row, act, text=text, reason=text, finish="on") == 303, act
    browser.send_form(QUEUE, number="markfindzq@shop.example")
    browser.send_form(
        f"{QUEUE}/new", contact="markfilezq@shop.example", kind="erase", reason="marksaidzq qua điện thoại"
    )
    assert typed["reply"] in browser.get(f"{QUEUE}/{row.number}").text
    service.settle()
    folder = service.runtime.settings.data
    found = [
        (mark, file.name)
        for file in folder.rglob("*")
        if file.is_file()
        for mark in re.findall(rb"mark\w+zq", file.read_bytes())
    ]
    assert found == []
    assert re.findall(r"mark\w+zq", service.log.getvalue()) == []


def test_staff_carry_out_on_behalf_what_needs_one_and_what_needs_two(service: Service) -> None:
    """With the person seen, an objection is carried out by one; a copy is proposed by one and approved by another."""
    ctx = service.runtime.context
    alice = customer(service)
    objection = make_request(ctx, alice, RequestKind.OBJECT, level=None)
    copy = make_request(ctx, alice, RequestKind.ACCESS, level=None)
    support, _ = desk(service, Role.SUPPORT)
    officer, _ = desk(service, Role.OFFICER, name="Alice")
    for row in (objection, copy):
        assert do(support, row, "verify", reason="Xuất trình căn cước công dân.") == 303
    assert do(support, objection, "carry-out", reason="Khách nhờ làm giúp.") == 303
    assert as_it_stands(ctx, objection).state is RequestState.DONE
    assert do(support, copy, "carry-out", reason="Khách nhờ làm giúp.") == 409
    assert do(support, copy, "propose", reason="Khách không dùng được mạng.") == 303
    assert do(support, copy, "approve") == 403
    assert do(officer, copy, "approve") == 303
    assert as_it_stands(ctx, copy).state in (RequestState.APPROVED, RequestState.RUNNING)
    assert do(officer, copy, "approve") in (403, 409)


def test_a_proof_that_ran_out_is_said_and_can_be_given_anew(service: Service) -> None:
    """The page says so before anyone tries; seeing the customer in person is offered again, and then it goes on."""
    row = erase(service, customer(service))
    path = f"{QUEUE}/{row.number}"
    browser, _ = desk(service, Role.SUPPORT)
    ran_out = "Việc xác minh danh tính đã hết hạn."
    page = browser.get(path).text
    assert ran_out not in page
    assert "/do/verify" not in page
    service.clock.advance(timedelta(minutes=20))
    page = browser.get(path).text
    assert ran_out in page
    assert do(browser, row, "verify", reason=REASON) == 303
    page = browser.get(path).text
    assert ran_out not in page
    assert "/do/verify" not in page


def test_a_code_is_asked_for_where_an_address_is_corrected_alone(service: Service) -> None:
    """Correcting a phone number shows no field for a code that no one was sent."""
    ctx, alice = service.runtime.context, customer(service)
    bodies = (RequestBody(item="phone", value="+84977665544"), RequestBody(item="email", value="new@shop.example"))
    rows = [make_request(ctx, alice, RequestKind.RECTIFY, body=body) for body in bodies]
    browser, _ = desk(service, Role.OFFICER)
    pages = [browser.get(f"{QUEUE}/{row.number}").text for row in rows]
    assert ["/do/carry-out" in page for page in pages] == [True, True]
    assert ["/do/send-code" in page for page in pages] == [False, True]


@pytest.mark.parametrize(("warned", "words"), [("near", "sắp đến hạn"), ("over", "đã quá hạn")])
def test_that_officers_were_warned_is_a_line_in_words(service: Service, warned: str, words: str) -> None:
    """Of a clock that runs out, and of one that has."""
    ctx = service.runtime.context
    row = erase(service, customer(service))
    detail = {"warned": warned}
    ctx.store.write(lambda unit: move_in(unit, ctx, row, RequestEvent.NOTE, actor=CLOCK, detail=detail, shown=False))
    browser, _ = desk(service, Role.AUDITOR)
    assert f"Đã cảnh báo cán bộ: {words}" in browser.get(f"{QUEUE}/{row.number}").text


def test_all_that_is_wrong_with_a_filed_request_is_said_at_once(service: Service) -> None:
    """Neither an address nor words: both are named, and nothing is filed."""
    browser, _ = desk(service, Role.SUPPORT)
    wrong = browser.send_form(f"{QUEUE}/new", contact=" ", kind="access", reason="")
    assert wrong.status_code == 422
    assert "Hãy nhập địa chỉ thư hoặc số điện thoại." in wrong.text
    assert "Hãy điền ô này." in wrong.text
    assert SHOWN.findall(browser.get(f"{QUEUE}?list={QueueList.UNPROVEN}").text) == []


def test_a_letter_that_asks_for_a_right_is_filed_from_its_page(service: Service) -> None:
    """The case page of a letter leads to the form; what is filed is its customer's, and waits for their proof."""
    subject_id = customer(service)
    letter = make_request(service.runtime.context, subject_id, RequestKind.SUPPORT)
    browser, _ = desk(service, Role.SUPPORT)
    form = f"{QUEUE}/new?thread={letter.number}"
    assert f'href="{form}"' in browser.get(f"{QUEUE}/{letter.number}").text
    assert f'name="thread" value="{letter.number}"' in browser.get(form).text
    asked = {"thread": letter.number, "kind": "erase"}
    assert browser.post(f"{QUEUE}/new", data=asked | {"reason": ""}).status_code == 422
    filed = browser.post(f"{QUEUE}/new", data=asked | {"reason": REASON})
    assert filed.status_code == 303
    number = filed.headers["location"].rpartition("/")[2].partition("?")[0]
    row = service.runtime.context.store.read(lambda unit: unit.requests.by_number(number))
    assert row is not None
    assert (row.subject_id, row.kind, row.state) == (subject_id, RequestKind.ERASE, RequestState.UNVERIFIED)
    other = make_request(service.runtime.context, subject_id, RequestKind.ACCESS)
    assert browser.post(f"{QUEUE}/new", data=asked | {"thread": other.number, "reason": REASON}).status_code == 404


def test_no_extension_is_offered_when_the_time_is_over(service: Service) -> None:
    """Before, it is; afterwards the law gives none, and the page does not lead there."""
    row = erase(service, customer(service))
    assert row.due_at is not None
    path = f"{QUEUE}/{row.number}"
    assert "/do/extend" in desk(service, Role.OFFICER)[0].get(path).text
    service.clock.advance(row.due_at - service.runtime.context.clock.now() + timedelta(minutes=1))
    page = desk(service, Role.OFFICER, name="Alice")[0].get(path).text
    assert "/do/refuse" in page
    assert "/do/extend" not in page
