"""Rows of the tables in `camket.adapters.store.tables.notices`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class NoticeState(StrEnum):
    """Where a notice stands; `not_needed`: the version changes no meaning, so the policy page tells of it alone."""

    PLANNING = "planning"
    PLANNED = "planned"
    NOT_NEEDED = "not_needed"


class DeliveryState(StrEnum):
    """What became of the mail of a notice for one customer; `none`: the policy promises them no e-mail.

    `refused`: the relay said for good that it takes none; `dead`: given up after every try; `denied`: the gate said no.
    """

    NONE = "none"
    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    DEAD = "dead"
    DENIED = "denied"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """The notice of one policy version.

    Args:
        number: of the version; each has one notice at most.
        planned_at: when everyone who was there then had been planned.
    """

    number: int
    state: NoticeState
    created_at: datetime
    planned_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryRow:
    """What one customer was told of one version, and what became of it: the evidence.

    Args:
        number: of the version.
        banner: the apps that they use show it until they have read it.
        settled_at: when the mail's state was last written; None for one that was not tried.
        message_id: of the mail as sent.
        smtp_code: the relay's last answer; None where it gave none.
        error_kind: a word for the last failure, nothing personal.
        seen_at: when they said that they had read it.
    """

    number: int
    subject_id: str
    banner: bool
    mail: DeliveryState
    planned_at: datetime
    settled_at: datetime | None = None
    message_id: str | None = None
    smtp_code: int | None = None
    error_kind: str | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryCount:
    """How many customers are alike in what became of a notice.

    Args:
        present: False for those whose rows are gone: they were erased, or the time of the evidence is over.
        people: how many.
        banners: how many of them were to see a banner.
        seen: how many of them said that they had read it.
    """

    mail: DeliveryState
    present: bool
    people: int
    banners: int
    seen: int
