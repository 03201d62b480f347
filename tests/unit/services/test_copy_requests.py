"""Requests for a copy: accepted with a proof, made by a job, kept sealed, handed over, gone on their date."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import ConflictError, NotFoundError, VaultError, VerificationError
from camket.core.ledger.opening_set import parse_openings, verify_any_openings
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.proof import ProofPlace
from camket.core.terms import Verification, VerifiedIdentity
from camket.jobs.engine import LEASE
from camket.rows import JobState
from camket.services import copy as copy_module
from camket.services import request_files
from camket.services.copy_page import render_page
from camket.services.copy_requests import COPY_JOB, begin_copy, queue_copy_in, start_copy
from camket.services.copy_schema import SCHEMA, SCHEMA_FILE
from camket.services.proofs import prove_set
from camket.services.request_files import (
    FILE_LIFETIME,
    drop_file,
    find_file,
    find_linked,
    hand_over,
    hand_over_linked,
)
from camket.services.request_moves import move_in
from camket.services.requests import find_request
from camket.services.retention import sweep_traces
from camket.services.sequencing import tile_reader
from camket.services.verification import prove_by_session, verified_in
from camket.testing.service import DEFAULT_POLICY
from tests.copies import Taken, fetch, make, proven, take
from tests.journeys import Customer, Service, register, service_in
from tests.storage.samples import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.core.ledger.opening_set import OpeningSet
    from camket.ports import Unit
    from camket.rows import JobRow
    from camket.rows.requests import RequestPartRow, RequestRow

LINK = re.compile(r"/copies/([0-9a-f]{64})")


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


def parts_of(service: Service, request_id: str) -> list[RequestPartRow]:
    """Return the parts of a request's file as they are kept."""

    def look(unit: Unit) -> list[RequestPartRow]:
        file = unit.request_parts.file(request_id)
        assert file is not None
        found = [unit.request_parts.part(request_id, file.making, position) for position in range(file.parts)]
        return [one for one in found if one is not None]

    return service.ctx.store.read(look)


def link_of(service: Service, customer: Customer) -> str:
    """Return the token of the link in the newest mail."""
    (token,) = LINK.findall(service.last_mail(customer.email).text)
    return str(token)


# Making it.


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
    """With more records than a copy holds it has the newest, says so in data and pages, and proves them all the same."""
    assert take(journey, alice).values["uses_complete"] is True
    monkeypatch.setattr(copy_module, "MOST_RECORDS", 5)
    copy = take(journey, alice)
    assert (copy.values["uses_complete"], len(copy.values["uses"])) == (False, 5)
    assert "5 lần mới nhất" in copy.files["du-lieu-cua-toi.html"].decode()
    assert "the newest 5" in copy.files["my-data.html"].decode()
    report = verify_any_openings(parse_openings(copy.files["openings.json"]), tile_reader(journey.ctx))
    assert (report.holds, report.proven + report.awaiting) == (True, 5)


def test_of_many_who_use_a_link_at_once_one_is_handed_the_file(journey: Service, alice: Customer) -> None:
    """Eight downloads by one link at the same instant: one file, seven who are told that the link was used."""
    begin_copy(journey.ctx, proven(journey, alice))
    journey.work()
    token = link_of(journey, alice)

    def use(_: int) -> bool:
        try:
            return bool(hand_over_linked(journey.ctx, token, session=alice.session).whole())
        except NotFoundError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [False] * 7 + [True]


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


# Keeping it.


def test_it_is_kept_sealed_and_in_its_place(journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No part holds a readable byte of the file; moved, cut off or of another file it does not open."""
    monkeypatch.setattr(request_files, "PART_BYTES", 5_000)
    identity = proven(journey, alice)
    copy = make(journey, identity)
    parts = parts_of(journey, identity.request_id)
    assert len(parts) == -(-len(copy.data) // 5_000) > 2
    assert not any(copy.data[at : at + 16] in part.sealed for part in parts for at in range(0, 4_000, 500))
    exchanged = [replace(parts[0], sealed=parts[1].sealed), replace(parts[1], sealed=parts[0].sealed)]
    journey.ctx.store.write(lambda unit: each(unit.request_parts.add_part, exchanged))
    with pytest.raises(VaultError):
        fetch(journey, identity)
    journey.ctx.store.write(lambda unit: each(unit.request_parts.add_part, parts))
    assert fetch(journey, identity).data == copy.data
    cut_off = journey.ctx.store.read(lambda unit: unit.request_parts.file(identity.request_id))
    assert cut_off is not None
    journey.ctx.store.write(lambda unit: unit.request_parts.add_file(replace(cut_off, parts=len(parts) - 1)))
    with pytest.raises(VaultError):
        fetch(journey, identity)


def test_it_goes_on_its_date(journey: Service, alice: Customer) -> None:
    """A week after it was made it is handed over to no one, and the next sweep leaves no part of it."""
    identity = proven(journey, alice)
    begin_copy(journey.ctx, identity)
    journey.work()
    file = find_file(journey.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
    assert file is not None
    assert file.expires_at == journey.clock.now() + FILE_LIFETIME == journey.clock.now() + timedelta(days=7)
    token = link_of(journey, alice)
    journey.clock.advance(seconds=FILE_LIFETIME.total_seconds() - 1)
    assert find_linked(journey.ctx, token, session=alice.session) is not None
    journey.clock.advance(seconds=1)
    assert find_file(journey.ctx, subject_id=alice.subject_id, request_id=identity.request_id) is None
    with pytest.raises(NotFoundError):
        hand_over_linked(journey.ctx, token, session=alice.session)
    with pytest.raises(NotFoundError):
        hand_over(journey.ctx, alice.prove(identity.request_id))
    (part,) = parts_of(journey, identity.request_id)
    journey.clock.advance(seconds=1)
    sweep_traces(journey.ctx)
    assert journey.ctx.store.read(lambda unit: unit.request_parts.part(part.request_id, part.name, 0)) is None


def test_its_customer_deletes_it_earlier(journey: Service, alice: Customer, bob: Customer) -> None:
    """Who has the file deletes it here; nobody else does."""
    copy = take(journey, alice)
    assert not drop_file(journey.ctx, subject_id=bob.subject_id, request_id=copy.request_id)
    assert drop_file(journey.ctx, subject_id=alice.subject_id, request_id=copy.request_id)
    assert not drop_file(journey.ctx, subject_id=alice.subject_id, request_id=copy.request_id)
    assert find_file(journey.ctx, subject_id=alice.subject_id, request_id=copy.request_id) is None


# Handing it over.


def test_a_link_works_once(journey: Service, alice: Customer) -> None:
    """Looking, however often, uses nothing up; fetching does, on record, and the second finds no link any more."""
    identity = proven(journey, alice)
    begin_copy(journey.ctx, identity)
    journey.work()
    token = link_of(journey, alice)
    for _ in range(3):
        assert find_linked(journey.ctx, token, session=alice.session) is not None
        assert find_linked(journey.ctx, token, session=None) is None
    handed = hand_over_linked(journey.ctx, token, session=alice.session)
    assert len(handed.whole()) == handed.size_bytes
    for use in (
        lambda: hand_over_linked(journey.ctx, token, session=alice.session),
        lambda: find_linked(journey.ctx, token, session=alice.session),
    ):
        with pytest.raises(NotFoundError, match="this link was used"):
            use()
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(identity.request_id))
    assert lines[-1].detail == {"file": "fetched"}


def test_a_link_that_was_passed_on_opens_nothing(journey: Service, alice: Customer, bob: Customer) -> None:
    """Bob, who has alice's link, learns nothing and uses nothing up; a link that never was one finds nothing."""
    begin_copy(journey.ctx, proven(journey, alice))
    journey.work()
    token = link_of(journey, alice)
    assert find_linked(journey.ctx, token, session=bob.session) is None
    with pytest.raises(VerificationError):
        hand_over_linked(journey.ctx, token, session=bob.session)
    for wrong in ("0" * 64, token.upper(), token[:-1], f"{token}\n", ""):
        with pytest.raises(NotFoundError):
            find_linked(journey.ctx, wrong, session=alice.session)
    assert hand_over_linked(journey.ctx, token, session=alice.session).whole()


def test_who_fetches_by_proof_ends_the_link(journey: Service, alice: Customer) -> None:
    """Fetched on the page, the file's link in the mail leads nowhere any more."""
    take(journey, alice)
    journey.work()
    with pytest.raises(NotFoundError):
        find_linked(journey.ctx, link_of(journey, alice), session=alice.session)


def test_a_proof_hands_over_its_own_request_alone(journey: Service, alice: Customer, bob: Customer) -> None:
    """A proof for another request, of someone else or out of time hands nothing over; a new one for it does."""
    identity = proven(journey, alice)
    copy = make(journey, identity)
    of_bob = proven(journey, bob)
    for other in (of_bob, replace(of_bob, request_id=copy.request_id), replace(identity, subject_id=bob.subject_id)):
        with pytest.raises((NotFoundError, VerificationError)):
            hand_over(journey.ctx, other)
    journey.clock.advance(minutes=15)
    with pytest.raises(VerificationError):
        hand_over(journey.ctx, identity)
    assert fetch(journey, alice.prove(copy.request_id)).data == copy.data


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Service]:
    """Start a service whose policy asks for a passkey before data is taken elsewhere."""
    policy = tmp_path / "policy"
    policy.mkdir()
    for name, content in read_policy_folder(DEFAULT_POLICY).items():
        (policy / name).parent.mkdir(parents=True, exist_ok=True)
        (policy / name).write_bytes(content)
    text = (policy / "policy.yaml").read_text(encoding="utf-8")
    port = re.search(r"\n  port:\n(.|\n)*?verification: email_code", text)
    assert port is not None
    stricter = port.group(0).replace("email_code", "passkey")
    (policy / "policy.yaml").write_text(text.replace(port.group(0), stricter), encoding="utf-8")
    with service_in(tmp_path / "service", policy=policy) as service:
        yield service


def by_passkey(service: Service, customer: Customer, request_id: str) -> VerifiedIdentity:
    """Return a proof as a passkey gives it."""
    return service.ctx.store.write(
        lambda unit: verified_in(
            unit,
            service.ctx,
            subject_id=customer.subject_id,
            request_id=request_id,
            level=Verification.PASSKEY,
            place=ProofPlace(session_id=customer.session.id),
        )
    )


def test_where_the_policy_asks_for_more_a_link_is_not_enough(strict: Service) -> None:
    """A link came by e-mail and counts as a code; with a right that needs a passkey, that proof has to come too."""
    alice = register(strict)
    strict.work()
    identity = proven(strict, alice)
    with pytest.raises(VerificationError, match="passkey"):
        begin_copy(strict.ctx, identity)
    stronger = by_passkey(strict, alice, identity.request_id)
    begin_copy(strict.ctx, stronger)
    strict.work()
    token = link_of(strict, alice)
    for weak in (None, identity):
        with pytest.raises(VerificationError):
            hand_over_linked(strict.ctx, token, session=alice.session, identity=weak)
    assert hand_over_linked(strict.ctx, token, session=alice.session, identity=stronger).whole()


def test_what_is_handed_over_is_what_was_made(journey: Service, alice: Customer) -> None:
    """The file is the same by link and by proof, and however often it is fetched."""
    identity = proven(journey, alice)
    begin_copy(journey.ctx, identity)
    journey.work()
    by_link = hand_over_linked(journey.ctx, link_of(journey, alice), session=alice.session).whole()
    assert by_link == fetch(journey, identity).data
    assert Taken(identity.request_id, "", by_link).values["subject"]["handle"] == alice.subject_id


def test_one_that_ended_is_not_begun_again(journey: Service, alice: Customer) -> None:
    """A request that was taken back is begun by no proof; one asks anew."""
    identity = proven(journey, alice)
    withdraw(journey, alice, identity.request_id)
    with pytest.raises(ConflictError):
        begin_copy(journey.ctx, identity)
