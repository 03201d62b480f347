"""Notices of policy versions, and what became of each for each subject."""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import may, must, table
from camket.adapters.store.types import ByteText, Flag, Instant, Whole, Word
from camket.rows.notices import DeliveryState, NoticeState

notice = table(
    "notice",
    must("number", Whole(), key=True),
    must("state", Word(NoticeState)),
    must("created_at", Instant()),
    may("planned_at", Instant()),
)

notice_delivery = table(
    "notice_delivery",
    must("number", Whole(), key=True),
    must("subject_id", ByteText(), key=True),
    must("banner", Flag()),
    must("mail", Word(DeliveryState)),
    must("planned_at", Instant()),
    may("settled_at", Instant()),
    may("message_id", ByteText()),
    may("smtp_code", Whole()),
    may("error_kind", ByteText()),
    may("seen_at", Instant()),
    sa.Index(None, "subject_id"),
    sqlite_with_rowid=False,
)

# What is left of deliveries whose rows are gone: counts, of no one.
notice_sum = table(
    "notice_sum",
    must("number", Whole(), key=True),
    must("mail", Word(DeliveryState), key=True),
    must("people", Whole()),
    must("banners", Whole()),
    must("seen", Whole()),
    sqlite_with_rowid=False,
)
