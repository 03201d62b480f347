"""One member of staff against a customer's account, and what outlives the role, mailbox or proof it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.core.errors import CamketError, ConflictError, DeniedError, RateLimitedError, VerificationError
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.rights.proof import ProofPlace
from camket.core.staff.roles import Role
from camket.core.terms import RIGHTS_PURPOSE, Verification
from camket.core.vault.lookup import IndexField
from camket.rows import CodeKind
from camket.services.casework import ask_subject, assign, extend, note, refuse, reply
from camket.services.codes import browser_hash
from camket.services.correction import finish_correction, send_new_address_code, start_correction
from camket.services.filing import file_for_caller, wish
from camket.services.on_behalf import approve, carry_out, decline, propose, send_code_to_new_address
from camket.services.outside import follow_request, outside_proof
from camket.services.outside_acts import ask_correction
from camket.services.request_case import open_case
from camket.services.requests import start_request_in
from camket.services.staff import give_roles, revoke_staff
from camket.services.staff_reading import give_reason
from camket.services.verification import verified_in
from camket.testing.service import newest_code
from tests.unit.services.desk import lines, see, staff

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.staff_sessions import StaffSession
    from tests.journeys import Customer, Service

THEIRS = "bob@shop.example"
WHY = "Khách gọi điện."
STRANGER = "a browser elsewhere"


def new_address(service: Service, alice: Customer, by: StaffSession) -> RequestRow:
    """File for a caller that their e-mail address is another one now."""
    body = wish(service.ctx, RequestKind.RECTIFY, item="email", typed=THEIRS)
    return file_for_caller(
        service.ctx,
        by,
        field=IndexField.EMAIL,
        value=alice.email,
        kind=RequestKind.RECTIFY,
        reason=WHY,
        body=body,
    )


def code_at(service: Service, by: StaffSession, request_id: str) -> str:
    """Have a code sent to the new address, and read it there."""
    send_code_to_new_address(service.ctx, by, request_id=request_id)
    return newest_code(service.ctx, by.id, CodeKind.NEW_EMAIL, request_id=request_id)


def state(service: Service, row: RequestRow) -> RequestState:
    """Return where a request stands now."""
    found = service.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert found is not None
    return found.state


def prove_outside_session(service: Service, alice: Customer, kind: RequestKind) -> str:
    """Make and prove a request in a browser without a session, as who reads the mailbox can; return its number."""

    def make(unit: Unit) -> str:
        row = start_request_in(unit, service.ctx, subject_id=alice.subject_id, kind=kind)
        verified_in(
            unit,
            service.ctx,
            subject_id=alice.subject_id,
            request_id=row.id,
            level=Verification.EMAIL_CODE,
            place=ProofPlace(browser_hash=browser_hash(STRANGER)),
        )
        return row.number

    return service.ctx.store.write(make)


def held_email(service: Service, alice: Customer) -> str | None:
    """Return the e-mail address that is held."""
    return service.ctx.door.read(
        actor="subject", subject_id=alice.subject_id, items=("email",), purpose=RIGHTS_PURPOSE
    ).first("email")


def test_nobody_alone_leads_an_account_to_their_own_mailbox(journey: Service, alice: Customer) -> None:
    """Who says that they saw the customer does not move the e-mail address, which opens all the rest, by themselves."""
    support = staff(journey, Role.SUPPORT, Role.OFFICER)
    row = new_address(journey, alice, support)
    see(journey, support, row.id)
    code = code_at(journey, support, row.id)
    with pytest.raises(DeniedError):
        carry_out(journey.ctx, support, request_id=row.id, reason=WHY, code=code)
    assert held_email(journey, alice) == alice.email
    other = staff(journey, Role.SUPPORT, name="Alice")
    carry_out(journey.ctx, other, request_id=row.id, reason=WHY, code=code_at(journey, other, row.id))
    assert held_email(journey, alice) == THEIRS


def test_the_address_that_goes_is_told_whoever_moved_it(journey: Service, alice: Customer) -> None:
    """Staff who wrote the correction down knew no former address; the notice goes to it all the same."""
    support, other = staff(journey, Role.SUPPORT), staff(journey, Role.SUPPORT, name="Alice")
    row = new_address(journey, alice, support)
    see(journey, support, row.id)
    carry_out(journey.ctx, other, request_id=row.id, reason=WHY, code=code_at(journey, other, row.id))
    journey.mail.mails.clear()
    journey.work()
    assert alice.email in [mail.recipient for mail in journey.mail.mails]


def test_what_was_proposed_by_who_is_gone_is_not_approved(journey: Service, alice: Customer) -> None:
    """An account that was taken over and then ended has left no erasure that only waits for somebody's yes."""
    gone, seer, officer = (
        staff(journey, Role.SUPPORT),
        staff(journey, Role.SUPPORT, name="Alice"),
        staff(journey, Role.OFFICER),
    )
    row = file_for_caller(
        journey.ctx, seer, field=IndexField.EMAIL, value=alice.email, kind=RequestKind.ERASE, reason=WHY
    )
    see(journey, seer, row.id)
    propose(journey.ctx, gone, request_id=row.id, reason=WHY)
    revoke_staff(journey.ctx, gone.pseudonym)
    with pytest.raises(ConflictError):
        approve(journey.ctx, officer, request_id=row.id)
    assert state(journey, row) is RequestState.PROPOSED


def test_the_word_of_who_may_vouch_for_nobody_any_more_proves_nothing(journey: Service, alice: Customer) -> None:
    """Customers whom only an ended account says to have seen are to be seen anew."""
    gone, support = staff(journey, Role.SUPPORT), staff(journey, Role.SUPPORT, name="Alice")
    row = file_for_caller(
        journey.ctx,
        support,
        field=IndexField.EMAIL,
        value=alice.email,
        kind=RequestKind.RESTRICT,
        reason=WHY,
        body=wish(journey.ctx, RequestKind.RESTRICT),
    )
    see(journey, gone, row.id)
    revoke_staff(journey.ctx, gone.pseudonym)
    with pytest.raises(VerificationError):
        carry_out(journey.ctx, support, request_id=row.id, reason=WHY)


def test_what_the_former_mailbox_proved_is_worth_nothing(journey: Service, alice: Customer) -> None:
    """Who read the mailbox and proved a request a moment before its owner left it, neither acts nor looks any more."""
    ctx = journey.ctx
    number = prove_outside_session(journey, alice, RequestKind.ACCESS)
    assert outside_proof(ctx, number=number, browser=STRANGER).subject_id == alice.subject_id
    row = start_correction(ctx, alice.session, item="email", typed=THEIRS)
    identity = alice.prove(row.id)
    send_new_address_code(ctx, identity, browser=alice.browser)
    code = newest_code(ctx, alice.browser, CodeKind.NEW_EMAIL)
    finish_correction(ctx, identity, browser=alice.browser, new_address_code=code, session_id=alice.session.id)
    assert follow_request(ctx, number=number, browser=STRANGER) is None


def test_who_moves_the_address_outside_a_session_follows_that_on(journey: Service, alice: Customer) -> None:
    """The browser that carried the change out is not cut off by it."""
    ctx = journey.ctx
    number = prove_outside_session(journey, alice, RequestKind.RECTIFY)
    identity = outside_proof(ctx, number=number, browser=STRANGER)
    ask_correction(ctx, identity, item="email", typed=THEIRS)
    send_new_address_code(ctx, identity, browser=STRANGER)
    code = newest_code(ctx, STRANGER, CodeKind.NEW_EMAIL)
    finish_correction(ctx, identity, browser=STRANGER, new_address_code=code)
    assert follow_request(ctx, number=number, browser=STRANGER) is not None


def test_one_proof_sends_codes_to_few_addresses(journey: Service, alice: Customer) -> None:
    """Naming one new address after the other on a proven request ends where the hour's requests end."""
    ctx = journey.ctx
    number = prove_outside_session(journey, alice, RequestKind.RECTIFY)
    identity = outside_proof(ctx, number=number, browser=STRANGER)
    for one in range(ctx.settings.codes_per_subject_hour):
        ask_correction(ctx, identity, item="email", typed=f"bob{one}@shop.example")
    with pytest.raises(RateLimitedError):
        ask_correction(ctx, identity, item="email", typed=THEIRS)


def test_a_weak_proof_does_not_steer_what_a_strong_one_carries_out(journey: Service, alice: Customer) -> None:
    """Where a correction takes more than a code, a code does not change what it will put right."""
    ctx = journey.ctx
    number = prove_outside_session(journey, alice, RequestKind.RECTIFY)
    row = ctx.store.read(lambda unit: unit.requests.by_number(number))
    assert row is not None
    weak = ctx.store.write(
        lambda unit: verified_in(
            unit,
            ctx,
            subject_id=alice.subject_id,
            request_id=row.id,
            level=Verification.SESSION,
            place=ProofPlace(browser_hash=browser_hash("weak")),
        )
    )
    with pytest.raises(VerificationError):
        ask_correction(ctx, weak, item="phone", typed="0987654321")


DONE_WITH_IT = {
    "assign": lambda ctx, by, row: assign(ctx, by, request_id=row, to=by.pseudonym),
    "note": lambda ctx, by, row: note(ctx, by, request_id=row, text=WHY),
    "reply": lambda ctx, by, row: reply(ctx, by, request_id=row, text=WHY),
    "ask": lambda ctx, by, row: ask_subject(ctx, by, request_id=row, text=WHY),
    "refuse": lambda ctx, by, row: refuse(ctx, by, request_id=row, reason=WHY),
    "extend": lambda ctx, by, row: extend(ctx, by, request_id=row, reason=WHY),
    "read": lambda ctx, by, row: give_reason(ctx, by, request_id=row, reason=WHY),
    "propose": lambda ctx, by, row: propose(ctx, by, request_id=row, reason=WHY),
    "approve": lambda ctx, by, row: approve(ctx, by, request_id=row),
    "decline": lambda ctx, by, row: decline(ctx, by, request_id=row, reason=WHY),
    "carry out": lambda ctx, by, row: carry_out(ctx, by, request_id=row, reason=WHY),
}
"""What staff may try on a request; not to say that they saw someone, who then was there."""


@pytest.mark.parametrize("kind", [RequestKind.ERASE, RequestKind.RESTRICT, RequestKind.SUPPORT])
@pytest.mark.parametrize("act", DONE_WITH_IT)
def test_no_act_tells_who_files_whether_there_is_an_account(
    journey: Service, alice: Customer, act: str, kind: RequestKind
) -> None:
    """Filed for Alice's address or for nobody's, a request that no one has proven answers every act alike."""
    officer = staff(journey, Role.OFFICER, Role.SUPPORT)
    outcomes: list[tuple[object, object]] = []
    for email in (alice.email, "nobody@shop.example"):
        row = file_for_caller(
            journey.ctx,
            officer,
            field=IndexField.EMAIL,
            value=email,
            kind=kind,
            reason=WHY,
            body=wish(journey.ctx, kind),
        )
        try:
            DONE_WITH_IT[act](journey.ctx, officer, row.id)
        except CamketError as error:
            outcomes.append((type(error), str(error)))
        else:
            outcomes.append((state(journey, row), open_case(journey.ctx, officer, number=row.number).acts))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("leaves", ["account", "role"])
def test_what_someone_kept_to_themselves_does_not_go_with_them(
    journey: Service, alice: Customer, leaves: str, *, proven: bool
) -> None:
    """Open requests of who works on requests no more are nobody's again, where the others look."""
    admin, gone = staff(journey, Role.ADMIN, name="Alice"), staff(journey, Role.SUPPORT)
    row = file_for_caller(
        journey.ctx, gone, field=IndexField.EMAIL, value=alice.email, kind=RequestKind.ERASE, reason=WHY
    )
    if proven:
        see(journey, gone, row.id)
    assign(journey.ctx, gone, request_id=row.id, to=gone.pseudonym)
    if leaves == "account":
        revoke_staff(journey.ctx, gone.pseudonym, by=admin)
    else:
        give_roles(journey.ctx, admin, gone.pseudonym, frozenset({Role.AUDITOR}))
    found = journey.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert found is not None
    assert found.assigned_to is None
    assert (lines(journey, row.id)[-1].actor, lines(journey, row.id)[-1].shown) == (admin.actor, False)
