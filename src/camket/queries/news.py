"""Improvement news, and what the address in each such mail ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows.news import NewsRow, UnsubscriptionRow


class NewsQueries(Protocol):
    """Pieces of news."""

    def add(self, row: NewsRow) -> None:
        """Store a draft."""
        ...

    def get(self, news_id: str) -> NewsRow | None:
        """Return a piece of news."""
        ...

    def page(self, *, limit: int) -> tuple[NewsRow, ...]:
        """Return the newest pieces, newest first."""
        ...

    def replace(self, row: NewsRow) -> bool:
        """Store other words of a draft; False when it is gone, or no draft any more."""
        ...

    def drop(self, news_id: str) -> bool:
        """Drop a draft; False when it is gone, or no draft any more."""
        ...

    def begin(self, news_id: str, *, at: datetime) -> bool:
        """Turn a draft into one that is being sent; False when it is gone, or no draft any more."""
        ...

    def count(self, news_id: str, *, asked: int, queued: int, sent: bool) -> None:
        """Write for how many the gate was asked and said yes so far, and whether that was all."""
        ...

    def add_unsubscription(self, row: UnsubscriptionRow) -> None:
        """Store what a token ends; nothing when it is there."""
        ...

    def unsubscription(self, token_hash: bytes) -> UnsubscriptionRow | None:
        """Return what a token ends."""
        ...

    def delete_unsubscriptions_of_subject(self, subject_id: str) -> int:
        """Drop every token of a subject; return how many."""
        ...

    def sweep_unsubscriptions(self, *, before: datetime) -> int:
        """Drop tokens of mails that were written before an instant; return how many."""
        ...
