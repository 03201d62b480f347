"""The privacy centre shows everything, and that it was looked at."""

from datetime import timedelta

import pytest

from camket.core.errors import DeniedError
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.terms import Language
from camket.services.centre import my_data
from camket.services.uses import uses
from tests.journeys import Customer, Service, register


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def test_everything_held_is_shown(journey: Service, alice: Customer) -> None:
    """Each stored value stands on the page once, with its reason, its purposes, its since and its until."""
    stored = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    data = my_data(journey.ctx, alice.session)
    shown = [value for group in data.groups for value in group.held]
    shown += [value for device in data.devices for value in device.values]
    assert sorted(value.row_id for value in shown) == sorted(row.id for row in stored)
    assert data.counts.held == len(stored)
    for value in shown:
        assert value.why[Language.VI]
        assert value.purposes
        assert value.since == journey.clock.now()
        assert value.kept_because[Language.EN]


def test_values_are_as_people_read_them(journey: Service, alice: Customer) -> None:
    """A number is grouped as Vietnamese numbers are, an instant is an instant, a service is called by its name."""
    shown = {value.item: value for group in my_data(journey.ctx, alice.session).groups for value in group.held}
    assert shown["phone"].shown == "091 234 56 78"
    assert shown["phone"].correctable
    assert shown["phone"].kept_until is None
    assert shown["signin.time"].instant == journey.clock.now()
    assert not shown["signin.time"].correctable
    assert shown["signin.time"].kept_until == journey.clock.now() + timedelta(days=730)
    assert shown["service.use"].said == {Language.VI: "Tài khoản", Language.EN: "Account"}


def test_devices_are_listed_one_by_one(journey: Service, alice: Customer) -> None:
    """What describes one device stands together, with the day on which it is forgotten."""
    (device,) = my_data(journey.ctx, alice.session).devices
    assert device.shown("device.model") == "Redmi 12"
    assert device.shown("device.os_version") == "Android 14"
    assert device.kept_until == journey.clock.now() + timedelta(days=90)


def test_looking_keeps_nothing_longer(journey: Service, alice: Customer) -> None:
    """One's own looking is no use of the device: it is forgotten on the same day."""
    (before,) = my_data(journey.ctx, alice.session).devices
    journey.clock.advance(days=3)
    (after,) = my_data(journey.ctx, alice.session).devices
    assert after.kept_until == before.kept_until


def test_the_view_itself_is_on_record(journey: Service, alice: Customer) -> None:
    """Each view stands in the list of uses, the newest on top, before its place in the ledger is there."""
    my_data(journey.ctx, alice.session)
    journey.sequence()
    listed = [group.newest for group in uses(journey.ctx, alice.session).uses]
    assert (listed[0].who, listed[0].action, listed[0].ledger_index) == ("subject", LedgerAction.USE, None)
    assert "email" in listed[1].items
    assert listed[1].ledger_index is not None


def test_others_are_counted_and_come_first(journey: Service, alice: Customer) -> None:
    """The centre counts what others did within a week, and its short list leaves one's own looking out."""
    before = my_data(journey.ctx, alice.session).counts.uses_this_week
    journey.ctx.door.read(actor="service:shop", subject_id=alice.subject_id, items=("name",), purpose="provide")
    data = my_data(journey.ctx, alice.session)
    assert data.counts.uses_this_week == before + 1
    assert data.counts.disclosures == 0
    assert (data.uses[0].newest.who, data.uses[0].newest.purpose) == ("service:shop", "provide")
    journey.clock.advance(days=7)
    assert my_data(journey.ctx, alice.session).counts.uses_this_week == 0


def test_only_what_left_is_counted_as_given_out(journey: Service, alice: Customer) -> None:
    """A disclosure that was refused, or waits for an answer, gave nothing away; each that was made counts once."""
    door = journey.ctx.door
    for outcome in (LedgerOutcome.DENY, LedgerOutcome.ASK, LedgerOutcome.PERMIT, LedgerOutcome.DONE):
        journey.ctx.store.write(
            lambda unit, outcome=outcome: door.record_in(  # type: ignore[misc]  # the loop's own value
                unit,
                actor="service:shop",
                action=LedgerAction.SHARE,
                subject_id=alice.subject_id,
                items=("phone",),
                outcome=outcome,
            )
        )
    assert my_data(journey.ctx, alice.session).counts.disclosures == 2


def test_a_denied_attempt_is_shown(journey: Service, alice: Customer) -> None:
    """A use that the gate refused is in the list, as refused."""
    with pytest.raises(DeniedError):
        journey.ctx.door.read(actor="service:shop", subject_id=alice.subject_id, items=("phone",), purpose="improve")
    assert my_data(journey.ctx, alice.session).uses[0].newest.outcome is LedgerOutcome.DENY


def test_no_one_sees_another_s_data(journey: Service, alice: Customer) -> None:
    """Alice and bob each see their own and nothing of the other."""
    bob = register(journey, "Bob Trần", email="bob@shop.example", phone="0987654321")
    for customer, other in ((alice, "Bob"), (bob, "Alice")):
        shown = [value.shown for group in my_data(journey.ctx, customer.session).groups for value in group.held]
        assert not [text for text in shown if other.lower() in text.lower()]
