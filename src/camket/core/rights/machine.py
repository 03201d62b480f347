"""How a request goes from being made to its end: the states, the events, and every lawful move, as data.

What is not in the table cannot happen. The machine knows no clock and no person: who may bring an event about, and on
which proof, is for `camket.core.rights.proof` and the services to say.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError
from camket.core.terms import Right

if TYPE_CHECKING:
    from collections.abc import Mapping


class RequestKind(StrEnum):
    """What a request is for: one of the rights, or an answer from support (P15)."""

    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    PORT = "port"
    RESTRICT = "restrict"
    OBJECT = "object"
    WITHDRAW = "withdraw"
    SUPPORT = "support"

    @property
    def right(self) -> Right | None:
        """The right that is exercised; None for support, which is no right of the law's."""
        return None if self is RequestKind.SUPPORT else Right(self.value)


class RequestState(StrEnum):
    """Where a request stands."""

    UNVERIFIED = "unverified"
    """It waits for the proof of who asks; nothing is done on it."""
    VERIFIED = "verified"
    """Who asks is proven; it is not accepted yet."""
    PROPOSED = "proposed"
    """A member of staff wants it done on the customer's behalf; a second person has to say yes."""
    WAITING = "waiting"
    """The customer was asked something; the clocks stand still."""
    APPROVED = "approved"
    """It will be carried out; its job has not begun."""
    RUNNING = "running"
    """Its job is at work."""
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """Its subject took it back."""
    EXPIRED = "expired"
    """It was never proven, or its subject never answered."""

    @property
    def ended(self) -> bool:
        """Nothing more is due on it."""
        return self in _ENDS


class RequestEvent(StrEnum):
    """What happens to a request."""

    MAKE = "make"
    """It was made: the first line of every timeline, and no move."""
    VERIFY = "verify"
    """Its subject proved who they are, the first time or anew."""
    JOIN = "join"
    """The same was asked for again while it was open."""
    ACCEPT = "accept"
    """Its subject wants it carried out, knowing what that means."""
    PROPOSE = "propose"
    APPROVE = "approve"
    """A second person said yes to what another proposed."""
    DECLINE = "decline"
    """A second person said no to what another proposed."""
    START = "start"
    FAIL = "fail"
    """A step could not be done; it is tried again."""
    FINISH = "finish"
    REFUSE = "refuse"
    ASK_SUBJECT = "ask_subject"
    ANSWER = "answer"
    """The customer answered what they were asked, or wrote again."""
    EXTEND = "extend"
    """The one extension of the law, with its reason."""
    WITHDRAW = "withdraw"
    """Its subject took it back."""
    EXPIRE = "expire"
    REOPEN = "reopen"
    """The customer wrote once more after support had answered."""
    NOTE = "note"
    """Something was written down beside it."""


_ENDS: Final = frozenset({RequestState.DONE, RequestState.REFUSED, RequestState.CANCELLED, RequestState.EXPIRED})
_OPEN: Final = tuple(state for state in RequestState if state not in _ENDS)
_PROVEN: Final = tuple(state for state in _OPEN if state is not RequestState.UNVERIFIED)

_S = RequestState
_Moves = dict[RequestState, RequestState]


def _same(*states: RequestState) -> _Moves:
    return {state: state for state in states}


def _to(end: RequestState, *states: RequestState) -> _Moves:
    return dict.fromkeys(states, end)


MOVES: Final[Mapping[RequestEvent, Mapping[RequestState, RequestState]]] = {
    # A copy that is ready is fetched on a proof of its own, so that a proof may be given after the end too.
    RequestEvent.VERIFY: {_S.UNVERIFIED: _S.VERIFIED} | _same(*_PROVEN, _S.DONE),
    RequestEvent.JOIN: _same(*_OPEN),
    # What its subject was asked may be no more than their yes: accepting answers that.
    RequestEvent.ACCEPT: _to(_S.APPROVED, _S.VERIFIED, _S.PROPOSED, _S.WAITING),
    RequestEvent.PROPOSE: _to(_S.PROPOSED, _S.VERIFIED),
    RequestEvent.APPROVE: _to(_S.APPROVED, _S.PROPOSED),
    RequestEvent.DECLINE: _to(_S.VERIFIED, _S.PROPOSED),
    RequestEvent.START: _to(_S.RUNNING, _S.APPROVED),
    RequestEvent.FAIL: _same(_S.RUNNING),
    RequestEvent.FINISH: _to(_S.DONE, _S.APPROVED, _S.RUNNING),
    RequestEvent.REFUSE: _to(_S.REFUSED, _S.UNVERIFIED, _S.VERIFIED, _S.PROPOSED, _S.WAITING, _S.APPROVED),
    RequestEvent.ASK_SUBJECT: _to(_S.WAITING, _S.VERIFIED, _S.PROPOSED),
    RequestEvent.ANSWER: {_S.WAITING: _S.VERIFIED} | _same(_S.UNVERIFIED, _S.VERIFIED, _S.PROPOSED, _S.APPROVED),
    RequestEvent.EXTEND: _same(*_PROVEN),
    RequestEvent.WITHDRAW: _to(_S.CANCELLED, *(state for state in _OPEN if state is not _S.RUNNING)),
    RequestEvent.EXPIRE: _to(_S.EXPIRED, _S.UNVERIFIED, _S.WAITING),
    RequestEvent.NOTE: _same(*RequestState),
}
"""Event -> state before -> state after, for every kind; `EXTRA_MOVES` and `NOT_FOR` say where kinds differ."""

EXTRA_MOVES: Final[Mapping[tuple[RequestKind, RequestEvent], Mapping[RequestState, RequestState]]] = {
    # Making a copy changes nothing, so that it stops wherever it is.
    (RequestKind.ACCESS, RequestEvent.WITHDRAW): _to(_S.CANCELLED, _S.RUNNING),
    (RequestKind.PORT, RequestEvent.WITHDRAW): _to(_S.CANCELLED, _S.RUNNING),
    (RequestKind.SUPPORT, RequestEvent.FINISH): _to(_S.DONE, _S.VERIFIED, _S.WAITING),
    (RequestKind.SUPPORT, RequestEvent.REOPEN): _to(_S.VERIFIED, _S.DONE),
}
"""Moves that one kind has beside those of every kind."""

NOT_FOR: Final[Mapping[RequestKind, frozenset[RequestEvent]]] = {
    RequestKind.SUPPORT: frozenset(
        {
            RequestEvent.ACCEPT,
            RequestEvent.PROPOSE,
            RequestEvent.APPROVE,
            RequestEvent.DECLINE,
            RequestEvent.START,
            RequestEvent.FAIL,
        }
    )
}
"""Events that a kind does not know."""


def moves_of(kind: RequestKind, event: RequestEvent) -> Mapping[RequestState, RequestState]:
    """Return the lawful moves of an event: state before -> state after; empty where the kind does not know it."""
    if event in NOT_FOR.get(kind, frozenset()):
        return {}
    return {**MOVES.get(event, {}), **EXTRA_MOVES.get((kind, event), {})}


def may_move(kind: RequestKind, state: RequestState, event: RequestEvent) -> bool:
    """Say whether an event can happen to a request of this kind that stands there."""
    return state in moves_of(kind, event)


def move(kind: RequestKind, state: RequestState, event: RequestEvent) -> RequestState:
    """Return where an event leads.

    Raises:
        ConflictError: a request that stands there does not take this event; nothing has happened to it.
    """
    # INVARIANT: what the table does not name does not happen.
    after = moves_of(kind, event).get(state)
    if after is None:
        raise ConflictError(f"a request that is {state.value} cannot take `{event.value.replace('_', ' ')}`")
    return after
