"""What waits and what failed: the outgoing mail and the jobs, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows.health import JobCount, MailCount


class HealthQueries(Protocol):
    """Counts for the desk; nothing here is written."""

    def mails(self, *, stuck_since: datetime) -> MailCount:
        """Return how many mails wait, and how many of them have waited since before an instant."""
        ...

    def jobs(self, *, stuck_since: datetime) -> tuple[JobCount, ...]:
        """Return, for each kind, how many jobs failed for good, and how many were due before an instant; by kind.

        A kind that has neither is left out.
        """
        ...
