"""The desk's queue: pages of requests in their order, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows.request_queue import AnswerCount, OpenCount, QueueCount, QueueList, QueuePlace, QueueWish
    from camket.rows.requests import RequestRow


class RequestQueueQueries(Protocol):
    """Many requests at once; nothing here is written."""

    def page(
        self, which: QueueList, wish: QueueWish, *, after: QueuePlace | None, back: bool, limit: int
    ) -> tuple[RequestRow, ...]:
        """Return the requests of a list that stand next to a place, in the list's order.

        Args:
            which: the list.
            wish: which of it.
            after: those behind this place; from the beginning when None.
            back: those before the place instead, the nearest of them; needs a place.
            limit: how many at most.
        """
        ...

    def count(self, *, now: datetime) -> QueueCount:
        """Return how many requests are open, and how they stand."""
        ...

    def open_by_age(self, *, now: datetime) -> tuple[OpenCount, ...]:
        """Return how many proven requests are open, by kind and by how many whole days they have been proven."""
        ...

    def answers(self, *, since: datetime) -> tuple[AnswerCount, ...]:
        """Return how many proven requests ended since an instant, by kind, end, and the whole days that it took."""
        ...

    def failing(self, *, limit: int) -> tuple[RequestRow, ...]:
        """Return open requests of which a step fails, the longest-failing first."""
        ...

    def late(self, *, now: datetime, limit: int) -> tuple[RequestRow, ...]:
        """Return proven open requests that should have been answered or carried out by now, the latest first."""
        ...
