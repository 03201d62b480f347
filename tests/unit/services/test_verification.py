from __future__ import annotations

import json

import pytest

from camket.core.errors import NotFoundError, RateLimitedError, VerificationError
from camket.core.rights.machine import RequestState
from camket.core.terms import Verification
from camket.rows import CodeKind
from camket.services.copy_requests import start_copy
from camket.services.erasure import start_erasure
from camket.services.sessions import Session, find_session
from camket.services.verification import PROOF_LIFETIME, prove, send_code, standing_proof
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
