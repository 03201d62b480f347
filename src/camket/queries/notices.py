"""Notices of policy versions, and what became of each for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.rows import FactRow, SubjectRow
    from camket.rows.notices import DeliveryCount, DeliveryRow, DeliveryState, NoticeRow, NoticeState


class NoticeQueries(Protocol):
    """Notices and their deliveries: one row for each customer and notice, and counts of those whose rows are gone."""

    def begin(self, number: int, *, at: datetime) -> None:
        """Store that the notice of a version is being planned; nothing when it is there."""
        ...

    def move(self, number: int, state: NoticeState, *, planned_at: datetime | None = None) -> None:
        """Write where a notice stands; an instant that is there stays."""
        ...

    def get(self, number: int) -> NoticeRow | None:
        """Return the notice of a version."""
        ...

    def all(self) -> tuple[NoticeRow, ...]:
        """Return every notice, the newest version first."""
        ...

    def untold(self, number: int, *, after_id: str, limit: int) -> tuple[SubjectRow, ...]:
        """Return active customers who joined before a version and have no delivery of its notice; no staff.

        They come in the order of their ids, beginning after `after_id` ("" for the start).
        """
        ...

    def agreements(self, first_id: str, last_id: str) -> tuple[FactRow, ...]:
        """Return the agreements of all subjects from one id to another, both included."""
        ...

    def uses(self, item: str, first_id: str, last_id: str) -> tuple[tuple[str, str], ...]:
        """Return subject and service of each value of an item, from one subject's id to another's, both included."""
        ...

    def add(self, rows: Sequence[DeliveryRow]) -> None:
        """Store deliveries."""
        ...

    def settle(
        self,
        number: int,
        subject_id: str,
        mail: DeliveryState,
        *,
        at: datetime,
        message_id: str | None = None,
        smtp_code: int | None = None,
        error_kind: str | None = None,
    ) -> bool:
        """Write what became of a mail; False when the delivery is gone."""
        ...

    def see(self, number: int, subject_id: str, *, at: datetime) -> bool:
        """Write that a subject has read a notice; False when it is not theirs, or was read before."""
        ...

    def of_subject(self, subject_id: str) -> tuple[DeliveryRow, ...]:
        """Return a subject's deliveries, the newest version first."""
        ...

    def deliveries(self, number: int, *, after_id: str, limit: int) -> tuple[DeliveryRow, ...]:
        """Return deliveries of a notice in the order of the subjects' ids, beginning after `after_id`."""
        ...

    def count(self, number: int) -> tuple[DeliveryCount, ...]:
        """Return how many customers are alike in what became of a notice."""
        ...

    def forget_subject(self, subject_id: str) -> int:
        """Drop a subject's deliveries and count them as those of no one; return how many."""
        ...

    def forget(self, number: int) -> int:
        """Drop all deliveries of a notice and count them as those of no one; return how many."""
        ...
