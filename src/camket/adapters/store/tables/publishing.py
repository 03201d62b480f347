"""Policies in the making: drafts, and who approved them."""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import Blob, may, must, table
from camket.adapters.store.types import ByteText, Instant, Whole, Word
from camket.rows.publishing import DraftState

policy_draft = table(
    "policy_draft",
    must("id", ByteText(), key=True),
    must("state", Word(DraftState)),
    must("base", Whole()),
    must("revision", Whole()),
    must("files", Blob()),
    may("effective_at", Instant()),
    must("begun_by", ByteText()),
    must("begun_at", Instant()),
    must("saved_by", ByteText()),
    must("saved_at", Instant()),
    may("number", Whole()),
)
# INVARIANT: one draft at most is open: whoever begins a second one is told of the first.
sa.Index(
    "ix_policy_draft_open",
    policy_draft.c.state,
    unique=True,
    sqlite_where=sa.text("state = 'open'"),
    postgresql_where=sa.text("state = 'open'"),
)

policy_approval = table(
    "policy_approval",
    must("draft_id", ByteText(), key=True),
    must("approved_by", ByteText(), key=True),
    must("revision", Whole()),
    must("approved_at", Instant()),
)
