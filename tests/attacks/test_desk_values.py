"""Whoever works at the desk against what it is for: values without a reason, on another's reason, by guessed ids."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import DeniedError
from camket.core.rights.machine import RequestKind
from camket.core.staff.roles import Role
from camket.services.request_case import open_case
from camket.services.requests import RequestBody
from camket.services.sessions import find_session
from camket.services.staff_reading import give_reason, staff_thread
from camket.services.staff_sessions import find_staff_session
from camket.services.support import start_thread
from camket.testing.staff import add_staff
from camket.web.cookies import SESSION, STAFF
from tests.casework import NO_ONE, make_request
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, BOB, make_service, service

if TYPE_CHECKING:
    from camket.rows.requests import RequestRow
    from camket.services.sessions import Session
    from camket.services.staff_sessions import StaffSession
    from tests.web.conftest import Service

__all__ = ["make_service", "service"]

LETTER = "Tôi bị mất máy in ở chợ Bến Thành."
NEW_PHONE = "+84977665544"
SECRETS = (LETTER, "Alice Nguyễn", "alice@shop.example", "0901234567", "+84901234567", "77665544", "•")
"""What alice holds or wrote; the dot stands for any mask of it."""
ALONE = "Khách nhờ xem giúp."


def signed_in(service: Service, person: dict[str, str]) -> Session:
    """Register a customer and return their session."""
    session = find_session(service.runtime.context, service.register(person).cookies[SESSION.name])
    assert session is not None
    return session


def staff(service: Service, role: Role) -> StaffSession:
    """Return a member of staff, signed in."""
    session = find_staff_session(service.runtime.context, add_staff(service.runtime.context, role).token)
    assert session is not None
    return session


def requests_of(service: Service, person: dict[str, str]) -> list[RequestRow]:
    """Return a letter, a correction and an erasure of a customer, proven and open."""
    ctx, session = service.runtime.context, signed_in(service, person)
    letter = start_thread(ctx, session, text=LETTER)
    correction = RequestBody(item="phone", value=NEW_PHONE)
    return [
        letter,
        make_request(ctx, session.subject_id, RequestKind.RECTIFY, body=correction),
        make_request(ctx, session.subject_id, RequestKind.ERASE),
    ]


def test_an_auditor_gets_no_value_by_any_address(service: Service) -> None:
    """Not by the pages, not by the API, not by the evidence, and not after others have opened what they work on."""
    ctx = service.runtime.context
    rows = requests_of(service, ALICE)
    opened = staff(service, Role.OFFICER)
    for row in rows:
        give_reason(ctx, opened, request_id=row.id, reason=ALONE)
    service.settle()
    pages, api = service.browser(), service.browser()
    member = sign_in_staff(ctx, pages, Role.AUDITOR)
    del api.headers["Sec-Fetch-Site"]
    api.headers["Authorization"] = f"Bearer {member.token}"
    seen = []
    for row in rows:
        page = f"/officer/requests/{row.number}"
        seen += [pages.get(f"{page}{path}") for path in ("", "/evidence", "/pictures/none", f"/pictures/{row.id}")]
        seen.append(pages.send_form(f"{page}/do/open", reason=ALONE))
        program = f"/api/v1/desk/requests/{row.number}"
        seen += [api.get(f"{program}{path}") for path in ("", "/messages", "/evidence")]
        seen.append(api.post(f"{program}/acts", json={"act": "read", "reason": ALONE}))
    seen += [pages.get(f"/officer/requests{query}") for query in ("", "?list=ended", "?who=me", "?kind=rectify")]
    seen += [api.get("/api/v1/desk/requests")]
    assert any(answer.status_code == 200 for answer in seen)
    for answer in seen:
        assert not [secret for secret in (*SECRETS, ALONE) if secret in answer.text], answer.url
        assert answer.status_code < 500, answer.url


def test_a_reason_opens_one_request_for_one_person(service: Service) -> None:
    """Not another request of the same customer, not one of another customer, and not for a colleague."""
    ctx = service.runtime.context
    letter, *others = requests_of(service, ALICE)
    bobs = requests_of(service, BOB)
    support, colleague = staff(service, Role.SUPPORT), staff(service, Role.OFFICER)
    give_reason(ctx, support, request_id=letter.id, reason=ALONE)
    assert [one.text for one in staff_thread(ctx, support, request_id=letter.id)] == [LETTER]
    for row in (*others, *bobs):
        view = open_case(ctx, support, number=row.number)
        assert view.reads_until is None
        assert all("•" in value.text for value in view.values)
        assert view.thread is None
    assert open_case(ctx, colleague, number=letter.number).thread is None
    with pytest.raises(DeniedError):
        staff_thread(ctx, colleague, request_id=letter.id)
    with pytest.raises(DeniedError):
        staff_thread(ctx, support, request_id=bobs[0].id)


def test_a_reason_runs_out_while_the_page_is_open(service: Service) -> None:
    """What is sent a moment too late is masked again, and a picture's address opens nothing any more."""
    ctx = service.runtime.context
    letter, *_ = requests_of(service, ALICE)
    support = staff(service, Role.SUPPORT)
    give_reason(ctx, support, request_id=letter.id, reason=ALONE)
    service.clock.advance(timedelta(minutes=15))
    view = open_case(ctx, support, number=letter.number)
    assert view.thread is None
    assert all(line.text is None for line in view.lines)
    with pytest.raises(DeniedError):
        staff_thread(ctx, support, request_id=letter.id)


def test_a_role_that_was_taken_away_opens_nothing_from_then_on(service: Service) -> None:
    """A reason that was given before does not outlive the role that allowed it."""
    ctx = service.runtime.context
    letter, *_ = requests_of(service, ALICE)
    member = add_staff(ctx, Role.SUPPORT)
    browser = service.browser()
    browser.cookies.set(STAFF.name, member.token)
    assert browser.send_form(f"/officer/requests/{letter.number}/do/open", reason=ALONE).status_code == 303
    assert LETTER in browser.get(f"/officer/requests/{letter.number}").text
    ctx.store.write(lambda unit: unit.staff.set_roles(member.subject_id, [Role.AUDITOR.value]))
    page = browser.get(f"/officer/requests/{letter.number}")
    assert page.status_code == 200
    assert not [secret for secret in SECRETS if secret in page.text]


def test_a_flood_of_requests_that_no_one_proves_pushes_nothing_down(service: Service) -> None:
    """Two hundred of them leave the first page of the queue as it was, and its counts of what is open."""
    ctx = service.runtime.context
    rows = requests_of(service, ALICE)
    browser = service.browser()
    sign_in_staff(ctx, browser, Role.OFFICER)
    before = browser.get("/officer/requests").text
    for number in range(200):
        make_request(ctx, f"{NO_ONE[:31]}{number % 10}", RequestKind.SUPPORT, level=None)
    after = browser.get("/officer/requests").text
    assert all(row.number in before and row.number in after for row in rows)
    assert after.count("data-row href") == before.count("data-row href") == len(rows)
