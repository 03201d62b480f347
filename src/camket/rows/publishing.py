"""Rows of the tables in `camket.adapters.store.tables.publishing`, and what is counted of subjects by their history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class DraftState(StrEnum):
    """Whether a draft is worked on or has become a version."""

    OPEN = "open"
    PUBLISHED = "published"


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftRow:
    """A policy in the making; one at most is open.

    Args:
        base: number of the newest version that its officers have seen.
        revision: from 1; grows with every change, so that nobody changes what they have not seen.
        files: JSON of the policy's files by name, whatever is wrong with them.
        effective_at: from when it is to be in force; None while nobody has said so.
        begun_by: pseudonym of an officer, as the ledger has it; likewise `saved_by`, who changed it last.
        number: of the version that it became.
    """

    id: str
    state: DraftState
    base: int
    revision: int
    files: bytes
    effective_at: datetime | None
    begun_by: str
    begun_at: datetime
    saved_by: str
    saved_at: datetime
    number: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalRow:
    """One officer's yes to a draft as it was; publishing it is a yes too.

    Args:
        approved_by: as the ledger has the officer.
        revision: of the draft; a yes to another revision does not count.
    """

    draft_id: str
    approved_by: str
    revision: int
    approved_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Consented:
    """What a yes is for.

    Args:
        purpose: id; empty where the yes is for sharing alone.
        recipient: id; empty where nothing is shared.
        items: ids.
    """

    purpose: str
    recipient: str
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryCount:
    """How many customers have one history; those with the same history share one effective policy.

    Args:
        joined: number of the version that they joined under.
        agreed: what they agreed to and did not take back, as (version, clause), the clause empty for the version whole.
        consented: what they said yes to and did not take back.
        subjects: at least 1.
    """

    joined: int
    agreed: frozenset[tuple[int, str]]
    consented: frozenset[Consented] = frozenset()
    subjects: int
