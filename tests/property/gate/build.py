"""Policies, versions and cases with nothing in them but what a test gives."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from camket.core.policy.compile import clauses_of
from camket.core.policy.model import (
    Clock,
    Collection,
    Controller,
    Item,
    ItemKind,
    Limit,
    Policy,
    PolicyVersion,
    Purpose,
    Recipient,
    Relay,
    RightTerms,
    Service,
)
from camket.core.terms import (
    Basis,
    Case,
    CaseAct,
    Ground,
    Language,
    LawCase,
    LawKind,
    ProtectionCase,
    ProtectionKind,
    Right,
    Source,
    TermsCase,
    Verification,
)

TEXT = {Language.VI: "chữ", Language.EN: "text"}


def make_policy(**parts: Any) -> Policy:  # noqa: ANN401 - any field
    """Return a policy with nothing in it but what is given."""
    empty: dict[str, Any] = {
        "id": "p",
        "title": TEXT,
        "languages": (Language.VI, Language.EN),
        "law_profile": "vn",
        "controller": Controller(
            name=TEXT, address=TEXT, email="privacy@quay.example", phone="+842800000000", country="VN", officer=TEXT
        ),
        "relay": Relay(name="relay", country="VN"),
        "registration_service": "account",
        "services": (),
        "categories": {},
        "items": (),
        "purposes": (),
        "recipients": (),
        "grounds": tuple(Ground),
        "rights": (),
        "notices": (),
        "quiet_days": 30,
        "cooling_off_days": 0,
        "unconfirmed_hours": 24,
        "record_days": 730,
        "prose": {},
        "terms": {},
    }
    return Policy(**(empty | parts))


def make_version(number: int, policy: Policy) -> PolicyVersion:
    """Return a policy as a version, with its clauses."""
    return PolicyVersion(number=number, policy=policy, document_hash="", meaning_hash="", clauses=clauses_of(policy))


def make_item(name: str, **parts: Any) -> Item:  # noqa: ANN401 - any field
    """Return an item that is given in the service `account` and kept with the account."""
    plain: dict[str, Any] = {
        "label": TEXT,
        "why": TEXT,
        "category": "c",
        "kind": ItemKind.TEXT,
        "dpv": "pd:Thing",
        "collected": (Collection(service="account", source=Source.PROVIDED),),
        "maximum": Limit(clock=Clock.COLLECTED, days=None, reason=TEXT),
    }
    return Item(id=name, **(plain | parts))


def make_purpose(name: str, items: Sequence[str], *, basis: Basis = Basis.STATED, **parts: Any) -> Purpose:  # noqa: ANN401 - any field
    """Return a purpose for these items."""
    plain: dict[str, Any] = {"label": TEXT, "explains": TEXT, "dpv": "dpv:Purpose"}
    return Purpose(id=name, items=tuple(items), basis=basis, **(plain | parts))


def make_recipient(name: str, shares: dict[Ground, tuple[str, ...]], **parts: Any) -> Recipient:  # noqa: ANN401 - any field
    """Return a recipient in Vietnam."""
    plain: dict[str, Any] = {"label": TEXT, "explains": TEXT, "dpv": "dpv:Recipient", "country": "VN"}
    return Recipient(id=name, shares=shares, **(plain | parts))


def make_service(name: str, **parts: Any) -> Service:  # noqa: ANN401 - any field
    """Return a service."""
    return Service(id=name, label=TEXT, does=TEXT, **parts)


def make_right(right: Right, **parts: Any) -> RightTerms:  # noqa: ANN401 - any field
    """Return a right that is free and answered within 2 and 20 days."""
    plain: dict[str, Any] = {
        "present": True,
        "label": TEXT,
        "explains": TEXT,
        "reply_days": 2,
        "complete_days": 20,
        "fee_vnd": 0,
        "verification": Verification.EMAIL_CODE,
    }
    return RightTerms(right=right, **(plain | parts))


def make_case(
    ground: Ground,
    *,
    items: frozenset[str],
    acts: frozenset[CaseAct],
    law_19_case: str | None = None,
    told: datetime | None = None,
) -> Case:
    """Return a case with all of its evidence."""
    if ground is Ground.LAW:
        return LawCase(
            kind=LawKind.LEGAL_PROCESS,
            reference="K-1",
            acts=acts,
            items=items,
            authority="a court",
            document="12/QD",
            article="Art. 1",
            dated=date(2026, 1, 1),
            due_at=datetime(2026, 1, 1, tzinfo=UTC),
            notice_delayed_until=told,
            delay_basis="Art. 2" if told else None,
            law_19_case=law_19_case,
        )
    if ground is Ground.TERMS:
        return TermsCase(
            reference="T-1",
            acts=acts,
            items=items,
            clause="4.2",
            terms_version=1,
            what_happened="a breach",
            law_19_case=law_19_case,
        )
    return ProtectionCase(
        kind=ProtectionKind.FRAUD,
        reference="P-1",
        acts=acts,
        items=items,
        what_happened="a fraud",
        why_this_data="it shows who",
        law_19_case=law_19_case,
    )
