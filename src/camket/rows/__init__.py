"""The rows that the store keeps, one frozen value each: ids, hashes, instants and sealed bytes, never a plain value.

Every instant is aware; the store keeps microseconds in UTC and gives them back in UTC. Blobs named `sealed` open only
with a key of their subject, which is not in this store.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from camket.core.terms import Language, Source, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.rows.mail import MailLane as MailLane
from camket.rows.mail import MailRow as MailRow
from camket.rows.mail import MailState as MailState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
"""What a JSON column holds: no floats, so that one value has one text."""

JsonObject: TypeAlias = "Mapping[str, Json]"


class FactKind(StrEnum):
    """What the gate must know about a subject beside their row (semantics section 3)."""

    AGREEMENT = "agreement"
    CONSENT = "consent"
    REFUSAL = "refusal"
    RESTRICTION = "restriction"
    OBJECTION = "objection"


class CodeKind(StrEnum):
    """What a one-time code is good for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    VERIFY = "verify"
    NEW_EMAIL = "new_email"
    OUTSIDE = "outside"
    """A request of someone who is not signed in."""


class JobState(StrEnum):
    """Where a job stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CertificateState(StrEnum):
    """Whether the certificate of an erasure can be fetched yet."""

    PENDING = "pending"
    READY = "ready"


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallationRow:
    """Which installation this database belongs to; there is one row, made with the database.

    Args:
        instance_id: the key store's own; never changes.
        key_generation: the highest generation of the key store that rows here depend on.
    """

    instance_id: str
    created_at: datetime
    key_generation: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyVersionRow:
    """A published policy version.

    Args:
        number: from 1, without gaps.
        document_hash: hex; two versions have one where an earlier text was published again.
        meaning_hash: hex.
        bundle: canonical JSON of the policy's files.
    """

    number: int
    document_hash: str
    meaning_hash: str
    bundle: bytes
    published_at: datetime
    effective_at: datetime


ERASED_LANGUAGE: Final = Language.VI
"""Stands where the language of a subject stood who is erased: of everyone the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectRow:
    """A subject, without anything that says who they are.

    Args:
        id: random, opaque.
        joined_version: number of the policy version in force when they joined.
        language: what they read; `ERASED_LANGUAGE` once they are erased, whatever it was.
        facts_revision: grows with every change of what the gate must know; equal revisions mean equal facts.
    """

    id: str
    state: SubjectState
    joined_version: int
    joined_at: datetime
    confirmed_at: datetime | None
    erased_at: datetime | None
    language: Language
    gpc_signalled_at: datetime | None
    gpc_overridden_at: datetime | None
    facts_revision: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FactRow:
    """One agreement, consent, refusal, restriction or objection.

    Args:
        body: ids, hashes and instants only, in the JSON of semantics section 3.
        at: when it was said.
        withdrawn_at: from when it no longer counts.
    """

    id: str
    subject_id: str
    kind: FactKind
    body: JsonObject
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentifierRow:
    """A blind index by which a subject is found: an HMAC of a normalised e-mail or phone.

    Args:
        field: `email` or `phone`.
        key_version: the index key that made it.
        claim: unique text over all subjects, set only for a confirmed identifier that no one else may have.
    """

    field: str
    blind_index: bytes
    subject_id: str
    key_version: int
    claim: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldValueRow:
    """A sealed value of one item.

    Args:
        id: random; bound into the seal with subject and item.
        service: where it was collected.
        version: number of the policy version under which it was collected.
        article: the legal minimum that holds it; set with `hold_until`, for `KeyKind.HOLD` only.
    """

    id: str
    subject_id: str
    item: str
    sealed: bytes
    key_kind: KeyKind
    service: str
    source: Source
    version: int
    collected_at: datetime
    last_used_at: datetime | None
    article: str | None
    hold_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRecord:
    """A ledger record before it is stored (semantics section 9).

    Args:
        facts: canonical JSON of the facts part; nothing personal.
        nonce_a: 32 random bytes, opens the facts part.
        b: 32 bytes, the commitment of the subject part.
        entry: 32 bytes, `SHA-256(a || b)`: what the public tree holds.
    """

    facts: bytes
    nonce_a: bytes
    b: bytes
    entry: bytes
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordLink:
    """Whose record it is; deleted when the subject is erased.

    Args:
        action: the record's action, for counting.
        sealed: the subject part with its nonce, sealed under the subject's key; of a batch, this subject's part alone.
    """

    subject_id: str
    action: str
    sealed: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordRow:
    """A stored ledger record.

    Args:
        id: grows in the order of storing.
        ledger_index: place in the public tree, from 0; None until it is sequenced.
    """

    id: int
    facts: bytes
    nonce_a: bytes
    b: bytes
    entry: bytes
    ledger_index: int | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectRecordRow:
    """A stored ledger record as one subject's own, with their sealed part."""

    id: int
    facts: bytes
    nonce_a: bytes
    b: bytes
    entry: bytes
    ledger_index: int | None
    created_at: datetime
    action: str
    sealed: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsequencedRow:
    """A record that waits for its place in the tree."""

    id: int
    entry: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerHeadRow:
    """The newest state of the public tree, and who may extend it.

    Args:
        size: entries in the tree.
        root: 32 bytes.
        checkpoint: the signed note over size and root; empty before the first.
        fence: grows with every lease; only its holder may move the head.
    """

    size: int
    root: bytes
    checkpoint: str
    signed_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    fence: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """A signed-in browser.

    Args:
        token_hash: SHA-256 of the token; the token itself is nowhere.
        id: names the session to its subject, opens nothing.
        expires_at: good until, sliding.
        verified_until: a step-up verification holds until then.
        browser_hash: HMAC of what the browser was bound to.
        device_id: id shared by the held values that describe the device.
    """

    token_hash: bytes
    id: str
    subject_id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    verified_until: datetime | None
    browser_hash: bytes | None
    device_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeRow:
    """A one-time code that was sent.

    Args:
        subject_id: None for an address that no one has: the same row, good for nothing.
        browser_hash: the browser that asked; the code works in no other.
        code_hash: HMAC of the code.
        request_id: the request that it verifies.
        tries: how often a code was entered against it.
    """

    id: str
    subject_id: str | None
    browser_hash: bytes
    code_hash: bytes
    kind: CodeKind
    request_id: str | None
    tries: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRow:
    """A job.

    Args:
        args: ids only.
        dedupe_key: no second job with the same key is stored while this row stands.
        attempts: how often it was claimed since it last got on.
        fence: grows with every claim; a worker that holds an older one writes nothing.
        last_error: a word for the last failure, nothing personal.
    """

    id: int
    kind: str
    args: JsonObject
    dedupe_key: str | None
    state: JobState
    run_at: datetime
    attempts: int
    lease_owner: str | None
    lease_until: datetime | None
    fence: int
    last_error: str | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class JobStepRow:
    """A finished step of a job; written in the transaction of the step's effect."""

    job_id: int
    step: str
    fence: int
    result: Json
    done_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalCountRow:
    """How many unknown visitors were refused within one hour, for one reason."""

    hour: datetime
    reason: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateRow:
    """The certificate of an erasure, waiting to be fetched with its token.

    Args:
        token_hash: SHA-256 of the token.
        sealed: opens with the token alone; None until it is made.
        status: whether it can be fetched.
    """

    token_hash: bytes
    sealed: bytes | None
    status: CertificateState
    created_at: datetime
    expires_at: datetime
