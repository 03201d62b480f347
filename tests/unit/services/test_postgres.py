from __future__ import annotations

import threading

import pytest

from camket.core.errors import DeniedError
from camket.rows import CodeKind, FactKind, FactRow
from camket.services.access import AskError
from camket.services.ids import random_id
from camket.services.sequencing import sequence_once
from camket.services.sessions import find_session, list_sessions
from camket.services.signin import confirm_sign_in, start_sign_in
from tests.postgres import Postgres
from tests.unit.services.conftest import ALICE, FIREFOX, OpenService, Service


@pytest.fixture
def service(open_service: OpenService, postgres: Postgres) -> Service:
    """Return a running service on PostgreSQL."""
    return open_service("postgresql", database_url=postgres.url(postgres.new_database()))


def test_a_customers_way_is_the_same_on_postgresql(service: Service) -> None:
    """Register, sign in, be read and refused, see the sessions, have a place in the ledger."""
    arrived = service.register(ALICE)
    start_sign_in(service.ctx, email="ALICE@shop.example", browser="phone", address="192.0.2.1")
    code = service.code("phone", CodeKind.SIGN_IN)
    again = confirm_sign_in(service.ctx, browser="phone", code=code, headers=FIREFOX, address="192.0.2.1")
    assert again.subject_id == arrived.subject_id
    session = find_session(service.ctx, again.session_token)
    assert session is not None
    assert len(list_sessions(service.ctx, session)) == 2
    door = service.ctx.door
    for _ in range(2):
        opened = door.read(actor="service:mailer", subject_id=again.subject_id, items=("email",), purpose="notify")
        assert opened.first("email") == "alice@shop.example"
    with pytest.raises(AskError):
        door.read(actor="service:mailer", subject_id=again.subject_id, items=("email",), purpose="promote")
    assert sequence_once(service.ctx) > 0
    assert service.ctx.store.read(lambda unit: unit.records.count_unsequenced()) == 0


def test_an_objection_between_two_reads_counts_on_postgresql(service: Service) -> None:
    """Readers race with the objection; once it is acknowledged no read that begins later is permitted."""
    subject_id = service.register(ALICE).subject_id
    door, store = service.ctx.door, service.ctx.store
    objected = threading.Event()
    late: list[str] = []

    def read() -> None:
        for _ in range(30):
            began_after = objected.is_set()
            try:
                door.read(actor="service:mailer", subject_id=subject_id, items=("email",), purpose="notify")
            except DeniedError:
                continue
            if began_after:
                late.append("permitted")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    row = FactRow(
        id=random_id(service.ctx.entropy),
        subject_id=subject_id,
        kind=FactKind.OBJECTION,
        body={"purposes": ["notify"]},
        at=service.clock.now(),
        withdrawn_at=None,
    )
    store.write(lambda unit: unit.facts.add(row))
    objected.set()
    for reader in readers:
        reader.join()
    assert late == []
    with pytest.raises(DeniedError):
        door.read(actor="service:mailer", subject_id=subject_id, items=("email",), purpose="notify")
