"""Requests: what was asked for, its timeline, the proofs of who asks, the thread, the file that answers it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from camket.adapters.store.columns import Blob, may, must, table
from camket.adapters.store.types import ByteText, CanonicalJson, Flag, Instant, Whole, Word
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Verification
from camket.rows.requests import RequestChannel

request = table(
    "request",
    must("id", ByteText(), key=True),
    must("subject_id", ByteText()),
    must("kind", Word(RequestKind)),
    must("state", Word(RequestState)),
    must("number", ByteText()),
    must("channel", Word(RequestChannel)),
    must("policy_version", Whole()),
    may("filed_by", ByteText()),
    may("assigned_to", ByteText()),
    must("created_at", Instant()),
    may("verified_at", Instant()),
    may("verified_level", Word(Verification)),
    may("reply_due_at", Instant()),
    may("due_at", Instant()),
    may("warn_at", Instant()),
    may("warned_at", Instant()),
    may("replied_at", Instant()),
    may("paused_at", Instant()),
    may("extended_at", Instant()),
    may("failing", ByteText()),
    may("failing_since", Instant()),
    may("done_at", Instant()),
    may("sealed", Blob()),
    may("queue_at", Instant()),
    sa.UniqueConstraint("number"),
    sa.Index(None, "subject_id"),
)
READ: Final = tuple(column for column in request.c if column.name != "queue_at")
"""What a request is read from; `queue_at` follows from the rest and is there to be sorted by."""
# What the queue is narrowed by stands in its index, so that what is not wanted is passed over without being read.
_QUEUED: Final = tuple(request.c[name] for name in ("queue_at", "id", "kind", "state", "assigned_to"))
for _name, _columns, _where in (
    ("queue", _QUEUED, "queue_at IS NOT NULL"),
    ("warn", (request.c.warn_at, request.c.queue_at), "queue_at IS NOT NULL"),
    ("unproven", (request.c.created_at, request.c.id), "done_at IS NULL AND verified_at IS NULL"),
    ("failing", (request.c.failing_since, request.c.id), "done_at IS NULL AND failing IS NOT NULL"),
    ("ended", (request.c.done_at, request.c.id), "done_at IS NOT NULL AND verified_at IS NOT NULL"),
):
    sa.Index(f"ix_request_{_name}", *_columns, sqlite_where=sa.text(_where), postgresql_where=sa.text(_where))

request_event = table(
    "request_event",
    must("id", ByteText(), key=True),
    must("request_id", ByteText()),
    must("subject_id", ByteText()),
    must("position", Whole()),
    must("event", Word(RequestEvent)),
    must("state", Word(RequestState)),
    must("at", Instant()),
    must("actor", ByteText()),
    may("detail", CanonicalJson()),
    may("sealed", Blob()),
    must("shown", Flag()),
    may("record_id", Whole()),
    sa.Index(None, "request_id", "position", unique=True),
    sa.Index(None, "subject_id"),
)

request_proof = table(
    "request_proof",
    must("id", ByteText(), key=True),
    must("request_id", ByteText()),
    must("subject_id", ByteText()),
    must("level", Word(Verification)),
    must("at", Instant()),
    must("expires_at", Instant()),
    may("session_id", ByteText()),
    may("browser_hash", Blob()),
    may("given_by", ByteText()),
    may("used_at", Instant()),
    sa.Index(None, "request_id"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "expires_at"),
)

request_message = table(
    "request_message",
    must("id", ByteText(), key=True),
    must("request_id", ByteText()),
    must("subject_id", ByteText()),
    must("position", Whole()),
    must("at", Instant()),
    must("author", ByteText()),
    may("value_id", ByteText()),
    must("pictures", CanonicalJson()),
    may("sealed", Blob()),
    must("internal", Flag()),
    sa.Index(None, "request_id", "position"),
    sa.Index(None, "subject_id"),
)

request_file = table(
    "request_file",
    must("request_id", ByteText(), key=True),
    must("subject_id", ByteText()),
    must("file_name", ByteText()),
    must("size_bytes", Whole()),
    must("making", ByteText()),
    must("parts", Whole()),
    may("token_hash", Blob()),
    must("created_at", Instant()),
    must("expires_at", Instant()),
    may("fetched_at", Instant()),
    sa.Index(None, "subject_id"),
    sa.Index(None, "token_hash"),
    sa.Index(None, "expires_at"),
)

request_part = table(
    "request_part",
    must("request_id", ByteText(), key=True),
    must("name", ByteText(), key=True),
    must("position", Whole(), key=True),
    must("subject_id", ByteText()),
    must("sealed", Blob()),
    sa.Index(None, "subject_id"),
)
