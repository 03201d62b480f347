"""Policies in the making: drafts, who approved them, and how many subjects share one history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows.publishing import ApprovalRow, DraftRow, HistoryCount


class PublishingQueries(Protocol):
    """Drafts, approvals, histories."""

    def begin(self, row: DraftRow) -> None:
        """Store an open draft; ConflictError when one is open already."""
        ...

    def open_draft(self) -> DraftRow | None:
        """Return the open draft; locked until the unit ends where the unit writes."""
        ...

    def of_version(self, number: int) -> DraftRow | None:
        """Return the draft that became a version; None for one that came without a draft."""
        ...

    def save(self, row: DraftRow, *, seen: int) -> bool:
        """Put an open draft in the place of its revision `seen`; False when that is not its revision any more."""
        ...

    def close(self, draft_id: str, *, number: int) -> bool:
        """Mark an open draft as published, its revision as it is; False when it is not open."""
        ...

    def drop(self, draft_id: str) -> bool:
        """Drop an open draft and what was approved of it; False when it is not open."""
        ...

    def approve(self, row: ApprovalRow) -> None:
        """Store an officer's yes, in the place of an older one of theirs to the same draft."""
        ...

    def approvals(self, draft_id: str) -> tuple[ApprovalRow, ...]:
        """Return every yes to a draft, of any revision, oldest first."""
        ...

    def histories(self, *, at: datetime) -> tuple[HistoryCount, ...]:
        """Return how many active subjects, staff left out, have each history at an instant; one row each history."""
        ...
