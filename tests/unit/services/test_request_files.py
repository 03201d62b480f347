"""The file that answers a request: kept sealed in parts, handed over to who is known, gone on its date."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import NotFoundError, VaultError, VerificationError
from camket.core.rights.proof import ProofPlace
from camket.core.terms import Verification, VerifiedIdentity
from camket.services import request_files
from camket.services.copy_requests import begin_copy
from camket.services.request_files import (
    FILE_LIFETIME,
    drop_file,
    find_file,
    find_linked,
    hand_over,
    hand_over_linked,
)
from camket.services.retention import sweep_traces
from camket.services.verification import verified_in
from camket.testing.service import DEFAULT_POLICY
from tests.copies import Taken, fetch, link_of, make, proven, take
from tests.journeys import Customer, Service, register, service_in
from tests.storage.samples import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.ports import Unit
    from camket.rows.requests import RequestPartRow


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


def parts_of(service: Service, request_id: str) -> list[RequestPartRow]:
    """Return the parts of a request's file as they are kept."""

    def look(unit: Unit) -> list[RequestPartRow]:
        file = unit.request_parts.file(request_id)
        assert file is not None
        found = [unit.request_parts.part(request_id, file.making, position) for position in range(file.parts)]
        return [one for one in found if one is not None]

    return service.ctx.store.read(look)


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
