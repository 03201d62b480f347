"""What the desk reads of many requests at once: a page of them, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.rights.machine import RequestKind, RequestState


COUNTED_UNPROVEN: Final = 1_000
"""Anyone can make requests that no one proves: so many are counted, and no more."""


class QueueList(StrEnum):
    """Which requests stand together. Those that no one has proven stand apart: anyone can make them."""

    DUE = "due"
    """Proven and open; what is due first comes first."""
    UNPROVEN = "unproven"
    """Open, and no one has proven who asks; the newest comes first."""
    ENDED = "ended"
    """Proven and over; what ended last comes first."""


class QueueHolder(StrEnum):
    """Who works on them."""

    ANYONE = "anyone"
    NOBODY = "nobody"
    ONE = "one"
    """A member of staff who is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePlace:
    """Where a page of a list begins or ends: the moment that a request stands by, and its id."""

    at: datetime
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueWish:
    """Which requests of a list are wanted.

    Args:
        kinds: of these kinds.
        states: that stand there.
        holder: whom they are assigned to.
        who: pseudonym of the one who is named; empty otherwise.
    """

    kinds: tuple[RequestKind, ...]
    states: tuple[RequestState, ...]
    holder: QueueHolder = QueueHolder.ANYONE
    who: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueCount:
    """How many requests are open.

    Args:
        proven: who asks is proven.
        late: of these, how many should have been answered or carried out by now.
        soon: of these, how many have less than a quarter of their time left.
        unproven: no one has proven who asks; `COUNTED_UNPROVEN` stands for so many and more.
        failing: a step of theirs fails.
    """

    proven: int
    late: int
    soon: int
    unproven: int
    failing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCount:
    """How many proven requests of a kind are open.

    Args:
        days: for how many whole days they have been proven.
    """

    kind: RequestKind
    days: int
    requests: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerCount:
    """How many requests of a kind ended after so much time.

    Args:
        state: how they ended.
        days: how many whole days it took from the first proof.
        late: of these, how many ended, or were first answered, after that was due.
    """

    kind: RequestKind
    state: RequestState
    days: int
    requests: int
    late: int
