"""What waits and what failed, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MailCount:
    """The outgoing mail.

    Args:
        waiting: how many wait to be sent, those that are tried again too.
        stuck: of these, how many have waited for too long.
        oldest_at: when the one that has waited longest was queued; None where none waits.
        dead: how many were given up after every try, as far back as mails are kept.
    """

    waiting: int
    stuck: int
    oldest_at: datetime | None
    dead: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JobCount:
    """Jobs of one kind that need care.

    Args:
        failed: how many will not be tried again, as far back as jobs are kept.
        stuck: how many should have been done by now.
    """

    kind: str
    failed: int
    stuck: int
