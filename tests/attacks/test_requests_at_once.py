"""Corrections and deletions sent twice, at the same time, across each other, or in the midst of an erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.core.errors import CamketError, ConflictError, StoreError
from camket.core.vault.keyring import KeyKind
from camket.rows import CodeKind, JobState
from camket.services import erasure
from camket.services.certificates import CertificateFetch, certificate_status
from camket.services.correction import finish_correction, start_correction
from camket.services.erasure import accept_erasure, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.testing.service import newest_code
from tests.attacks.test_codes_under_attack import at_once

if TYPE_CHECKING:
    from tests.journeys import Customer
    from tests.journeys import Service as Journey


def succeeded(results: list[object]) -> list[object]:
    """Return the results that are no errors."""
    return [one for one in results if not isinstance(one, CamketError)]


def test_a_deletion_accepted_many_times_at_once_is_one(journey: Journey, alice: Customer) -> None:
    """Of many yeses to one request, one is taken; its token leads to the certificate."""
    request = start_erasure(journey.ctx, alice.session)
    identity = alice.prove(request.id)
    accepted = preview_erasure(journey.ctx, alice.session).acceptance
    results = at_once(lambda _number: accept_erasure(journey.ctx, identity, accepted=accepted), threads=12)
    (token,) = succeeded(results)
    assert all(isinstance(one, ConflictError) for one in results if one is not token)
    journey.work()
    journey.sequence()
    assert certificate_status(journey.ctx, str(token)).state is CertificateFetch.READY


def test_two_requests_to_delete_hand_out_no_token_that_leads_nowhere(journey: Journey, alice: Customer) -> None:
    """In two windows, each proved: it is one request, and the second yes is refused: one certificate is made."""
    first, second = start_erasure(journey.ctx, alice.session), start_erasure(journey.ctx, alice.session)
    proofs = [alice.prove(first.id)]
    journey.clock.advance(seconds=1)
    proofs.append(alice.prove(second.id))
    accepted = preview_erasure(journey.ctx, alice.session).acceptance
    token = accept_erasure(journey.ctx, proofs[0], accepted=accepted)
    assert first.id == second.id
    with pytest.raises(ConflictError):
        accept_erasure(journey.ctx, proofs[1], accepted=accepted)
    journey.work()
    journey.sequence()
    assert certificate_status(journey.ctx, token).state is CertificateFetch.READY


def test_a_correction_carried_out_many_times_at_once_is_one(journey: Journey, alice: Customer) -> None:
    """One proof, many calls: one value is held, and one call succeeds."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    identity = alice.prove(request.id)
    results = at_once(lambda _number: finish_correction(journey.ctx, identity), threads=12)
    assert len(succeeded(results)) == 1
    rows = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, ("phone",)))
    assert len(rows) == 1


def test_two_corrections_of_one_item_at_once_leave_one_value(journey: Journey, alice: Customer) -> None:
    """Two proved requests for the same item run one after the other, and the last one holds."""
    typed = ("0987654321", "0987654322")
    requests = [start_correction(journey.ctx, alice.session, item="phone", typed=one) for one in typed]
    proofs = [alice.prove(request.id) for request in requests]
    results = at_once(lambda number: finish_correction(journey.ctx, proofs[number]), threads=2)
    assert len(succeeded(results)) == 2
    opened = journey.ctx.door.read(actor="subject", subject_id=alice.subject_id, items=("phone",), purpose="rights")
    assert len(opened.values["phone"]) == 1
    assert opened.first("phone") in {"+84987654321", "+84987654322"}


def test_a_deletion_and_a_correction_at_once_leave_nothing_of_either(journey: Journey, alice: Customer) -> None:
    """Whichever comes first, after the deletion has run no value opens and no index finds the customer."""
    correction = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    deletion = start_erasure(journey.ctx, alice.session)
    proofs = alice.prove(correction.id), alice.prove(deletion.id)
    accepted = preview_erasure(journey.ctx, alice.session).acceptance
    results = at_once(
        lambda number: (
            finish_correction(journey.ctx, proofs[0])
            if number % 2
            else accept_erasure(journey.ctx, proofs[1], accepted=accepted)
        ),
        threads=6,
    )
    assert 1 <= len(succeeded(results)) <= 2
    journey.work()
    assert journey.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    assert journey.ctx.store.read(lambda unit: unit.identifiers.of_subject(alice.subject_id)) == ()
    left = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    assert {row.key_kind for row in left} == {KeyKind.HOLD}
    with pytest.raises(CamketError):
        finish_correction(journey.ctx, proofs[0])


def test_what_comes_in_while_an_erasure_waits_is_kept_by_the_same_law(
    journey: Journey, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the first step, the customer signs in once more, the erasure goes on: both times stay."""
    token = alice.accept_erasure()

    def die(*_args: object) -> int:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_record_in", die)
        journey.work()
    journey.clock.advance(seconds=1)
    start_sign_in(journey.ctx, email=alice.email, browser="another", address=None)
    code = newest_code(journey.ctx, "another", CodeKind.SIGN_IN)
    confirm_sign_in(journey.ctx, browser="another", code=code, headers={}, address=None)
    journey.clock.advance(minutes=1)
    journey.work()
    journey.sequence()
    left = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    assert sorted((row.item, row.key_kind) for row in left) == [
        ("email", KeyKind.HOLD),
        ("signin.time", KeyKind.HOLD),
        ("signin.time", KeyKind.HOLD),
    ]
    assert certificate_status(journey.ctx, token).state is CertificateFetch.READY


def test_no_erasure_is_left_failed(journey: Journey, alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it fails, its job stays ready to be tried again."""
    alice.accept_erasure()

    def die(*_args: object) -> int:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_record_in", die)
        for _ in range(20):
            journey.work()
            journey.clock.advance(hours=1, minutes=1)
    counts = journey.ctx.store.read(lambda unit: unit.jobs.count())
    assert counts.get(JobState.FAILED, 0) == 0
    assert counts[JobState.READY] >= 1
