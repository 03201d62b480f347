from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from camket.core.errors import ConflictError, InvalidValueError, NotFoundError, RateLimitedError, VerificationError
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.rights.proof import PROOF_LIFETIME, ProofPlace
from camket.core.terms import Verification, VerifiedIdentity
from camket.ports import Unit
from camket.rows import CodeKind
from camket.services.copy_requests import start_copy
from camket.services.erasure import start_erasure
from camket.services.requests import start_request_in
from camket.services.sessions import Session, find_session
from camket.services.spent_proofs import spend_proof_in
from camket.services.step_up import is_fresh
from camket.services.verification import prove, prove_by_session, send_code, standing_proof, verified_in
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service


def _session(service: Service, fields: dict[str, str] = ALICE, browser: str = "browser") -> Session:
    session = find_session(service.ctx, service.register(fields, browser=browser).session_token)
    assert session is not None
    return session


def _request(service: Service, session: Session) -> str:
    row = start_erasure(service.ctx, session)
    return row.id


def _code(service: Service, request_id: str, session: Session, browser: str = "browser") -> str:
    send_code(service.ctx, session, request_id, browser=browser)
    service.clock.advance(microseconds=1)
    return service.code(browser, CodeKind.VERIFY)


def test_the_code_proves_who_asks_for_this_request(service: Service) -> None:
    """The proof names subject, request and level, holds for a quarter of an hour, and is on record."""
    session = _session(service)
    request_id = _request(service, session)
    code = _code(service, request_id, session)
    identity = prove(service.ctx, session, request_id=request_id, code=code, browser="browser")
    assert (identity.subject_id, identity.request_id) == (session.subject_id, request_id)
    assert identity.level is Verification.EMAIL_CODE
    assert identity.expires_at - identity.verified_at == PROOF_LIFETIME
    row = service.ctx.store.read(lambda unit: unit.requests.get(session.subject_id, request_id))
    assert row is not None
    assert row.state is RequestState.VERIFIED
    (record,) = service.ctx.store.read(lambda unit: unit.records.of_subject(session.subject_id, limit=1))
    assert json.loads(record.facts)["action"] == "request"


def test_a_code_for_one_request_proves_no_other(service: Service) -> None:
    """Bound to its request, in the same session and browser too."""
    session = _session(service)
    first, second = _request(service, session), start_copy(service.ctx, session).id
    code = _code(service, first, session)
    with pytest.raises(VerificationError):
        prove(service.ctx, session, request_id=second, code=code, browser="browser")
    assert prove(service.ctx, session, request_id=first, code=code, browser="browser").request_id == first


def test_another_browser_or_subject_proves_nothing(service: Service) -> None:
    """The right digits in another browser, or by someone else who is signed in, are refused."""
    alice, bob = _session(service), _session(service, BOB, "bob")
    request_id = _request(service, alice)
    code = _code(service, request_id, alice)
    with pytest.raises(VerificationError):
        prove(service.ctx, alice, request_id=request_id, code=code, browser="another")
    with pytest.raises(VerificationError):
        prove(service.ctx, bob, request_id=request_id, code=code, browser="browser")


def test_who_proves_anew_proves_the_same_request_again(service: Service) -> None:
    """A proof ran out, another code proves again; the clocks keep the moment of the first."""
    session = _session(service)
    request_id = _request(service, session)
    first = prove(
        service.ctx, session, request_id=request_id, code=_code(service, request_id, session), browser="browser"
    )
    service.clock.advance(minutes=16)
    with pytest.raises(VerificationError):
        standing_proof(service.ctx, session, request_id)
    again = prove(
        service.ctx, session, request_id=request_id, code=_code(service, request_id, session), browser="browser"
    )
    assert standing_proof(service.ctx, session, request_id) == again
    row = service.ctx.store.read(lambda unit: unit.requests.get(session.subject_id, request_id))
    assert row is not None
    assert row.verified_at == first.verified_at


def test_no_code_is_sent_for_a_request_of_someone_else(service: Service) -> None:
    """A request id of another subject is as good as none."""
    alice, bob = _session(service), _session(service, BOB, "bob")
    with pytest.raises(NotFoundError):
        send_code(service.ctx, bob, _request(service, alice), browser="bob")


def test_a_subject_gets_only_so_many_proof_codes(open_service: OpenService) -> None:
    """In an hour; then the next hour begins."""
    service = open_service(codes_per_subject_hour=2)
    session = _session(service)
    request_id = _request(service, session)
    for _ in range(2):
        send_code(service.ctx, session, request_id, browser="browser")
    with pytest.raises(RateLimitedError):
        send_code(service.ctx, session, request_id, browser="browser")
    service.clock.advance(hours=1)
    send_code(service.ctx, session, request_id, browser="browser")


def _made(service: Service, session: Session, kind: RequestKind) -> str:
    return service.ctx.store.write(
        lambda unit: start_request_in(unit, service.ctx, subject_id=session.subject_id, kind=kind)
    ).id


@pytest.mark.parametrize("kind", [RequestKind.ACCESS, RequestKind.RESTRICT, RequestKind.OBJECT, RequestKind.WITHDRAW])
def test_being_signed_in_proves_a_right_that_asks_for_no_more(service: Service, kind: RequestKind) -> None:
    """The proof names that level, holds in this session, and is on record."""
    session = _session(service)
    request_id = _made(service, session, kind)
    identity = prove_by_session(service.ctx, session, request_id)
    assert (identity.request_id, identity.level) == (request_id, Verification.SESSION)
    assert standing_proof(service.ctx, session, request_id) == identity


@pytest.mark.parametrize("kind", [RequestKind.RECTIFY, RequestKind.ERASE, RequestKind.PORT])
def test_being_signed_in_proves_nothing_more(service: Service, kind: RequestKind) -> None:
    """Where the policy asks for a code the request stays unproven."""
    session = _session(service)
    request_id = _made(service, session, kind)
    with pytest.raises(VerificationError, match="email_code"):
        prove_by_session(service.ctx, session, request_id)
    row = service.ctx.store.read(lambda unit: unit.requests.find(request_id))
    assert row is not None
    assert row.state is RequestState.UNVERIFIED


def test_being_signed_in_proves_only_ones_own_requests(service: Service) -> None:
    """A request of someone else is as good as none."""
    alice, bob = _session(service), _session(service, BOB, "bob")
    request_id = _made(service, alice, RequestKind.ACCESS)
    with pytest.raises(NotFoundError):
        prove_by_session(service.ctx, bob, request_id)


def test_being_signed_in_makes_no_session_fresher(service: Service) -> None:
    """What asks for a proof of the last quarter of an hour still asks for it; a code for a request is one."""
    session = _session(service)
    service.clock.advance(minutes=16)
    prove_by_session(service.ctx, session, _made(service, session, RequestKind.ACCESS))
    assert not is_fresh(service.ctx, session)
    request_id = _request(service, session)
    prove(service.ctx, session, request_id=request_id, code=_code(service, request_id, session), browser="browser")
    assert is_fresh(service.ctx, session)


def test_the_strongest_proof_that_lasts_stands(service: Service) -> None:
    """A weaker one that is given later does not take its place."""
    session = _session(service)
    request_id = _made(service, session, RequestKind.ACCESS)
    by_code = prove(
        service.ctx, session, request_id=request_id, code=_code(service, request_id, session), browser="browser"
    )
    service.clock.advance(minutes=1)
    prove_by_session(service.ctx, session, request_id)
    assert standing_proof(service.ctx, session, request_id) == by_code
    row = service.ctx.store.read(lambda unit: unit.requests.find(request_id))
    assert row is not None
    assert (row.verified_level, row.verified_at) == (Verification.EMAIL_CODE, by_code.verified_at)


def _verify(service: Service, session: Session, request_id: str, **given: object) -> VerifiedIdentity:
    values = {"level": Verification.IN_PERSON, "place": ProofPlace(given_by="k7d2m9qa"), "reason": None} | given
    return service.ctx.store.write(
        lambda unit: verified_in(
            unit,
            service.ctx,
            subject_id=session.subject_id,
            request_id=request_id,
            **values,  # type: ignore[arg-type]  # each case gives some of them
        )
    )


def test_staff_say_how_they_know_someone(service: Service) -> None:
    """Their proof holds for a day, in no session; the reason is sealed with the line that its subject sees."""
    session = _session(service)
    request_id = _request(service, session)
    identity = _verify(service, session, request_id, reason="Thẻ căn cước, tại quầy.")
    assert identity.expires_at - identity.verified_at == timedelta(days=1)
    with pytest.raises(VerificationError):
        standing_proof(service.ctx, session, request_id)
    *_, line = service.ctx.store.read(lambda unit: unit.requests.events(request_id))
    assert (line.actor, line.shown, line.detail) == ("staff:k7d2m9qa", True, {"level": "in_person"})
    assert line.sealed is not None
    assert "cước".encode() not in line.sealed


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"reason": "  "},
        {"level": Verification.EMAIL_CODE, "reason": "x"},
        {"place": ProofPlace(session_id="s"), "reason": "x"},
        {"place": ProofPlace(browser_hash=b"b")},
    ],
)
def test_no_one_else_proves_in_person(service: Service, given: dict[str, object]) -> None:
    """Without staff, without their reason, or by another name it is refused, and nothing is verified."""
    session = _session(service)
    request_id = _request(service, session)
    with pytest.raises(InvalidValueError):
        _verify(service, session, request_id, **given)
    assert service.ctx.store.read(lambda unit: unit.requests.proofs(request_id)) == ()


def test_one_thing_is_carried_out_on_one_proof(service: Service) -> None:
    """Used up with what it carries; a unit that fails leaves it good, and one that was made up is none."""
    session = _session(service)
    request_id = _request(service, session)
    code = _code(service, request_id, session)
    identity = prove(service.ctx, session, request_id=request_id, code=code, browser="browser")
    spend = partial(spend_proof_in, ctx=service.ctx, identity=identity)

    def fail(unit: Unit) -> None:
        spend(unit)
        raise NotFoundError("what came after it")

    with pytest.raises(NotFoundError):
        service.ctx.store.write(fail)
    service.ctx.store.write(spend)
    with pytest.raises(ConflictError):
        service.ctx.store.write(spend)
    stronger = replace(identity, level=Verification.PASSKEY)
    with pytest.raises(VerificationError):
        service.ctx.store.write(lambda unit: spend_proof_in(unit, service.ctx, stronger))
    service.clock.advance(minutes=15)
    with pytest.raises(VerificationError):
        service.ctx.store.write(spend)


def test_a_proof_that_was_used_gives_way_to_a_new_one(service: Service) -> None:
    """Who proves the same anew goes on with that, however strong the one before was."""
    session = _session(service)
    request_id = _made(service, session, RequestKind.ACCESS)
    code = _code(service, request_id, session)
    used = prove(service.ctx, session, request_id=request_id, code=code, browser="browser")
    service.ctx.store.write(lambda unit: spend_proof_in(unit, service.ctx, used))
    assert standing_proof(service.ctx, session, request_id) == used
    service.clock.advance(minutes=1)
    again = prove_by_session(service.ctx, session, request_id)
    assert standing_proof(service.ctx, session, request_id) == again
