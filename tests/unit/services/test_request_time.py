"""What time does to requests: what nobody proves or answers ends, and no clock runs out unwarned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.core.errors import NotFoundError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.jobs.schedule import plan_due
from camket.rows.requests import RequestChannel
from camket.services.copy_requests import start_copy
from camket.services.correction import finish_correction, start_correction
from camket.services.erasure import start_erasure
from camket.services.own_requests import own_request, withdraw_request
from camket.services.request_moves import move_in
from camket.services.request_time import CLOCK
from camket.services.requests import start_request_in
from camket.testing.staff import add_staff
from tests.journeys import Customer, Service, register

if TYPE_CHECKING:
    from camket.ports import Mail
    from camket.rows.requests import RequestEventRow, RequestRow

BOSS = "bob@work.example"


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way, at an hour's minute at which every job has come round."""
    journey.clock.advance(minutes=20)
    customer = register(journey)
    journey.work()
    return customer


def pass_time(journey: Service, **span: float) -> None:
    """Let time go by, and every job that comes round have its turn."""
    journey.clock.advance(**span)
    plan_due(journey.ctx)
    journey.work()


def now_of(journey: Service, row: RequestRow) -> RequestRow:
    """Return a request as it stands."""
    found = journey.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert found is not None
    return found


def timeline(journey: Service, row: RequestRow) -> tuple[RequestEventRow, ...]:
    """Return everything that happened to a request."""
    return journey.ctx.store.read(lambda unit: unit.requests.events(row.id))


def proven(journey: Service, alice: Customer) -> RequestRow:
    """Return a deletion that was asked for and proven."""
    row = start_erasure(journey.ctx, alice.session)
    alice.prove(row.id)
    return now_of(journey, row)


def warnings(journey: Service) -> list[Mail]:
    """Return the mails to the officer."""
    return [mail for mail in journey.mail.mails if mail.recipient == BOSS]


def test_what_nobody_proves_expires(journey: Service, alice: Customer) -> None:
    """After a day, on record and without a word to anyone; what staff filed for a caller waits a week."""
    ctx = journey.ctx
    own = start_copy(ctx, alice.session)
    filed = ctx.store.write(
        lambda unit: start_request_in(
            unit,
            ctx,
            subject_id=alice.subject_id,
            kind=RequestKind.ACCESS,
            channel=RequestChannel.STAFF,
            filed_by="an-officer",
        )
    )
    mails = len(journey.mail.mails)
    pass_time(journey, hours=23)
    assert now_of(journey, own).state is RequestState.UNVERIFIED
    pass_time(journey, hours=2)
    assert now_of(journey, own).state is RequestState.EXPIRED
    assert now_of(journey, filed).state is RequestState.UNVERIFIED
    last = timeline(journey, own)[-1]
    assert (last.event, last.actor, last.record_id is not None) == (RequestEvent.EXPIRE, CLOCK, True)
    pass_time(journey, days=6)
    assert now_of(journey, filed).state is RequestState.EXPIRED
    assert len(journey.mail.mails) == mails
    assert start_copy(ctx, alice.session).id != own.id


def test_a_proven_request_that_nobody_accepts_waits_for_its_subject(journey: Service, alice: Customer) -> None:
    """After a day its clocks stand still and its subject is asked for their yes; after a month without, it expires."""
    row = proven(journey, alice)
    pass_time(journey, hours=25)
    waits = now_of(journey, row)
    assert (waits.state, waits.next_due_at) == (RequestState.WAITING, None)
    assert own_request(journey.ctx, alice.session, request_id=row.id).wants_yes
    mail = journey.last_mail(alice.email)
    assert row.number in mail.text
    assert f"/me/requests/{row.id}" in mail.text
    pass_time(journey, days=29)
    assert now_of(journey, row).state is RequestState.WAITING
    pass_time(journey, days=2)
    assert now_of(journey, row).state is RequestState.EXPIRED
    assert "hết hạn" in journey.last_mail(alice.email).text
    assert alice.accept_erasure()


def test_accepting_is_an_answer(journey: Service, alice: Customer) -> None:
    """A correction that waits for its subject's yes still has its value, and is carried out on a fresh proof."""
    row = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    alice.prove(row.id)
    pass_time(journey, hours=30)
    assert now_of(journey, row).state is RequestState.WAITING
    finish_correction(journey.ctx, alice.prove(row.id))
    assert now_of(journey, row).state is RequestState.DONE


def test_who_is_at_it_is_not_asked_yet(journey: Service, alice: Customer) -> None:
    """The day before its subject is asked for their yes counts from the last that happened, not from its beginning."""
    row = proven(journey, alice)
    pass_time(journey, hours=20)
    alice.prove(row.id)
    pass_time(journey, hours=20)
    assert now_of(journey, row).state is RequestState.VERIFIED
    pass_time(journey, hours=5)
    assert now_of(journey, row).state is RequestState.WAITING


def test_what_staff_work_on_is_not_asked_of_its_subject(journey: Service, alice: Customer) -> None:
    """Where someone of the staff has a request, or filed it, it waits for staff, and its clock runs."""
    row = proven(journey, alice)
    journey.ctx.store.write(
        lambda unit: move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor="staff:boss", assigned_to="boss")
    )
    pass_time(journey, days=3)
    assert now_of(journey, row).state is RequestState.VERIFIED


def test_a_question_to_support_is_closed_not_expired(journey: Service, alice: Customer) -> None:
    """Support asked back and nobody answered: the thread is done, and writing again opens it."""
    ctx = journey.ctx
    row = ctx.store.write(
        lambda unit: start_request_in(unit, ctx, subject_id=alice.subject_id, kind=RequestKind.SUPPORT)
    )
    alice.prove(row.id)
    current = now_of(journey, row)
    ctx.store.write(lambda unit: move_in(unit, ctx, current, RequestEvent.ASK_SUBJECT, actor="staff:boss"))
    pass_time(journey, days=31)
    assert now_of(journey, row).state is RequestState.DONE


def test_officers_are_warned_before_a_clock_runs_out_and_when_it_has(journey: Service, alice: Customer) -> None:
    """Once each, by a mail with the receipt number and the date alone, and on a line that the subject does not see."""
    add_staff(journey.ctx, Role.OFFICER, name="Bob")
    add_staff(journey.ctx, Role.SUPPORT, name="Alice")
    row = proven(journey, alice)
    journey.ctx.store.write(
        lambda unit: move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor="staff:boss", assigned_to="boss")
    )
    pass_time(journey, days=2)
    assert warnings(journey) == []
    pass_time(journey, days=1)
    (mail,) = warnings(journey)
    assert row.number in mail.text
    assert "25/11/2026" in mail.text
    assert "Alice" not in mail.text
    pass_time(journey, hours=1)
    assert len(warnings(journey)) == 1
    pass_time(journey, days=1)
    assert len(warnings(journey)) == 2
    said = [(line.detail, line.shown) for line in timeline(journey, row) if line.actor == CLOCK]
    assert said == [({"warned": "near"}, False), ({"warned": "over"}, False)]
    pass_time(journey, days=10)
    assert len(warnings(journey)) == 2
    pass_time(journey, days=7)
    assert len(warnings(journey)) == 3
    pass_time(journey, days=4)
    assert len(warnings(journey)) == 4
    pass_time(journey, days=30)
    assert len(warnings(journey)) == 4


def test_administrators_are_warned_where_there_is_no_officer(journey: Service, alice: Customer) -> None:
    """A warning is not lost because nobody has the role that it is for: who can give the role is told."""
    add_staff(journey.ctx, Role.ADMIN, name="Bob")
    row = proven(journey, alice)
    journey.ctx.store.write(
        lambda unit: move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor="staff:boss", assigned_to="boss")
    )
    pass_time(journey, days=3)
    (mail,) = warnings(journey)
    assert row.number in mail.text


def test_no_one_is_warned_of_what_ended_meanwhile(journey: Service, alice: Customer) -> None:
    """A mail that waits until nothing of it is due any more is not sent."""
    add_staff(journey.ctx, Role.OFFICER, name="Bob")
    row = proven(journey, alice)
    journey.ctx.store.write(
        lambda unit: move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor="staff:boss", assigned_to="boss")
    )
    journey.clock.advance(days=3)
    plan_due(journey.ctx)
    withdraw_request(journey.ctx, alice.session, request_id=row.id)
    journey.work()
    assert warnings(journey) == []


def test_requests_are_kept_as_long_as_records_are(journey: Service, alice: Customer) -> None:
    """What was never proven goes a month after its end, what ended with the records that the policy keeps."""
    unproven = start_copy(journey.ctx, alice.session)
    cancelled = proven(journey, alice)
    withdraw_request(journey.ctx, alice.session, request_id=cancelled.id)
    pass_time(journey, days=2)
    assert now_of(journey, unproven).state is RequestState.EXPIRED
    pass_time(journey, days=31)
    with pytest.raises(NotFoundError):
        own_request(journey.ctx, alice.session, request_id=unproven.id)
    assert timeline(journey, unproven) == ()
    assert now_of(journey, cancelled).state is RequestState.CANCELLED
