"""Requests: how many one subject may start, that one too many leaves no trace, and that the same twice is one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from camket.core.errors import RateLimitedError, VerificationError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.ports import Unit
from camket.rows import CodeKind
from camket.rows.requests import RequestChannel, RequestRow
from camket.services.copy_requests import start_copy
from camket.services.correction import start_correction
from camket.services.erasure import start_erasure
from camket.services.own_requests import withdraw_request
from camket.services.requests import start_request_in
from camket.services.sessions import find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.verification import send_code, standing_proof
from camket.testing.service import newest_code
from tests.journeys import Customer, Service, register, service_in

Start = Callable[[Service, Customer], RequestRow]
LIMIT = 2
EACH: dict[str, Start] = {
    "copy": lambda service, customer: start_copy(service.ctx, customer.session),
    "erase": lambda service, customer: start_erasure(service.ctx, customer.session),
    "phone": lambda service, customer: start_correction(
        service.ctx, customer.session, item="phone", typed="0987654321"
    ),
    "email": lambda service, customer: start_correction(
        service.ctx, customer.session, item="email", typed="alice@quay.example"
    ),
}


def written(service: Service, customer: Customer) -> tuple[int, int]:
    """Return how many records and requests there are of a customer."""

    def count(unit: Unit) -> tuple[int, int]:
        records = unit.records.of_subject(customer.subject_id, limit=500)
        return len(records), len(unit.requests.of_subject(customer.subject_id))

    return service.ctx.store.read(count)


@pytest.mark.parametrize("start", EACH.values(), ids=EACH)
def test_one_request_too_many_is_refused_and_leaves_nothing(tmp_path: Path, start: Start) -> None:
    """Within an hour so many are started; the next is refused before anything is written, of this subject alone."""
    with service_in(tmp_path, codes_per_subject_hour=LIMIT) as service:
        alice = register(service)
        bob = register(service, "Bob Trần", email="bob@shop.example", phone="0923456789")
        for _ in range(LIMIT):
            start_copy(service.ctx, alice.session)
        before = written(service, alice)
        with pytest.raises(RateLimitedError):
            start(service, alice)
        assert written(service, alice) == before
        start(service, bob)
        service.clock.advance(hours=1)
        start(service, alice)


def test_what_cannot_be_proved_in_this_hour_is_not_started(tmp_path: Path) -> None:
    """Who has had every code of the hour for one request starts no other."""
    with service_in(tmp_path, codes_per_subject_hour=LIMIT) as service:
        alice = register(service)
        request = start_copy(service.ctx, alice.session)
        for _ in range(LIMIT):
            send_code(service.ctx, alice.session, request.id, browser=alice.browser)
        before = written(service, alice)
        with pytest.raises(RateLimitedError):
            start_erasure(service.ctx, alice.session)
        assert written(service, alice) == before


def states(service: Service, customer: Customer) -> set[RequestState]:
    """Return where the requests of a customer stand."""
    rows = service.ctx.store.read(lambda unit: unit.requests.of_subject(customer.subject_id))
    return {row.state for row in rows}


@pytest.mark.parametrize("start", EACH.values(), ids=EACH)
def test_the_same_asked_for_again_is_one_request(tmp_path: Path, start: Start) -> None:
    """While it is open it is joined, proven or not; a line on its timeline says so, and nothing else changes."""
    with service_in(tmp_path) as service:
        alice = register(service)
        bob = register(service, "Bob Trần", email="bob@shop.example", phone="0923456789")
        first = start(service, alice)
        assert start(service, alice).id == first.id
        alice.prove(first.id)
        joined = start(service, alice)
        assert (joined.id, joined.state, joined.number) == (first.id, RequestState.VERIFIED, first.number)
        timeline = service.ctx.store.read(lambda unit: unit.requests.events(first.id))
        assert [line.event for line in timeline] == [
            RequestEvent.MAKE,
            RequestEvent.JOIN,
            RequestEvent.VERIFY,
            RequestEvent.JOIN,
        ]
        assert all(line.record_id is not None for line in timeline)
        assert start(service, bob).id != first.id
        withdraw_request(service.ctx, alice.session, request_id=first.id)
        assert start(service, alice).id != first.id
        assert states(service, alice) == {RequestState.UNVERIFIED, RequestState.CANCELLED}


def test_another_value_is_another_request(tmp_path: Path) -> None:
    """A correction is joined by the same correction alone: what was proven for one value carries out no other."""
    with service_in(tmp_path) as service:
        alice = register(service)
        first = start_correction(service.ctx, alice.session, item="phone", typed="0987654321")
        same = start_correction(service.ctx, alice.session, item="phone", typed="098 765 43 21")
        other = start_correction(service.ctx, alice.session, item="phone", typed="0987654322")
        assert same.id == first.id
        assert other.id != first.id


def test_joining_is_no_proof(tmp_path: Path) -> None:
    """Who joins what another session of the same customer proved has still to prove who they are."""
    with service_in(tmp_path) as service:
        alice = register(service)
        proven = start_erasure(service.ctx, alice.session)
        alice.prove(proven.id)
        start_sign_in(service.ctx, email=alice.email, browser="another", address=None)
        code = newest_code(service.ctx, "another", CodeKind.SIGN_IN)
        signed_in = confirm_sign_in(service.ctx, browser="another", code=code, headers={}, address=None)
        another = find_session(service.ctx, signed_in.session_token)
        assert another is not None
        assert start_erasure(service.ctx, another).id == proven.id
        with pytest.raises(VerificationError):
            standing_proof(service.ctx, another, proven.id)


def test_joining_counts_as_asking(tmp_path: Path) -> None:
    """A hundred times the same in a minute is so many lines as one may ask in an hour, and no more."""
    with service_in(tmp_path, codes_per_subject_hour=LIMIT) as service:
        alice = register(service)
        refused = 0
        for _ in range(100):
            try:
                start_copy(service.ctx, alice.session)
            except RateLimitedError:
                refused += 1
        assert refused == 100 - LIMIT
        assert written(service, alice)[1] == 1


def test_what_staff_file_uses_up_no_tries_of_the_customer(tmp_path: Path) -> None:
    """Requests that others make in someone's name leave them as many of their own."""
    with service_in(tmp_path, codes_per_subject_hour=LIMIT) as service:
        alice = register(service)

        def file(unit: Unit, kind: RequestKind) -> RequestRow:
            channel, who = RequestChannel.STAFF, "an-officer"
            return start_request_in(
                unit, service.ctx, subject_id=alice.subject_id, kind=kind, channel=channel, filed_by=who
            )

        for kind in (RequestKind.ACCESS, RequestKind.PORT, RequestKind.ERASE):
            row = service.ctx.store.write(partial(file, kind=kind))
            assert (row.filed_by, row.state) == ("an-officer", RequestState.UNVERIFIED)
        for _ in range(LIMIT):
            start_copy(service.ctx, alice.session)
