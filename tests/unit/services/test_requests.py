"""Requests: how many one subject may start, and that one too many leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from camket.core.errors import RateLimitedError
from camket.ports import Unit
from camket.services.copy_requests import start_copy
from camket.services.correction import start_correction
from camket.services.erasure import start_erasure
from camket.services.verification import send_code
from tests.journeys import Customer, Service, register, service_in

Start = Callable[[Service, Customer], object]
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
