"""Receipts: in the fields of both standards, in terms that exist, with evidence that holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from camket.core.consent.receipt import CONTEXT, KANTARA, SCHEMA
from camket.core.errors import NotFoundError
from camket.core.ledger.openings import Openings, verify_openings
from camket.core.policy import dpv
from camket.core.terms import Language
from camket.services.consents import (
    AskedThrough,
    EventKind,
    Expression,
    OwnState,
    Receipt,
    answer,
    ask_question,
    receipt,
    withdraw,
)
from camket.services.policies import publish_policy
from camket.services.sequencing import sequence_once, tile_reader
from tests.unit.services.conftest import BOB, Service
from tests.unit.services.consenting import IMPROVE_ITEMS, IMPROVE_PHONE, ask, changed_policy, say

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TERM = re.compile(r"^(dpv|pd|dct|xsd):\w+$")
DUBLIN_CORE = {
    "conformsTo",
    "date",
    "description",
    "hasVersion",
    "identifier",
    "language",
    "medium",
    "provenance",
    "references",
    "relation",
    "source",
    "title",
    "type",
    "valid",
}
"""Terms of DCMI Metadata Terms (2020-01-20) that a receipt may write."""


def agreed(service: Service) -> tuple[str, str]:
    """Register alice and have her agree; return her and her consent."""
    alice = service.register().subject_id
    return alice, say(service, ask(service, alice), yes=True)


def made(service: Service, subject_id: str, consent: str) -> Receipt:
    """Return a receipt in English."""
    return receipt(service.ctx, subject_id=subject_id, consent_id=consent, language=Language.EN)


def terms(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Yield every prefixed term in a JSON value, keys too."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from terms(key)
            yield from terms(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from terms(one)
    elif isinstance(value, str) and TERM.match(value):
        yield value


def test_a_receipt_has_the_mandatory_fields_of_27560(service: Service) -> None:
    """Header, processing, parties and events: every field that the standard wants is there and not empty."""
    alice, consent = agreed(service)
    form = made(service, alice, consent).iso_27560
    assert form["schema_version"] == SCHEMA
    assert UUID4.fullmatch(form["receipt_id"])
    record = form["consent_record"]
    assert UUID4.fullmatch(record["record_id"])
    for name in ("schema_version", "record_id", "pii_principal_id", "privacy_notice", "language", "purposes"):
        assert record[name], name
    for name in ("pii_information", "pii_controllers", "storage_locations", "jurisdiction", "withdrawal_method"):
        assert record[name], name
    assert record["recipient_third_parties"] == []
    for item in record["pii_information"]:
        assert item["pii_type"].startswith("pd:")
        assert item["retention_period"]["dpv:hasDuration"]
    (party,) = record["parties"]
    for name in ("party_id", "party_name", "party_address", "party_contact", "party_type"):
        assert party[name], name
    assert [one["event_state"] for one in record["events"]] == ["dpv:ConsentRequested", "dpv:ConsentGiven"]
    for event in record["events"]:
        for name in ("event_time", "validity_duration", "entity_id", "event_type", "event_state"):
            assert event[name], name


def test_a_receipt_shows_the_exact_text_and_version(service: Service) -> None:
    """Word for word, with its hash, and the version of the policy by number and hash."""
    alice = service.register().subject_id
    question = ask(service, alice)
    shown = made(service, alice, say(service, question, yes=True))
    assert (shown.text, shown.text_hash, shown.version) == (question.text, question.text_hash, 1)
    notice = shown.iso_27560["consent_record"]["privacy_notice"]
    assert notice["notice_text"][0] == question.text.title
    assert notice["notice_hash"] == f"sha256:{question.text_hash}"
    assert shown.document_hash in notice["policy_version"]


def test_every_term_of_a_receipt_exists(service: Service) -> None:
    """Each IRI is one of DPV 2.3 that was looked up, or one of Dublin Core; every field has a meaning."""
    alice, consent = agreed(service)
    form = made(service, alice, consent).iso_27560
    known = dpv.RECEIPT | dpv.CONSENT_STATUS | dpv.PURPOSES | dpv.PERSONAL_DATA | dpv.RECIPIENTS
    known |= {f"dct:{term}" for term in DUBLIN_CORE} | {"xsd:dateTime"}
    assert set(terms(form)) <= known
    evidence = form.pop("evidence")
    fields = re.findall(r'"([a-z_]+)":', json.dumps(form))
    assert set(fields) <= set(CONTEXT)
    assert evidence is None


def test_a_receipt_has_the_required_fields_of_kantara(service: Service) -> None:
    """Every field that the specification requires, of the type that it says."""
    alice, consent = agreed(service)
    form = made(service, alice, consent).kantara
    assert (form["version"], form["jurisdiction"], form["sensitive"], form["spiCat"]) == (KANTARA, "VN", False, [])
    assert isinstance(form["consentTimestamp"], int)
    assert form["consentTimestamp"] == int(service.clock.now().timestamp())
    assert form["collectionMethod"] == "page, button"
    assert form["policyUrl"].endswith("/policy/versions/1")
    (controller,) = form["piiControllers"]
    for name in ("piiController", "contact", "address", "email", "phone"):
        assert controller[name], name
    (purpose,) = form["services"][0]["purposes"]
    assert purpose["consentType"] == "EXPLICIT"
    assert purpose["purposeCategory"] == ["dpv:DirectMarketing"]
    assert purpose["piiCategory"] == ["Name", "E-mail address", "Language", "Services you use"]
    assert (purpose["termination"], purpose["thirdPartyDisclosure"]) == ("until withdrawn", False)


def test_a_receipt_carries_its_opening_and_checkpoint(service: Service) -> None:
    """Once the entry is sequenced both forms carry it, opened and proven; the file holds against the ledger."""
    alice, consent = agreed(service)
    assert made(service, alice, consent).openings is None
    sequence_once(service.ctx)
    shown = made(service, alice, consent)
    assert shown.openings is not None
    openings = Openings.parse(shown.openings)
    report = verify_openings(openings, tile_reader(service.ctx))
    assert (report.holds, report.proven, openings.openings[0].index) == (True, 1, shown.ledger_index)
    assert openings.openings[0].opening.facts.history == shown.text_hash
    assert shown.kantara["evidence"] == shown.iso_27560["evidence"] == json.loads(shown.openings)


def test_a_withdrawn_consent_keeps_its_receipt(service: Service) -> None:
    """It tells of the withdrawal, with the same record and another number."""
    alice, consent = agreed(service)
    before = made(service, alice, consent)
    withdraw(service.ctx, subject_id=alice, consent_id=consent)
    after = made(service, alice, consent)
    assert after.state is OwnState.WITHDRAWN
    assert [one.kind for one in after.history] == [EventKind.ASKED, EventKind.GIVEN, EventKind.WITHDRAWN]
    assert after.iso_27560["consent_record"]["events"][-1]["event_state"] == "dpv:ConsentWithdrawn"
    assert (before.record_id == after.record_id, before.receipt_id == after.receipt_id) == (True, False)


def test_a_receipt_of_an_agreement_names_its_clause(service: Service) -> None:
    """The clause is said in words, the item is the clause's, and the version is the one that asked."""
    alice = service.register().subject_id
    publish_policy(service.ctx, changed_policy((IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n")))
    question = ask_question(service.ctx, subject_id=alice, clauses=(), language=Language.EN, through=AskedThrough.PAGE)
    yes = {IMPROVE_PHONE: True}
    (given,) = answer(service.ctx, subject_id=alice, question_id=question.id, yes=yes, expression=Expression.FORM).given
    record = made(service, alice, given).iso_27560["consent_record"]
    assert record["purposes"] == [{"purpose": question.text.clauses[0].says}]
    assert [one["pii_attribute_id"] for one in record["pii_information"]] == ["phone"]
    assert record["privacy_notice"]["url"].endswith("/policy/versions/2")


def test_no_one_elses_receipt_is_there(service: Service) -> None:
    """For bob alice's consent does not exist, and no receipt is made or recorded."""
    _, consent = agreed(service)
    bob = service.register(BOB, browser="other").subject_id
    before = service.counts()["record"]
    with pytest.raises(NotFoundError):
        made(service, bob, consent)
    assert service.counts()["record"] == before
