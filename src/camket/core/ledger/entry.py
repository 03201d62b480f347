"""Ledger entries: a record in two parts, the commitments over them, and the 32 bytes that the public tree holds.

The facts say what was done and by which rule; the subject part says whose data it was. Each is hidden behind 32
random bytes of its own, so that either can be opened without the other: an auditor gets the facts of every entry and
learns no one's handle, a subject gets both parts of their own. Once the nonce of a part is destroyed, what remains of
it is a hash of something no one can guess.

    a = SHA-256(nonce_a || facts)    b = SHA-256(nonce_b || subject part)    entry = SHA-256(a || b)

Nonces are handed in; nothing here makes randomness. Source: semantics sections 8 and 9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final, TypeVar

from camket.core.errors import InvalidValueError, LedgerError, nearest
from camket.core.ledger.canonical import LARGEST_INTEGER, Fields
from camket.core.ledger.merkle import HASH_BYTES, MemoryTree, inclusion_path, leaf_hash, verify_inclusion
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.ledger.canonical import JsonValue

NONCE_BYTES: Final = 32
_Word = TypeVar("_Word", bound=StrEnum)
_NAME = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,99}")
_ACTOR = re.compile(r"subject|(service|staff):[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}")
_HISTORY = re.compile(r"([0-9a-f]{2}){0,64}")
_HANDLE = re.compile(r"[A-Za-z0-9_.:\-]{1,128}")
_REFERENCE_LENGTH: Final = 200


class LedgerAction(StrEnum):
    """What an entry records; the closed set of semantics section 9."""

    COLLECT = "collect"
    USE = "use"
    SHARE = "share"
    CONSENT = "consent"
    AGREEMENT = "agreement"
    REFUSAL = "refusal"
    WITHDRAW = "withdraw"
    """A consent or an agreement was taken back."""
    REQUEST = "request"
    ERASE = "erase"
    POLICY = "policy"
    EPOCH = "epoch"
    CHECKPOINT = "checkpoint"
    RESTORED = "restored"
    SESSION = "session"
    STAFF = "staff"
    """An account of staff: invited, begun, given other roles or another password, ended."""
    NOTICE = "notice"


class LedgerOutcome(StrEnum):
    """How it ended: an answer of the gate, or an act that was carried out."""

    PERMIT = "permit"
    ASK = "ask"
    DENY = "deny"
    DONE = "done"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What was done: the half of a record that an auditor may read. It names no subject.

    Args:
        at: aware; kept to the millisecond, the rest is cut off.
        actor: `subject`, `service:name` or `staff:pseudonym`.
        action: what was done.
        items: ids of the data items, never their values; empty where none is concerned.
        purpose: id of the purpose, or None where there is none.
        outcome: how it ended.
        version: the newest policy version in force; 0 before there is one.
        history: lower-case hexadecimal hash of the fold that decided, or empty.

    Raises:
        InvalidValueError: a naive instant or a text that does not have its form; an e-mail address fits none of them.
    """

    at: datetime
    actor: str
    action: LedgerAction
    items: tuple[str, ...] = ()
    purpose: str | None = None
    outcome: LedgerOutcome
    version: int
    history: str = ""
    _canonical: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        at = require_aware(self.at, "at")
        if at.tzinfo is not UTC or at.microsecond % 1000:
            at = at.astimezone(UTC)
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            object.__setattr__(self, "at", at)
        # INVARIANT: equal to canonical_json(self.to_value()). Every text but the instant is checked once and comes from
        # a cache, which keeps an entry on the hot path at a few microseconds.
        before = _head(self.action, self.actor)
        after = _tail(self.history, self.items, self.outcome, self.purpose, self.version)
        canonical = f"{before}{at.isoformat(timespec='milliseconds')[:23]}{after}".encode()
        object.__setattr__(self, "_canonical", canonical)

    def canonical_bytes(self) -> bytes:
        """Return the facts as RFC 8785 canonical JSON, the bytes that `a` commits to."""
        return self._canonical

    def to_value(self) -> dict[str, JsonValue]:
        """Return the facts as a JSON value; the instant as `2026-11-22T09:12:00.000Z`."""
        return {
            "action": self.action.value,
            "actor": self.actor,
            "at": f"{self.at.isoformat(timespec='milliseconds')[:23]}Z",
            "history": self.history,
            "items": list(self.items),
            "outcome": self.outcome.value,
            "purpose": self.purpose,
            "version": self.version,
        }

    @classmethod
    def from_value(cls, value: object, where: str) -> Facts:
        """Read facts back from a JSON value.

        Args:
            value: what `to_value` gave, after a way through JSON.
            where: how messages call the value.

        Raises:
            LedgerError: a field is missing, unknown or of another form.
        """
        fields = Fields(value, where, _FACTS_FIELDS)
        at = fields.text("at")
        try:
            facts = cls(
                at=datetime.fromisoformat(at),
                actor=fields.text("actor"),
                action=_member(LedgerAction, fields.text("action"), f"{where}.action"),
                items=fields.texts("items"),
                purpose=fields.optional_text("purpose"),
                outcome=_member(LedgerOutcome, fields.text("outcome"), f"{where}.outcome"),
                version=fields.integer("version"),
                history=fields.text("history"),
            )
        except (InvalidValueError, ValueError, OverflowError) as error:
            message = f"`{where}` cannot stand: {error}"
            raise LedgerError(message) from error
        if facts.to_value()["at"] != at:
            message = f"`{where}.at` is `{at}`; an instant of the ledger is written like 2026-11-22T09:12:00.000Z"
            raise LedgerError(message)
        return facts


_FACTS_FIELDS = frozenset({"action", "actor", "at", "history", "items", "outcome", "purpose", "version"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectPart:
    """Whose data it was: the half of a record that only the subject can open.

    Args:
        handle: opaque handle of the subject. *Personal.*
        reference: number of the request or case, or None.

    Raises:
        InvalidValueError: the handle is not opaque (letters, digits and `_ . : -`), or the reference is unfit.
    """

    handle: str
    reference: str | None = None

    def __post_init__(self) -> None:
        if _HANDLE.fullmatch(self.handle) is None:
            message = "`handle` is not an opaque handle of letters, digits and `_ . : -`"
            raise InvalidValueError(message)
        reference = self.reference
        if reference is not None and not (0 < len(reference) <= _REFERENCE_LENGTH and reference.isprintable()):
            message = f"`reference` is empty, longer than {_REFERENCE_LENGTH} characters or holds a control character"
            raise InvalidValueError(message)

    def canonical_bytes(self) -> bytes:
        """Return the part as RFC 8785 canonical JSON, the bytes that `b` commits to."""
        reference = "null" if self.reference is None else encode_basestring(self.reference)
        return f'{{"handle":"{self.handle}","reference":{reference}}}'.encode()

    def to_value(self) -> dict[str, JsonValue]:
        """Return the part as a JSON value."""
        return {"handle": self.handle, "reference": self.reference}

    @classmethod
    def from_value(cls, value: object, where: str) -> SubjectPart:
        """Read a part back from a JSON value.

        Raises:
            LedgerError: a field is missing, unknown or of another form.
        """
        fields = Fields(value, where, frozenset({"handle", "reference"}))
        try:
            return cls(handle=fields.text("handle"), reference=fields.optional_text("reference"))
        except InvalidValueError as error:
            message = f"`{where}` cannot stand: {error}"
            raise LedgerError(message) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchPart:
    """The subject part of a batch: one root over the commitments of all its members (semantics section 8).

    Args:
        root: RFC 6962 root over the members' commitments, in their order.
        size: how many members there are; at least one.
    """

    root: bytes
    size: int

    def __post_init__(self) -> None:
        if len(self.root) != HASH_BYTES or self.size < 1:
            message = f"a batch needs a root of {HASH_BYTES} bytes and at least one member"
            raise InvalidValueError(message)

    def canonical_bytes(self) -> bytes:
        """Return the part as RFC 8785 canonical JSON, the bytes that `b` commits to."""
        return f'{{"members":{self.size},"root":"{self.root.hex()}"}}'.encode()

    def to_value(self) -> dict[str, JsonValue]:
        """Return the part as a JSON value."""
        return {"members": self.size, "root": self.root.hex()}


def facts_commitment(nonce_a: bytes, facts: Facts) -> bytes:
    """Return `a`, which hides the facts until the nonce is shown.

    Args:
        nonce_a: 32 random bytes, used for this record alone.
        facts: what was done.
    """
    _require_nonce(nonce_a)
    return sha256(nonce_a + facts.canonical_bytes()).digest()


def subject_commitment(nonce_b: bytes, part: SubjectPart | BatchPart) -> bytes:
    """Return `b`, which hides the subject until the nonce is shown.

    Args:
        nonce_b: 32 random bytes, used for this record (or this member of a batch) alone. *Personal*: whoever holds it
            can test whether a handle is the subject's.
        part: whose data it was. *Personal.*
    """
    _require_nonce(nonce_b)
    return sha256(nonce_b + part.canonical_bytes()).digest()


def entry_of(a: bytes, b: bytes) -> bytes:
    """Return the 32 bytes that the public tree holds for the two commitments."""
    return sha256(a + b).digest()


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsOpening:
    """What an auditor gets: the facts, and the subject part only as its commitment `b`."""

    nonce_a: bytes
    facts: Facts
    b: bytes

    def entry(self) -> bytes:
        """Return the entry that these facts belong to."""
        return entry_of(facts_commitment(self.nonce_a, self.facts), self.b)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What the subject of a record gets, both parts with their nonces; *personal*."""

    nonce_a: bytes
    facts: Facts
    nonce_b: bytes
    subject_part: SubjectPart

    def entry(self) -> bytes:
        """Return the entry that this record stands in the tree as."""
        return entry_of(facts_commitment(self.nonce_a, self.facts), subject_commitment(self.nonce_b, self.subject_part))

    def of_facts(self) -> FactsOpening:
        """Return what an auditor may see of it."""
        b = subject_commitment(self.nonce_b, self.subject_part)
        return FactsOpening(nonce_a=self.nonce_a, facts=self.facts, b=b)


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberOpening:
    """What one subject of a batch gets: the batch's facts, and their own part with its place; *personal*.

    Args:
        nonce_b: the batch's own nonce; shared by its members, it tells none of them about another.
        batch: root and size over all members.
        member: index in the batch, from 0.
        path: inclusion proof of the member's commitment under the batch's root.
        nonce: the member's own nonce.
    """

    nonce_a: bytes
    facts: Facts
    nonce_b: bytes
    batch: BatchPart
    member: int
    path: tuple[bytes, ...]
    nonce: bytes
    subject_part: SubjectPart

    def entry(self) -> bytes:
        """Return the entry of the batch.

        Raises:
            LedgerError: the part does not stand in the batch at that place.
        """
        verify_inclusion(
            index=self.member,
            size=self.batch.size,
            leaf=leaf_hash(subject_commitment(self.nonce, self.subject_part)),
            path=self.path,
            root=self.batch.root,
        )
        return entry_of(facts_commitment(self.nonce_a, self.facts), subject_commitment(self.nonce_b, self.batch))


class Batch:
    """The commitments of all members of one batch, in order.

    Args:
        commitments: `subject_commitment` of each member, each with a nonce of its own; at least one.
    """

    def __init__(self, commitments: Sequence[bytes]) -> None:
        self._tree = MemoryTree(commitments)
        self.part = BatchPart(root=self._tree.root(), size=self._tree.size)

    def path(self, member: int) -> tuple[bytes, ...]:
        """Return the inclusion proof of one member under the batch's root."""
        return inclusion_path(member, self.part.size, self._tree)


@lru_cache(maxsize=4096, typed=True)
def _head(action: LedgerAction, actor: str) -> str:
    """Return the canonical JSON before the instant; refuses an unfit actor."""
    if _ACTOR.fullmatch(actor) is None:
        message = "`actor` is none of `subject`, `service:name` and `staff:pseudonym`"
        raise InvalidValueError(message)
    return f'{{"action":"{LedgerAction(action).value}","actor":"{actor}","at":"'


@lru_cache(maxsize=4096, typed=True)
def _tail(history: str, items: tuple[str, ...], outcome: LedgerOutcome, purpose: str | None, version: int) -> str:
    """Return the canonical JSON after the instant; refuses what does not have its form."""
    for name in items if purpose is None else (*items, purpose):
        if _NAME.fullmatch(name) is None:
            message = f"`{name[:20]}` is not the id of an item or purpose: small letters, digits and `_ . -`"
            raise InvalidValueError(message)
    if _HISTORY.fullmatch(history) is None:
        message = "`history` is not a hash in lower-case hexadecimal digits"
        raise InvalidValueError(message)
    if isinstance(version, bool) or not 0 <= version <= LARGEST_INTEGER:
        message = f"`version` is {version}; versions are numbered from 1, and 0 stands before the first"
        raise InvalidValueError(message)
    names = ",".join(f'"{name}"' for name in items)
    reason = "null" if purpose is None else f'"{purpose}"'
    return (
        f'Z","history":"{history}","items":[{names}],"outcome":"{LedgerOutcome(outcome).value}"'
        f',"purpose":{reason},"version":{version}}}'
    )


def _member(kind: type[_Word], text: str, where: str) -> _Word:
    try:
        return kind(text)
    except ValueError as error:
        message = f"`{where}` is `{text[:20]}`, which no entry can be{nearest(text, list(kind))}"
        raise LedgerError(message) from error


def _require_nonce(nonce: bytes) -> None:
    if len(nonce) != NONCE_BYTES:
        message = f"a nonce has {NONCE_BYTES} random bytes, not {len(nonce)}"
        raise InvalidValueError(message)
