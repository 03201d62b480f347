"""A consent receipt in two standard forms: what was agreed to, with whom, on which text, and what became of it since.

Both say the same. Neither holds a value of the subject; their handle is opaque. The evidence inside is a file of
openings as `camket ledger verify` reads it: the subject's own ledger entry with its proof and a signed checkpoint.

Source: ISO/IEC TS 27560:2023, sections 6.3 and 6.4, in terms of the W3C Data Privacy Vocabulary 2.3; Kantara Consent
Receipt Specification 1.1, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from camket.core.consent.clause_text import clause_sentence
from camket.core.consent.events import EventKind, QuestionKind
from camket.core.policy.wording import limit_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.consent.events import AskedThrough, Expression
    from camket.core.consent.target import Target
    from camket.core.consent.text import QuestionText
    from camket.core.policy.model import Item, Policy, PolicyVersion
    from camket.core.terms import Language

SCHEMA: Final = "ISO/IEC TS 27560:2023"
KANTARA: Final = "KI-CR-v1.1.0"

STATUS: Final[Mapping[EventKind, str]] = {
    EventKind.ASKED: "dpv:ConsentRequested",
    EventKind.GIVEN: "dpv:ConsentGiven",
    EventKind.RENEWED: "dpv:RenewedConsentGiven",
    EventKind.REFUSED: "dpv:ConsentRefused",
    EventKind.WITHDRAWN: "dpv:ConsentWithdrawn",
    EventKind.EXPIRED: "dpv:ConsentExpired",
}
ENDED: Final = "dpv:ConsentInvalidated"

CONTEXT: Final[Mapping[str, Any]] = {
    "@version": 1.1,
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema_version": "dct:conformsTo",
    "receipt_id": "dct:identifier",
    "record_id": "dct:identifier",
    "consent_record": "dct:references",
    "pii_principal_id": "dpv:hasDataSubject",
    "privacy_notice": "dpv:hasNotice",
    "notice_hash": "dct:identifier",
    "notice_text": "dct:description",
    "policy_version": "dct:hasVersion",
    "language": "dct:language",
    "purposes": "dpv:hasPurpose",
    "purpose": "dct:title",
    "purpose_type": {"@id": "dct:type", "@type": "@id"},
    "lawful_basis": {"@id": "dpv:hasLegalBasis", "@type": "@id"},
    "pii_information": "dpv:hasPersonalData",
    "pii_type": {"@id": "dct:type", "@type": "@id"},
    "pii_name": "dct:title",
    "pii_attribute_id": "dct:identifier",
    "retention_period": "dpv:hasStorageCondition",
    "validity_duration": "dct:valid",
    "pii_controllers": {"@id": "dpv:hasDataController", "@type": "@id"},
    "storage_locations": "dpv:hasLocation",
    "jurisdiction": "dpv:hasJurisdiction",
    "recipient_third_parties": "dpv:hasRecipient",
    "withdrawal_method": "dpv:hasConsentControl",
    "url": {"@id": "dct:source", "@type": "@id"},
    "privacy_rights": "dpv:hasRight",
    "right_id": "dct:identifier",
    "right_name": "dct:title",
    "parties": "dct:relation",
    "party_id": "dct:identifier",
    "party_name": "dpv:hasName",
    "party_address": "dpv:hasAddress",
    "party_contact": "dpv:hasContact",
    "party_type": {"@id": "dct:type", "@type": "@id"},
    "country": "dpv:hasLocation",
    "events": "dct:provenance",
    "event_time": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "event_type": {"@id": "dpv:hasLegalBasis", "@type": "@id"},
    "event_state": {"@id": "dpv:hasConsentStatus", "@type": "@id"},
    "entity_id": {"@id": "dpv:isImplementedByEntity", "@type": "@id"},
    "asked_through": "dct:medium",
    "expression": "dct:description",
    "evidence": {"@id": "dct:source", "@type": "@json"},
}
"""What each field means: the standard's names, in terms of DPV 2.3 and of Dublin Core."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptEvent:
    """One fact of the history of a consent, as its receipt tells it."""

    kind: EventKind
    at: datetime
    through: AskedThrough | None
    expression: Expression | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptFacts:
    """What a receipt is made from.

    Args:
        receipt_id: a version 4 UUID of this receipt.
        record_id: a version 4 UUID of what it is about; the same in every receipt of one consent.
        handle: the subject's, opaque. *Personal.*
        origin: public address of the service.
        language: of labels.
        version: the version that asked.
        target: what was consented or agreed to.
        text: the exact text that was shown; None where none is on record.
        text_hash: hex; of that text.
        history: every fact on record, oldest first; the newest says where it stands.
        given_at: aware.
        valid_until: None is until it is withdrawn.
        ended: the policy does not hold what was agreed to any more, or means something else by it.
        evidence: a file of openings as a JSON value; None while no checkpoint covers the entry. *Personal.*
    """

    receipt_id: str
    record_id: str
    handle: str
    origin: str
    language: Language
    version: PolicyVersion
    target: Target
    text: QuestionText | None
    text_hash: str | None
    history: tuple[ReceiptEvent, ...]
    given_at: datetime
    valid_until: datetime | None
    ended: bool
    evidence: Any

    @property
    def policy(self) -> Policy:
        """The policy that asked."""
        return self.version.policy

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that it is about, as that version declares them."""
        named = self.target.items or _items_of_clauses(self.target)
        return tuple(item for item in self.policy.items if item.id in named)


def iso_27560(facts: ReceiptFacts) -> dict[str, Any]:
    """Return the receipt, *personal*, as JSON-LD with the field names of ISO/IEC TS 27560."""
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:uuid:{facts.receipt_id}",
        "@type": "dpv:ConsentReceipt",
        "schema_version": SCHEMA,
        "receipt_id": facts.receipt_id,
        "consent_record": {
            "@id": f"urn:uuid:{facts.record_id}",
            "@type": "dpv:ConsentRecord",
            "schema_version": SCHEMA,
            "record_id": facts.record_id,
            "pii_principal_id": {
                "@id": f"urn:uuid:{facts.record_id}#principal",
                "@type": "dpv:DataSubject",
                "party_id": facts.handle,
            },
            **_processing(facts),
            "parties": _parties(facts),
            "events": [_event(facts, one) for one in facts.history] + _end(facts),
        },
        "evidence": facts.evidence,
    }


def _processing(facts: ReceiptFacts) -> dict[str, Any]:
    policy, language = facts.policy, facts.language
    return {
        "privacy_notice": {
            "@type": "dpv:ConsentNotice",
            "url": f"{facts.origin}/policy/versions/{facts.version.number}",
            "policy_version": f"{facts.version.number} sha256:{facts.version.document_hash}",
            "notice_hash": None if facts.text_hash is None else f"sha256:{facts.text_hash}",
            "notice_text": None if facts.text is None else shown_lines(facts.text),
        },
        "language": (facts.text.language if facts.text is not None else language).value,
        "purposes": _purposes(facts),
        "lawful_basis": "dpv:ExplicitlyExpressedConsent",
        "pii_information": [_pii(facts, item) for item in facts.items],
        "pii_controllers": [_controller_id(facts)],
        "storage_locations": [policy.controller.country],
        "jurisdiction": policy.controller.country,
        "recipient_third_parties": [_recipient_id(facts)] if facts.target.recipient is not None else [],
        "withdrawal_method": {"@type": "dpv:WithdrawConsent", "url": f"{facts.origin}/me/consents"},
        "privacy_rights": [
            {"@type": "dpv:DataSubjectRight", "right_id": one.right.value, "right_name": one.label[language]}
            for one in policy.rights
            if one.present
        ],
    }


def _purposes(facts: ReceiptFacts) -> list[dict[str, Any]]:
    policy, language, target = facts.policy, facts.language, facts.target
    if target.purpose is not None:
        used = next(one for one in policy.purposes if one.id == target.purpose)
        return [{"purpose": used.label[language], "purpose_type": used.dpv}]
    if target.recipient is not None:
        receiver = next(one for one in policy.recipients if one.id == target.recipient)
        return [{"purpose": receiver.explains[language]}]
    agreed = [clause for clause in facts.version.clauses if clause.id in target.clauses]
    return [{"purpose": clause_sentence(policy, clause, language)} for clause in agreed]


def _pii(facts: ReceiptFacts, item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "dpv:SensitivePersonalData" if item.sensitive else "dpv:PersonalData",
        "pii_attribute_id": item.id,
        "pii_name": item.label[facts.language],
        "pii_type": item.dpv,
        "retention_period": {
            "@type": "dpv:StorageCondition",
            "dpv:hasDuration": limit_text(item.maximum, facts.language),
        },
    }
    return found


def _parties(facts: ReceiptFacts) -> list[dict[str, Any]]:
    controller, language = facts.policy.controller, facts.language
    found: list[dict[str, Any]] = [
        {
            "@id": _controller_id(facts),
            "party_id": facts.policy.id,
            "party_name": controller.name[language],
            "party_address": controller.address[language],
            "party_contact": [controller.email, controller.phone, controller.officer[language]],
            "party_type": "dpv:DataController",
            "country": controller.country,
        }
    ]
    receiver = next((one for one in facts.policy.recipients if one.id == facts.target.recipient), None)
    if receiver is not None:
        found.append(
            {
                "@id": _recipient_id(facts),
                "party_id": receiver.id,
                "party_name": receiver.label[language],
                "party_address": receiver.country,
                "party_contact": [controller.email],
                "party_type": receiver.dpv,
                "country": receiver.country,
            }
        )
    return found


def _event(facts: ReceiptFacts, event: ReceiptEvent) -> dict[str, Any]:
    ours = event.kind in (EventKind.ASKED, EventKind.EXPIRED)
    return {
        "event_time": _utc(event.at),
        "event_type": "dpv:ExplicitlyExpressedConsent",
        "event_state": STATUS[event.kind],
        "validity_duration": "until withdrawn" if facts.valid_until is None else f"until {_utc(facts.valid_until)}",
        "entity_id": _controller_id(facts) if ours else f"urn:uuid:{facts.record_id}#principal",
        "asked_through": None if event.through is None else event.through.value,
        "expression": None if event.expression is None else event.expression.value,
    }


def _end(facts: ReceiptFacts) -> list[dict[str, Any]]:
    """Return the state that a change of the policy gave; it has no instant but that version's own."""
    if not facts.ended:
        return []
    return [
        {
            "event_type": "dpv:ExplicitlyExpressedConsent",
            "event_state": ENDED,
            "entity_id": _controller_id(facts),
        }
    ]


def kantara(facts: ReceiptFacts) -> dict[str, Any]:
    """Return the receipt, *personal*, in the JSON of the Kantara Consent Receipt Specification 1.1."""
    policy, language = facts.policy, facts.language
    controller = policy.controller
    receiver = next((one for one in policy.recipients if one.id == facts.target.recipient), None)
    sensitive = [item.label[language] for item in facts.items if item.sensitive]
    purpose: dict[str, Any] = {
        "purpose": "; ".join(one["purpose"] for one in _purposes(facts)),
        "purposeCategory": [one["purpose_type"] for one in _purposes(facts) if "purpose_type" in one],
        "consentType": "EXPLICIT",
        "piiCategory": [item.label[language] for item in facts.items],
        "primaryPurpose": False,
        "termination": "until withdrawn" if facts.valid_until is None else _utc(facts.valid_until),
        "thirdPartyDisclosure": receiver is not None,
    }
    if receiver is not None:
        purpose["thirdPartyName"] = receiver.label[language]
    return {
        "version": KANTARA,
        "jurisdiction": controller.country,
        "consentTimestamp": int(facts.given_at.timestamp()),
        "collectionMethod": _collection_method(facts),
        "consentReceiptID": facts.receipt_id,
        "language": language.value,
        "piiPrincipalId": facts.handle,
        "piiControllers": [
            {
                "piiController": controller.name[language],
                "onBehalf": False,
                "contact": controller.officer[language],
                "address": {"streetAddress": controller.address[language], "addressCountry": controller.country},
                "email": controller.email,
                "phone": controller.phone,
                "piiControllerUrl": facts.origin,
            }
        ],
        "policyUrl": f"{facts.origin}/policy/versions/{facts.version.number}",
        "services": [{"service": policy.title[language], "purposes": [purpose]}],
        "sensitive": bool(sensitive),
        "spiCat": sensitive,
        "evidence": facts.evidence,
    }


def _collection_method(facts: ReceiptFacts) -> str:
    gave = next(one for one in facts.history if one.kind in (EventKind.GIVEN, EventKind.RENEWED))
    said = (one.value for one in (gave.through, gave.expression) if one is not None)
    return ", ".join(said) or "not on record any more"


def shown_lines(text: QuestionText) -> list[str]:
    """Return everything that was shown, line by line."""
    return [text.title, *text.body, *(one.says for one in text.clauses)]


def _controller_id(facts: ReceiptFacts) -> str:
    return f"{facts.origin}/policy#controller"


def _recipient_id(facts: ReceiptFacts) -> str:
    return f"{facts.origin}/policy#recipient-{facts.target.recipient}"


def _items_of_clauses(target: Target) -> tuple[str, ...]:
    if target.kind is QuestionKind.CONSENT:
        return target.items
    return tuple(clause.partition("(")[2].partition(",")[0] for clause in target.clauses)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
