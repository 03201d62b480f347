"""A correction is done when whoever else holds the value was told: other systems, and outsiders who were given it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import ConflictError, DeniedError, HolderFailure, NotFoundError
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import Source
from camket.services.centre import my_data
from camket.services.correction import finish_correction, start_correction
from camket.services.desk_acts import DeskAct
from camket.services.forms import FormError
from camket.services.receivers import mark_told, receivers_in, untold
from camket.services.removal import finish_removal, start_removal
from camket.services.request_case import open_case
from camket.services.request_failures import failing_of
from camket.testing.service import DEFAULT_POLICY
from tests.connectors.other_system import BOB, OtherSystem, customers, declared
from tests.journeys import Customer, Service, register, service_in
from tests.unit.services.desk import staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.rows.requests import RequestRow

OLD, NEW = "Alice Nguyễn", "Alice Trần"
LATER = 7200


@pytest.fixture
def system(tmp_path: Path) -> OtherSystem:
    """Return a system in whose database stands the name of bob."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(BOB, "Bob", number=2)
    return system


@pytest.fixture
def connected(tmp_path: Path, system: OtherSystem) -> Iterator[Customer]:
    """Return alice, whose name stands in the database of another system too."""
    with service_in(tmp_path / "camket", connectors=json.dumps(declared(system.url))) as service:
        alice = register(service)
        service.work()
        system.fill(alice.subject_id, OLD, number=1)
        yield alice


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way; nothing else is connected."""
    customer = register(journey)
    journey.work()
    return customer


def correct(alice: Customer, name: str = NEW) -> RequestRow:
    """Have alice correct her name."""
    request = start_correction(alice.service.ctx, alice.session, item="name", typed=name)
    finish_correction(alice.service.ctx, alice.prove(request.id))
    return row(alice, request)


def row(alice: Customer, request: RequestRow) -> RequestRow:
    """Return a request as it stands."""
    found = alice.service.ctx.store.read(lambda unit: unit.requests.find(request.id))
    assert found is not None
    return found


def names_in(system: OtherSystem) -> list[str]:
    """Return the names that stand in the other database."""
    return [one[2] for one in system.rows(customers)]


def test_where_nobody_else_holds_it_it_is_done_at_once(alice: Customer) -> None:
    """No job, no waiting: the value is replaced and the request done in one unit."""
    assert correct(alice).state is RequestState.DONE


def test_it_is_done_when_the_other_system_has_it(connected: Customer, system: OtherSystem) -> None:
    """Here the value is corrected at once; the request runs until its job has told the other system, and then ends."""
    request = correct(connected)
    assert request.state is RequestState.RUNNING
    groups = my_data(connected.service.ctx, connected.session).groups
    assert [one.shown for group in groups for one in group.held if one.item == "name"] == [NEW]
    connected.service.work()
    assert names_in(system) == [NEW, "Bob"]
    assert row(connected, request).state is RequestState.DONE


def test_one_that_fails_keeps_it_running_and_says_why(connected: Customer, system: OtherSystem) -> None:
    """The other system is away: the request says so and runs; when it is back, it is told and the request ends."""
    system.run("ALTER TABLE customers RENAME TO gone")
    request = correct(connected)
    connected.service.work()
    current = row(connected, request)
    assert current.state is RequestState.RUNNING
    assert [one.failure for one in failing_of(connected.service.ctx, current)] == [HolderFailure.MISDECLARED]
    system.run("ALTER TABLE gone RENAME TO customers")
    connected.service.clock.advance(seconds=LATER)
    connected.service.work()
    assert (row(connected, request).state, names_in(system)) == (RequestState.DONE, [NEW, "Bob"])
    assert row(connected, request).failing is None


def test_carried_out_twice_is_refused_while_it_runs(connected: Customer) -> None:
    """A request that runs is not carried out again, whatever proof comes."""
    request = start_correction(connected.service.ctx, connected.session, item="name", typed=NEW)
    identity = connected.prove(request.id)
    finish_correction(connected.service.ctx, identity)
    connected.service.clock.advance(seconds=1)
    for proof in (identity, connected.prove(request.id)):
        with pytest.raises(ConflictError):
            finish_correction(connected.service.ctx, proof)


def test_a_value_that_was_deleted_is_told_of_too(connected: Customer) -> None:
    """A removal of what no system is declared for is done at once, connected or not."""
    ctx = connected.service.ctx
    ctx.door.collect(
        actor="subject",
        subject_id=connected.subject_id,
        values={"shop.name": "Tạp hóa"},
        service="shop",
        source=Source.PROVIDED,
    )
    values = [one for group in my_data(ctx, connected.session).groups for one in group.held if one.item == "shop.name"]
    request = start_removal(ctx, connected.session, row_id=values[0].row_id)
    finish_removal(ctx, connected.prove(request.id))
    assert row(connected, request).state is RequestState.DONE


def test_neither_value_stands_anywhere_in_clear(connected: Customer) -> None:
    """Not in the ledger, the timeline, the job or its steps: no table of the database holds the old or the new name."""
    correct(connected)
    connected.service.work()
    connected.service.sequence()
    data = connected.service.runtime.settings.data / "camket.db"
    with closing(sqlite3.connect(data)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for cells in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - our own names
                whole = b" ".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)
                assert OLD.encode() not in whole, table
                assert NEW.encode() not in whole, table


def test_a_deletion_comes_between(connected: Customer, system: OtherSystem) -> None:
    """Corrected and deleted at once: the deletion wins everywhere, and what waited to be told is told to nobody."""
    system.run("ALTER TABLE customers RENAME TO gone")
    correct(connected)
    waiting = start_correction(connected.service.ctx, connected.session, item="name", typed="Alice")
    identity = connected.prove(waiting.id)
    system.run("ALTER TABLE gone RENAME TO customers")
    connected.accept_erasure()
    connected.service.clock.advance(seconds=LATER)
    connected.service.work()
    connected.service.clock.advance(seconds=LATER)
    connected.service.work()
    assert names_in(system) == ["Bob"]
    with pytest.raises((NotFoundError, ConflictError)):
        finish_correction(connected.service.ctx, identity)
    store = connected.service.ctx.store
    assert store.read(lambda unit: unit.values.of_subject(connected.subject_id, ("name",))) == ()


def test_the_yes_to_a_deletion_keeps_no_one_from_correcting(journey: Service, alice: Customer) -> None:
    """A correction that is proven before the deletion runs is done; then the deletion takes it along."""
    request = start_correction(journey.ctx, alice.session, item="name", typed=NEW)
    identity = alice.prove(request.id)
    alice.accept_erasure()
    finish_correction(journey.ctx, identity)
    assert row(alice, request).state is RequestState.DONE
    journey.work()
    assert journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id)) == ()


# -- outsiders


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Customer]:
    """Return alice, whose name was given to an outside carrier, as its record says."""
    policy = tmp_path / "policy"
    with_carrier(policy)
    with service_in(tmp_path / "data", policy=policy) as service:
        alice = register(service)
        service.work()
        ctx = service.ctx
        ctx.store.write(
            lambda unit: ctx.door.record_in(
                unit,
                actor="service:shop",
                action=LedgerAction.SHARE,
                subject_id=alice.subject_id,
                items=("name",),
                outcome=LedgerOutcome.DONE,
            )
        )
        yield alice


def with_carrier(folder: Path) -> None:
    """Copy the default policy into a folder, with a recipient to whom a law has the name given."""
    shutil.copytree(DEFAULT_POLICY, folder)
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    recipient = """recipients:
  carrier:
    label:
      vi: Bên vận chuyển
      en: Carrier
    country: VN
    explains:
      vi: Giao hàng.
      en: Brings goods.
    dpv: dpv:ThirdParty
    shares:
      law:
        - name
"""
    assert "recipients: {}" in text
    file.write_text(text.replace("recipients: {}\n", recipient), encoding="utf-8")
    for prose in ("prose.vi.md", "prose.en.md"):
        with (folder / prose).open("a", encoding="utf-8") as file_of_words:
            file_of_words.write("\n{recipient:carrier}\n")


def test_who_was_given_the_old_value_is_told_before_it_is_done(given: Customer) -> None:
    """The request names who may hold it, runs until staff have told them, and ends within the hour after."""
    service, ctx = given.service, given.service.ctx
    request = correct(given)
    service.work()
    assert row(given, request).state is RequestState.RUNNING
    timeline = ctx.store.read(lambda unit: unit.requests.events(request.id))
    assert untold(timeline) == ("carrier",)
    assert [line.detail for line in timeline if line.event is RequestEvent.START] == [{"receivers": ["carrier"]}]
    officer, auditor = staff(service, Role.OFFICER), staff(service, Role.AUDITOR, name="Alice")
    case = open_case(ctx, officer, number=request.number)
    assert [one.receiver for one in case.untold] == ["carrier"]
    assert DeskAct.TELL in case.acts
    with pytest.raises(DeniedError):
        mark_told(ctx, auditor, request_id=request.id, receiver="carrier", how="Gọi điện.")
    with pytest.raises(FormError):
        mark_told(ctx, officer, request_id=request.id, receiver="carrier", how=" ")
    with pytest.raises(NotFoundError):
        mark_told(ctx, officer, request_id=request.id, receiver="cariier", how="Gọi điện.")
    mark_told(ctx, officer, request_id=request.id, receiver="carrier", how="Gọi điện ngày 23/11.")
    with pytest.raises(NotFoundError):
        mark_told(ctx, officer, request_id=request.id, receiver="carrier", how="Lần nữa.")
    assert DeskAct.TELL not in open_case(ctx, officer, number=request.number).acts
    service.clock.advance(seconds=LATER)
    service.work()
    assert row(given, request).state is RequestState.DONE
    with pytest.raises(ConflictError):
        mark_told(ctx, officer, request_id=request.id, receiver="carrier", how="Muộn.")


def test_what_was_never_given_out_has_no_receivers(given: Customer, tmp_path: Path) -> None:
    """The phone was given to nobody, and a refused attempt gave nothing away."""
    del tmp_path
    ctx = given.service.ctx
    look = ctx.store.read
    assert look(lambda unit: receivers_in(unit, ctx, subject_id=given.subject_id, item="name")) == ("carrier",)
    assert look(lambda unit: receivers_in(unit, ctx, subject_id=given.subject_id, item="phone")) == ()
    bob = register(given.service, "Bob Trần", email="bob@mail.example", phone="0923456789")
    ctx.store.write(
        lambda unit: ctx.door.record_in(
            unit,
            actor="service:shop",
            action=LedgerAction.SHARE,
            subject_id=bob.subject_id,
            items=("name",),
            outcome=LedgerOutcome.DENY,
        )
    )
    assert look(lambda unit: receivers_in(unit, ctx, subject_id=bob.subject_id, item="name")) == ()
