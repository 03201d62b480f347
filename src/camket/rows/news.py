"""Rows of the tables in `camket.adapters.store.tables.news`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows import JsonObject


class NewsState(StrEnum):
    """Where a piece of news stands."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsRow:
    """A piece of improvement news. It is written to no one, so nothing personal stands in it.

    Args:
        author: who wrote it, `staff:pseudonym`.
        titles: language -> one line.
        texts: language -> one or more paragraphs, blank lines between them.
        created_at: when it was written first.
        sent_at: when an officer had it sent; None for a draft.
        asked: for how many customers the gate was asked.
        queued: for how many of them it said yes, so that a mail was queued.
    """

    id: str
    author: str
    titles: JsonObject
    texts: JsonObject
    state: NewsState
    created_at: datetime
    sent_at: datetime | None
    asked: int
    queued: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsubscriptionRow:
    """What the address in a mail ends when one click is made there.

    Args:
        token_hash: SHA-256 of the token in the address; the token itself is nowhere but in the mail.
        purpose: whose consent ends.
        created_at: when the mail was written.
    """

    token_hash: bytes
    subject_id: str
    purpose: str
    created_at: datetime
