"""An erasure as a request: accepted, begun, done; stopped where it may be; by staff with a second person."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import ConflictError, DeniedError, NotFoundError, VerificationError
from camket.core.rights.evidence_verify import verify_pack
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import Verification, VerifiedIdentity
from camket.core.vault.keyring import KeyKind
from camket.rows import JobState
from camket.services.cooling_off import erasure_ahead, keep_account
from camket.services.erasure import (
    LONGEST_REQUEST,
    ON_BEHALF_WAIT,
    accept_erasure,
    carry_out_erasure,
    erasure_key,
    start_erasure,
)
from camket.services.erasure_preview import preview_erasure
from camket.services.evidence import make_evidence
from camket.services.request_case import open_case
from camket.services.request_failures import failing_of
from camket.services.request_moves import move_in
from camket.services.sessions import find_session
from camket.testing.service import DEFAULT_POLICY
from tests.connectors.other_system import OtherSystem, customers, declared
from tests.journeys import Customer, Service, register, service_in
from tests.unit.services.desk import staff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.requests import RequestRow

STAFF = "staff:officer-2"
WEEK = 7 * 24 * 3600


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way; the policy has no cooling-off time."""
    customer = register(journey)
    journey.work()
    return customer


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Customer]:
    """Return alice under a policy with a cooling-off time of seven days."""
    folder = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, folder)
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    assert "cooling_off: 0 days" in text
    file.write_text(text.replace("cooling_off: 0 days", "cooling_off: 7 days"), encoding="utf-8")
    with service_in(tmp_path / "data", policy=folder) as service:
        customer = register(service)
        service.work()
        yield customer


def ask(alice: Customer) -> tuple[RequestRow, VerifiedIdentity]:
    """Have alice ask for her account to be erased, and prove who she is."""
    request = start_erasure(alice.service.ctx, alice.session)
    return request, alice.prove(request.id)


def accept(alice: Customer) -> RequestRow:
    """Have alice ask, prove and accept."""
    request, identity = ask(alice)
    ctx = alice.service.ctx
    accept_erasure(ctx, identity, accepted=preview_erasure(ctx, alice.session).acceptance)
    return request


def row(alice: Customer, request: RequestRow) -> RequestRow:
    """Return a request as it stands, whoever it is of."""
    found = alice.service.ctx.store.read(lambda unit: unit.requests.find(request.id))
    assert found is not None
    return found


def events(alice: Customer, request: RequestRow) -> list[RequestEvent]:
    """Return what happened to a request."""
    return [line.event for line in alice.service.ctx.store.read(lambda unit: unit.requests.events(request.id))]


def refuse(alice: Customer, request: RequestRow) -> None:
    """Have staff refuse a request."""
    ctx, current = alice.service.ctx, row(alice, request)
    ctx.store.write(lambda unit: move_in(unit, ctx, current, RequestEvent.REFUSE, actor=STAFF))


def is_there(alice: Customer) -> bool:
    """Say whether alice's account is as it was: her session, and the key of her values."""
    ctx = alice.service.ctx
    held = ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
    assert held is (find_session(ctx, alice.token) is not None)
    return held


def test_it_goes_through_its_states_to_the_end(journey: Service, alice: Customer) -> None:
    """Approved with the yes, running with its job, done at the end; what stays of the request names no one."""
    request = accept(alice)
    assert row(alice, request).state is RequestState.APPROVED
    journey.work()
    done = row(alice, request)
    assert (done.state, done.sealed, done.number) == (RequestState.DONE, None, request.number)
    assert done.subject_id != alice.subject_id
    assert done.done_at is not None
    assert done.due_at is not None
    assert done.done_at <= done.due_at
    assert events(alice, request) == [
        RequestEvent.MAKE,
        RequestEvent.VERIFY,
        RequestEvent.ACCEPT,
        RequestEvent.START,
        RequestEvent.FINISH,
    ]
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(request.id))
    assert {line.subject_id for line in lines} == {done.subject_id}
    assert {line.sealed for line in lines} == {None}


def test_one_that_was_refused_erases_nothing(waiting: Customer) -> None:
    """Refused while it waits for its day: the day comes and nothing happens; another may be accepted at once."""
    service, ctx = waiting.service, waiting.service.ctx
    request = accept(waiting)

    refuse(waiting, request)
    assert erasure_ahead(ctx, waiting.session) is None
    with pytest.raises(ConflictError):
        keep_account(ctx, waiting.session, request_id=request.id)
    service.clock.advance(seconds=WEEK + 1)
    service.work()
    assert is_there(waiting)
    assert row(waiting, request).state is RequestState.REFUSED
    again = accept(waiting)
    assert erasure_ahead(ctx, waiting.session) is not None
    service.clock.advance(seconds=WEEK + 1)
    service.work()
    assert not is_there(waiting)
    assert row(waiting, again).state is RequestState.DONE


def test_after_a_refusal_another_is_accepted_before_the_day(waiting: Customer) -> None:
    """The job of the refused one makes room: the new one begins its own seven days."""
    ctx = waiting.service.ctx
    request = accept(waiting)
    refuse(waiting, request)
    again = accept(waiting)
    ahead = erasure_ahead(ctx, waiting.session)
    assert ahead is not None
    assert ahead.request_id == again.id


def test_a_mail_says_what_is_ahead_and_how_to_keep_it(waiting: Customer) -> None:
    """Where there is time, the customer is written to, with the day and the button; where there is none, not."""
    accept(waiting)
    waiting.service.work()
    mail = waiting.service.last_mail(waiting.email)
    assert "29/11/2026" in mail.text
    assert "Giữ tài khoản" in mail.text


def test_by_staff_it_waits_a_day_and_its_subject_keeps_the_account(journey: Service, alice: Customer) -> None:
    """Approved at the desk it does not begin at once: a mail comes first, and one click of hers ends it."""
    ctx = journey.ctx
    request, identity = ask(alice)
    carried = carry_out_erasure(ctx, identity, actor=STAFF)
    assert carried.state is RequestState.APPROVED
    journey.work()
    assert is_there(alice)
    assert "sắp bị xóa" in journey.last_mail(alice.email).subject
    keep_account(ctx, alice.session, request_id=request.id)
    journey.clock.advance(seconds=2 * ON_BEHALF_WAIT.total_seconds())
    journey.work()
    assert is_there(alice)
    assert row(alice, request).state is RequestState.CANCELLED


def test_by_staff_it_is_done_when_nobody_objects(journey: Service, alice: Customer) -> None:
    """After the day the account goes as any other does; the timeline says who said yes."""
    request, identity = ask(alice)
    carry_out_erasure(journey.ctx, identity, actor=STAFF)
    journey.clock.advance(seconds=ON_BEHALF_WAIT.total_seconds() + 1)
    journey.work()
    assert not is_there(alice)
    assert row(alice, request).state is RequestState.DONE
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(request.id))
    assert [line.actor for line in lines if line.event is RequestEvent.ACCEPT] == [STAFF]


def test_without_the_second_persons_yes_nothing_is_queued(journey: Service, alice: Customer) -> None:
    """What is done before in the same unit may refuse: then nothing of it has happened, and the proof is good still."""
    ctx = journey.ctx
    request, identity = ask(alice)

    def nobody_else(_unit: Unit) -> None:
        raise DeniedError("a second person says yes")

    with pytest.raises(DeniedError):
        carry_out_erasure(ctx, identity, actor=STAFF, before=nobody_else)
    assert row(alice, request).state is RequestState.VERIFIED
    assert ctx.store.read(lambda unit: unit.jobs.find(erasure_key(alice.subject_id))) is None

    def approve(unit: Unit) -> None:
        current = unit.requests.find(request.id)
        assert current is not None
        proposed = move_in(unit, ctx, current, RequestEvent.PROPOSE, actor="staff:support-1")
        move_in(unit, ctx, proposed, RequestEvent.APPROVE, actor=STAFF)

    carry_out_erasure(ctx, identity, actor=STAFF, before=approve)
    assert row(alice, request).state is RequestState.APPROVED
    with pytest.raises(ConflictError):
        carry_out_erasure(ctx, identity, actor=STAFF)


def test_a_proof_that_was_made_up_erases_nothing(journey: Service, alice: Customer) -> None:
    """A proof that is not kept, or of another request, is none, at the desk too."""
    ctx = journey.ctx
    request, identity = ask(alice)
    made_up = VerifiedIdentity(
        subject_id=alice.subject_id,
        request_id=request.id,
        level=Verification.IN_PERSON,
        verified_at=identity.verified_at,
        expires_at=identity.expires_at,
    )
    with pytest.raises(VerificationError):
        carry_out_erasure(ctx, made_up, actor=STAFF)
    bob = register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")
    _, of_bob = ask(bob)
    stolen = VerifiedIdentity(
        subject_id=alice.subject_id,
        request_id=of_bob.request_id,
        level=of_bob.level,
        verified_at=of_bob.verified_at,
        expires_at=of_bob.expires_at,
    )
    with pytest.raises(NotFoundError):
        carry_out_erasure(ctx, stolen, actor=STAFF)
    assert row(alice, request).kind is RequestKind.ERASE
    journey.work()
    assert is_there(alice)
    assert is_there(bob)


def test_a_job_without_its_request_erases_nothing(journey: Service, alice: Customer) -> None:
    """A job that names a request which nobody accepted does nothing and ends."""
    ctx = journey.ctx
    request, _ = ask(alice)
    args: JsonObject = {"subject": alice.subject_id, "request": request.id, "held": {}}
    ctx.store.write(
        lambda unit: unit.jobs.enqueue("erase", args, run_at=ctx.clock.now(), dedupe_key=erasure_key(alice.subject_id))
    )
    journey.work()
    assert is_there(alice)
    job = ctx.store.read(lambda unit: unit.jobs.find(erasure_key(alice.subject_id)))
    assert job is not None
    assert job.state is JobState.DONE


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPPORT, Role.AUDITOR])
def test_the_desk_still_opens_it_and_it_names_no_one(journey: Service, alice: Customer, role: Role) -> None:
    """The case of a deletion that is done has its course and its moments, and nothing of whose it was."""
    request = accept(alice)
    journey.work()
    case = open_case(journey.ctx, staff(journey, role), number=request.number)
    assert (case.row.state, case.values, case.touches, case.wish) == (RequestState.DONE, (), (), None)
    assert [line.event for line in case.lines][-1] is RequestEvent.FINISH
    assert alice.subject_id not in repr(case)


def test_it_is_done_only_when_every_other_system_is(tmp_path: Path) -> None:
    """A system that cannot erase keeps it running, with the reason; after the last look there it is done and cut."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    with service_in(tmp_path / "data", connectors=json.dumps(declared(system.url))) as service:
        alice = register(service)
        service.work()
        system.fill(alice.subject_id, "Alice", number=1)
        request = accept(alice)
        system.run("ALTER TABLE lines RENAME TO gone")
        service.work()
        current = row(alice, request)
        assert (current.state, current.subject_id) == (RequestState.RUNNING, alice.subject_id)
        assert [one.holder for one in failing_of(service.ctx, current)] == ["crm"]
        system.run("ALTER TABLE gone RENAME TO lines")
        service.clock.advance(seconds=2 * 3600)
        service.work()
        current = row(alice, request)
        assert (current.state, current.failing) == (RequestState.RUNNING, None)
        assert current.subject_id != alice.subject_id
        service.clock.advance(seconds=LONGEST_REQUEST.total_seconds() + 1)
        service.work()
        assert row(alice, request).state is RequestState.DONE
        assert [one[2] for one in system.rows(customers)] == []


def test_its_evidence_pack_verifies_when_nobody_is_named_any_more(journey: Service, alice: Customer) -> None:
    """What is left proves that it was asked for, proven, accepted and done, each line by its record in the ledger."""
    request = accept(alice)
    journey.work()
    journey.sequence()
    pack = make_evidence(journey.ctx, by=staff(journey, Role.OFFICER), number=request.number)
    assert verify_pack(pack.data).holds
    assert alice.subject_id.encode() not in pack.data
