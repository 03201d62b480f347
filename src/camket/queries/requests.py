"""Requests: what was asked for, its timeline, its proofs, its thread, and the file that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.rights.machine import RequestKind, RequestState
    from camket.rows.requests import (
        RequestEventRow,
        RequestFileRow,
        RequestMessageRow,
        RequestPartRow,
        RequestProofRow,
        RequestRow,
    )


class RequestQueries(Protocol):
    """Requests, their timelines and the proofs of who asks."""

    def add(self, row: RequestRow) -> None:
        """Store a request.

        Raises:
            ConflictError: the receipt number is taken.
        """
        ...

    def get(self, subject_id: str, request_id: str) -> RequestRow | None:
        """Return a request of this subject."""
        ...

    def find(self, request_id: str) -> RequestRow | None:
        """Return a request, whoever asked; for jobs and staff."""
        ...

    def hold(self, request_id: str) -> RequestRow | None:
        """Return a request as it stands now; no other unit changes it until this one ends."""
        ...

    def by_number(self, number: str) -> RequestRow | None:
        """Return the request with this receipt number."""
        ...

    def of_subject(self, subject_id: str) -> tuple[RequestRow, ...]:
        """Return a subject's requests, newest first."""
        ...

    def open_of(self, subject_id: str, kind: RequestKind) -> tuple[RequestRow, ...]:
        """Return a subject's open requests of one kind, oldest first."""
        ...

    def save(self, row: RequestRow, *, old: RequestState) -> bool:
        """Store everything of a request that changes; False when it does not stand in the old state any more."""
        ...

    def clear(self, request_id: str) -> None:
        """Drop what was asked for, keep the request."""
        ...

    def cut(self, request_id: str, *, stranger: str) -> None:
        """Cut a request and its timeline from their subject: another id stands in its place, and no words are left."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's requests with their timelines and proofs; return how many requests."""
        ...

    def stalled(self, state: RequestState, *, before: datetime, after_id: str, limit: int) -> tuple[RequestRow, ...]:
        """Return open requests in a state, by id from after `after_id`, that nothing has come of since an instant.

        What counts is since when they wait for their subject; else when they were first verified; else made.
        """
        ...

    def to_warn(self, now: datetime, *, limit: int) -> tuple[RequestRow, ...]:
        """Return open requests whose clocks run and of which officers are to be warned now, first due first.

        They are warned once when a quarter of the time to the next due moment is left, and once when it is over.
        """
        ...

    def sweep_ended(self, *, unproven_before: datetime, before: datetime) -> int:
        """Drop requests that ended before an instant, with all that hangs on them; return how many.

        Args:
            unproven_before: for those that nobody ever proved.
            before: for all.
        """
        ...

    def add_event(self, row: RequestEventRow) -> None:
        """Store a line of a timeline."""
        ...

    def events(self, request_id: str) -> tuple[RequestEventRow, ...]:
        """Return a request's timeline, oldest first."""
        ...

    def add_proof(self, row: RequestProofRow) -> None:
        """Store a proof."""
        ...

    def proofs(self, request_id: str) -> tuple[RequestProofRow, ...]:
        """Return a request's proofs, newest first."""
        ...

    def use_proof(self, proof_id: str, *, at: datetime) -> bool:
        """Mark a proof as used; False when it was used before."""
        ...

    def delete_proofs(self, request_id: str, *, browser_hash: bytes) -> int:
        """Drop the proofs of a request that one browser gave; return how many."""
        ...

    def sweep_proofs(self, *, before: datetime) -> int:
        """Drop proofs that ran out before an instant; return how many."""
        ...


class RequestPartQueries(Protocol):
    """The messages of requests, the files that answer them, and the parts that these are kept in."""

    def add_message(self, row: RequestMessageRow) -> None:
        """Store a message."""
        ...

    def messages(self, request_id: str) -> tuple[RequestMessageRow, ...]:
        """Return a thread, oldest first."""
        ...

    def messages_of_subject(self, subject_id: str) -> tuple[RequestMessageRow, ...]:
        """Return the messages of every thread of a subject, oldest first."""
        ...

    def add_file(self, row: RequestFileRow) -> None:
        """Store the file that answers a request, in the place of an older one; its parts are stored apart."""
        ...

    def file(self, request_id: str) -> RequestFileRow | None:
        """Return the file that answers a request."""
        ...

    def file_by_token(self, token_hash: bytes) -> RequestFileRow | None:
        """Return the file that a one-time link leads to."""
        ...

    def save_file(self, row: RequestFileRow) -> bool:
        """Store what changes of a file: its link and its times; False when it is gone."""
        ...

    def take_link(self, token_hash: bytes, *, at: datetime) -> bool:
        """Use a one-time link up; False when it is not out, was used before, or its file's time is over."""
        ...

    def add_part(self, row: RequestPartRow) -> None:
        """Store a part, in the place of an older one."""
        ...

    def part(self, request_id: str, name: str, position: int) -> RequestPartRow | None:
        """Return a part."""
        ...

    def drop_parts(self, request_id: str, *, but: str = "") -> int:
        """Drop a request's parts, but those of one name; return how many."""
        ...

    def drop_file(self, request_id: str) -> bool:
        """Drop the file that answers a request, with every part; False when there is none."""
        ...

    def delete_of_subject(self, subject_id: str) -> None:
        """Drop a subject's messages, files and parts."""
        ...

    def sweep_files(self, *, before: datetime) -> int:
        """Drop files whose time was over before an instant, with their parts; return how many files."""
        ...
