"""Subjects, what the gate must know of them, how they are found, and their sealed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.core.terms import Language, SubjectState
    from camket.rows import FactRow, HeldValueRow, IdentifierRow, SubjectRow


class SubjectQueries(Protocol):
    """Subjects. In a writing unit, reading one keeps other units from changing them until this one ends."""

    def add(self, row: SubjectRow) -> None:
        """Store a new subject."""
        ...

    def get(self, subject_id: str) -> SubjectRow | None:
        """Return the subject."""
        ...

    def revision(self, subject_id: str) -> tuple[int, int] | None:
        """Return the subject's `facts_revision` and the newest policy number, in one query; None when not there."""
        ...

    def with_newest(self, subject_id: str) -> tuple[SubjectRow, int] | None:
        """Return the subject and the newest policy number, in one query; None when not there. For writing units."""
        ...

    def confirm(self, subject_id: str, *, at: datetime, joined_version: int) -> bool:
        """Turn a pending subject into an active one; False when they were not pending."""
        ...

    def erase(self, subject_id: str, *, at: datetime) -> bool:
        """Mark the subject as erased and blank what they chose; False when they were erased before or never there."""
        ...

    def delete(self, subject_id: str) -> bool:
        """Drop the row itself; False when there was none."""
        ...

    def set_language(self, subject_id: str, language: Language) -> None:
        """Remember the language that they read."""
        ...

    def signal_gpc(self, subject_id: str, *, at: datetime) -> None:
        """Store that Global Privacy Control was seen; a new fact for the gate."""
        ...

    def override_gpc(self, subject_id: str, *, at: datetime) -> None:
        """Store that they said yes although the signal is set; a new fact for the gate."""
        ...

    def pending_before(self, at: datetime, *, limit: int) -> tuple[SubjectRow, ...]:
        """Return pending subjects that joined before the instant, oldest first."""
        ...

    def page(self, *, after_id: str, limit: int, state: SubjectState) -> tuple[SubjectRow, ...]:
        """Return subjects in one state in the order of their ids, beginning after `after_id` ("" for the start)."""
        ...


class FactQueries(Protocol):
    """What the gate must know. Every change raises the subject's `facts_revision` in the same unit."""

    def add(self, row: FactRow) -> None:
        """Store a fact."""
        ...

    def withdraw(self, subject_id: str, fact_id: str, *, at: datetime) -> bool:
        """End a fact of this subject from an instant; False when it is not theirs or ended already."""
        ...

    def of_subject(self, subject_id: str) -> tuple[FactRow, ...]:
        """Return every fact, withdrawn ones too, in the order in which they were said."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop all facts of a subject; return how many."""
        ...


class IdentifierQueries(Protocol):
    """Blind indexes by which subjects are found."""

    def add(self, *rows: IdentifierRow) -> None:
        """Store blind indexes; ConflictError when a claim is someone else's, nothing for a row that is there."""
        ...

    def find(self, field: str, blind_index: bytes) -> tuple[IdentifierRow, ...]:
        """Return every row with this blind index, claimed ones first."""
        ...

    def claim(self, field: str, blind_index: bytes, subject_id: str, *, claim: str) -> bool:
        """Make a stored identifier this subject's alone; False when someone else has the claim or there is no row."""
        ...

    def of_subject(self, subject_id: str) -> tuple[IdentifierRow, ...]:
        """Return all identifiers of a subject."""
        ...

    def with_holder(self, subject_id: str, *, field: str) -> tuple[tuple[IdentifierRow, str | None], ...]:
        """Return a subject's identifiers of one field, each with the id of the subject who has the claim to it."""
        ...

    def behind(self, key_version: int, *, after_id: str, limit: int) -> tuple[str, ...]:
        """Return ids, after `after_id`, of subjects with a blind index made by an older key than this one."""
        ...

    def delete_of_subject(self, subject_id: str, *, field: str | None = None) -> int:
        """Drop a subject's identifiers, all or those of one field; return how many."""
        ...


class ValueQueries(Protocol):
    """Sealed values."""

    def add(self, rows: Sequence[HeldValueRow]) -> None:
        """Store values."""
        ...

    def get(self, value_id: str) -> HeldValueRow | None:
        """Return one value."""
        ...

    def of_subject(self, subject_id: str, items: Sequence[str] | None = None) -> tuple[HeldValueRow, ...]:
        """Return a subject's values, all or those of the items, ordered by item, then collection, then id."""
        ...

    def outlines_of_subject(
        self, subject_id: str, items: Sequence[str] | None, *, closed: Sequence[str]
    ) -> tuple[HeldValueRow, ...]:
        """Return what `of_subject` does; the values of the closed items without their sealed bytes, which are not read.

        For who needs to know that they are held, not what they are. Such a row is never to be stored again.
        """
        ...

    def of_subject_if(
        self, subject_id: str, items: Sequence[str], *, stamp: tuple[int, int]
    ) -> tuple[HeldValueRow, ...] | None:
        """Return a subject's values of these items if `SubjectQueries.revision` is still the stamp; None if it is not.

        For writing units: revision and values in one query, which locks the subject as `revision` does.
        """
        ...

    def replace(self, row: HeldValueRow) -> bool:
        """Store the row in the place of the one with its id and subject; False when there is none."""
        ...

    def put(self, rows: Sequence[HeldValueRow]) -> None:
        """Store values, each in the place of the one with its id and subject where there is one.

        Raises:
            ConflictError: an id is that of another subject's value; nothing may be committed.
        """
        ...

    def mark_used(self, value_ids: Sequence[str], *, at: datetime) -> None:
        """Remember when values were last used; an earlier instant changes nothing."""
        ...

    def delete(self, value_ids: Sequence[str]) -> int:
        """Drop values; return how many were there."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop every value of a subject, held ones too; return how many."""
        ...

    def expired_holds(self, at: datetime, *, limit: int) -> tuple[HeldValueRow, ...]:
        """Return held values whose legal minimum has passed, the longest overdue first."""
        ...

    def items_of_subject(self, subject_id: str) -> Mapping[str, int]:
        """Return how many values of each item a subject has."""
        ...

    def subjects_with(self, item: str, *, after_id: str, limit: int) -> tuple[str, ...]:
        """Return ids, after `after_id`, of subjects who have a value of the item."""
        ...
