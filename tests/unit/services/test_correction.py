"""Corrections: checked at once, done after proof, the old value gone."""

from datetime import timedelta

import pytest

from camket.core.errors import ConflictError, NotFoundError, VerificationError
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.machine import RequestState
from camket.core.terms import RIGHTS_PURPOSE, Verification, VerifiedIdentity
from camket.core.vault.lookup import IndexField
from camket.rows import CodeKind
from camket.services.copy_requests import start_copy
from camket.services.correction import finish_correction, send_new_address_code, start_correction
from camket.services.forms import FormError
from camket.services.requests import find_request
from camket.services.sessions import find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.uses import use_of
from camket.testing.service import newest_code
from tests.journeys import Customer, Service, register

NEW = "alice@quay.example"


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def held(journey: Service, customer: Customer, item: str) -> list[str]:
    """Return every value of an item that is held."""
    opened = journey.ctx.door.read(
        actor="subject", subject_id=customer.subject_id, items=(item,), purpose=RIGHTS_PURPOSE
    )
    return [value.text for value in opened.values[item]]


def found(journey: Service, field: IndexField, value: str) -> str:
    """Return the id that a look-up gives."""
    return journey.ctx.door.look_up(field=field, value=value, actor="service:support").id


def change_email(journey: Service, customer: Customer, new: str) -> VerifiedIdentity:
    """Ask for a new address and prove identity; a code has gone to the new address."""
    request = start_correction(journey.ctx, customer.session, item="email", typed=new)
    identity = customer.prove(request.id)
    send_new_address_code(journey.ctx, identity, browser=customer.browser)
    return identity


def new_address_code(journey: Service, customer: Customer) -> str:
    """Return the digits that went to the new address."""
    return newest_code(journey.ctx, customer.browser, CodeKind.NEW_EMAIL)


def test_a_number_is_corrected(journey: Service, alice: Customer) -> None:
    """After proof the new number is held, the old one is gone, and a look-up finds by the new one alone."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0162 345 6789")
    finish_correction(journey.ctx, alice.prove(request.id))
    assert held(journey, alice, "phone") == ["+84323456789"]
    assert found(journey, IndexField.PHONE, "0323456789") == alice.subject_id
    assert found(journey, IndexField.PHONE, "0912345678") != alice.subject_id
    row = find_request(journey.ctx, subject_id=alice.subject_id, request_id=request.id)
    assert (row.state, row.sealed) == (RequestState.DONE, None)


def test_the_record_names_the_item_and_no_value(journey: Service, alice: Customer) -> None:
    """The ledger says that the number was corrected at whose request, and neither the old nor the new one."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    finish_correction(journey.ctx, alice.prove(request.id))
    rows = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=50))
    collected = [use for use in map(use_of, rows) if use.action is LedgerAction.COLLECT and use.who == "subject"]
    assert collected[0].items == ("phone",)
    assert not [row for row in rows if b"987654321" in row.facts or b"912345678" in row.facts]
    opened = journey.ctx.door.open_records(subject_id=alice.subject_id, rows=rows)
    assert request.id in {opening.subject_part.reference for opening in opened}


def test_the_customer_is_told(journey: Service, alice: Customer) -> None:
    """After a correction a mail says which item was corrected, and not to what."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    identity = alice.prove(request.id)
    journey.clock.advance(seconds=1)
    finish_correction(journey.ctx, identity)
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "Số điện thoại" in mail.text
    assert "987" not in mail.text


@pytest.mark.parametrize("typed", ["", "not a number", "09123456789012345", "0912\u202e345678"])
def test_what_is_no_number_is_refused_at_once(journey: Service, alice: Customer, typed: str) -> None:
    """A value that its kind does not accept makes no request; the problem stands beside the field."""
    before = journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    with pytest.raises(FormError) as caught:
        start_correction(journey.ctx, alice.session, item="phone", typed=typed)
    assert list(caught.value.problems) == ["phone"]
    assert journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id)) == before


@pytest.mark.parametrize("item", ["phne", "signin.time", "device.model", "password"])
def test_what_one_did_not_give_is_not_corrected(journey: Service, alice: Customer, item: str) -> None:
    """An item that is observed, or that no policy declares, cannot be corrected."""
    with pytest.raises(NotFoundError):
        start_correction(journey.ctx, alice.session, item=item, typed="x")


def test_nothing_runs_unverified(journey: Service, alice: Customer) -> None:
    """A proof that was made up, that is for another request, or that has expired corrects nothing."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    now = journey.clock.now()
    made_up = VerifiedIdentity(
        subject_id=alice.subject_id,
        request_id=request.id,
        level=Verification.EMAIL_CODE,
        verified_at=now,
        expires_at=now + timedelta(minutes=15),
    )
    with pytest.raises(VerificationError):
        finish_correction(journey.ctx, made_up)
    copy = alice.prove(start_copy(journey.ctx, alice.session).id)
    with pytest.raises(NotFoundError):
        finish_correction(journey.ctx, copy)
    identity = alice.prove(request.id)
    journey.clock.advance(minutes=16)
    with pytest.raises(VerificationError):
        finish_correction(journey.ctx, identity)
    assert held(journey, alice, "phone") == ["+84912345678"]


def test_twice_is_refused(journey: Service, alice: Customer) -> None:
    """A request is carried out once, however often its proof is shown."""
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    identity = alice.prove(request.id)
    finish_correction(journey.ctx, identity)
    with pytest.raises(ConflictError):
        finish_correction(journey.ctx, identity)


def test_a_new_address_is_proved_too(journey: Service, alice: Customer) -> None:
    """An e-mail address changes with a code to the old and one to the new; from then on the new one signs in."""
    identity = change_email(journey, alice, NEW)
    journey.work()
    assert new_address_code(journey, alice) in journey.last_mail(NEW).text
    finish_correction(journey.ctx, identity, browser=alice.browser, new_address_code=new_address_code(journey, alice))
    assert held(journey, alice, "email") == [NEW]
    assert found(journey, IndexField.EMAIL, NEW) == alice.subject_id
    assert found(journey, IndexField.EMAIL, alice.email) != alice.subject_id


def test_the_former_address_gets_a_notice_and_is_forgotten(journey: Service, alice: Customer) -> None:
    """The address held until then is told, by the last mail it ever gets, and is then held nowhere."""
    identity = change_email(journey, alice, NEW)
    finish_correction(journey.ctx, identity, browser=alice.browser, new_address_code=new_address_code(journey, alice))
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "đã đổi" in mail.subject
    assert NEW not in mail.text
    row = find_request(journey.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
    assert row.sealed is None


def sign_in(journey: Service, email: str, browser: str) -> str:
    """Sign in at another browser; return the session's token."""
    start_sign_in(journey.ctx, email=email, browser=browser, address=None)
    code = newest_code(journey.ctx, browser, CodeKind.SIGN_IN)
    return confirm_sign_in(journey.ctx, browser=browser, code=code, headers={}, address=None).session_token


def test_a_new_address_signs_everyone_else_out(journey: Service, alice: Customer) -> None:
    """Whoever had signed in by the former address is signed out, on record; the browser that changed it stays."""
    elsewhere = [sign_in(journey, alice.email, browser) for browser in ("shop", "lost phone")]
    bob = register(journey, "Bob Trần", email="bob@shop.example", phone="0987654321")
    identity = change_email(journey, alice, NEW)

    def ended_or_begun() -> int:
        rows = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=500))
        return sum(use_of(row).action is LedgerAction.SESSION for row in rows)

    before = ended_or_begun()
    finish_correction(
        journey.ctx,
        identity,
        browser=alice.browser,
        new_address_code=new_address_code(journey, alice),
        session_id=alice.session.id,
    )
    assert [find_session(journey.ctx, token) for token in elsewhere] == [None, None]
    assert find_session(journey.ctx, alice.token) is not None
    assert find_session(journey.ctx, bob.token) is not None
    assert ended_or_begun() == before + 1


def test_another_value_signs_no_one_out(journey: Service, alice: Customer) -> None:
    """A corrected phone number leaves every session as it was."""
    token = sign_in(journey, alice.email, "shop")
    request = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    finish_correction(journey.ctx, alice.prove(request.id), session_id=alice.session.id)
    assert find_session(journey.ctx, token) is not None


@pytest.mark.parametrize("typed", [None, "000000", ""])
def test_without_the_code_to_the_new_address_nothing_changes(
    journey: Service, alice: Customer, typed: str | None
) -> None:
    """Who cannot read the mail to the new address does not get it held."""
    identity = change_email(journey, alice, NEW)
    with pytest.raises(VerificationError):
        finish_correction(journey.ctx, identity, browser=alice.browser, new_address_code=typed)
    assert held(journey, alice, "email") == [alice.email]


def test_an_address_belongs_to_one_account(journey: Service, alice: Customer) -> None:
    """An address that another account has confirmed is refused only to who can read its mail; nothing changes."""
    bob = register(journey, "Bob Trần", email="bob@shop.example", phone="0987654321")
    identity = change_email(journey, alice, bob.email)
    code = new_address_code(journey, alice)
    with pytest.raises(ConflictError):
        finish_correction(journey.ctx, identity, browser=alice.browser, new_address_code=code)
    assert held(journey, alice, "email") == [alice.email]
    assert found(journey, IndexField.EMAIL, bob.email) == bob.subject_id
