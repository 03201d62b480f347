"""Consent to a recipient, in a bookshop whose carrier receives nothing without it (P16 a)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from camket.core.errors import ConflictError, DeniedError
from camket.core.gate.decide import decide
from camket.core.gate.question import Question as GateQuestion
from camket.core.terms import Action, Ground, Language, Outcome
from camket.services.consent_exchange import export_consents, import_consents
from camket.services.consents import (
    AskedThrough,
    EventKind,
    OwnConsent,
    Question,
    ask_question,
    receipt,
    standing_of,
    withdraw,
)
from camket.services.requests import standing_in
from tests.unit.services.conftest import OpenService, Service
from tests.unit.services.consenting import say

BOOKSHOP = Path(__file__).parents[3] / "conformance" / "policies" / "bookshop"
ALICE = {"name": "Alice Nguyễn", "email": "alice@mail.example"}
CARRIER = "carrier"


@pytest.fixture
def bookshop(open_service: OpenService) -> Service:
    """Return a bookshop's service."""
    return open_service("bookshop", policy=BOOKSHOP)


def ask(service: Service, subject_id: str, *, wanted: bool = False) -> Question:
    """Ask whether the carrier may receive what it needs."""
    return ask_question(
        service.ctx,
        subject_id=subject_id,
        recipient=CARRIER,
        language=Language.EN,
        through=AskedThrough.APP,
        wanted=wanted,
    )


def share(service: Service, subject_id: str, item: str = "delivery.address") -> Outcome:
    """Return what the gate says to giving an item to the carrier now."""
    question = GateQuestion(
        action=Action.SHARE, items=(item,), at=service.clock.now(), recipient=CARRIER, ground=Ground.CONSENT
    )
    return service.ctx.store.read(lambda unit: decide(standing_in(unit, service.ctx, subject_id), question)).outcome


def own(service: Service, subject_id: str) -> OwnConsent:
    """Return where the consent to the carrier stands."""
    page = standing_of(service.ctx, subject_id=subject_id, language=Language.EN)
    return next(one for one in page.consents if one.recipient == CARRIER)


def test_a_recipient_receives_nothing_without_a_yes(bookshop: Service) -> None:
    """Asked with the recipient's country and items; permitted from the yes on, denied from the withdrawal on."""
    alice = bookshop.register(ALICE).subject_id
    question = ask(bookshop, alice)
    assert question.text.title == "Do you agree that “Carrier” receives your information?"
    assert question.text.body[:2] == (
        "Brings the books to your door. The recipient is in Singapore.",
        "The information used: Name, Delivery address.",
    )
    assert share(bookshop, alice) is Outcome.ASK
    consent = say(bookshop, question, yes=True)
    assert (share(bookshop, alice), own(bookshop, alice).state) == (Outcome.PERMIT, "valid")
    told = withdraw(bookshop.ctx, subject_id=alice, consent_id=consent)
    assert told.stops[Language.EN] == ("“Name”, “Delivery address” will no longer be given to “Carrier”.",)
    assert (share(bookshop, alice), own(bookshop, alice).state) == (Outcome.DENY, "withdrawn")


def test_a_yes_to_a_recipient_permits_no_use(bookshop: Service) -> None:
    """It is for giving to that one alone; a purpose that needs consent is asked for by itself."""
    alice = bookshop.register(ALICE).subject_id
    say(bookshop, ask(bookshop, alice), yes=True)
    decision = bookshop.ctx.door.decide(subject_id=alice, items=("email",), purpose="recommend")
    assert decision.outcome is Outcome.ASK


def test_after_a_withdrawal_only_its_subject_can_have_it_asked(bookshop: Service) -> None:
    """The gate denies what was withdrawn; who wants to share again is asked, and their yes counts."""
    alice = bookshop.register(ALICE).subject_id
    withdraw(bookshop.ctx, subject_id=alice, consent_id=say(bookshop, ask(bookshop, alice), yes=True))
    bookshop.clock.advance(days=400)
    with pytest.raises(DeniedError):
        ask(bookshop, alice)
    say(bookshop, ask(bookshop, alice, wanted=True), yes=True)
    assert share(bookshop, alice) is Outcome.PERMIT


def test_a_no_to_a_recipient_is_one_for_each_item(bookshop: Service) -> None:
    """Denied for the quiet time for every item, and the same no again adds nothing."""
    alice = bookshop.register(ALICE).subject_id
    question = ask(bookshop, alice)
    say(bookshop, question, yes=False)
    say(bookshop, question, yes=False)
    assert {share(bookshop, alice, item) for item in ("name", "delivery.address")} == {Outcome.DENY}
    assert own(bookshop, alice).state == "refused"
    events = bookshop.ctx.store.read(lambda unit: unit.consents.of_subject(alice))
    assert [one.kind for one in events] == [EventKind.ASKED, EventKind.REFUSED, EventKind.REFUSED]


def test_the_receipt_names_the_recipient(bookshop: Service) -> None:
    """As a party with its country in the one form, as a third party by name in the other."""
    alice = bookshop.register(ALICE).subject_id
    consent = say(bookshop, ask(bookshop, alice), yes=True)
    made = receipt(bookshop.ctx, subject_id=alice, consent_id=consent, language=Language.EN)
    record = made.iso_27560["consent_record"]
    controller, carrier = record["parties"]
    assert record["recipient_third_parties"] == [carrier["@id"]]
    assert (carrier["party_name"], carrier["party_type"], carrier["country"]) == ("Carrier", "dpv:DataProcessor", "SG")
    assert controller["party_type"] == "dpv:DataController"
    (purpose,) = made.kantara["services"][0]["purposes"]
    assert (purpose["thirdPartyDisclosure"], purpose["thirdPartyName"]) == (True, "Carrier")


@pytest.mark.parametrize("yes", [True, False])
def test_it_is_exported_and_imported_as_one_line(bookshop: Service, *, yes: bool) -> None:
    """A yes or no to a recipient is one line; brought back to where it came from it adds nothing."""
    alice = bookshop.register(ALICE).subject_id
    say(bookshop, ask(bookshop, alice), yes=yes)
    (line,) = export_consents(bookshop.ctx)
    assert (json.loads(line)["recipient"], json.loads(line)["purpose"]) == (CARRIER, None)
    again = import_consents(bookshop.ctx, [line], file="lines")
    assert (again.findings, again.added, again.known) == ((), 0, 1)


def test_where_all_was_shared_there_is_nothing_to_ask(bookshop: Service) -> None:
    """A second question for the same is not asked."""
    alice = bookshop.register(ALICE).subject_id
    say(bookshop, ask(bookshop, alice), yes=True)
    with pytest.raises(ConflictError):
        ask(bookshop, alice, wanted=True)


def test_a_consent_outlives_a_new_name_of_its_purpose(bookshop: Service) -> None:
    """What was `newsletter` and is `recommend` now is one purpose: asked under the new name, withdrawn as one."""
    alice = bookshop.register(ALICE).subject_id
    question = ask_question(
        bookshop.ctx, subject_id=alice, purpose="recommend", language=Language.EN, through=AskedThrough.PAGE
    )
    consent = say(bookshop, question, yes=True)
    page = standing_of(bookshop.ctx, subject_id=alice, language=Language.EN)
    assert [(one.purpose, one.state) for one in page.consents if one.purpose] == [("recommend", "valid")]
    assert withdraw(bookshop.ctx, subject_id=alice, consent_id=consent).ended == 1
