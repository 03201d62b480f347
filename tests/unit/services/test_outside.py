"""Requests of people who are not signed in: who is found, what is proven, what becomes of it; on both stores."""

from __future__ import annotations

import pytest

from camket.core.errors import ConflictError, NotFoundError, VerificationError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Verification
from camket.rows import CodeKind
from camket.rows.requests import RequestChannel, RequestRow
from camket.services.copy_requests import begin_copy
from camket.services.forms import FormError
from camket.services.outside import (
    EnteredCode,
    OutsideAsk,
    ask_outside,
    ask_to_follow,
    follow_request,
    forget_browser,
    outside_proof,
    prove_outside,
    prove_to_follow,
)
from camket.services.outside_acts import ask_correction, take_back
from camket.services.request_moves import move_in
from camket.testing.service import newest_code
from tests.postgres import Postgres
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service

EMAIL, PHONE = ALICE["email"], ALICE["phone"]


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, open_service: OpenService) -> Service:
    """Return a running service on each store."""
    if request.param == "sqlite":
        return open_service()
    postgres: Postgres = request.getfixturevalue("postgres")
    return open_service("postgresql", database_url=postgres.url(postgres.new_database()))


def ask(service: Service, *, email: str = "", phone: str = "", browser: str = "phone") -> None:
    """Ask for a copy."""
    asker = OutsideAsk(email=email, phone=phone, browser=browser, address=None)
    ask_outside(service.ctx, asker, kind=RequestKind.PORT)


def entered(service: Service, browser: str = "phone") -> EnteredCode:
    """Return the code that was sent for a browser, as it is typed there."""
    return EnteredCode(browser=browser, code=newest_code(service.ctx, browser, CodeKind.OUTSIDE), address=None)


def proven(service: Service, *, browser: str = "phone") -> RequestRow:
    """Ask for a copy by e-mail address and enter the code."""
    ask(service, email=EMAIL, browser=browser)
    service.clock.advance(microseconds=1)
    return prove_outside(service.ctx, entered(service, browser), kind=RequestKind.PORT)


def test_a_request_from_outside_is_carried_out(both: Service) -> None:
    """Asked by e-mail, proven by the code, followed in that browser, carried out on its proof; all on record."""
    subject_id = both.register(ALICE).subject_id
    row = proven(both)
    assert (row.subject_id, row.state, row.channel) == (subject_id, RequestState.VERIFIED, RequestChannel.OUTSIDE)
    followed = follow_request(both.ctx, number=row.number, browser="phone")
    assert followed is not None
    assert followed.identity is not None
    assert begin_copy(both.ctx, followed.identity).state is RequestState.APPROVED
    forget_browser(both.ctx, number=row.number, browser="phone")
    assert follow_request(both.ctx, number=row.number, browser="phone") is None


def test_nothing_is_made_before_the_proof(service: Service) -> None:
    """Asking leaves a code and a mail, and no request of anyone's."""
    service.register(ALICE)
    before = service.counts()
    ask(service, email=EMAIL)
    ask(service, email="nobody@shop.example", browser="other")
    after = service.counts()
    assert {table for table, count in after.items() if count != before[table]} <= {
        "login_code", "outbox", "job", "record", "record_subject", "rate_limit",
    }  # fmt: skip


def test_the_same_asked_for_again_is_the_same_request(service: Service) -> None:
    """Whoever proves a second browser is led to the request that is open, and both may follow it."""
    service.register(ALICE)
    first, second = proven(service), proven(service, browser="desk")
    assert second.number == first.number
    events = [line.event for line in service.ctx.store.read(lambda unit: unit.requests.events(first.id))]
    assert events == [RequestEvent.MAKE, RequestEvent.VERIFY, RequestEvent.JOIN, RequestEvent.VERIFY]
    assert all(follow_request(service.ctx, number=first.number, browser=one) for one in ("phone", "desk"))


def test_a_number_that_two_have_finds_neither_without_the_address(service: Service) -> None:
    """Two accounts of one phone number: the number alone leads to no one, with the address to the right one."""
    alice = service.register(ALICE).subject_id
    service.register(BOB | {"phone": PHONE}, browser="bob")
    ask(service, phone=PHONE)
    with pytest.raises(VerificationError):
        prove_outside(service.ctx, entered(service), kind=RequestKind.PORT)
    ask(service, email=EMAIL, phone=PHONE, browser="desk")
    row = prove_outside(service.ctx, entered(service, "desk"), kind=RequestKind.PORT)
    assert (row.subject_id, row.verified_level) == (alice, Verification.EMAIL_AND_PHONE)


def test_both_have_to_be_of_one_account(service: Service) -> None:
    """Alice's address with bob's number leads to no one, nor does bob's number with an address that no one has."""
    service.register(ALICE)
    service.register(BOB, browser="bob")
    for email in (EMAIL, "nobody@shop.example"):
        ask(service, email=email, phone=BOB["phone"])
        with pytest.raises(VerificationError):
            prove_outside(service.ctx, entered(service), kind=RequestKind.PORT)
        service.clock.advance(microseconds=1)


def test_an_unconfirmed_registration_proves_nothing(service: Service) -> None:
    """Who typed someone's number into a form, and never confirmed, is not that someone."""
    service.start(ALICE)
    ask(service, phone=PHONE)
    with pytest.raises(VerificationError):
        prove_outside(service.ctx, entered(service), kind=RequestKind.PORT)


def test_what_cannot_be_asked_for_is_refused(service: Service) -> None:
    """Neither address nor number, and what is none: a sentence beside the field, and nothing stored."""
    for known in ({}, {"email": " "}, {"email": "alice"}, {"phone": "12"}, {"email": EMAIL, "phone": "12"}):
        with pytest.raises(FormError):
            ask(service, **known)
    assert service.counts()["login_code"] == 0


def test_a_proof_runs_out_and_the_look_stays_for_thirty_days(service: Service) -> None:
    """A quarter of an hour to act, thirty days to look; then the browser is a stranger again."""
    service.register(ALICE)
    number = proven(service).number
    assert outside_proof(service.ctx, number=number, browser="phone").level is Verification.EMAIL_CODE
    service.clock.advance(minutes=15)
    with pytest.raises(VerificationError):
        outside_proof(service.ctx, number=number, browser="phone")
    followed = follow_request(service.ctx, number=number, browser="phone")
    assert followed is not None
    assert followed.identity is None
    service.clock.advance(days=30)
    assert follow_request(service.ctx, number=number, browser="phone") is None
    with pytest.raises(NotFoundError):
        outside_proof(service.ctx, number=number, browser="phone")


def test_what_has_ended_is_read_and_not_carried_out(service: Service) -> None:
    """A new code opens a request that was taken back; its state stays, and nothing runs on that proof."""
    service.register(ALICE)
    row = proven(service)
    identity = outside_proof(service.ctx, number=row.number, browser="phone")
    assert take_back(service.ctx, identity).state is RequestState.CANCELLED
    asker = OutsideAsk(email=EMAIL, phone="", browser="desk", address=None)
    ask_to_follow(service.ctx, asker, number=row.number)
    assert prove_to_follow(service.ctx, entered(service, "desk"), number=row.number).state is RequestState.CANCELLED
    again = outside_proof(service.ctx, number=row.number, browser="desk")
    with pytest.raises(ConflictError):
        begin_copy(service.ctx, again)
    *_, line = service.ctx.store.read(lambda unit: unit.requests.events(row.id))
    assert (line.event, line.shown, line.state) == (RequestEvent.NOTE, False, RequestState.CANCELLED)


def test_what_waits_for_a_second_person_is_not_changed_under_them(service: Service) -> None:
    """Once staff have proposed a correction from outside, no other value is put in its place."""
    service.register(ALICE)
    asker = OutsideAsk(email=EMAIL, phone="", browser="phone", address=None)
    ask_outside(service.ctx, asker, kind=RequestKind.RECTIFY)
    service.clock.advance(microseconds=1)
    made = prove_outside(service.ctx, entered(service), kind=RequestKind.RECTIFY)
    identity = outside_proof(service.ctx, number=made.number, browser="phone")
    said = ask_correction(service.ctx, identity, item="phone", typed="0987654321")
    staff = "staff:an-officer"
    service.ctx.store.write(lambda unit: move_in(unit, service.ctx, said, RequestEvent.PROPOSE, actor=staff))
    with pytest.raises(ConflictError):
        ask_correction(service.ctx, identity, item="phone", typed="0912345670")
    kept = service.ctx.store.read(lambda unit: unit.requests.find(made.id))
    assert kept is not None
    assert kept.sealed == said.sealed
