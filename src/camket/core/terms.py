"""The words that the whole of camket shares: closed sets, grounds with their evidence, proofs of identity.

Each closed set is named as in `docs/glossary.md`; the values are the ones used in policy files, JSON and the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from camket.core.errors import InvalidValueError

RIGHTS_PURPOSE: Final = "rights"
"""The reserved purpose: the subject's own view, copy, correction, erasure, sign-in and account security."""


class Language(StrEnum):
    """A language that people read; Vietnamese comes first."""

    VI = "vi"
    EN = "en"


class Action(StrEnum):
    """What is to be done with personal data."""

    COLLECT = "collect"
    USE = "use"
    SHARE = "share"


class Source(StrEnum):
    """Where an item comes from: given by the subject, or observed while a service runs."""

    PROVIDED = "provided"
    OBSERVED = "observed"


class Basis(StrEnum):
    """What a use rests on: the policy states the purpose, or the subject must have said yes."""

    STATED = "stated"
    CONSENT = "consent"


class Outcome(StrEnum):
    """The three answers of the gate."""

    PERMIT = "permit"
    ASK = "ask"
    DENY = "deny"


class SubjectState(StrEnum):
    """Where a subject stands: registered but unconfirmed, active, or erased."""

    PENDING = "pending"
    ACTIVE = "active"
    ERASED = "erased"


class Right(StrEnum):
    """A right of the subject (LAW Art. 4.1)."""

    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    PORT = "port"
    RESTRICT = "restrict"
    OBJECT = "object"
    WITHDRAW = "withdraw"


class Verification(StrEnum):
    """How sure we are who asks, weakest first."""

    SESSION = "session"
    EMAIL_CODE = "email_code"
    EMAIL_AND_PHONE = "email_and_phone"
    PASSKEY = "passkey"
    IN_PERSON = "in_person"

    @property
    def strength(self) -> int:
        """Rank, 0 is the weakest."""
        return list(Verification).index(self)

    @property
    def open_to_all(self) -> bool:
        """Free and possible for every subject, whatever device they own."""
        return self in (Verification.SESSION, Verification.EMAIL_CODE)


class Channel(StrEnum):
    """How a notice reaches a subject."""

    PAGE = "page"
    BANNER = "banner"
    EMAIL = "email"


class Ground(StrEnum):
    """What a disclosure rests on (P16)."""

    CONSENT = "consent"
    LAW = "law"
    TERMS = "terms"
    PROTECTION = "protection"


class CaseAct(StrEnum):
    """What a case on a legal ground may do (P16)."""

    ACCESS = "access"
    USE = "use"
    PRESERVE = "preserve"
    DISCLOSE = "disclose"


class LawKind(StrEnum):
    """Which kind of legal demand a `law` case meets."""

    LAW = "law"
    REGULATION = "regulation"
    LEGAL_PROCESS = "legal_process"
    ENFORCEABLE_REQUEST = "enforceable_request"


class ProtectionKind(StrEnum):
    """What a `protection` case deals with."""

    FRAUD = "fraud"
    SECURITY = "security"
    TECHNICAL = "technical"


def require_aware(instant: datetime, name: str) -> datetime:
    """Return the instant unchanged, or refuse one without a zone.

    Raises:
        InvalidValueError: the instant is naive.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        message = f"`{name}` has no time zone; write it with an offset, for example +07:00"
        raise InvalidValueError(message)
    return instant


def require_text(value: str, name: str) -> None:
    """Refuse evidence that is empty.

    Raises:
        InvalidValueError: the text is empty or blank.
    """
    if not value.strip():
        message = f"`{name}` is empty; a case cannot be made without it"
        raise InvalidValueError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class LawCase:
    """A disclosure, use or preservation to meet a law, regulation, legal process or enforceable request (P16 b1).

    Args:
        reference: the case's own number at the operator.
        acts: what the case covers; never empty.
        items: item ids the case covers; never empty.
        authority: who demands.
        document: the demand's reference at the authority.
        article: the article it rests on.
        dated: day of the demand.
        due_at: when it must be answered.
        notice_delayed_until: the subject may be told from then on; None means at once.
        delay_basis: article that orders the delay; required with `notice_delayed_until`.
    """

    kind: LawKind
    reference: str
    acts: frozenset[CaseAct]
    items: frozenset[str]
    authority: str
    document: str
    article: str
    dated: date
    due_at: datetime
    notice_delayed_until: datetime | None = None
    delay_basis: str | None = None
    law_19_case: str | None = None

    def __post_init__(self) -> None:
        for name in ("reference", "authority", "document", "article"):
            require_text(getattr(self, name), name)
        require_scope(self.acts, self.items)
        require_aware(self.due_at, "due_at")
        if self.notice_delayed_until is not None:
            require_aware(self.notice_delayed_until, "notice_delayed_until")
            require_text(self.delay_basis or "", "delay_basis")

    @property
    def ground(self) -> Ground:
        """The ground this case is evidence for."""
        return Ground.LAW


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsCase:
    """Enforcing a numbered clause of the published terms of service (P16 b2).

    Args:
        law_19_case: which case of LAW Art. 19.1 applies (`a` to `e`), needed for a restricted or objecting subject.
    """

    reference: str
    acts: frozenset[CaseAct]
    items: frozenset[str]
    clause: str
    terms_version: int
    what_happened: str
    law_19_case: str | None = None

    def __post_init__(self) -> None:
        for name in ("reference", "clause", "what_happened"):
            require_text(getattr(self, name), name)
        require_scope(self.acts, self.items)
        if self.terms_version < 1:
            message = f"`terms_version` is {self.terms_version}; versions are numbered from 1"
            raise InvalidValueError(message)

    @property
    def ground(self) -> Ground:
        """The ground this case is evidence for."""
        return Ground.TERMS


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionCase:
    """Detecting, preventing or dealing with fraud, security or technical problems (P16 b3)."""

    kind: ProtectionKind
    reference: str
    acts: frozenset[CaseAct]
    items: frozenset[str]
    what_happened: str
    why_this_data: str
    law_19_case: str | None = None

    def __post_init__(self) -> None:
        for name in ("reference", "what_happened", "why_this_data"):
            require_text(getattr(self, name), name)
        require_scope(self.acts, self.items)

    @property
    def ground(self) -> Ground:
        """The ground this case is evidence for."""
        return Ground.PROTECTION


Case = LawCase | TermsCase | ProtectionCase


def require_scope(acts: frozenset[CaseAct], items: frozenset[str]) -> None:
    """Refuse a case that says neither what it may do nor with which items.

    Raises:
        InvalidValueError: one of the two is empty.
    """
    if not acts:
        message = "`acts` is empty; name at least one of access, use, preserve, disclose"
        raise InvalidValueError(message)
    if not items:
        message = "`items` is empty; name the items that the case covers"
        raise InvalidValueError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedIdentity:
    """Proof that the person who asks is the subject, bound to one request (P14).

    Made only by `camket.services.verification`; the only way to run a correction or an erasure.

    Args:
        subject_id: opaque.
        request_id: the one request the proof is good for.
        level: how it was proven.
        verified_at: when; aware.
        expires_at: good until; aware.
    """

    subject_id: str
    request_id: str
    level: Verification
    verified_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        require_aware(self.verified_at, "verified_at")
        require_aware(self.expires_at, "expires_at")
