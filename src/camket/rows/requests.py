"""Rows of requests: the request, its timeline, its proofs, its thread, and the file that answers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.rights.timeline import Line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
    from camket.core.terms import Verification
    from camket.rows import JsonObject


UNCLOCKED: Final = timedelta(days=36_525)
"""So far behind its beginning a request without a clock stands in the queue: behind every one that has one."""


class RequestChannel(StrEnum):
    """How a request came in."""

    ACCOUNT = "account"
    """Its subject was signed in."""
    OUTSIDE = "outside"
    """Someone who named an e-mail address or a phone number."""
    STAFF = "staff"
    """Filed by staff for someone who called or came."""
    APP = "app"
    """Through an app or the API."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRow:
    """A request to exercise a right, or a question to support.

    Args:
        subject_id: whose; a decoy where someone from outside named an address that no one has.
        number: the receipt number that people read and name; random, unique.
        policy_version: number of the version in force when it was made: its terms decide.
        filed_by: pseudonym of the staff who filed it for a caller; None otherwise.
        assigned_to: pseudonym of the staff who works on it.
        verified_at: when its subject first proved who they are; the clocks run from then.
        verified_level: how, at best.
        reply_due_at: until when it is answered: taken up, or refused with the reason.
        due_at: until when it is carried out; None where no clock runs.
        warn_at: a quarter of the time is left.
        warned_at: when officers were last warned.
        replied_at: when its subject was first answered.
        paused_at: since when it waits for its subject; None while it does not.
        extended_at: when the one extension was used.
        failing: which step fails and why, by their names; None while none does.
        failing_since: since when.
        done_at: when it ended, whichever way.
        sealed: what is asked for, sealed under the subject's key; None when there is nothing beside the kind.
    """

    id: str
    subject_id: str
    kind: RequestKind
    state: RequestState
    number: str
    channel: RequestChannel
    policy_version: int
    filed_by: str | None
    assigned_to: str | None
    created_at: datetime
    verified_at: datetime | None
    verified_level: Verification | None
    reply_due_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    warned_at: datetime | None
    replied_at: datetime | None
    paused_at: datetime | None
    extended_at: datetime | None
    failing: str | None
    failing_since: datetime | None
    done_at: datetime | None
    sealed: bytes | None = field(repr=False)

    @property
    def next_due_at(self) -> datetime | None:
        """The next moment until which something has to happen: the answer, then the rest; None where no clock runs."""
        if self.done_at is not None or self.paused_at is not None:
            return None
        if self.replied_at is not None or self.reply_due_at is None:
            return self.due_at
        return self.reply_due_at if self.due_at is None else min(self.reply_due_at, self.due_at)

    @property
    def queue_at(self) -> datetime | None:
        """Where it stands in the queue: what is due first comes first, what has no clock last, the oldest before.

        None where it does not stand there: no one has proven who asks, or it has ended.
        """
        if self.done_at is not None or self.verified_at is None:
            return None
        return self.next_due_at or self.created_at + UNCLOCKED


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestEventRow:
    """One line of a request's timeline.

    Args:
        position: how many lines stood before it.
        state: where the request stood afterwards.
        actor: `subject`, `service:name` or `staff:pseudonym`.
        detail: names and numbers, nothing personal; None for nothing.
        sealed: what was written with it, sealed under the subject's key; None for nothing.
        shown: its subject sees it; False for what staff note among themselves.
        record_id: of its ledger record.
    """

    id: str
    request_id: str
    subject_id: str
    position: int
    event: RequestEvent
    state: RequestState
    at: datetime
    actor: str
    detail: JsonObject | None
    sealed: bytes | None = field(repr=False)
    shown: bool
    record_id: int | None

    def as_line(self) -> Line:
        """Return what may be told of it to anyone who may see the request: that something was written, not what."""
        return Line(
            position=self.position,
            event=self.event,
            state=self.state,
            at=self.at,
            actor=self.actor,
            detail=self.detail,
            shown=self.shown,
            written=self.sealed is not None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestProofRow:
    """A proof of identity, good for one request, while it lasts, where it was given.

    Args:
        session_id: the session that gave it; None outside one.
        browser_hash: hash of the random token of the browser that gave it; None where staff did.
        given_by: pseudonym of the staff who saw the person; None where the person proved it themselves.
        used_at: when something was carried out on its strength; None before.
    """

    id: str
    request_id: str
    subject_id: str
    level: Verification
    at: datetime
    expires_at: datetime
    session_id: str | None
    browser_hash: bytes | None
    given_by: str | None
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestMessageRow:
    """One message of a request's thread.

    Args:
        position: how many messages stood before it.
        author: `subject` or `staff:pseudonym`.
        value_id: of the held value with the customer's own words; None for words of staff.
        pictures: ids of the held values of its pictures.
        sealed: the words of staff, sealed under the subject's key; None for the customer's.
        internal: among staff alone; its subject finds it in the copy of their data, not in the thread.
    """

    id: str
    request_id: str
    subject_id: str
    position: int
    at: datetime
    author: str
    value_id: str | None
    pictures: Sequence[str]
    sealed: bytes | None = field(repr=False)
    internal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestFileRow:
    """The file that answers a request, sealed in parts under its subject's key until its time is over.

    Args:
        file_name: to save it under; nothing personal.
        making: under which name its parts stand; another making of the same file has another.
        parts: how many there are.
        token_hash: of the one-time link that is out; None while none is.
        fetched_at: when it was fetched last; None before.
    """

    request_id: str
    subject_id: str
    file_name: str
    size_bytes: int
    making: str
    parts: int
    token_hash: bytes | None
    created_at: datetime
    expires_at: datetime
    fetched_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestPartRow:
    """A piece of what a request's job has made so far, sealed under its subject's key.

    Args:
        name: what it is a piece of.
        position: from 0.
    """

    request_id: str
    name: str
    position: int
    subject_id: str
    sealed: bytes = field(repr=False)
