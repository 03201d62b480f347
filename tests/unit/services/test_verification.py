from __future__ import annotations

import json

import pytest

from camket.core.errors import NotFoundError, RateLimitedError, VerificationError
from camket.core.terms import Right, Verification
from camket.rows import CodeKind, RequestRow, RequestState
from camket.services.ids import random_id
from camket.services.sessions import Session, find_session
from camket.services.verification import PROOF_LIFETIME, prove, send_code
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service


def _session(service: Service, fields: dict[str, str] = ALICE, browser: str = "browser") -> Session:
    session = find_session(service.ctx, service.register(fields, browser=browser).session_token)
    assert session is not None
    return session


def _request(service: Service, session: Session) -> str:
    row = RequestRow(
        id=random_id(service.ctx.entropy),
        subject_id=session.subject_id,
        right=Right.ERASE,
        state=RequestState.UNVERIFIED,
        created_at=service.clock.now(),
        due_at=None,
        verified_at=None,
        verified_level=None,
        done_at=None,
        sealed=None,
    )
    service.ctx.store.write(lambda unit: unit.requests.add(row))
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
    first, second = _request(service, session), _request(service, session)
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


def test_a_request_takes_one_proof(service: Service) -> None:
    """Once it is verified no further code is sent for it, and the old one is used up."""
    session = _session(service)
    request_id = _request(service, session)
    code = _code(service, request_id, session)
    prove(service.ctx, session, request_id=request_id, code=code, browser="browser")
    with pytest.raises(VerificationError):
        prove(service.ctx, session, request_id=request_id, code=code, browser="browser")
    with pytest.raises(NotFoundError):
        send_code(service.ctx, session, request_id, browser="browser")


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
