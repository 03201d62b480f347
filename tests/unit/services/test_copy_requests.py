"""Requests for a copy: accepted with a proof, made by a job, kept sealed, handed over, gone on their date."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from camket.core.errors import ConflictError, NotFoundError, VerificationError
from camket.core.ledger.opening_set import parse_openings, verify_any_openings
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.jobs.engine import LEASE
from camket.rows import JobState
from camket.services import copy as copy_module
from camket.services.copy_page import render_page
from camket.services.copy_requests import COPY_JOB, begin_copy, queue_copy_in, start_copy
from camket.services.copy_schema import SCHEMA, SCHEMA_FILE
from camket.services.proofs import prove_set
from camket.services.request_files import (
    find_file,
    hand_over,
)
from camket.services.request_moves import move_in
from camket.services.requests import find_request
from camket.services.sequencing import tile_reader
from camket.services.verification import prove_by_session
from tests.copies import fetch, make, proven, take
from tests.journeys import Customer, Service, register

if TYPE_CHECKING:
    from camket.core.ledger.opening_set import OpeningSet
    from camket.ports import Unit
    from camket.rows import JobRow
    from camket.rows.requests import RequestRow

LINK = re.compile(r"/copies/[0-9a-f]{64}")


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


@pytest.fixture
def bob(journey: Service) -> Customer:
    """Return bob, signed in."""
    return register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")


def row_of(service: Service, customer: Customer, request_id: str) -> RequestRow:
    """Return a request."""
    return find_request(service.ctx, subject_id=customer.subject_id, request_id=request_id)


@pytest.mark.parametrize("kind", [RequestKind.ACCESS, RequestKind.PORT])
def test_its_way_stands_on_the_timeline(journey: Service, alice: Customer, kind: RequestKind) -> None:
    """Made, proven, accepted, begun and finished, each on record; the customer is told, with a link and a date."""
    copy = take(journey, alice, kind)
    row = row_of(journey, alice, copy.request_id)
    assert (row.state, row.kind, row.done_at) == (RequestState.DONE, kind, journey.clock.now())
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(row.id))
    assert [line.event for line in lines[:5]] == [
        RequestEvent.MAKE,
        RequestEvent.VERIFY,
        RequestEvent.ACCEPT,
        RequestEvent.START,
        RequestEvent.FINISH,
    ]
    assert all(line.record_id is not None for line in lines)
    mail = journey.last_mail(alice.email)
    assert row.number in mail.text
    assert "29/11/2026" in mail.text
    assert LINK.search(mail.text)


def test_it_comes_with_the_schema_that_it_holds_to(journey: Service, alice: Customer) -> None:
    """`data.json` names its schema, which lies beside it, is a schema, and admits it whole."""
    copy = take(journey, alice)
    copy = take(journey, alice)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert copy.values["$schema"] == SCHEMA_FILE
    assert copy.files[SCHEMA_FILE]
    jsonschema.validate(copy.values, SCHEMA, format_checker=jsonschema.FormatChecker())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**copy.values, "more": 1}, SCHEMA)


def test_one_that_has_not_every_use_says_so(journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more records than a copy holds it has the newest, says so in data and pages, and proves those."""
    assert take(journey, alice).values["uses_complete"] is True
    monkeypatch.setattr(copy_module, "MOST_RECORDS", 5)
    copy = take(journey, alice)
    assert (copy.values["uses_complete"], len(copy.values["uses"])) == (False, 5)
    assert "5 lần mới nhất" in copy.files["du-lieu-cua-toi.html"].decode()
    assert "the newest 5" in copy.files["my-data.html"].decode()
    report = verify_any_openings(parse_openings(copy.files["openings.json"]), tile_reader(journey.ctx))
    assert (report.holds, report.proven + report.awaiting) == (True, 5)


def test_requests_are_in_it_with_their_course(journey: Service, alice: Customer) -> None:
    """An earlier request stands there from its first line to its last, in the data and on both pages."""
    first = take(journey, alice)
    copy = take(journey, alice)
    told = {one["id"]: one for one in copy.values["requests"]}[first.request_id]
    assert (told["kind"], told["state"], told["verified_level"]) == ("port", "done", "email_code")
    assert [line["event"] for line in told["timeline"]] == ["make", "verify", "accept", "start", "finish", "note"]
    for name, words in (("my-data.html", "Your requests"), ("du-lieu-cua-toi.html", "Yêu cầu của bạn")):
        page = copy.files[name].decode()
        assert words in page
        assert told["number"] in page


def test_who_asks_twice_gets_one(journey: Service, alice: Customer) -> None:
    """A second request joins the first, a second yes is the same yes: one job, one file, one mail."""
    identity = proven(journey, alice)
    assert start_copy(journey.ctx, alice.session).id == identity.request_id
    begin_copy(journey.ctx, identity)
    begin_copy(journey.ctx, identity)
    journey.work()
    assert begin_copy(journey.ctx, identity).state is RequestState.DONE
    assert journey.work() == 0
    assert sum("/copies/" in mail.text for mail in journey.mail.mails) == 1


def test_nothing_is_made_for_who_is_not_proven(journey: Service, alice: Customer, bob: Customer) -> None:
    """A proof of another, for another request, too old or made up has nothing made."""
    request = start_copy(journey.ctx, alice.session)
    of_bob = proven(journey, bob)
    made_up = replace(of_bob, subject_id=alice.subject_id)
    for identity in (of_bob, made_up):
        with pytest.raises((NotFoundError, VerificationError)):
            begin_copy(journey.ctx, replace(identity, request_id=request.id))
    late = alice.prove(request.id)
    journey.clock.advance(minutes=15)
    with pytest.raises(VerificationError):
        begin_copy(journey.ctx, late)
    journey.work()
    assert row_of(journey, alice, request.id).state is RequestState.VERIFIED
    assert find_file(journey.ctx, subject_id=alice.subject_id, request_id=request.id) is None


def test_no_session_alone_has_a_copy_made(journey: Service, alice: Customer) -> None:
    """The right to see asks for a session; everything at once, as a file, for a code: to make it and to fetch it."""
    request = start_copy(journey.ctx, alice.session, kind=RequestKind.ACCESS)
    by_session = prove_by_session(journey.ctx, alice.session, request.id)
    with pytest.raises(VerificationError, match="everything at once"):
        begin_copy(journey.ctx, by_session)
    make(journey, alice.prove(request.id))
    journey.clock.advance(minutes=20)
    with pytest.raises(VerificationError, match="everything at once"):
        hand_over(journey.ctx, prove_by_session(journey.ctx, alice.session, request.id))


def test_a_job_for_a_request_that_nobody_accepted_does_nothing(journey: Service, alice: Customer) -> None:
    """Whoever queues it, the job makes nothing for a request that was not approved."""
    request = start_copy(journey.ctx, alice.session)
    journey.ctx.store.write(lambda unit: queue_copy_in(unit, journey.ctx, request))
    journey.work()
    assert row_of(journey, alice, request.id).state is RequestState.UNVERIFIED
    assert find_file(journey.ctx, subject_id=alice.subject_id, request_id=request.id) is None


def test_one_that_was_taken_back_is_not_made(journey: Service, alice: Customer) -> None:
    """Withdrawn before its job begins, it stays withdrawn: no file, no reading on record, no mail."""
    identity = proven(journey, alice)
    begin_copy(journey.ctx, identity)
    withdraw(journey, alice, identity.request_id)
    journey.work()
    assert row_of(journey, alice, identity.request_id).state is RequestState.CANCELLED
    records = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    assert not any(b'"action":"use","actor":"subject"' in row.facts for row in records)
    assert JobState.FAILED not in journey.ctx.store.read(lambda unit: unit.jobs.count())


def withdraw(service: Service, customer: Customer, request_id: str) -> None:
    """Take a request back."""
    row = row_of(service, customer, request_id)
    service.ctx.store.write(lambda unit: move_in(unit, service.ctx, row, RequestEvent.WITHDRAW, actor="subject"))


def test_an_account_that_is_erased_leaves_no_copy(journey: Service, alice: Customer) -> None:
    """A copy that waits when the account is deleted is never made; one that was ready is gone with its parts."""
    ready = take(journey, alice)
    waiting = proven(journey, alice)
    alice.accept_erasure()
    journey.work()
    with pytest.raises(NotFoundError):
        begin_copy(journey.ctx, waiting)
    assert journey.ctx.store.read(lambda unit: unit.request_parts.file(ready.request_id)) is None
    assert JobState.FAILED not in journey.ctx.store.read(lambda unit: unit.jobs.count())


def test_a_copy_ends_where_the_erasure_was_faster(journey: Service, alice: Customer) -> None:
    """Both are due at once, and the erasure runs first: the job of the copy ends, and nothing of alice is left."""
    identity = proven(journey, alice)
    alice.accept_erasure()
    begin_copy(journey.ctx, identity)
    journey.work()
    journey.clock.advance(hours=2)
    journey.work()
    assert journey.ctx.store.read(lambda unit: unit.request_parts.file(identity.request_id)) is None
    assert journey.ctx.store.read(lambda unit: unit.requests.find(identity.request_id)) is None
    assert set(journey.ctx.store.read(lambda unit: unit.jobs.count())) == {JobState.DONE}


def test_a_large_file_keeps_its_job(journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is made for longer than a lease lasts, the lease is renewed, and no other worker takes the job."""
    identity = proven(journey, alice)
    begin_copy(journey.ctx, identity)

    def slow(*arguments: Any, **named: Any) -> str:  # noqa: ANN401 - whatever the page is made from
        journey.clock.advance(seconds=LEASE.total_seconds() - 1)
        return render_page(*arguments, **named)

    def claim(unit: Unit) -> JobRow | None:
        now = journey.clock.now()
        return unit.jobs.claim("another", (COPY_JOB,), now=now, until=now + LEASE)

    def openings(*arguments: Any) -> OpeningSet | None:  # noqa: ANN401 - as above
        # Both pages together took longer than a lease lasts.
        assert journey.ctx.store.write(claim) is None
        return prove_set(*arguments)

    monkeypatch.setattr(copy_module, "render_page", slow)
    monkeypatch.setattr(copy_module, "prove_set", openings)
    journey.work()
    assert fetch(journey, identity).data


def test_one_that_ended_is_not_begun_again(journey: Service, alice: Customer) -> None:
    """A request that was taken back is begun by no proof; one asks anew."""
    identity = proven(journey, alice)
    withdraw(journey, alice, identity.request_id)
    with pytest.raises(ConflictError):
        begin_copy(journey.ctx, identity)
