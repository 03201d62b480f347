"""Improvement news, and what the address in each such mail ends."""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import Blob, may, must, table
from camket.adapters.store.types import ByteText, CanonicalJson, Instant, Whole, Word
from camket.rows.news import NewsState

news = table(
    "news",
    must("id", ByteText(), key=True),
    must("author", ByteText()),
    must("titles", CanonicalJson()),
    must("texts", CanonicalJson()),
    must("state", Word(NewsState)),
    must("created_at", Instant()),
    may("sent_at", Instant()),
    must("asked", Whole()),
    must("queued", Whole()),
    sa.Index(None, "created_at"),
)

unsubscription = table(
    "unsubscription",
    must("token_hash", Blob(), key=True),
    must("subject_id", ByteText()),
    must("purpose", ByteText()),
    must("created_at", Instant()),
    sa.Index(None, "subject_id"),
    sa.Index(None, "created_at"),
)
