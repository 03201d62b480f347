"""What is corrected here is corrected in connected systems: each once, with the newest, whatever fails in between."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import HolderFailure
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Language, Right
from camket.jobs.engine import Engine, Kind, registry
from camket.services.access import SUBJECT
from camket.services.correction import finish_correction, start_correction
from camket.services.request_failures import failing_of
from camket.services.request_moves import move_in
from camket.services.requests import RequestBody, begin_in, start_request_in
from camket.services.told_corrections import is_told, tell_correction
from tests.connectors.other_system import BOB, OtherSystem, customers, declared
from tests.connectors.receiver import Receiver, receiving
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.steps import Run

LATER = 7200
VALUES = count()
"""Two requests that ask for the same are one; these never do."""


def run_telling(ctx: Context, run: Run) -> None:
    """Tell what a request corrected."""
    subject, request = str(run.args["subject"]), str(run.args["request"])
    tell_correction(ctx, run, subject_id=subject, item=str(run.args["item"]), request_id=request)


KINDS = registry(Kind(name="telling", run=run_telling, gives_up=False))


@pytest.fixture
def system(tmp_path: Path) -> OtherSystem:
    """Return a system in whose database stands the name of bob."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(BOB, "Bob", number=2)
    return system


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a system that is told the name and the e-mail address."""
    with receiving() as receiver:
        receiver.corrects = {"name": "value", "email": "change"}
        yield receiver


@pytest.fixture
def service(tmp_path: Path, system: OtherSystem, receiver: Receiver) -> Iterator[Service]:
    """Return a service that is connected to both."""
    (tmp_path / "camket").mkdir()
    connectors = declared(system.url) | receiver.declared()
    with service_in(tmp_path / "camket", connectors=json.dumps(connectors)) as service:
        yield service


@pytest.fixture
def alice(service: Service, system: OtherSystem) -> Customer:
    """Return alice, whose former name stands in the other database."""
    alice = register(service)
    service.work()
    system.fill(alice.subject_id, "Alice", number=1)
    return alice


class Telling:
    """A request that is being carried out, and the job that tells of it."""

    def __init__(self, service: Service, alice: Customer, item: str) -> None:
        self._service = service
        self._ctx = service.ctx
        ctx = service.ctx
        self.request = ctx.store.write(
            lambda unit: start_request_in(
                unit,
                ctx,
                subject_id=alice.subject_id,
                kind=RequestKind.RECTIFY,
                body=RequestBody(item=item, value=str(next(VALUES))),
            )
        )
        identity = alice.prove(self.request.id)

        def accept(unit: Unit) -> None:
            begun = begin_in(unit, ctx, identity=identity, right=Right.RECTIFY)
            move_in(unit, ctx, begun, RequestEvent.START, actor=SUBJECT)
            args = {"subject": alice.subject_id, "request": begun.id, "item": item}
            unit.jobs.enqueue("telling", args, run_at=ctx.clock.now(), dedupe_key=None)

        ctx.store.write(accept)

    def run(self) -> None:
        """Run the job as far as it goes now."""
        Engine(self._ctx, KINDS).run_next("worker")

    def later(self) -> None:
        """Run it again when its pause is over."""
        self._service.clock.advance(seconds=LATER)
        self.run()

    def row(self) -> RequestRow:
        """Return the request as it stands."""
        found = self._ctx.store.read(lambda unit: unit.requests.find(self.request.id))
        assert found is not None
        return found

    def failures(self) -> dict[str, HolderFailure]:
        """Return which systems fail, and why."""
        return {str(one.holder): one.failure for one in failing_of(self._ctx, self.row())}


def correct_name(service: Service, alice: Customer, name: str) -> None:
    """Have alice correct her name."""
    request = start_correction(service.ctx, alice.session, item="name", typed=name)
    finish_correction(service.ctx, alice.prove(request.id))


def names_in(system: OtherSystem) -> list[str]:
    """Return the names that stand in the other database."""
    return [row[2] for row in system.rows(customers)]


def test_every_declared_system_holds_what_is_held_here(
    service: Service, alice: Customer, system: OtherSystem, receiver: Receiver
) -> None:
    """The column and the receiver have the name as it is here; bob's is as it was, and nothing fails."""
    telling = Telling(service, alice, "name")
    telling.run()
    assert names_in(system) == ["Alice Nguyễn", "Bob"]
    assert receiver.corrected == {alice.subject_id: {"name": "Alice Nguyễn"}}
    assert (telling.failures(), telling.row().failing_since) == ({}, None)


def test_only_who_is_declared_for_an_item_is_told(
    service: Service, alice: Customer, system: OtherSystem, receiver: Receiver
) -> None:
    """The address changed: the receiver hears that it did, the database nothing; of the phone nobody hears."""
    Telling(service, alice, "email").run()
    assert (names_in(system), receiver.corrected) == (["Alice", "Bob"], {alice.subject_id: {"email": None}})
    assert "value" not in receiver.asked[-1]
    assert (is_told(service.ctx, "email"), is_told(service.ctx, "phone")) == (True, False)


def test_one_that_fails_keeps_the_end_back_and_no_other(
    service: Service, alice: Customer, system: OtherSystem, receiver: Receiver
) -> None:
    """The database is away: the receiver is told once all the same; the request says who fails, why and since when."""
    telling = Telling(service, alice, "name")
    system.run("ALTER TABLE customers RENAME TO gone")
    telling.run()
    since = telling.row().failing_since
    telling.later()
    assert len(receiver.asked) == 1
    assert (telling.failures(), telling.row().failing_since) == ({"crm": HolderFailure.MISDECLARED}, since)
    assert failing_of(service.ctx, telling.row())[0].label == {
        Language.VI: "Sổ khách hàng",
        Language.EN: "Customer records",
    }
    assert telling.row().state is RequestState.RUNNING
    system.run("ALTER TABLE gone RENAME TO customers")
    telling.later()
    assert (names_in(system), telling.failures()) == (["Alice Nguyễn", "Bob"], {})
    assert len(receiver.asked) == 1


def test_a_failure_that_lasts_has_one_line(service: Service, alice: Customer, receiver: Receiver) -> None:
    """The timeline says that it fails and that it does no more, however often it was tried."""
    telling = Telling(service, alice, "name")
    receiver.status = 503
    for _ in range(3):
        telling.later()
    receiver.status, receiver.says = 200, b"no"
    telling.later()
    receiver.says = None
    telling.later()
    lines = service.ctx.store.read(lambda unit: unit.requests.events(telling.request.id))
    assert [(one.event, one.detail) for one in lines if "failing" in (one.detail or {})] == [
        (RequestEvent.FAIL, {"failing": {"told:news": "refused"}}),
        (RequestEvent.FAIL, {"failing": {"told:news": "garbled"}}),
        (RequestEvent.NOTE, {"failing": {}}),
    ]


@pytest.mark.parametrize(
    ("breaks", "failure"),
    [
        (lambda receiver: setattr(receiver, "loses_answers", True), HolderFailure.UNREACHABLE),
        (lambda receiver: setattr(receiver, "says", b'{"corrected": "maybe"}'), HolderFailure.GARBLED),
        (lambda receiver: setattr(receiver, "status", 500), HolderFailure.REFUSED),
    ],
)
def test_a_receiver_that_did_it_and_could_not_say_so_is_told_again(
    service: Service,
    alice: Customer,
    receiver: Receiver,
    breaks: Callable[[Receiver], None],
    failure: HolderFailure,
) -> None:
    """A lost or broken answer is a failure with its reason; the second telling says the same and ends it."""
    telling = Telling(service, alice, "name")
    breaks(receiver)
    telling.run()
    assert (receiver.corrected, telling.failures()) == (
        {alice.subject_id: {"name": "Alice Nguyễn"}},
        {"news": failure},
    )
    receiver.loses_answers, receiver.says, receiver.status = False, None, 200
    telling.later()
    assert (telling.failures(), len(receiver.asked)) == ({}, 2)
    assert receiver.corrected == {alice.subject_id: {"name": "Alice Nguyễn"}}


def test_what_changes_while_it_is_told_is_told_again(
    service: Service, alice: Customer, system: OtherSystem, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second correction comes between the telling and its end: both systems end with the second."""
    telling = Telling(service, alice, "name")
    answer = receiver.answer

    def answer_late(question: dict[str, object]) -> dict[str, object]:
        monkeypatch.setattr(receiver, "answer", answer)
        correct_name(service, alice, "Alice Trần")
        return answer(question)

    monkeypatch.setattr(receiver, "answer", answer_late)
    telling.run()
    assert [one["value"] for one in receiver.asked] == ["Alice Nguyễn", "Alice Trần"]
    Telling(service, alice, "name").run()
    assert (names_in(system), receiver.corrected) == (
        ["Alice Trần", "Bob"],
        {alice.subject_id: {"name": "Alice Trần"}},
    )


def test_nobody_is_told_of_who_was_erased_meanwhile(
    service: Service, alice: Customer, system: OtherSystem, receiver: Receiver
) -> None:
    """The erasure reaches every system by itself; a correction that waited says nothing any more and ends."""
    telling = Telling(service, alice, "name")
    alice.accept_erasure()
    service.work()
    receiver.asked.clear()
    telling.run()
    assert (receiver.asked, names_in(system)) == ([], ["Bob"])
    assert Engine(service.ctx, KINDS).run_next("worker") is False


def test_each_reading_of_the_value_is_on_record(service: Service, alice: Customer) -> None:
    """By the connectors' name, one for each system that was told, and without the value."""
    telling = Telling(service, alice, "name")
    telling.run()
    records = service.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    read = [one for one in records if b'"service:connectors"' in one.facts and b'"use"' in one.facts]
    assert len(read) == 2
    assert all(b'"name"' in one.facts and b"Alice" not in one.facts for one in read)
    assert telling.request.id.encode() not in read[0].facts
