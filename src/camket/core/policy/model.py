"""A policy as values: what the file declares, valid by construction, and the clauses it comes down to.

A **clause** is one cell that can stand, change and be answered alone (semantics section 1). Its identity is the tuple of
its *roots*: an id that was renamed keeps the first id it ever had (`renamed_from`, oldest first).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.terms import Basis, Channel, Ground, Language, Right, Source, Verification

Text = dict["Language", str]
"""The same sentence in every language of the policy."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalMinimum:
    """How long at least, because a named article demands it; holds after erasure, under the `hold` key."""

    clock: Clock
    days: int
    article: str
    reason: Text


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Purpose:
    """What data is used for. Its basis is one for all of its items."""

    id: str
    label: Text
    explains: Text
    basis: Basis
    dpv: str
    items: tuple[str, ...]
    renamed_from: tuple[str, ...] = ()


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


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeTerms:
    """How, and how many days ahead, customers of a service are told of a significant change."""

    service: str
    channel: Channel
    lead_days: int


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
    parts: tuple[str, str, str]
    roots: tuple[str, str, str]

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
