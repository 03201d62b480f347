"""On a customer's behalf: with a reason, on their proof, and two members of staff for what destroys or gives away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from camket.core.errors import ConflictError, DeniedError, VerificationError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import RIGHTS_PURPOSE, Outcome, Verification
from camket.core.vault.lookup import IndexField
from camket.rows import CodeKind
from camket.rows.requests import RequestChannel, RequestRow
from camket.services.access import SUBJECT
from camket.services.erasure import erase_unconfirmed_in
from camket.services.filing import file_for_caller, file_from_thread, wish
from camket.services.forms import FormError
from camket.services.on_behalf import approve, carry_out, decline, propose, send_code_to_new_address
from camket.services.request_files import find_file
from camket.services.requests import start_request_in
from camket.services.staff import revoke_staff
from camket.services.staff_sessions import StaffSession
from camket.services.support import start_thread
from camket.testing.service import newest_code
from tests.journeys import Customer, Service, register
from tests.unit.services.desk import SEEN, events, lines, see, staff, written

WHY = "Khách không có điện thoại thông minh."
GIVES_OR_DESTROYS = [RequestKind.ACCESS, RequestKind.PORT, RequestKind.ERASE]


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, with no mail under way."""
    customer = register(journey)
    journey.work()
    journey.mail.mails.clear()
    return customer


@pytest.fixture
def support(journey: Service) -> StaffSession:
    """Return a member of the support."""
    return staff(journey, Role.SUPPORT)


@pytest.fixture
def officer(journey: Service) -> StaffSession:
    """Return an officer."""
    return staff(journey, Role.OFFICER, name="Alice")


def filed(service: Service, by: StaffSession, kind: RequestKind, *, email: str = "alice@shop.example") -> RequestRow:
    """File a request for someone who called."""
    body = None if kind is RequestKind.RECTIFY else wish(service.ctx, kind)
    return file_for_caller(
        service.ctx, by, field=IndexField.EMAIL, value=email, kind=kind, reason="Gọi điện.", body=body
    )


def seen(service: Service, by: StaffSession, kind: RequestKind) -> RequestRow:
    """File a request for someone who came, and take down that they were seen."""
    row = filed(service, by, kind)
    see(service, by, row.id)
    return row


def state(service: Service, row: RequestRow) -> RequestState:
    """Return where a request stands now."""
    found = service.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert found is not None
    return found.state


def test_a_request_for_a_caller_waits_for_their_proof(journey: Service, alice: Customer, support: StaffSession) -> None:
    """It is filed in the name of staff, with what the caller said, and nothing is carried out on it."""
    row = filed(journey, support, RequestKind.ERASE)
    assert (row.subject_id, row.channel, row.filed_by, row.state) == (
        alice.subject_id,
        RequestChannel.STAFF,
        support.pseudonym,
        RequestState.UNVERIFIED,
    )
    assert written(journey, lines(journey, row.id)[-1]) == "Gọi điện."
    with pytest.raises(ConflictError):
        propose(journey.ctx, support, request_id=row.id, reason=WHY)


def test_who_files_learns_nothing_of_who_has_an_account(
    journey: Service, alice: Customer, support: StaffSession
) -> None:
    """A request for an address that nobody has looks the same, and says what was said by nobody."""
    known = filed(journey, support, RequestKind.PORT)
    unknown = filed(journey, support, RequestKind.PORT, email="nobody@shop.example")
    assert known.subject_id == alice.subject_id
    assert (unknown.state, unknown.kind, unknown.filed_by) == (known.state, known.kind, known.filed_by)
    assert events(journey, unknown.id) == events(journey, known.id)
    assert all(line.sealed is None for line in lines(journey, unknown.id))


@pytest.mark.parametrize("kind", GIVES_OR_DESTROYS)
def test_what_destroys_or_gives_away_takes_two(
    journey: Service, alice: Customer, support: StaffSession, officer: StaffSession, kind: RequestKind
) -> None:
    """One proposes with a reason, another approves; the customer is told, and the job then does it."""
    row = seen(journey, support, kind)
    assert propose(journey.ctx, support, request_id=row.id, reason=WHY).state is RequestState.PROPOSED
    approved = approve(journey.ctx, officer, request_id=row.id)
    assert approved.state is RequestState.APPROVED
    assert events(journey, row.id)[-2:] == [RequestEvent.PROPOSE, RequestEvent.APPROVE]
    assert written(journey, lines(journey, row.id)[-2]) == WHY
    journey.clock.advance(days=1, minutes=1)
    journey.work()
    assert any(row.number in mail.text for mail in journey.mail.mails)
    if kind is not RequestKind.ERASE:
        assert find_file(journey.ctx, subject_id=alice.subject_id, request_id=row.id) is not None


def test_an_erasure_on_behalf_begins_a_day_later(
    journey: Service, alice: Customer, support: StaffSession, officer: StaffSession
) -> None:
    """Whoever never asked for it has a day to take it back; then the account is gone."""
    row = seen(journey, support, RequestKind.ERASE)
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    approve(journey.ctx, officer, request_id=row.id)
    journey.work()
    assert journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    journey.clock.advance(days=1, minutes=2)
    journey.work()
    journey.clock.advance(minutes=2)
    journey.work()
    with pytest.raises(DeniedError):
        journey.ctx.door.read(actor=SUBJECT, subject_id=alice.subject_id, items=("name",), purpose=RIGHTS_PURPOSE)


@pytest.mark.usefixtures("alice")
def test_nobody_is_their_own_second(journey: Service) -> None:
    """Who proposed, and who says that they saw the customer, neither approves nor declines."""
    both = staff(journey, Role.OFFICER, Role.SUPPORT)
    other, third = staff(journey, Role.OFFICER, name="Alice"), staff(journey, Role.OFFICER, name="Alice")
    row = filed(journey, both, RequestKind.ERASE)
    see(journey, other, row.id)
    propose(journey.ctx, both, request_id=row.id, reason=WHY)
    for one in (both, other):
        with pytest.raises(DeniedError):
            approve(journey.ctx, one, request_id=row.id)
        with pytest.raises(DeniedError):
            decline(journey.ctx, one, request_id=row.id, reason="Không.")
    assert state(journey, row) is RequestState.PROPOSED
    assert approve(journey.ctx, third, request_id=row.id).state is RequestState.APPROVED


@pytest.mark.usefixtures("alice")
def test_approval_looks_at_the_proof_again(journey: Service, support: StaffSession, officer: StaffSession) -> None:
    """A proof that has run out since it was proposed approves nothing; seen anew, it does."""
    row = seen(journey, support, RequestKind.ERASE)
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    journey.clock.advance(days=1)
    with pytest.raises(VerificationError):
        approve(journey.ctx, officer, request_id=row.id)
    assert state(journey, row) is RequestState.PROPOSED
    see(journey, support, row.id)
    assert approve(journey.ctx, officer, request_id=row.id).state is RequestState.APPROVED


@pytest.mark.usefixtures("alice")
def test_a_no_puts_the_request_back(journey: Service, support: StaffSession, officer: StaffSession) -> None:
    """What was declined may be proposed again, and is approved once alone."""
    row = seen(journey, support, RequestKind.PORT)
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    assert decline(journey.ctx, officer, request_id=row.id, reason="Chưa rõ.").state is RequestState.VERIFIED
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    approve(journey.ctx, officer, request_id=row.id)
    with pytest.raises(ConflictError):
        approve(journey.ctx, officer, request_id=row.id)


@pytest.mark.usefixtures("alice")
def test_support_alone_approves_nothing(journey: Service, support: StaffSession) -> None:
    """Two of the support do not erase anyone: the second is an officer."""
    row = seen(journey, support, RequestKind.ERASE)
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    with pytest.raises(DeniedError):
        approve(journey.ctx, staff(journey, Role.SUPPORT, name="Alice"), request_id=row.id)


def test_a_restriction_is_carried_out_by_one_and_holds_at_once(
    journey: Service, alice: Customer, support: StaffSession
) -> None:
    """What destroys nothing and gives nothing away takes a reason and a proof; the gate refuses from then on."""
    row = seen(journey, support, RequestKind.RESTRICT)
    done = carry_out(journey.ctx, support, request_id=row.id, reason=WHY)
    assert done.state is RequestState.DONE
    decision = journey.ctx.door.decide(subject_id=alice.subject_id, items=("name",), purpose="provide")
    assert decision.outcome is Outcome.DENY
    accepted = next(line for line in lines(journey, row.id) if line.event is RequestEvent.ACCEPT)
    assert accepted.actor == support.actor


def test_a_correction_on_behalf_says_what_is_right_and_who_did_it(
    journey: Service, alice: Customer, support: StaffSession
) -> None:
    """The value that the caller named is held after their proof, and not before."""
    body = wish(journey.ctx, RequestKind.RECTIFY, item="phone", typed="0987 654 321")
    row = file_for_caller(
        journey.ctx,
        support,
        field=IndexField.EMAIL,
        value=alice.email,
        kind=RequestKind.RECTIFY,
        reason="Gọi điện.",
        body=body,
    )
    with pytest.raises(VerificationError):
        carry_out(journey.ctx, support, request_id=row.id, reason=WHY)
    see(journey, support, row.id)
    carry_out(journey.ctx, support, request_id=row.id, reason=WHY)
    opened = journey.ctx.door.read(actor=SUBJECT, subject_id=alice.subject_id, items=("phone",), purpose=RIGHTS_PURPOSE)
    assert opened.first("phone") == "+84987654321"


@pytest.mark.parametrize("kind", [*GIVES_OR_DESTROYS, RequestKind.SUPPORT])
@pytest.mark.usefixtures("alice")
def test_nothing_that_takes_two_is_carried_out_by_one(
    journey: Service, officer: StaffSession, kind: RequestKind
) -> None:
    """An officer with every reason and proof does not erase or copy alone."""
    row = seen(journey, officer, kind)
    with pytest.raises(ConflictError):
        carry_out(journey.ctx, officer, request_id=row.id, reason=WHY)
    assert state(journey, row) is RequestState.VERIFIED


def test_a_letter_may_turn_out_to_be_a_request(journey: Service, alice: Customer, support: StaffSession) -> None:
    """What a customer asks for in a thread is filed for them; the letter proves nothing for it."""
    letter = start_thread(journey.ctx, alice.session, text="Xóa tài khoản giúp tôi.")
    row = file_from_thread(journey.ctx, support, request_id=letter.id, kind=RequestKind.ERASE, reason=WHY)
    assert (row.subject_id, row.state) == (alice.subject_id, RequestState.UNVERIFIED)
    again = file_from_thread(journey.ctx, support, request_id=letter.id, kind=RequestKind.ERASE, reason=WHY)
    assert again.id == row.id


@pytest.mark.usefixtures("alice")
def test_a_reason_is_never_left_out(journey: Service, support: StaffSession) -> None:
    """Every act on a customer's behalf says why, or does not happen."""
    row = seen(journey, support, RequestKind.PORT)
    acts: list[Callable[[], object]] = [
        lambda: propose(journey.ctx, support, request_id=row.id, reason=" "),
        lambda: decline(journey.ctx, support, request_id=row.id, reason=""),
        lambda: carry_out(journey.ctx, support, request_id=row.id, reason="\n"),
        lambda: file_from_thread(journey.ctx, support, request_id=row.id, kind=RequestKind.PORT, reason=""),
    ]
    for act in acts:
        with pytest.raises(FormError):
            act()
    assert written(journey, lines(journey, row.id)[-1]) == SEEN
    assert lines(journey, row.id)[-1].detail == {"level": Verification.IN_PERSON.value}


def test_staff_do_nothing_for_themselves(journey: Service) -> None:
    """A member of staff is a subject too, and acts on no request of their own."""
    own = staff(journey, Role.OFFICER, Role.SUPPORT)
    row = journey.ctx.store.write(
        lambda unit: start_request_in(unit, journey.ctx, subject_id=own.subject_id, kind=RequestKind.ERASE)
    )
    with pytest.raises(DeniedError):
        see(journey, own, row.id)
    assert state(journey, row) is RequestState.UNVERIFIED


@pytest.mark.parametrize("kind", [RequestKind.PORT, RequestKind.ERASE])
@pytest.mark.usefixtures("alice")
def test_two_who_approve_at_once_approve_once(journey: Service, support: StaffSession, kind: RequestKind) -> None:
    """Of several officers who say yes in the same moment one does, and one job does what was approved."""
    row = seen(journey, support, kind)
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    officers = [staff(journey, Role.OFFICER, name="Alice") for _ in range(4)]
    together = Barrier(len(officers))

    def say_yes(officer: StaffSession) -> bool:
        together.wait()
        try:
            approve(journey.ctx, officer, request_id=row.id)
        except (ConflictError, VerificationError):
            return False
        return True

    with ThreadPoolExecutor(len(officers)) as threads:
        assert sorted(threads.map(say_yes, officers)) == [False, False, False, True]
    assert events(journey, row.id).count(RequestEvent.APPROVE) == 1


def test_an_approval_that_cannot_be_carried_out_leaves_nothing(
    journey: Service, alice: Customer, support: StaffSession, officer: StaffSession
) -> None:
    """Where the account is being erased already, the yes is undone with what it was for."""
    row = seen(journey, support, RequestKind.ERASE)
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    journey.ctx.store.write(lambda unit: erase_unconfirmed_in(unit, journey.ctx, alice.subject_id))
    with pytest.raises(ConflictError):
        approve(journey.ctx, officer, request_id=row.id)
    assert state(journey, row) is RequestState.PROPOSED
    assert RequestEvent.APPROVE not in events(journey, row.id)


def test_who_lost_their_address_gets_a_new_one_in_person(
    journey: Service, alice: Customer, support: StaffSession, officer: StaffSession
) -> None:
    """The new address is proven by the code that its owner reads out, to who had it sent and did not vouch."""
    body = wish(journey.ctx, RequestKind.RECTIFY, item="email", typed="alice@new.example")
    letter = start_thread(journey.ctx, alice.session, text="Tôi mất hộp thư cũ.")
    row = file_from_thread(journey.ctx, support, request_id=letter.id, kind=RequestKind.RECTIFY, reason=WHY, body=body)
    see(journey, officer, row.id)
    send_code_to_new_address(journey.ctx, support, request_id=row.id)
    code = newest_code(journey.ctx, support.id, CodeKind.NEW_EMAIL, request_id=row.id)
    with pytest.raises(DeniedError):
        carry_out(journey.ctx, officer, request_id=row.id, reason=WHY, code=code)
    with pytest.raises(VerificationError):
        carry_out(journey.ctx, staff(journey, Role.SUPPORT), request_id=row.id, reason=WHY, code=code)
    with pytest.raises(VerificationError):
        carry_out(journey.ctx, support, request_id=row.id, reason=WHY)
    assert carry_out(journey.ctx, support, request_id=row.id, reason=WHY, code=code).state is RequestState.DONE
    opened = journey.ctx.door.read(actor=SUBJECT, subject_id=alice.subject_id, items=("email",), purpose=RIGHTS_PURPOSE)
    assert opened.first("email") == "alice@new.example"
    journey.work()
    assert journey.last_mail(alice.email).subject == "Địa chỉ thư của bạn ở Quầy đã đổi"


def test_what_was_proposed_by_who_is_gone_waits_for_someone_anew(
    journey: Service, alice: Customer, support: StaffSession, officer: StaffSession
) -> None:
    """A proposal of an account that has ended is not approved; it is declined, and proposed by somebody else."""
    other = staff(journey, Role.SUPPORT, name="Alice")
    row = seen(journey, other, RequestKind.ERASE)
    assert row.subject_id == alice.subject_id
    propose(journey.ctx, support, request_id=row.id, reason=WHY)
    revoke_staff(journey.ctx, support.pseudonym)
    with pytest.raises(ConflictError):
        approve(journey.ctx, officer, request_id=row.id)
    decline(journey.ctx, officer, request_id=row.id, reason="Người đề nghị đã nghỉ việc.")
    propose(journey.ctx, other, request_id=row.id, reason=WHY)
    assert approve(journey.ctx, officer, request_id=row.id).state is RequestState.APPROVED
