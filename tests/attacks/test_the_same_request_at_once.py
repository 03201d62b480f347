"""The same asked for from many windows at the same moment: one request, on both stores, and its timeline is whole."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import ConflictError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.rows.requests import RequestChannel
from camket.services.own_requests import withdraw_request
from camket.services.request_moves import move_in
from camket.services.requests import start_request_in
from tests import journeys
from tests.attacks.test_codes_under_attack import at_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.ports import Unit
    from camket.rows.requests import RequestEventRow, RequestRow
    from tests.journeys import Customer, Service
    from tests.postgres import Postgres

MANY = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def journey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Return a running service on each of the stores."""
    folder = tmp_path / "service"
    with ExitStack() as closing:
        if request.param == "sqlite":
            yield closing.enter_context(journeys.service_in(folder))
        else:
            server: Postgres = request.getfixturevalue("postgres")
            url = server.url(server.new_database())
            yield closing.enter_context(journeys.service_in(folder, database_url=url))


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return a customer."""
    return journeys.register(journey)


def file(journey: Service, alice: Customer) -> RequestRow:
    """File a request for a copy, as staff do."""
    ctx = journey.ctx
    return ctx.store.write(
        lambda unit: start_request_in(
            unit,
            ctx,
            subject_id=alice.subject_id,
            kind=RequestKind.PORT,
            channel=RequestChannel.STAFF,
            filed_by="an-officer",
        )
    )


def timeline(journey: Service, row: RequestRow) -> tuple[RequestEventRow, ...]:
    """Return everything that happened to a request."""
    return journey.ctx.store.read(lambda unit: unit.requests.events(row.id))


def test_many_who_ask_for_the_same_at_once_have_one_request(journey: Service, alice: Customer) -> None:
    """Whoever comes first makes it, all others join it, and every line has its place and its record."""
    results = at_once(lambda _number: file(journey, alice), threads=MANY)
    (row,) = journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    assert {getattr(one, "id", one) for one in results} == {row.id}
    lines = timeline(journey, row)
    assert [line.event for line in lines] == [RequestEvent.MAKE, *[RequestEvent.JOIN] * (MANY - 1)]
    assert [line.position for line in lines] == list(range(MANY))
    assert len({line.record_id for line in lines}) == MANY


def test_what_others_note_meanwhile_is_not_lost(journey: Service, alice: Customer) -> None:
    """Of many who change a request that each had read before, nobody undoes what another one wrote."""
    row = file(journey, alice)

    def change(number: int) -> object:
        def act(unit: Unit) -> RequestRow:
            actor = f"staff:{number}"
            if number:
                return move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor=actor)
            return move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor=actor, assigned_to="a-colleague")

        return journey.ctx.store.write(act)

    at_once(change, threads=MANY)
    now = journey.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert now is not None
    assert now.assigned_to == "a-colleague"
    assert [line.position for line in timeline(journey, row)] == list(range(MANY + 1))


def test_a_request_ends_once(journey: Service, alice: Customer) -> None:
    """Taken back from many windows at once it is taken back by one of them."""
    row = file(journey, alice)
    results = at_once(lambda _number: withdraw_request(journey.ctx, alice.session, request_id=row.id), threads=MANY)
    assert sum(isinstance(one, ConflictError) for one in results) == MANY - 1
    assert [line.state for line in timeline(journey, row)] == [RequestState.UNVERIFIED, RequestState.CANCELLED]
