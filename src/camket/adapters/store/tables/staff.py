"""Staff, their sessions, the invitations that wait, and what stands in for a lost second factor."""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import Blob, may, must, table
from camket.adapters.store.types import ByteText, CanonicalJson, Instant, Whole, Word
from camket.rows.staff import StaffStage

staff = table(
    "staff",
    must("subject_id", ByteText(), key=True),
    must("pseudonym", ByteText()),
    must("roles", CanonicalJson()),
    may("password_hash", ByteText()),
    may("totp_sealed", Blob()),
    may("totp_step", Whole()),
    must("created_at", Instant()),
    sa.UniqueConstraint("pseudonym"),
)

staff_session = table(
    "staff_session",
    must("token_hash", Blob(), key=True),
    must("id", ByteText()),
    must("subject_id", ByteText()),
    must("stage", Word(StaffStage)),
    must("tries", Whole()),
    must("created_at", Instant()),
    must("last_seen_at", Instant()),
    must("expires_at", Instant()),
    sa.UniqueConstraint("id"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "expires_at"),
)

staff_invitation = table(
    "staff_invitation",
    must("id", ByteText(), key=True),
    must("token_hash", Blob()),
    must("roles", CanonicalJson()),
    may("invited_by", ByteText()),
    must("created_at", Instant()),
    must("expires_at", Instant()),
    sa.UniqueConstraint("token_hash"),
)

staff_recovery_code = table(
    "staff_recovery_code",
    must("subject_id", ByteText(), key=True),
    must("code_hash", Blob(), key=True),
    sqlite_with_rowid=False,
)
