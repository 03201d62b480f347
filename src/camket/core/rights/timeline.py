"""A line of a request's timeline, and what its ledger record is about.

A record's facts name no request. They carry a hash over the line instead: who has the timeline can show which records
are its own, that each line is the one which was recorded, and in which order; who has the facts alone learns nothing,
because the request's id is random and stands in no public place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from camket.core.ledger.canonical import canonical_json
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.ledger.canonical import JsonValue
    from camket.core.rights.machine import RequestEvent, RequestKind, RequestState


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What happened to a request.

    Args:
        position: how many lines stand before it.
        event: what happened.
        state: where the request stood afterwards.
        at: aware; kept to the millisecond, as the ledger does.
        actor: `subject`, `service:name` or `staff:pseudonym`.
        detail: names and numbers, nothing personal; None for nothing.
        shown: its subject sees it.
        written: something was written with it, which stays sealed.
    """

    position: int
    event: RequestEvent
    state: RequestState
    at: datetime
    actor: str
    detail: Mapping[str, JsonValue] | None
    shown: bool
    written: bool

    def __post_init__(self) -> None:
        at = require_aware(self.at, "at").astimezone(UTC)
        object.__setattr__(self, "at", at.replace(microsecond=at.microsecond // 1000 * 1000))


def line_hash(
    *,
    request_id: str,
    number: str,
    kind: RequestKind,
    position: int,
    event: RequestEvent,
    state: RequestState,
    detail: Mapping[str, JsonValue] | None,
    shown: bool,
) -> str:
    """Return what the record of a line is about, in 64 lower-case hexadecimal digits.

    When and by whom stand in the facts themselves. What was written with a line is in neither: it is the customer's or
    about them, and can be forgotten.

    Args:
        request_id: of the request; random, and what keeps the hash from being guessed.
        number: its receipt number.
        kind: what it is for.
        position: how many lines stand before it.
        event: what happened.
        state: where the request stood afterwards.
        detail: of the line.
        shown: its subject sees it.

    Raises:
        InvalidValueError: the detail holds what canonical JSON cannot say, such as a fraction.

    Source: RFC 8785 for the bytes that are hashed.
    """
    line: dict[str, JsonValue] = {
        "detail": detail,
        "event": event.value,
        "kind": kind.value,
        "number": number,
        "position": position,
        "request": request_id,
        "shown": shown,
        "state": state.value,
    }
    return sha256(canonical_json(line)).hexdigest()
