"""Withdrawing as a request: from outside and through staff it does what the click does, for one consent or for all."""

from __future__ import annotations

import pytest

from camket.core.errors import ConflictError, NotFoundError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Outcome
from camket.rows.requests import RequestRow
from camket.services.consents import withdraw
from camket.services.requests import find_request, start_request_in
from camket.services.withdrawal_requests import carry_out_withdrawal, start_withdrawal_in
from tests.journeys import Customer, Service, register
from tests.unit.services.consenting import ask, gate, say

STAFF = "staff:support-1"


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def consent(alice: Customer) -> str:
    """Have alice consent to promotion; return the consent's id."""
    given = say(alice.service, ask(alice.service, alice.subject_id, wanted=True), yes=True)
    assert gate(alice.service, alice.subject_id) is Outcome.PERMIT
    return given


def request(alice: Customer, consent_id: str | None = None) -> RequestRow:
    """Have alice ask for one consent to be withdrawn, or for all."""
    ctx = alice.service.ctx
    return ctx.store.write(
        lambda unit: start_withdrawal_in(unit, ctx, subject_id=alice.subject_id, consent_id=consent_id)
    )


@pytest.mark.parametrize("names_it", [True, False])
def test_it_holds_at_once(alice: Customer, names_it: bool) -> None:  # noqa: FBT001 - a case
    """One consent, or every one: no yes is left for the gate from then on; done, on the timeline by number alone."""
    ctx = alice.service.ctx
    given = consent(alice)
    made = request(alice, given if names_it else None)
    assert gate(alice.service, alice.subject_id) is Outcome.PERMIT
    (stopped,) = carry_out_withdrawal(ctx, alice.prove(made.id), actor=STAFF)
    assert (stopped.consent_id, stopped.ended) == (given, 1)
    assert gate(alice.service, alice.subject_id) is Outcome.ASK
    assert find_request(ctx, subject_id=alice.subject_id, request_id=made.id).state is RequestState.DONE
    lines = ctx.store.read(lambda unit: unit.requests.events(made.id))
    assert [line.detail for line in lines if line.event is RequestEvent.NOTE] == [{"withdrawn": 1}]
    assert {line.actor for line in lines if line.event in (RequestEvent.ACCEPT, RequestEvent.FINISH)} == {STAFF}


def test_with_nothing_to_withdraw_it_is_done_all_the_same(alice: Customer) -> None:
    """Who never consented, or took it back by the click meanwhile, gets the same end; once."""
    ctx = alice.service.ctx
    given = consent(alice)
    made = request(alice)
    withdraw(ctx, subject_id=alice.subject_id, consent_id=given)
    identity = alice.prove(made.id)
    assert carry_out_withdrawal(ctx, identity) == ()
    with pytest.raises(ConflictError):
        carry_out_withdrawal(ctx, identity)


def test_what_is_not_ones_own_is_not_withdrawn(journey: Service, alice: Customer) -> None:
    """The consent of another customer, or none at all: no request, and the other's yes stands."""
    given = consent(alice)
    bob = register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")
    for wanted in (given, "0" * 32):
        with pytest.raises(NotFoundError):
            request(bob, wanted)
    made = request(bob)
    with pytest.raises(NotFoundError):
        carry_out_withdrawal(journey.ctx, bob.prove(made.id), consent_id=given)
    assert gate(journey, alice.subject_id) is Outcome.PERMIT


def test_what_was_proven_is_what_is_withdrawn(alice: Customer) -> None:
    """A request that names a consent ends that one, whatever else is handed in."""
    given = consent(alice)
    made = request(alice, given)
    (stopped,) = carry_out_withdrawal(alice.service.ctx, alice.prove(made.id), consent_id="0" * 32)
    assert stopped.consent_id == given


def test_another_kind_of_request_withdraws_nothing(alice: Customer) -> None:
    """A proof for a copy is none for a withdrawal."""
    ctx = alice.service.ctx
    consent(alice)
    made = ctx.store.write(lambda unit: start_request_in(unit, ctx, subject_id=alice.subject_id, kind=RequestKind.PORT))
    with pytest.raises(NotFoundError):
        carry_out_withdrawal(ctx, alice.prove(made.id))
    assert gate(alice.service, alice.subject_id) is Outcome.PERMIT
