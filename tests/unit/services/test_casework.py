"""Staff at work on requests: who may do what, what the customer reads of it, and what stays among staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from camket.core.errors import ConflictError, DeniedError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import Outcome
from camket.rows.requests import RequestRow
from camket.services.casework import ask_subject, assign, extend, note, refuse, reply, verify_in_person
from camket.services.desk_acts import DeskAct, may_act
from camket.services.erasure import start_erasure
from camket.services.forms import FormError
from camket.services.on_behalf import approve, decline, propose
from camket.services.restrictions import set_restriction
from camket.services.staff import revoke_staff
from camket.services.staff_reading import READING, give_reason, staff_picture, staff_thread
from camket.services.staff_sessions import StaffSession
from camket.services.support import own_thread, start_thread, write
from camket.services.uses import use_of
from tests.journeys import Customer, Service, register, service_in
from tests.pictures import picture
from tests.unit.services.desk import lines, staff, written

QUESTION = "Máy in không nhận tem 40 mm."
WHY = "Khách hỏi về máy in."
Act = Callable[[Service, StaffSession, str], object]
ACTS: dict[DeskAct, Act] = {
    DeskAct.NOTE: lambda service, by, request: note(service.ctx, by, request_id=request, text="Ghi."),
    DeskAct.ASSIGN: lambda service, by, request: assign(service.ctx, by, request_id=request, to=None),
    DeskAct.REPLY: lambda service, by, request: reply(service.ctx, by, request_id=request, text="Chào."),
    DeskAct.ASK_SUBJECT: lambda service, by, request: ask_subject(service.ctx, by, request_id=request, text="Gì?"),
    DeskAct.REFUSE: lambda service, by, request: refuse(service.ctx, by, request_id=request, reason=WHY),
    DeskAct.EXTEND: lambda service, by, request: extend(service.ctx, by, request_id=request, reason=WHY),
    DeskAct.PROPOSE: lambda service, by, request: propose(service.ctx, by, request_id=request, reason=WHY),
    DeskAct.APPROVE: lambda service, by, request: decline(service.ctx, by, request_id=request, reason=WHY),
    DeskAct.VERIFY: lambda service, by, request: verify_in_person(service.ctx, by, request_id=request, reason=WHY),
    DeskAct.READ: lambda service, by, request: give_reason(service.ctx, by, request_id=request, reason=WHY),
}


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, with no mail under way."""
    customer = register(journey)
    journey.work()
    journey.mail.mails.clear()
    return customer


@pytest.fixture
def thread(journey: Service, alice: Customer) -> RequestRow:
    """Return a letter of alice to support."""
    return start_thread(journey.ctx, alice.session, text=QUESTION)


def erasure(service: Service, customer: Customer) -> RequestRow:
    """Return a request for erasure that its customer has proven."""
    row = start_erasure(service.ctx, customer.session)
    customer.prove(row.id)
    return row


def uses(service: Service, customer: Customer, by: StaffSession) -> list[tuple[str, ...]]:
    """Return the items of each use by a member of staff that a customer sees, newest first."""
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(customer.subject_id, limit=50))
    seen = [use_of(row) for row in rows]
    return [use.items for use in seen if use.who == by.actor and use.action is LedgerAction.USE]


@pytest.mark.parametrize("act", ACTS, ids=str)
@pytest.mark.parametrize("role", Role)
def test_each_act_is_open_to_its_roles_alone(journey: Service, alice: Customer, role: Role, act: DeskAct) -> None:
    """Whoever has no role for an act is refused before anything is written, for rights and for letters to support."""
    by = staff(journey, role)
    for row in (erasure(journey, alice), start_thread(journey.ctx, alice.session, text=WHY)):
        before = lines(journey, row.id)
        refused = False
        try:
            ACTS[act](journey, by, row.id)
        except ConflictError:
            pass  # they may, and the request does not stand where it can be done
        except DeniedError:
            refused = True
        assert refused is not may_act({role}, act, row.kind)
        if refused:
            assert lines(journey, row.id) == before


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_an_account_that_has_ended_does_nothing_more(journey: Service, thread: RequestRow, act: DeskAct) -> None:
    """The role is looked at in the moment of the act, not when its page was opened."""
    by = staff(journey, Role.OFFICER, Role.SUPPORT)
    revoke_staff(journey.ctx, by.pseudonym)
    with pytest.raises(DeniedError):
        ACTS[act](journey, by, thread.id)
    with pytest.raises(DeniedError):
        ACTS[act](journey, by, "no such request")


def test_a_request_is_given_to_who_works_on_requests(journey: Service, thread: RequestRow) -> None:
    """Officers and support are given requests; auditors and strangers are not; the customer sees nothing of it."""
    by, auditor = staff(journey, Role.OFFICER), staff(journey, Role.AUDITOR, name="Alice")
    other = staff(journey, Role.SUPPORT, name="Alice")
    given = assign(journey.ctx, by, request_id=thread.id, to=other.pseudonym)
    assert (given.assigned_to, given.state) == (other.pseudonym, RequestState.VERIFIED)
    assert not lines(journey, thread.id)[-1].shown
    for wrong in (auditor.pseudonym, "nobody"):
        with pytest.raises(NotFoundError):
            assign(journey.ctx, by, request_id=thread.id, to=wrong)
    assert assign(journey.ctx, by, request_id=thread.id, to=None).assigned_to is None


def test_a_note_stays_among_staff(journey: Service, alice: Customer, thread: RequestRow) -> None:
    """What staff write among themselves is in no customer's thread, and in no mail."""
    by = staff(journey, Role.SUPPORT)
    note(journey.ctx, by, request_id=thread.id, text="Khách hay gọi buổi sáng.")
    journey.work()
    assert [one.text for one in own_thread(journey.ctx, alice.session, request_id=thread.id).messages] == [QUESTION]
    assert journey.mail.mails == []
    assert not lines(journey, thread.id)[-1].shown
    give_reason(journey.ctx, by, request_id=thread.id, reason=WHY)
    seen = staff_thread(journey.ctx, by, request_id=thread.id)
    assert [(one.text, one.internal, one.staff) for one in seen] == [
        (QUESTION, False, None),
        ("Khách hay gọi buổi sáng.", True, by.pseudonym),
    ]


def test_nothing_of_a_customer_opens_without_a_reason(journey: Service, alice: Customer, thread: RequestRow) -> None:
    """A reason opens one request to one member of staff for a quarter of an hour; each read is a use on record."""
    by, other = staff(journey, Role.SUPPORT), staff(journey, Role.SUPPORT, name="Alice")
    with pytest.raises(DeniedError):
        staff_thread(journey.ctx, by, request_id=thread.id)
    assert uses(journey, alice, by) == []
    give_reason(journey.ctx, by, request_id=thread.id, reason=WHY)
    assert [one.text for one in staff_thread(journey.ctx, by, request_id=thread.id)] == [QUESTION]
    assert uses(journey, alice, by) == [("support.message",)]
    with pytest.raises(DeniedError):
        staff_thread(journey.ctx, other, request_id=thread.id)
    another = start_thread(journey.ctx, alice.session, text="Chuyện khác.")
    with pytest.raises(DeniedError):
        staff_thread(journey.ctx, by, request_id=another.id)
    journey.clock.advance(seconds=READING / timedelta(seconds=1))
    with pytest.raises(DeniedError):
        staff_thread(journey.ctx, by, request_id=thread.id)


def test_the_reason_is_read_by_whom_it_is_about(journey: Service, thread: RequestRow) -> None:
    """Why staff looked stands on the timeline that the customer sees, in the words of who looked."""
    by = staff(journey, Role.SUPPORT)
    give_reason(journey.ctx, by, request_id=thread.id, reason=WHY)
    line = lines(journey, thread.id)[-1]
    assert (line.shown, line.actor, written(journey, line)) == (True, by.actor, WHY)


def test_who_restricted_everything_is_still_answered(journey: Service, alice: Customer) -> None:
    """A bar on every purpose stops no support: what staff read is the customer's own request."""
    set_restriction(journey.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("all",))
    decision = journey.ctx.door.decide(subject_id=alice.subject_id, items=("support.message",), purpose="provide")
    assert decision.outcome is Outcome.DENY
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    by = staff(journey, Role.SUPPORT)
    give_reason(journey.ctx, by, request_id=row.id, reason=WHY)
    assert [one.text for one in staff_thread(journey.ctx, by, request_id=row.id)] == [QUESTION]


def test_staff_see_the_pictures_of_the_thread_and_no_others(journey: Service, alice: Customer) -> None:
    """A picture opens by its own thread alone, in a size that is kept, as a use of its own."""
    row = start_thread(journey.ctx, alice.session, text=QUESTION, pictures=[picture()])
    other = start_thread(journey.ctx, alice.session, text="Chuyện khác.", pictures=[picture("red")])
    by = staff(journey, Role.OFFICER)
    give_reason(journey.ctx, by, request_id=row.id, reason=WHY)
    (message,) = staff_thread(journey.ctx, by, request_id=row.id)
    assert staff_picture(journey.ctx, by, request_id=row.id, row_id=message.pictures[0], size=400)[8:12] == b"WEBP"
    assert uses(journey, alice, by)[0] == ("support.picture",)
    (theirs,) = own_thread(journey.ctx, alice.session, request_id=other.id).messages
    with pytest.raises(NotFoundError):
        staff_picture(journey.ctx, by, request_id=row.id, row_id=theirs.pictures[0], size=400)
    with pytest.raises(NotFoundError):
        staff_picture(journey.ctx, by, request_id=row.id, row_id=message.pictures[0], size=5)


def test_a_refusal_says_why_and_where_to_complain(journey: Service, alice: Customer) -> None:
    """The reason is sealed on the timeline and told by mail; twice is refused."""
    row = erasure(journey, alice)
    by = staff(journey, Role.OFFICER)
    assert refuse(journey.ctx, by, request_id=row.id, reason="Luật buộc giữ.").state is RequestState.REFUSED
    assert written(journey, lines(journey, row.id)[-1]) == "Luật buộc giữ."
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "Luật buộc giữ." in mail.text
    assert "/complain" in mail.text
    with pytest.raises(ConflictError):
        refuse(journey.ctx, by, request_id=row.id, reason="Lần nữa.")


def test_an_extension_is_told_with_its_reason_and_given_once(journey: Service, alice: Customer) -> None:
    """The due date moves, the customer reads why, and there is no second one."""
    row = erasure(journey, alice)
    by = staff(journey, Role.OFFICER)
    before = journey.ctx.store.read(lambda unit: unit.requests.find(row.id))
    longer = extend(journey.ctx, by, request_id=row.id, reason="Bên thứ ba phải làm.")
    assert before is not None
    assert before.due_at is not None
    assert longer.due_at is not None
    assert longer.due_at > before.due_at
    journey.work()
    assert "Bên thứ ba phải làm." in journey.last_mail(alice.email).text
    with pytest.raises(ConflictError):
        extend(journey.ctx, by, request_id=row.id, reason="Lần nữa.")


def test_words_of_staff_die_with_their_customer(journey: Service, alice: Customer, thread: RequestRow) -> None:
    """An erased customer leaves no thread: neither their words nor ours."""
    by = staff(journey, Role.SUPPORT)
    reply(journey.ctx, by, request_id=thread.id, text="Chào bạn.")
    write(journey.ctx, alice.session, request_id=thread.id, text="Cảm ơn.")
    alice.accept_erasure()
    journey.work()
    assert journey.ctx.store.read(lambda unit: unit.request_parts.messages(thread.id)) == ()


def test_nobody_decides_twice_on_what_has_moved_on(journey: Service, alice: Customer) -> None:
    """What was approved, refused or taken back meanwhile is not proposed again."""
    row = erasure(journey, alice)
    by = staff(journey, Role.OFFICER)
    propose(journey.ctx, by, request_id=row.id, reason=WHY)
    with pytest.raises(ConflictError):
        propose(journey.ctx, by, request_id=row.id, reason=WHY)
    refuse(journey.ctx, by, request_id=row.id, reason=WHY)
    with pytest.raises(ConflictError):
        approve(journey.ctx, staff(journey, Role.OFFICER, name="Alice"), request_id=row.id)


@pytest.mark.parametrize("text", ["", " \n", "a\u202eb", "x" * 2001])
def test_words_that_say_nothing_or_mislead_are_refused(journey: Service, thread: RequestRow, text: str) -> None:
    """Every text of staff is read as strictly as a customer's, and nothing is stored of one that is refused."""
    by = staff(journey, Role.OFFICER)
    before = lines(journey, thread.id)
    acts: tuple[Callable[[], object], ...] = (
        lambda: note(journey.ctx, by, request_id=thread.id, text=text),
        lambda: reply(journey.ctx, by, request_id=thread.id, text=text),
        lambda: refuse(journey.ctx, by, request_id=thread.id, reason=text),
        lambda: give_reason(journey.ctx, by, request_id=thread.id, reason=text),
    )
    for act in acts:
        with pytest.raises(FormError):
            act()
    assert lines(journey, thread.id) == before


def test_a_reply_to_a_right_does_not_end_it(journey: Service, alice: Customer) -> None:
    """A right ends when it is carried out or refused, not when someone writes about it."""
    row = erasure(journey, alice)
    answered = reply(journey.ctx, staff(journey, Role.SUPPORT), request_id=row.id, text="Chúng tôi đang xem.")
    assert (answered.state, answered.replied_at) == (RequestState.VERIFIED, journey.clock.now())
    assert lines(journey, row.id)[-1].event is RequestEvent.NOTE


def test_what_staff_write_lies_sealed(tmp_path: Path) -> None:
    """No file of the service holds a word of staff in the clear: no reply, no note, no reason, whatever it is for."""
    words = {name: f"lời{number}bímật{name}" for number, name in enumerate(("reply", "note", "reason", "refusal"))}
    with service_in(tmp_path) as service:
        customer = register(service)
        by = staff(service, Role.OFFICER)
        row = erasure(service, customer)
        reply(service.ctx, by, request_id=row.id, text=words["reply"])
        note(service.ctx, by, request_id=row.id, text=words["note"])
        give_reason(service.ctx, by, request_id=row.id, reason=words["reason"])
        refuse(service.ctx, by, request_id=row.id, reason=words["refusal"])
        service.work()
        service.sequence()
        files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
        assert len(files) > 1
        assert [word for word in words.values() for held in files if word.encode() in held] == []
