"""Passkeys, of customers and of staff."""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import Blob, may, must, table
from camket.adapters.store.types import ByteText, Instant, Whole, Word
from camket.rows.passkeys import Ceremony

passkey = table(
    "passkey",
    must("id", ByteText(), key=True),
    must("subject_id", ByteText()),
    must("credential_hash", Blob()),
    must("public_key", Blob()),
    must("sign_count", Whole()),
    must("created_at", Instant()),
    may("last_used_at", Instant()),
    sa.UniqueConstraint("credential_hash"),
    sa.Index(None, "subject_id"),
)

passkey_challenge = table(
    "passkey_challenge",
    must("challenge_hash", Blob(), key=True),
    must("ceremony", Word(Ceremony)),
    must("browser_hash", Blob()),
    may("subject_id", ByteText()),
    may("request_id", ByteText()),
    must("expires_at", Instant()),
    sa.Index(None, "expires_at"),
    sa.Index(None, "subject_id"),
)
