"""P14: before an update request is processed the customer may be asked to prove who they are."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import CamketError, VerificationError
from camket.core.terms import Right, Verification, VerifiedIdentity
from camket.rows import CodeKind
from camket.services.copy_requests import begin_copy, start_copy
from camket.services.correction import finish_correction, start_correction
from camket.services.erasure import accept_erasure, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.verification import standing_proof
from camket.testing.service import newest_code
from tests import journeys
from tests.architecture.tree import SOURCE, source_files
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service

LONG_AGO = timedelta(minutes=20)


def correct(ctx: Context, customer: Customer, identity: VerifiedIdentity) -> None:
    """Carry a correction out."""
    del customer
    finish_correction(ctx, identity)


def copy(ctx: Context, customer: Customer, identity: VerifiedIdentity) -> None:
    """Have a copy made."""
    del customer
    begin_copy(ctx, identity)


def erase(ctx: Context, customer: Customer, identity: VerifiedIdentity) -> None:
    """Accept a deletion."""
    accept_erasure(ctx, identity, accepted=preview_erasure(ctx, customer.session).acceptance)


STARTS: dict[str, Callable[[Context, Customer], RequestRow]] = {
    "correct": lambda ctx, customer: start_correction(ctx, customer.session, item="phone", typed="0987654321"),
    "copy": lambda ctx, customer: start_copy(ctx, customer.session),
    "erase": lambda ctx, customer: start_erasure(ctx, customer.session),
}
OTHERS: dict[str, Callable[[Context, Customer], RequestRow]] = {
    "correct": lambda ctx, customer: start_correction(ctx, customer.session, item="phone", typed="0987654322"),
    "copy": lambda ctx, customer: start_erasure(ctx, customer.session),
    "erase": lambda ctx, customer: start_copy(ctx, customer.session),
}
"""Another request, which would not be joined to the first one."""
FULFILS: dict[str, Callable[[Context, Customer, VerifiedIdentity], None]] = {
    "correct": correct,
    "copy": copy,
    "erase": erase,
}


def made_up(journey: Journey, subject_id: str, request_id: str, *, age: timedelta = timedelta()) -> VerifiedIdentity:
    """Return a proof that no code stands behind."""
    proved_at = journey.clock.now() - age
    return VerifiedIdentity(
        subject_id=subject_id,
        request_id=request_id,
        level=Verification.EMAIL_CODE,
        verified_at=proved_at,
        expires_at=proved_at + timedelta(minutes=15),
    )


@pytest.mark.parametrize("what", STARTS)
def test_nothing_runs_on_a_request_that_was_not_verified(journey: Journey, alice: Customer, what: str) -> None:
    """P14: without the code, with the code of another request, or too long after it, nothing is changed or given."""
    ctx = journey.ctx
    unproved, other = STARTS[what](ctx, alice), OTHERS[what](ctx, alice)
    of_other = alice.prove(other.id)
    before = ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    for identity in (
        made_up(journey, alice.subject_id, unproved.id),
        made_up(journey, alice.subject_id, unproved.id, age=LONG_AGO),
        replace(of_other, request_id=unproved.id),
    ):
        with pytest.raises(CamketError):
            FULFILS[what](ctx, alice, identity)
    proof = alice.prove(unproved.id)
    journey.clock.advance(minutes=16)
    with pytest.raises(VerificationError):
        FULFILS[what](ctx, alice, proof)
    assert ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id)) == before


@pytest.mark.parametrize("what", STARTS)
def test_a_proof_is_given_by_this_session_for_this_request(journey: Journey, alice: Customer, what: str) -> None:
    """P14: the pages get a proof only for the request whose code was entered, in the session that entered it."""
    ctx = journey.ctx
    proved, unproved = STARTS[what](ctx, alice), OTHERS[what](ctx, alice)
    alice.prove(proved.id)
    assert standing_proof(ctx, alice.session, proved.id).request_id == proved.id
    with pytest.raises(VerificationError):
        standing_proof(ctx, alice.session, unproved.id)
    bob = journeys.register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")
    with pytest.raises(CamketError):
        standing_proof(ctx, bob.session, proved.id)
    journey.clock.advance(minutes=15)
    with pytest.raises(VerificationError):
        standing_proof(ctx, alice.session, proved.id)


@pytest.mark.parametrize("what", STARTS)
def test_a_verified_request_runs_for_its_own_subject(journey: Journey, alice: Customer, what: str) -> None:
    """P14: a proof of Bob's for a request of Alice's fulfils nothing, verified or not."""
    ctx = journey.ctx
    request = STARTS[what](ctx, alice)
    alice.prove(request.id)
    bob = journeys.register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")
    with pytest.raises(CamketError):
        FULFILS[what](ctx, bob, made_up(journey, bob.subject_id, request.id))


@pytest.mark.parametrize("path", ["/me/correct/phone", "/me/copy", "/me/delete"])
def test_the_page_asks_before_it_does(service: Service, path: str) -> None:
    """P14: sending the form leads to the page that asks for the code, and a wrong code leads no further."""
    browser = service.register(ALICE)
    asked = browser.send_form(path, **({"phone": "098 765 43 21"} if path.endswith("phone") else {}))
    place = asked.headers["location"]
    assert place.endswith("/verify")
    right = service.newest_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert browser.send_form(place, code=wrong).status_code == 422
    for action in ("copy", "accept", "new-address"):
        answer = browser.get(place.replace("verify", action))
        assert answer.status_code in {303, 403, 404} or action == "new-address"
    assert browser.send_form(place, code=right).status_code == 303


def test_every_right_that_changes_or_gives_out_needs_a_code(journey: Journey) -> None:
    """P14: correction, deletion and a copy are declared with proof by code; nobody has to show papers."""
    policy = journey.ctx.policies.in_force(journey.ctx.store, journey.clock.now()).newest.policy
    levels = {one.right: one.verification for one in policy.rights}
    for right in (Right.RECTIFY, Right.ERASE, Right.PORT):
        assert levels[right] is Verification.EMAIL_CODE
    assert all(level.open_to_all for level in levels.values())


def test_a_session_alone_is_no_proof(journey: Journey, alice: Customer) -> None:
    """P14: whoever found an open browser, and not the mailbox, corrects nothing."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    with pytest.raises(VerificationError):
        standing_proof(journey.ctx, alice.session, request.id)
    with pytest.raises(LookupError):
        newest_code(journey.ctx, "a browser that asked for nothing", CodeKind.VERIFY)


def test_proofs_are_made_where_codes_are_taken() -> None:
    """P14: no other module makes a proof of identity than the one that has just compared a code, or found it stored."""
    makers = {
        file.relative_to(SOURCE / "camket").as_posix()
        for file in source_files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "VerifiedIdentity"
    }
    assert makers == {"services/verification.py"}
