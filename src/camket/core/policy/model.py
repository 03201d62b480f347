"""A policy as values: what the file declares, valid by construction, and the clauses it comes down to.

A **clause** is one cell that can stand, change and be answered alone (semantics section 1). Its identity is the
tuple of its *roots*: an id that was renamed keeps the first id it ever had (`renamed_from`, oldest first).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.policy.validity import require, require_ids, require_known
from camket.core.terms import RIGHTS_PURPOSE, Basis, Ground, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.terms import Channel, Language, Right, Verification

Text = dict["Language", str]
"""The same sentence in every language of the policy."""


def root_of(declared: Service | Item | Purpose | Recipient) -> str:
    """Return the first id that a declaration ever had: its identity through all versions."""
    return declared.renamed_from[0] if declared.renamed_from else declared.id


class Clock(StrEnum):
    """What starts a retention clock."""

    COLLECTED = "collected"
    LAST_USED = "last_used"
    ERASED = "erased"


class ItemKind(StrEnum):
    """How a value of an item is validated, normalised and shown."""

    PERSON_NAME = "person_name"
    PHONE = "phone"
    EMAIL = "email"
    TEXT = "text"
    IDENTIFIER = "identifier"
    PICTURE = "picture"
    FACT = "fact"
    HOLDING = "holding"
    """Its values stand in the tables of an app; the vault takes in none of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Controller:
    """Who answers for the data."""

    name: Text
    address: Text
    email: str
    phone: str
    country: str
    officer: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A part of the product that customers use; it limits where an item is collected."""

    id: str
    label: Text
    does: Text
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """One way an item enters: in which service, given or observed."""

    service: str
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """How long at most: `days` after `clock`, or as long as the account exists when `days` is None."""

    clock: Clock
    days: int | None
    reason: Text

    def __post_init__(self) -> None:
        require(holds=self.days is None or self.days >= 1, message="a maximum retention is at least 1 day")
        require(holds=self.clock is not Clock.ERASED, message="a maximum retention cannot start at the erasure")


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalMinimum:
    """How long at least, because a named article demands it; holds after erasure, under the `hold` key."""

    clock: Clock
    days: int
    article: str
    reason: Text

    def __post_init__(self) -> None:
        require(holds=self.days >= 1, message="a legal minimum retention is at least 1 day")
        require(holds=bool(self.article.strip()), message="a legal minimum retention names its article")


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A kind of personal data.

    Args:
        required: the registration asks for it and does not go on without it.
        dpv: term of the W3C Data Privacy Vocabulary, for example `pd:EmailAddress`.
        why: the reason for collecting it, as the subject reads it.
    """

    id: str
    label: Text
    why: Text
    category: str
    kind: ItemKind
    dpv: str
    collected: tuple[Collection, ...]
    maximum: Limit
    required: bool = False
    sensitive: bool = False
    legal_minimum: LegalMinimum | None = None
    renamed_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(holds=bool(self.collected), message=f"item `{self.id}` is never collected")
        require(
            holds=len(set(self.collected)) == len(self.collected),
            message=f"item `{self.id}` is collected twice in the same way",
        )
        if self.legal_minimum is not None and self.maximum.days is not None:
            require(
                holds=self.legal_minimum.days <= self.maximum.days,
                message=f"the legal minimum of item `{self.id}` is longer than its maximum",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Purpose:
    """What data is used for. Its basis is one for all of its items.

    Args:
        valid_days: how long a consent to it is good; None is until it is withdrawn. Only where it rests on consent.
    """

    id: str
    label: Text
    explains: Text
    basis: Basis
    dpv: str
    items: tuple[str, ...]
    renamed_from: tuple[str, ...] = ()
    valid_days: int | None = None

    def __post_init__(self) -> None:
        if self.valid_days is not None:
            require(holds=self.basis is Basis.CONSENT, message=f"purpose `{self.id}` rests on no consent")
            require(holds=self.valid_days >= 1, message=f"a consent to purpose `{self.id}` is good for at least 1 day")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Someone outside the operator to whom items may go, and on which ground which items."""

    id: str
    label: Text
    country: str
    explains: Text
    dpv: str
    shares: Mapping[Ground, tuple[str, ...]]
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RightTerms:
    """The terms of one right. `fee_vnd` is 0 where the right is free."""

    right: Right
    present: bool
    label: Text
    explains: Text
    reply_days: int
    complete_days: int
    fee_vnd: int
    verification: Verification

    def __post_init__(self) -> None:
        holds = 0 <= self.reply_days <= self.complete_days and self.fee_vnd >= 0
        require(holds=holds, message=f"the deadlines or the fee of right `{self.right}` cannot be kept")


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeTerms:
    """How, and how many days ahead, customers of a service are told of a significant change."""

    service: str
    channel: Channel
    lead_days: int

    def __post_init__(self) -> None:
        require(holds=self.lead_days >= 0, message=f"the notice of `{self.service}` would come afterwards")


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """The mail relay: the one transport exception (semantics section 7), named with its country."""

    name: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One version's declarations. Tuples are in the file's order; every reference resolves.

    Args:
        quiet_days: after a no, how long the same consent is not asked again.
        cooling_off_days: between accepting a deletion and carrying it out; 0 is at once.
        unconfirmed_hours: how long an unconfirmed registration is kept.
        record_days: how long ledger records (not the tree) are kept.
        grounds: the grounds on which anything may leave.
        prose: language -> the published text, bound to the declarations.
        terms: language -> terms of service with numbered clauses.
        registration_service: where the required items are given.
        approvals: how many officers say yes before a later version is published; 2 is four eyes.
    """

    id: str
    title: Text
    languages: tuple[Language, ...]
    law_profile: str
    controller: Controller
    relay: Relay
    services: tuple[Service, ...]
    categories: Mapping[str, Text]
    items: tuple[Item, ...]
    purposes: tuple[Purpose, ...]
    recipients: tuple[Recipient, ...]
    grounds: tuple[Ground, ...]
    rights: tuple[RightTerms, ...]
    notices: tuple[NoticeTerms, ...]
    quiet_days: int
    cooling_off_days: int
    unconfirmed_hours: int
    record_days: int
    prose: Mapping[Language, str] = field(repr=False)
    terms: Mapping[Language, str] = field(repr=False)
    registration_service: str = "account"
    approvals: int = 1

    def __post_init__(self) -> None:
        require(holds=bool(self.languages), message="a policy is written in at least one language")
        for kind, declared in (
            ("service", self.services),
            ("item", self.items),
            ("purpose", self.purposes),
            ("recipient", self.recipients),
        ):
            require_ids(kind, ((each.id, each.renamed_from) for each in declared))
        require(
            holds=all(RIGHTS_PURPOSE not in (each.id, *each.renamed_from) for each in self.purposes),
            message=f"purpose id `{RIGHTS_PURPOSE}` is reserved",
        )
        self._require_references()
        self._require_texts()
        counts = (self.quiet_days, self.cooling_off_days, self.unconfirmed_hours, self.record_days)
        require(holds=all(count >= 0 for count in counts), message="a time span of the policy is negative")
        require(holds=self.approvals in (1, 2), message="a version is approved by one officer or by two")

    def _require_references(self) -> None:
        services = {service.id for service in self.services}
        items = {item.id for item in self.items}
        for item in self.items:
            for collection in item.collected:
                require(
                    holds=collection.service in services,
                    message=f"item `{item.id}` is collected by undeclared service `{collection.service}`",
                )
            require(
                holds=not item.required
                or Collection(service=self.registration_service, source=Source.PROVIDED) in item.collected,
                message=f"item `{item.id}` is required but not given at registration",
            )
        for purpose in self.purposes:
            require_known(f"purpose `{purpose.id}`", purpose.items, items)
        for recipient in self.recipients:
            for ground, shared in recipient.shares.items():
                require(
                    holds=ground in self.grounds,
                    message=f"recipient `{recipient.id}` uses undeclared ground `{ground}`",
                )
                require_known(f"recipient `{recipient.id}`", shared, items)
        require_known("a notice", dict.fromkeys(notice.service for notice in self.notices), services)
        cells = [(notice.service, notice.channel) for notice in self.notices]
        require(holds=len(set(cells)) == len(cells), message="a service has two notices in one channel")
        rights = [terms.right for terms in self.rights]
        require(holds=len(set(rights)) == len(rights), message="a right is declared twice")

    def _require_texts(self) -> None:
        minimums = (item.legal_minimum for item in self.items if item.legal_minimum is not None)
        texts = (
            ("title", self.title),
            *((f"category `{name}`", text) for name, text in self.categories.items()),
            *((f"service `{each.id}`", text) for each in self.services for text in (each.label, each.does)),
            *((f"item `{each.id}`", text) for each in self.items for text in (each.label, each.why)),
            *((f"item `{each.id}`", each.maximum.reason) for each in self.items),
            *(("a legal minimum", minimum.reason) for minimum in minimums),
            *((f"purpose `{each.id}`", text) for each in self.purposes for text in (each.label, each.explains)),
            *((f"recipient `{each.id}`", text) for each in self.recipients for text in (each.label, each.explains)),
            *((f"right `{each.right}`", text) for each in self.rights for text in (each.label, each.explains)),
        )
        for who, text in texts:
            require(
                holds=all(language in text for language in self.languages),
                message=f"a text of {who} is missing in one of the policy's languages",
            )

    @property
    def registration_items(self) -> tuple[Item, ...]:
        """What a registration asks for, in the file's order: exactly the required items (P3)."""
        return tuple(item for item in self.items if item.required)


class ClauseKind(StrEnum):
    """The six kinds of clause."""

    COLLECT = "collect"
    USE = "use"
    SHARE = "share"
    KEEP = "keep"
    RIGHT = "right"
    NOTICE = "notice"


PERMISSIONS: Final = frozenset({ClauseKind.COLLECT, ClauseKind.USE, ClauseKind.SHARE})
"""Kinds for which fewer is better for the subject."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Clause:
    """One cell of a policy version.

    The parts, in order, by kind: collect(item, service, source) · use(item, purpose, basis) · share(item, recipient,
    ground) · keep(item, maximum as `P90D@collected` or `account@collected`) · right(right, attribute, value) ·
    notice(service, channel, lead time as `P30D` or `none`).

    Args:
        parts: as the version writes them.
        roots: the same with every id replaced by its root; equal roots are the same cell in any version.
    """

    kind: ClauseKind
    parts: tuple[str, ...]
    roots: tuple[str, ...]

    @property
    def id(self) -> str:
        """`use(email, promote, consent)`: what files, questions and answers call the clause."""
        return f"{self.kind}({', '.join(self.parts)})"


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyVersion:
    """A policy with its place in history.

    Args:
        number: from 1; versions of one operator have no gaps.
        document_hash: hex SHA-256 over every byte of every file in every language.
        meaning_hash: hex SHA-256 over the clauses.
        clauses: sorted; made by `camket.core.policy.compile`.
    """

    number: int
    policy: Policy
    document_hash: str
    meaning_hash: str
    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        require(holds=self.number >= 1, message=f"version {self.number} cannot be; versions are numbered from 1")
