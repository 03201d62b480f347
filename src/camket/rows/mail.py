"""Rows of the table `outbox`: mail that waits, and mail that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows import JsonObject


class MailState(StrEnum):
    """Where a queued mail stands; `denied`: the gate said no when it was to be sent."""

    QUEUED = "queued"
    SENT = "sent"
    DENIED = "denied"
    DEAD = "dead"


class MailLane(StrEnum):
    """Which queue a mail stands in: what someone is waiting for never stands behind what goes to many."""

    PROMPT = "prompt"
    BULK = "bulk"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRow:
    """A mail in the outbox: template and ids; it is filled when it is sent.

    Args:
        attempts: how often sending was begun.
        next_at: not before then.
        message_id: of the mail as sent.
        last_error_kind: a word for the last failure, nothing personal.
    """

    id: str
    subject_id: str | None
    template: str
    args: JsonObject
    state: MailState
    attempts: int
    created_at: datetime
    next_at: datetime
    message_id: str | None
    last_error_kind: str | None
    sent_at: datetime | None
    lane: MailLane = MailLane.PROMPT
