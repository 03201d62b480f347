"""The tables: explicit columns, nothing inferred. A change here needs a migration; a test compares the two.

No table refers to another by a foreign key: what belongs to a subject is dropped by named queries in one unit of work,
and rows of one subject may be placed together by `subject_id` on a distributed PostgreSQL.
"""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import Blob, may, metadata, must, number, table
from camket.adapters.store.tables import consents, news, notices, passkeys, publishing, requests, staff
from camket.adapters.store.types import ByteText, CanonicalJson, Instant, Whole, Word
from camket.core.terms import Language, Source, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.rows import CertificateState, CodeKind, FactKind, JobState, MailLane, MailState

__all__ = ["consents", "metadata", "news", "notices", "passkeys", "publishing", "requests", "staff"]

installation = table(
    "installation",
    must("id", Whole(), key=True),
    must("instance_id", ByteText()),
    must("created_at", Instant()),
    must("key_generation", Whole()),
)

policy_version = table(
    "policy_version",
    must("number", Whole(), key=True),
    must("document_hash", ByteText()),
    must("meaning_hash", ByteText()),
    must("bundle", Blob()),
    must("published_at", Instant()),
    must("effective_at", Instant()),
)

subject = table(
    "subject",
    must("id", ByteText(), key=True),
    must("state", Word(SubjectState)),
    must("joined_version", Whole()),
    must("joined_at", Instant()),
    may("confirmed_at", Instant()),
    may("erased_at", Instant()),
    must("language", Word(Language)),
    may("gpc_signalled_at", Instant()),
    may("gpc_overridden_at", Instant()),
    must("facts_revision", Whole()),
    sqlite_with_rowid=False,
)
sa.Index(
    "ix_subject_pending",
    subject.c.joined_at,
    sqlite_where=sa.text("state = 'pending'"),
    postgresql_where=sa.text("state = 'pending'"),
)

subject_fact = table(
    "subject_fact",
    must("id", ByteText(), key=True),
    must("subject_id", ByteText()),
    must("kind", Word(FactKind)),
    must("body", CanonicalJson()),
    must("at", Instant()),
    may("withdrawn_at", Instant()),
    sa.Index(None, "subject_id"),
)

identifier = table(
    "identifier",
    must("field", ByteText(), key=True),
    must("blind_index", Blob(), key=True),
    must("subject_id", ByteText(), key=True),
    must("key_version", Whole()),
    may("claim", ByteText()),
    sa.UniqueConstraint("claim"),
    sa.Index(None, "subject_id"),
    sqlite_with_rowid=False,
)

held_value = table(
    "held_value",
    must("id", ByteText(), key=True),
    must("subject_id", ByteText()),
    must("item", ByteText()),
    must("sealed", Blob()),
    must("key_kind", Word(KeyKind)),
    must("service", ByteText()),
    must("source", Word(Source)),
    must("version", Whole()),
    must("collected_at", Instant()),
    may("last_used_at", Instant()),
    may("article", ByteText()),
    may("hold_until", Instant()),
    sa.Index(None, "subject_id", "item"),
    sa.Index(None, "item", "subject_id"),
)
sa.Index(
    "ix_held_value_hold_until",
    held_value.c.hold_until,
    sqlite_where=sa.text("hold_until IS NOT NULL"),
    postgresql_where=sa.text("hold_until IS NOT NULL"),
)

record = table(
    "record",
    number(),
    must("facts", Blob()),
    must("nonce_a", Blob()),
    must("b", Blob()),
    must("entry", Blob()),
    may("ledger_index", Whole()),
    must("created_at", Instant()),
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
record_subject = table(
    "record_subject",
    must("record_id", Whole(), key=True),
    must("subject_id", ByteText(), key=True),
    must("action", ByteText()),
    must("created_at", Instant()),
    may("sealed", Blob()),
    sa.Index(None, "subject_id", "record_id"),
    sqlite_with_rowid=False,
)

ledger_tile = table(
    "ledger_tile",
    must("path", ByteText(), key=True),
    must("data", Blob()),
)

ledger_head = table(
    "ledger_head",
    must("id", Whole(), key=True),
    must("size", Whole()),
    must("root", Blob()),
    must("checkpoint", ByteText()),
    may("signed_at", Instant()),
    may("lease_owner", ByteText()),
    may("lease_until", Instant()),
    must("fence", Whole()),
)

session = table(
    "session",
    must("token_hash", Blob(), key=True),
    must("id", ByteText()),
    must("subject_id", ByteText()),
    must("created_at", Instant()),
    must("last_seen_at", Instant()),
    must("expires_at", Instant()),
    may("verified_until", Instant()),
    may("browser_hash", Blob()),
    may("device_id", ByteText()),
    sa.UniqueConstraint("id"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "expires_at"),
)

login_code = table(
    "login_code",
    must("id", ByteText(), key=True),
    may("subject_id", ByteText()),
    must("browser_hash", Blob()),
    must("code_hash", Blob()),
    must("kind", Word(CodeKind)),
    may("request_id", ByteText()),
    must("tries", Whole()),
    must("created_at", Instant()),
    must("expires_at", Instant()),
    may("used_at", Instant()),
    sa.Index(None, "browser_hash", "kind"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "expires_at"),
)

outbox = table(
    "outbox",
    must("id", ByteText(), key=True),
    may("subject_id", ByteText()),
    must("template", ByteText()),
    must("args", CanonicalJson()),
    must("state", Word(MailState)),
    must("attempts", Whole()),
    must("created_at", Instant()),
    must("next_at", Instant()),
    may("message_id", ByteText()),
    may("last_error_kind", ByteText()),
    may("sent_at", Instant()),
    must("lane", Word(MailLane)),
    sa.Index(None, "state", "lane", "next_at"),
    sa.Index(None, "subject_id"),
)

job = table(
    "job",
    number(),
    must("kind", ByteText()),
    must("args", CanonicalJson()),
    may("dedupe_key", ByteText()),
    must("state", Word(JobState)),
    must("run_at", Instant()),
    must("attempts", Whole()),
    may("lease_owner", ByteText()),
    may("lease_until", Instant()),
    must("fence", Whole()),
    may("last_error", ByteText()),
    may("finished_at", Instant()),
    sa.UniqueConstraint("dedupe_key"),
    sa.Index(None, "state", "run_at"),
    sqlite_autoincrement=True,
)

job_step = table(
    "job_step",
    must("job_id", Whole(), key=True),
    must("step", ByteText(), key=True),
    must("fence", Whole()),
    may("result", CanonicalJson()),
    must("done_at", Instant()),
    sqlite_with_rowid=False,
)

rate_limit = table(
    "rate_limit",
    must("bucket", ByteText(), key=True),
    must("key_hmac", Blob(), key=True),
    must("window_start", Instant(), key=True),
    must("count", Whole()),
    sa.Index(None, "window_start"),
    sqlite_with_rowid=False,
)

visitor_refusal = table(
    "visitor_refusal",
    must("hour", Instant(), key=True),
    must("reason", ByteText(), key=True),
    must("count", Whole()),
    sqlite_with_rowid=False,
)

certificate = table(
    "certificate",
    must("token_hash", Blob(), key=True),
    may("sealed", Blob()),
    must("status", Word(CertificateState)),
    must("created_at", Instant()),
    must("expires_at", Instant()),
    sa.Index(None, "expires_at"),
)
