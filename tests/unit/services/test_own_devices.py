"""Devices get names from their subject and are forgotten when they say so; the ledger keeps that it happened."""

from datetime import timedelta

import pytest

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.rows import CodeKind
from camket.services.centre import DeviceView, my_data
from camket.services.forms import FormError
from camket.services.own_devices import device_handle, forget_device, name_device
from camket.services.sessions import Session, find_session, list_sessions
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.uses import use_of
from camket.testing.service import newest_code
from tests.journeys import ADDRESS, Customer, Service, register

DESK = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"}


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in on her phone, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def sign_in(journey: Service, customer: Customer, browser: str) -> str:
    """Sign the customer in on another device; return the session's token."""
    start_sign_in(journey.ctx, email=customer.email, browser=browser, address=ADDRESS)
    code = newest_code(journey.ctx, browser, CodeKind.SIGN_IN)
    return confirm_sign_in(journey.ctx, browser=browser, code=code, headers=DESK, address=ADDRESS).session_token


def devices(journey: Service, session: Session) -> dict[bool, DeviceView]:
    """Return the device that asks (True) and the other one (False)."""
    return {device.current: device for device in my_data(journey.ctx, session).devices}


def erased_items(journey: Service, customer: Customer) -> list[tuple[str, ...]]:
    """Return the items of every erasure that the customer caused, newest first."""
    rows = journey.ctx.store.read(lambda unit: unit.records.of_subject(customer.subject_id, limit=100))
    uses = map(use_of, rows)
    return [use.items for use in uses if use.action is LedgerAction.ERASE and use.who == "subject"]


def test_a_device_gets_a_name(journey: Service, alice: Customer) -> None:
    """The name is held for the device that it was given to, once, and the sessions are called by it."""
    own = devices(journey, alice.session)[True]
    for name in ("Máy ở quầy", "  Máy ở nhà "):
        name_device(journey.ctx, alice.session, handle=own.handle, typed=name)
    named = devices(journey, alice.session)[True]
    assert named.shown("device.name") == "Máy ở nhà"
    assert named.shown("device.model") == "Redmi 12"
    assert len([value for value in named.values if value.item == "device.name"]) == 1
    assert list_sessions(journey.ctx, alice.session)[0].label.startswith("Máy ở nhà · ")


def test_a_blank_name_takes_the_name_away(journey: Service, alice: Customer) -> None:
    """Nothing but blanks deletes the name, on record; where there is none, nothing happens."""
    own = devices(journey, alice.session)[True]
    name_device(journey.ctx, alice.session, handle=own.handle, typed="Máy ở quầy")
    for _ in range(2):
        name_device(journey.ctx, alice.session, handle=own.handle, typed="  ")
    assert devices(journey, alice.session)[True].shown("device.name") == ""
    assert erased_items(journey, alice) == [("device.name",)]


def test_what_is_no_name_is_refused(journey: Service, alice: Customer) -> None:
    """A name that could mislead is refused beside its field, and nothing is held."""
    own = devices(journey, alice.session)[True]
    with pytest.raises(FormError) as caught:
        name_device(journey.ctx, alice.session, handle=own.handle, typed="Máy \u202e quầy")
    assert list(caught.value.problems) == ["device.name"]
    assert devices(journey, alice.session)[True].shown("device.name") == ""


def test_a_name_stays_as_long_as_its_device(journey: Service, alice: Customer) -> None:
    """Signing in again keeps the name with the device: both go on the same day."""
    own = devices(journey, alice.session)[True]
    name_device(journey.ctx, alice.session, handle=own.handle, typed="Máy ở quầy")
    journey.clock.advance(days=20)
    session = find_session(journey.ctx, sign_in(journey, alice, alice.browser))
    assert session is not None
    device = devices(journey, session)[True]
    until = {value.item: value.kept_until for value in device.values}
    assert until["device.name"] == until["device.id"] == journey.clock.now() + timedelta(days=90)


def test_a_forgotten_device_is_gone_and_signed_out(journey: Service, alice: Customer) -> None:
    """Every value about the other device goes, it is signed out at once, the ledger names the items, this one stays."""
    token = sign_in(journey, alice, "browser at the desk")
    other = devices(journey, alice.session)[False]
    items = {value.item for value in other.values}
    forget_device(journey.ctx, alice.session, handle=other.handle)
    assert list(devices(journey, alice.session)) == [True]
    assert find_session(journey.ctx, token) is None
    assert find_session(journey.ctx, alice.token) is not None
    (erased,) = erased_items(journey, alice)
    assert set(erased) == items
    assert "device.id" in items
    with pytest.raises(NotFoundError):
        forget_device(journey.ctx, alice.session, handle=other.handle)


def test_the_present_device_is_forgotten_without_signing_out(journey: Service, alice: Customer) -> None:
    """One may have the device in one's hand forgotten: its values go, the session and the account stay."""
    own = devices(journey, alice.session)[True]
    forget_device(journey.ctx, alice.session, handle=own.handle)
    assert my_data(journey.ctx, alice.session).devices == ()
    assert find_session(journey.ctx, alice.token) is not None
    stored = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    assert {"name", "phone", "email", "signin.time", "service.use"} == {row.item for row in stored}


def test_a_device_is_its_subjects_alone(journey: Service, alice: Customer) -> None:
    """No one names or forgets another's device, and a handle of one session means nothing in another."""
    bob = register(journey, "Bob Trần", email="bob@shop.example", phone="0987654321")
    own = devices(journey, alice.session)[True]
    elsewhere = find_session(journey.ctx, sign_in(journey, alice, "browser at the desk"))
    assert elsewhere is not None
    for session in (bob.session, elsewhere):
        with pytest.raises(NotFoundError):
            forget_device(journey.ctx, session, handle=own.handle)
        with pytest.raises(NotFoundError):
            name_device(journey.ctx, session, handle=own.handle, typed="mine")
    assert devices(journey, alice.session)[True] == own


def test_a_handle_does_not_show_the_id(alice: Customer) -> None:
    """What stands in addresses is not the id that is held, and differs from session to session."""
    device = alice.session.device_id
    assert device is not None
    handles = {device_handle(session, device) for session in ("one", "two", alice.session.id)}
    assert len(handles) == 3
    assert not [handle for handle in handles if device in handle]
