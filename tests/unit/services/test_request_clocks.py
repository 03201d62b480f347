"""Clocks of requests: what they count from, what stops them, what lengthens them, and which policy decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import ConflictError, VerificationError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Right, Verification
from camket.services.calendar import VIETNAM
from camket.services.copy_requests import start_copy
from camket.services.erasure import start_erasure
from camket.services.policies import publish_policy
from camket.services.request_clocks import calendar_until
from camket.services.request_moves import move_in
from camket.services.requests import begin_in, start_request_in
from camket.services.verification import prove_by_session
from tests.journeys import Customer, Service, register
from tests.unit.services.consenting import changed_policy

if TYPE_CHECKING:
    from camket.core.terms import VerifiedIdentity
    from camket.rows.requests import RequestRow

OFFICER = "staff:an-officer"
STRICTER = (
    """    complete: 10 days
    fee_vnd: 0
    verification: session
""",
    """    complete: 5 days
    fee_vnd: 0
    verification: email_code
""",
)
"""Sooner, and with a stronger proof: what the default policy says of seeing one's data."""


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return a customer."""
    return register(journey)


def end_of(day: int, month: int = 12, year: int = 2026) -> datetime:
    """Return the last second of a day in Vietnam."""
    return datetime(year, month, day, 23, 59, 59, tzinfo=VIETNAM).astimezone(UTC)


def now_of(journey: Service, row: RequestRow) -> RequestRow:
    """Return a request as it stands."""
    found = journey.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert found is not None
    return found


def happen(journey: Service, row: RequestRow, event: RequestEvent, text: str | None = None) -> RequestRow:
    """Let an officer bring an event about."""
    current = now_of(journey, row)
    return journey.ctx.store.write(lambda unit: move_in(unit, journey.ctx, current, event, actor=OFFICER, text=text))


def proven(journey: Service, alice: Customer) -> RequestRow:
    """Return a deletion that was asked for and proven."""
    row = start_erasure(journey.ctx, alice.session)
    alice.prove(row.id)
    return now_of(journey, row)


def test_clocks_count_from_the_proof(journey: Service, alice: Customer) -> None:
    """They are told when the request is made, as if it were proven at once, and counted anew from the first proof.

    24 November 2026 is a holiday, and 12 December a Saturday.
    """
    made = start_erasure(journey.ctx, alice.session)
    assert (made.reply_due_at, made.due_at) == (end_of(25, 11), end_of(14))
    assert made.warn_at is None
    journey.clock.advance(days=1)
    alice.prove(made.id)
    first = now_of(journey, made)
    assert (first.reply_due_at, first.due_at) == (end_of(26, 11), end_of(14))
    journey.clock.advance(days=1)
    alice.prove(made.id)
    assert now_of(journey, made).reply_due_at == first.reply_due_at


def test_officers_are_to_be_warned_of_the_clock_that_ends_first(journey: Service, alice: Customer) -> None:
    """A quarter of the time to answer; once that is done, a quarter of the time to carry it out."""
    row = proven(journey, alice)
    assert row.reply_due_at is not None
    assert row.due_at is not None
    verified_at = journey.clock.now()
    assert row.warn_at == row.reply_due_at - (row.reply_due_at - verified_at) / 4
    happen(journey, row, RequestEvent.PROPOSE)
    approved = happen(journey, row, RequestEvent.APPROVE)
    assert approved.replied_at == verified_at
    assert approved.warn_at == row.due_at - (row.due_at - verified_at) / 4


def test_waiting_for_the_customer_stops_the_clocks(journey: Service, alice: Customer) -> None:
    """While they are asked nothing is due; when they answer, the days that began meanwhile are added."""
    row = proven(journey, alice)
    waits = happen(journey, row, RequestEvent.ASK_SUBJECT)
    assert (waits.paused_at, waits.warn_at) == (journey.clock.now(), None)
    assert waits.next_due_at is None
    journey.clock.advance(days=7)
    goes_on = happen(journey, row, RequestEvent.ANSWER)
    assert (goes_on.state, goes_on.paused_at) == (RequestState.VERIFIED, None)
    # 19 December is a Saturday.
    assert goes_on.due_at == end_of(21)
    happen(journey, row, RequestEvent.ASK_SUBJECT)
    journey.clock.advance(days=2)
    assert happen(journey, row, RequestEvent.ANSWER).due_at == end_of(21)


def test_an_extension_is_used_once_in_time_and_told_with_its_reason(journey: Service, alice: Customer) -> None:
    """The mail carries the reason and the new date, which is that of the law; there is no second one."""
    row = proven(journey, alice)
    extended = happen(journey, row, RequestEvent.EXTEND, "Chúng tôi phải hỏi ngân hàng.")
    # 20 days and 20 more, which end on a holiday of 2027.
    assert (extended.extended_at, extended.due_at) == (journey.clock.now(), end_of(4, 1, 2027))
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "Chúng tôi phải hỏi ngân hàng." in mail.text
    assert "04/01/2027" in mail.text
    assert row.number in mail.text
    with pytest.raises(ConflictError, match="one extension"):
        happen(journey, row, RequestEvent.EXTEND)


def test_no_extension_is_told_after_the_time(journey: Service, alice: Customer) -> None:
    """What is late stays late."""
    row = proven(journey, alice)
    journey.clock.advance(days=25)
    with pytest.raises(ConflictError, match="before it ends"):
        happen(journey, row, RequestEvent.EXTEND)
    assert now_of(journey, row).extended_at is None


def test_the_policy_of_the_day_on_which_it_was_made_decides(journey: Service, alice: Customer) -> None:
    """A version published since changes neither the due date nor the proof of a request; a new one follows it."""
    before = start_copy(journey.ctx, alice.session, kind=RequestKind.ACCESS)
    alice.prove(before.id)
    before = now_of(journey, before)
    publish_policy(journey.ctx, changed_policy(STRICTER))
    journey.clock.advance(days=40)
    by_session = prove_by_session(journey.ctx, alice.session, before.id)
    assert now_of(journey, before).due_at == before.due_at
    assert begun(journey, by_session).state is RequestState.APPROVED
    happen(journey, before, RequestEvent.WITHDRAW)
    after = start_copy(journey.ctx, alice.session, kind=RequestKind.ACCESS)
    assert after.policy_version == before.policy_version + 1
    assert after.due_at is not None
    assert after.due_at - after.created_at < timedelta(days=8)
    with pytest.raises(VerificationError):
        prove_by_session(journey.ctx, alice.session, after.id)
    with pytest.raises(VerificationError):
        begun(journey, replace(alice.prove(after.id), level=Verification.SESSION))


def begun(journey: Service, identity: VerifiedIdentity) -> RequestRow:
    """Take a request to see the data up on a proof."""
    return journey.ctx.store.write(lambda unit: begin_in(unit, journey.ctx, identity=identity, right=Right.ACCESS))


def test_no_request_is_refused_because_the_calendar_ends(journey: Service, alice: Customer) -> None:
    """Past its last day weekends alone are off: early, never late; and the day itself is told."""
    assert calendar_until(journey.ctx).isoformat() == "2027-12-31"
    journey.clock.advance(days=(datetime(2027, 12, 30, tzinfo=UTC) - journey.clock.now()).days)
    row = start_copy(journey.ctx, alice.session)
    # 1 January 2028 is a Saturday; 8 January, the tenth day, is one too.
    assert row.reply_due_at == end_of(31, 12, 2027)
    assert row.due_at == end_of(10, 1, 2028)


def test_support_owes_an_answer_and_again_when_the_customer_writes(journey: Service, alice: Customer) -> None:
    """Nothing is carried out, so no other clock runs; each letter starts the one that there is."""
    ctx = journey.ctx
    row = ctx.store.write(
        lambda unit: start_request_in(unit, ctx, subject_id=alice.subject_id, kind=RequestKind.SUPPORT)
    )
    assert (row.reply_due_at, row.due_at) == (end_of(25, 11), None)
    alice.prove(row.id)
    assert now_of(journey, row).warn_at is not None
    done = happen(journey, row, RequestEvent.FINISH)
    assert (done.replied_at, done.warn_at, done.next_due_at) == (journey.clock.now(), None, None)
    journey.clock.advance(days=8)
    opened = happen(journey, row, RequestEvent.REOPEN)
    assert (opened.reply_due_at, opened.replied_at, opened.done_at) == (end_of(2), None, None)
    assert opened.warn_at is not None
    with pytest.raises(ConflictError, match="no time by law"):
        happen(journey, row, RequestEvent.EXTEND)
