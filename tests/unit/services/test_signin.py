from __future__ import annotations

import pytest

from camket.core.errors import RateLimitedError, VerificationError
from camket.rows import CodeKind
from camket.services.codes import EXPIRED, TOO_MANY
from camket.services.forms import FormError
from camket.services.outbox import send_due
from camket.services.sessions import SignedIn, find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from tests.unit.services.conftest import ALICE, FIREFOX, OpenService, Service
from tests.unit.services.recording import statements_of


def _start(service: Service, email: str, *, browser: str = "phone", address: str | None = None) -> None:
    start_sign_in(service.ctx, email=email, browser=browser, address=address)


def _confirm(service: Service, code: str, *, browser: str = "phone") -> SignedIn:
    return confirm_sign_in(service.ctx, browser=browser, code=code, headers=FIREFOX, address=None)


def test_the_code_signs_in(service: Service) -> None:
    """The address as its owner writes it or not, the code in the browser that asked: a session of that account."""
    arrived = service.register(ALICE)
    _start(service, "ALICE@shop.example")
    again = _confirm(service, service.code("phone", CodeKind.SIGN_IN))
    assert again.subject_id == arrived.subject_id
    assert again.session_token != arrived.session_token
    assert find_session(service.ctx, again.session_token) is not None


def test_an_unknown_address_does_the_same_as_a_known_one(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same statements in the same order, the same rows in every table; only the mail never leaves."""
    service.register(ALICE)
    send_due(service.ctx)
    service.clock.advance(hours=1)
    _start(service, "warm@shop.example", browser="warm")
    before = service.counts()
    unknown = statements_of(monkeypatch, lambda: _start(service, "nobody@shop.example", browser="a"))
    between = service.counts()
    known = statements_of(monkeypatch, lambda: _start(service, "alice@shop.example", browser="b"))
    after = service.counts()
    assert known == unknown
    assert {name: between[name] - before[name] for name in before} == {
        name: after[name] - between[name] for name in after
    }
    sent = len(service.mail.mails)
    send_due(service.ctx)
    assert [mail.recipient for mail in service.mail.mails[sent:]] == ["alice@shop.example"]


def test_the_code_of_an_unknown_address_signs_no_one_in(service: Service) -> None:
    """Even guessed right it opens nothing, and says what any code that is over says."""
    _start(service, "nobody@shop.example")
    with pytest.raises(VerificationError, match=EXPIRED):
        _confirm(service, service.code("phone", CodeKind.SIGN_IN))


def test_a_registration_that_is_not_confirmed_cannot_sign_in(service: Service) -> None:
    """Whoever only typed an address has not shown that it is theirs."""
    service.start(ALICE)
    _start(service, "alice@shop.example")
    with pytest.raises(VerificationError, match=EXPIRED):
        _confirm(service, service.code("phone", CodeKind.SIGN_IN))


def test_the_sixth_try_is_refused(service: Service) -> None:
    """As for a registration, five tries are all there is."""
    service.register(ALICE)
    _start(service, "alice@shop.example")
    code = service.code("phone", CodeKind.SIGN_IN)
    for _ in range(5):
        with pytest.raises(VerificationError):
            _confirm(service, f"{(int(code) + 1) % 1_000_000:06}")
    with pytest.raises(VerificationError, match=TOO_MANY):
        _confirm(service, code)


def test_what_is_no_address_is_said_beside_its_field(service: Service) -> None:
    """Nothing is stored for it, and no limit counts it."""
    before = service.counts()
    with pytest.raises(FormError) as refused:
        _start(service, "alice", address="192.0.2.1")
    assert list(refused.value.problems) == ["email"]
    assert service.counts() == before


def test_codes_that_are_entered_count_for_their_network_address(open_service: OpenService) -> None:
    """Guessing from one place ends, whatever browser it says it is, and across a restart."""
    service = open_service(attempts_per_address_hour=3)
    for number in range(3):
        with pytest.raises(VerificationError):
            confirm_sign_in(service.ctx, browser=f"b{number}", code="000000", headers={}, address="192.0.2.9")
    service.runtime.close()
    service = open_service(attempts_per_address_hour=3)
    with pytest.raises(RateLimitedError):
        confirm_sign_in(service.ctx, browser="b", code="000000", headers={}, address="192.0.2.9")


def test_sign_ins_from_one_network_address_are_limited(open_service: OpenService) -> None:
    """For known and unknown addresses alike."""
    service = open_service(sign_ins_per_address_hour=1)
    _start(service, "nobody@shop.example", address="192.0.2.9")
    with pytest.raises(RateLimitedError):
        _start(service, "other@shop.example", address="192.0.2.9")


@pytest.mark.parametrize("typed", ["123 456", " 123456 ", "12 34 56"])
def test_spaces_in_a_code_do_not_matter(service: Service, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Digits are read as people type them."""
    service.register(ALICE)
    monkeypatch.setattr("camket.services.codes.code_text", lambda _ctx, _code_id: "123456")
    _start(service, "alice@shop.example")
    assert _confirm(service, typed).subject_id
