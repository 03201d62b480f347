"""What is still to be done: jobs and outgoing mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.rows import JobRow, JobStepRow, Json, JsonObject, MailLane, MailRow, MailState


class JobQueries(Protocol):
    """Leased jobs with fencing and one row per finished step.

    Whatever a worker writes for a job carries the fence of its claim. When the fence is stale - the lease ran out and
    another worker has the job - ConflictError is raised and the whole unit is undone, the step's effect with it.
    """

    def enqueue(self, kind: str, args: JsonObject, *, run_at: datetime, dedupe_key: str | None = None) -> int | None:
        """Store a job; return its id, or None when one with the key is there."""
        ...

    def get(self, job_id: int) -> JobRow | None:
        """Return a job."""
        ...

    def find(self, dedupe_key: str) -> JobRow | None:
        """Return the job with a key."""
        ...

    def of_request(self, request_id: str) -> tuple[JobRow, ...]:
        """Return the jobs whose arguments name a request, oldest first; for who looks after one, seldom."""
        ...

    def withdraw(self, job_id: int, *, now: datetime) -> bool:
        """Drop a job that no one has begun and that is not due yet; False where it is too late."""
        ...

    def release(self, job_id: int) -> bool:
        """Let another job have the key of one that is done; False where it is not."""
        ...

    def hasten(self, job_id: int, *, now: datetime) -> bool:
        """Have a job that was begun and waits, or was given up, go on at once, with every try before it again.

        Returns:
            False for one that no one has begun, that a worker has, or that is done; nothing was changed.
        """
        ...

    def claim(self, owner: str, kinds: Sequence[str], *, now: datetime, until: datetime) -> JobRow | None:
        """Take the job that has been due the longest, or whose lease ran out; no two workers get one job."""
        ...

    def heartbeat(self, job_id: int, *, fence: int, until: datetime) -> None:
        """Make the lease last longer."""
        ...

    def steps(self, job_id: int) -> tuple[JobStepRow, ...]:
        """Return the finished steps in the order in which they finished."""
        ...

    def finish_step(self, job_id: int, *, fence: int, step: str, result: Json, at: datetime) -> None:
        """Write that a step is done; ConflictError when it was done before."""
        ...

    def reschedule(self, job_id: int, *, fence: int, run_at: datetime, error: str | None = None) -> None:
        """Give the job back, to go on from its next step at an instant; without an error, its tries start anew."""
        ...

    def finish(self, job_id: int, *, fence: int, at: datetime) -> None:
        """Write that the job is done."""
        ...

    def fail(self, job_id: int, *, fence: int, at: datetime, error: str) -> None:
        """Write that the job will not be tried again."""
        ...

    def next_at(self, kinds: Sequence[str]) -> datetime | None:
        """Return when the next job of the kinds is due or its lease runs out; None when there is none."""
        ...

    def count(self) -> Mapping[str, int]:
        """Return how many jobs stand in each state."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop jobs that finished or failed before an instant, with their steps; return how many."""
        ...


class OutboxQueries(Protocol):
    """Mail that waits to be sent: at least once, so each mail keeps its id."""

    def add(self, row: MailRow) -> None:
        """Queue a mail."""
        ...

    def queue(self, row: MailRow) -> None:
        """Queue a mail behind those of its subject: a microsecond after the last, where that is not before it."""
        ...

    def add_many(self, rows: Sequence[MailRow]) -> None:
        """Queue many mails."""
        ...

    def claim_due(self, *, now: datetime, retry_at: datetime, limit: int, lane: MailLane = ...) -> tuple[MailRow, ...]:
        """Take queued mails of a lane that are due, counting an attempt; each is due again at `retry_at` if no more.

        The row still says why the last attempt failed, and the store no more: an attempt that ended without a word is
        known by that. They come in the order in which they are due, and of one instant in the order in which they were
        queued.
        """
        ...

    def settle(
        self,
        mail_id: str,
        *,
        attempts: int,
        state: MailState,
        at: datetime,
        message_id: str | None = None,
        error_kind: str | None = None,
    ) -> bool:
        """Write how an attempt ended; False when a later attempt has begun.

        `at` is when it was sent, or for `queued` when to try again.
        """
        ...

    def of_subject(self, subject_id: str, *, limit: int) -> tuple[MailRow, ...]:
        """Return a subject's mails, newest first."""
        ...

    def next_at(self, lane: MailLane | None = None) -> datetime | None:
        """Return when the next queued mail, of a lane or of any, is due; None when nothing is queued."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's mails, sent or not; return how many."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop mails queued before an instant that are no longer queued; return how many."""
        ...
