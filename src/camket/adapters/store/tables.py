"""The tables: explicit columns, nothing inferred. A change here needs a migration; a test compares the two.

No table refers to another by a foreign key: what belongs to a subject is dropped by named queries in one unit of work,
and rows of one subject may be placed together by `subject_id` on a distributed PostgreSQL.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from camket.adapters.store.types import ByteText, CanonicalJson, Instant, Whole, Word
from camket.core.terms import Language, Right, Source, SubjectState, Verification
from camket.core.vault.keyring import KeyKind
from camket.rows import CertificateState, CodeKind, FactKind, JobState, MailState, RequestState

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:  # noqa: ANN401 - SQLAlchemy's own
    return sa.Table(name, metadata, *parts, sqlite_strict=True, **options)


def _must(name: str, kind: sa.types.TypeEngine[Any], *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, primary_key=key, autoincrement=False)


def _may(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _number() -> sa.Column[Any]:
    # On SQLite AUTOINCREMENT, on PostgreSQL an identity: a number is never given twice, even after pruning.
    return sa.Column("id", Whole(), sa.Identity(always=True), primary_key=True, autoincrement=True)


Blob = sa.LargeBinary

installation = _table(
    "installation",
    _must("id", Whole(), key=True),
    _must("instance_id", ByteText()),
    _must("created_at", Instant()),
    _must("key_generation", Whole()),
)

policy_version = _table(
    "policy_version",
    _must("number", Whole(), key=True),
    _must("document_hash", ByteText()),
    _must("meaning_hash", ByteText()),
    _must("bundle", Blob()),
    _must("published_at", Instant()),
    _must("effective_at", Instant()),
)

subject = _table(
    "subject",
    _must("id", ByteText(), key=True),
    _must("state", Word(SubjectState)),
    _must("joined_version", Whole()),
    _must("joined_at", Instant()),
    _may("confirmed_at", Instant()),
    _may("erased_at", Instant()),
    _must("language", Word(Language)),
    _may("gpc_signalled_at", Instant()),
    _may("gpc_overridden_at", Instant()),
    _must("facts_revision", Whole()),
    sqlite_with_rowid=False,
)
sa.Index(
    "ix_subject_pending",
    subject.c.joined_at,
    sqlite_where=sa.text("state = 'pending'"),
    postgresql_where=sa.text("state = 'pending'"),
)

subject_fact = _table(
    "subject_fact",
    _must("id", ByteText(), key=True),
    _must("subject_id", ByteText()),
    _must("kind", Word(FactKind)),
    _must("body", CanonicalJson()),
    _must("at", Instant()),
    _may("withdrawn_at", Instant()),
    sa.Index(None, "subject_id"),
)

identifier = _table(
    "identifier",
    _must("field", ByteText(), key=True),
    _must("blind_index", Blob(), key=True),
    _must("subject_id", ByteText(), key=True),
    _must("key_version", Whole()),
    _may("claim", ByteText()),
    sa.UniqueConstraint("claim"),
    sa.Index(None, "subject_id"),
    sqlite_with_rowid=False,
)

held_value = _table(
    "held_value",
    _must("id", ByteText(), key=True),
    _must("subject_id", ByteText()),
    _must("item", ByteText()),
    _must("sealed", Blob()),
    _must("key_kind", Word(KeyKind)),
    _must("service", ByteText()),
    _must("source", Word(Source)),
    _must("version", Whole()),
    _must("collected_at", Instant()),
    _may("last_used_at", Instant()),
    _may("article", ByteText()),
    _may("hold_until", Instant()),
    sa.Index(None, "subject_id", "item"),
    sa.Index(None, "item", "subject_id"),
)
sa.Index(
    "ix_held_value_hold_until",
    held_value.c.hold_until,
    sqlite_where=sa.text("hold_until IS NOT NULL"),
    postgresql_where=sa.text("hold_until IS NOT NULL"),
)

record = _table(
    "record",
    _number(),
    _must("facts", Blob()),
    _must("nonce_a", Blob()),
    _must("b", Blob()),
    _must("entry", Blob()),
    _may("ledger_index", Whole()),
    _must("created_at", Instant()),
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_record_ledger_index",
    record.c.ledger_index,
    unique=True,
    sqlite_where=sa.text("ledger_index IS NOT NULL"),
    postgresql_where=sa.text("ledger_index IS NOT NULL"),
)
sa.Index(
    "ix_record_unsequenced",
    record.c.id,
    sqlite_where=sa.text("ledger_index IS NULL"),
    postgresql_where=sa.text("ledger_index IS NULL"),
)

# Clustered by record on SQLite, so that storing one writes at the end of the table and not all over it.
record_subject = _table(
    "record_subject",
    _must("record_id", Whole(), key=True),
    _must("subject_id", ByteText(), key=True),
    _must("action", ByteText()),
    _must("created_at", Instant()),
    _may("sealed", Blob()),
    sa.Index(None, "subject_id", "record_id"),
    sqlite_with_rowid=False,
)

ledger_tile = _table(
    "ledger_tile",
    _must("path", ByteText(), key=True),
    _must("data", Blob()),
)

ledger_head = _table(
    "ledger_head",
    _must("id", Whole(), key=True),
    _must("size", Whole()),
    _must("root", Blob()),
    _must("checkpoint", ByteText()),
    _may("signed_at", Instant()),
    _may("lease_owner", ByteText()),
    _may("lease_until", Instant()),
    _must("fence", Whole()),
)

session = _table(
    "session",
    _must("token_hash", Blob(), key=True),
    _must("id", ByteText()),
    _must("subject_id", ByteText()),
    _must("created_at", Instant()),
    _must("last_seen_at", Instant()),
    _must("expires_at", Instant()),
    _may("verified_until", Instant()),
    _may("browser_hash", Blob()),
    _may("device_id", ByteText()),
    sa.UniqueConstraint("id"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "expires_at"),
)

login_code = _table(
    "login_code",
    _must("id", ByteText(), key=True),
    _may("subject_id", ByteText()),
    _must("browser_hash", Blob()),
    _must("code_hash", Blob()),
    _must("kind", Word(CodeKind)),
    _may("request_id", ByteText()),
    _must("tries", Whole()),
    _must("created_at", Instant()),
    _must("expires_at", Instant()),
    _may("used_at", Instant()),
    sa.Index(None, "browser_hash", "kind"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "expires_at"),
)

request = _table(
    "request",
    _must("id", ByteText(), key=True),
    _must("subject_id", ByteText()),
    _must("right", Word(Right)),
    _must("state", Word(RequestState)),
    _must("created_at", Instant()),
    _may("due_at", Instant()),
    _may("verified_at", Instant()),
    _may("verified_level", Word(Verification)),
    _may("done_at", Instant()),
    _may("sealed", Blob()),
    sa.Index(None, "subject_id"),
)

outbox = _table(
    "outbox",
    _must("id", ByteText(), key=True),
    _may("subject_id", ByteText()),
    _must("template", ByteText()),
    _must("args", CanonicalJson()),
    _must("state", Word(MailState)),
    _must("attempts", Whole()),
    _must("created_at", Instant()),
    _must("next_at", Instant()),
    _may("message_id", ByteText()),
    _may("last_error_kind", ByteText()),
    _may("sent_at", Instant()),
    sa.Index(None, "state", "next_at"),
    sa.Index(None, "subject_id"),
)

job = _table(
    "job",
    _number(),
    _must("kind", ByteText()),
    _must("args", CanonicalJson()),
    _may("dedupe_key", ByteText()),
    _must("state", Word(JobState)),
    _must("run_at", Instant()),
    _must("attempts", Whole()),
    _may("lease_owner", ByteText()),
    _may("lease_until", Instant()),
    _must("fence", Whole()),
    _may("last_error", ByteText()),
    _may("finished_at", Instant()),
    sa.UniqueConstraint("dedupe_key"),
    sa.Index(None, "state", "run_at"),
    sqlite_autoincrement=True,
)

job_step = _table(
    "job_step",
    _must("job_id", Whole(), key=True),
    _must("step", ByteText(), key=True),
    _must("fence", Whole()),
    _may("result", CanonicalJson()),
    _must("done_at", Instant()),
    sqlite_with_rowid=False,
)

rate_limit = _table(
    "rate_limit",
    _must("bucket", ByteText(), key=True),
    _must("key_hmac", Blob(), key=True),
    _must("window_start", Instant(), key=True),
    _must("count", Whole()),
    sa.Index(None, "window_start"),
    sqlite_with_rowid=False,
)

visitor_refusal = _table(
    "visitor_refusal",
    _must("hour", Instant(), key=True),
    _must("reason", ByteText(), key=True),
    _must("count", Whole()),
    sqlite_with_rowid=False,
)

certificate = _table(
    "certificate",
    _must("token_hash", Blob(), key=True),
    _may("sealed", Blob()),
    _must("status", Word(CertificateState)),
    _must("created_at", Instant()),
    _must("expires_at", Instant()),
    sa.Index(None, "expires_at"),
)
