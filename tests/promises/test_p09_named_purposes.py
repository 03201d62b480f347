"""P9: what is collected is used for the stated purposes; reading without naming one of them is impossible."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

import pytest

from camket.client.local import Camket
from camket.core.errors import DeniedError, InvalidValueError
from camket.core.gate.decision import Decision, Permitted
from camket.core.ledger.entry import LedgerOutcome
from camket.services.access import AskError, Door, Pending
from camket.services.uses import use_of

if TYPE_CHECKING:
    from camket.services.uses import UseView
    from tests.journeys import Customer
    from tests.journeys import Service as Journey

SUPPORT: Final = "staff:support-7"
STATED: Final = ("provide", "maintain", "protect", "improve", "develop", "notify")
EMAIL_SERVES: Final = {"provide", "protect", "notify"}


def newest_use(journey: Journey, customer: Customer) -> UseView:
    """Return the newest entry that is about a customer."""
    return use_of(journey.ctx.store.read(lambda unit: unit.records.of_subject(customer.subject_id, limit=1))[0])


@pytest.mark.parametrize("purpose", STATED)
def test_the_address_is_read_for_the_purposes_that_the_policy_gives_it(
    journey: Journey, alice: Customer, purpose: str
) -> None:
    """P9: the e-mail address opens for the stated purposes that list it and for no other; each answer is on record."""
    if purpose in EMAIL_SERVES:
        opened = journey.ctx.door.read(actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose=purpose)
        assert opened.first("email") == alice.email
        wanted = LedgerOutcome.PERMIT
    else:
        with pytest.raises(DeniedError):
            journey.ctx.door.read(actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose=purpose)
        wanted = LedgerOutcome.DENY
    use = newest_use(journey, alice)
    assert (use.who, use.purpose, use.items, use.outcome) == (SUPPORT, purpose, ("email",), wanted)


@pytest.mark.parametrize("purpose", ["curiosity", "PROVIDE", "provide ", "*", "rights ", "email", "consent"])
def test_a_purpose_that_the_policy_does_not_state_reads_nothing(
    journey: Journey, alice: Customer, purpose: str
) -> None:
    """P9: a word that is no purpose of the policy opens nothing, whoever says it."""
    with pytest.raises(DeniedError):
        journey.ctx.door.read(actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose=purpose)
    assert newest_use(journey, alice).outcome is LedgerOutcome.DENY


def test_a_purpose_that_needs_consent_asks_first(journey: Journey, alice: Customer) -> None:
    """P9, P11: what is not stated without more is not used before the customer said yes."""
    with pytest.raises(AskError):
        journey.ctx.door.read(actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose="promote")


def test_one_item_too_many_reads_none(journey: Journey, alice: Customer) -> None:
    """P9: a purpose that covers the address and not the phone opens neither when both are asked for."""
    with pytest.raises(DeniedError):
        journey.ctx.door.read(actor=SUPPORT, subject_id=alice.subject_id, items=("email", "phone"), purpose="notify")


def test_without_a_purpose_there_is_no_reading(journey: Journey, alice: Customer) -> None:
    """P9: neither one customer nor many can be read without saying what for; nothing is recorded as read."""
    for purpose in (None, ""):
        with pytest.raises(InvalidValueError):
            journey.ctx.door.read(actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose=purpose)
    parameters = inspect.signature(Door.read_many).parameters
    assert parameters["purpose"].default is inspect.Parameter.empty


@pytest.mark.parametrize("actor", ["service:shop", "service:account", "staff:support-7", "service:mailer2", "subjects"])
def test_the_customers_own_purpose_is_not_everyones(journey: Journey, alice: Customer, actor: str) -> None:
    """P9: `rights`, which is always permitted, opens nothing for a service, nor for staff without a request."""
    door = journey.ctx.door
    before = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    with pytest.raises(InvalidValueError, match="name a purpose that the policy states"):
        door.read(actor=actor, subject_id=alice.subject_id, items=("email",), purpose="rights")
    with pytest.raises(InvalidValueError):
        door.read_many(actor=actor, subject_ids=(alice.subject_id,), items=("email",), purpose="rights")
    with pytest.raises(InvalidValueError):
        journey.ctx.store.write(
            lambda unit: door.read_in(
                unit, actor=actor, subject_id=alice.subject_id, items=("email",), purpose="rights"
            )
        )
    assert journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100)) == before


def test_an_app_cannot_help_itself_by_the_customers_rights(journey: Journey, alice: Customer) -> None:
    """P9: the public API reads for the purposes that the policy states, and refuses the one that is the customer's."""
    app = Camket(journey.ctx, "shop")
    assert app.get(alice.subject_id, ("email",), purpose="provide")["email"][0].text == alice.email
    for purpose in ("rights", "develop", "promote"):
        with pytest.raises((InvalidValueError, DeniedError)):
            app.get(alice.subject_id, ("email",), purpose=purpose)


def test_staff_fulfil_a_request_under_its_number(journey: Journey, alice: Customer) -> None:
    """P9, P15: who acts for a customer reads for `rights` with the number of the request, which goes on record."""
    opened = journey.ctx.door.read(
        actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose="rights", request="R-2026-1"
    )
    assert opened.first("email") == alice.email
    assert newest_use(journey, alice).who == SUPPORT


def test_a_purpose_holds_wherever_the_value_came_from(journey: Journey, alice: Customer) -> None:
    """P9: what one service observed serves a stated purpose of another, as the policy says."""
    opened = journey.ctx.door.read(
        actor="service:shop", subject_id=alice.subject_id, items=("service.use", "device.model"), purpose="improve"
    )
    assert {item for item, held in opened.values.items() if held} == {"service.use", "device.model"}


def test_the_gates_yes_cannot_be_made_by_hand(journey: Journey, alice: Customer) -> None:
    """P9: neither a decision nor the proof of a yes can be made anywhere but in the gate."""
    with pytest.raises(TypeError):
        Decision()
    decision = journey.ctx.door.read(
        actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose="provide"
    ).decision
    with pytest.raises(DeniedError):
        Permitted(decision, object())
    with pytest.raises(DeniedError):
        Permitted(decision, None)


def test_a_no_opens_nothing_however_it_is_turned(journey: Journey, alice: Customer) -> None:
    """P9: a refused read carries no sealed bytes, and asking it to open raises the refusal."""

    def refused() -> Pending:
        return journey.ctx.store.write(
            lambda unit: journey.ctx.door.read_in(
                unit, actor=SUPPORT, subject_id=alice.subject_id, items=("email",), purpose="develop"
            )
        )

    pending = refused()
    assert pending.rows == ()
    with pytest.raises(DeniedError):
        pending.open()
    with pytest.raises(DeniedError):
        pending.decision.permitted()
