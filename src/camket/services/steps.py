"""What a multi-step use case needs from whatever runs it: steps that are done once, and a later time to go on.

`camket.jobs.engine` runs them on the leased job table; a test may run them in its own thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.ports import Unit
    from camket.rows import Json, JsonObject


class Run(Protocol):
    """One run of a job, from wherever the last one stopped."""

    @property
    def args(self) -> JsonObject:
        """The job's arguments: ids only."""
        ...

    def step(self, name: str, effect: Callable[[Unit], Json]) -> Json:
        """Do a step unless it is done, and return its result, now or from when it was done.

        The effect and the note that it is done become durable together; on return they are. The effect may be called
        again from its beginning when units collide, and is not kept when this run has lost its lease.

        Args:
            name: unique within the job.
            effect: works inside the unit alone; returns ids and counts only.

        Raises:
            ConflictError: another worker has the job now; this one must stop.
        """
        ...

    def result(self, name: str) -> Json:
        """Return the result of a step that is done, or None while it is not."""
        ...

    def going_on(self) -> None:
        """Keep the lease during work that is no step of its own.

        Raises:
            ConflictError: another worker has the job now; this one must stop.
        """
        ...
