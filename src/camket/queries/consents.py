"""What was asked of subjects and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.rows.consents import ConsentEventRow, ConsentTextRow, NewConsentEvent


class ConsentQueries(Protocol):
    """The history of questions and answers; a fact of it is added, never changed."""

    def add_text(self, row: ConsentTextRow) -> None:
        """Store a text that is shown; nothing where it is there already."""
        ...

    def texts(self, hashes: Sequence[str]) -> tuple[ConsentTextRow, ...]:
        """Return the texts with these hashes, by hash; one that was never stored is not among them."""
        ...

    def add(self, row: NewConsentEvent) -> int:
        """Store a fact of the history; return its id."""
        ...

    def of_subject(self, subject_id: str) -> tuple[ConsentEventRow, ...]:
        """Return a subject's whole history, oldest first."""
        ...

    def subjects(self, *, after_id: str, limit: int) -> tuple[str, ...]:
        """Return ids, after `after_id`, of subjects who have a history."""
        ...

    def run_out(self, at: datetime, *, limit: int) -> tuple[ConsentEventRow, ...]:
        """Return what gave a consent that ended by its date and of which nothing says so yet, longest over first."""
        ...

    def sweep(self, *, before: datetime, limit: int) -> int:
        """Drop facts older than an instant that no consent, agreement or refusal rests on any more; return how many."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's whole history; return how much."""
        ...
