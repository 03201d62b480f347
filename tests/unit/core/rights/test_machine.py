"""The machine of requests: every kind, state and event against a table of its own, and what no walk through it does."""

from __future__ import annotations

from itertools import product

import pytest

from camket.core.errors import ConflictError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move, move, moves_of
from camket.core.terms import Right

# Columns: unverified verified proposed waiting approved running | done refused cancelled expired.
# A letter is the state that the event leads to, a dot none.
LETTERS = {
    "u": RequestState.UNVERIFIED,
    "v": RequestState.VERIFIED,
    "p": RequestState.PROPOSED,
    "w": RequestState.WAITING,
    "a": RequestState.APPROVED,
    "r": RequestState.RUNNING,
    "D": RequestState.DONE,
    "R": RequestState.REFUSED,
    "C": RequestState.CANCELLED,
    "X": RequestState.EXPIRED,
}
COLUMNS = tuple(LETTERS.values())
EVERY_KIND = {
    RequestEvent.MAKE: "......|....",
    RequestEvent.VERIFY: "vvpwar|D...",
    RequestEvent.JOIN: "uvpwar|....",
    RequestEvent.ACCEPT: ".aaa..|....",
    RequestEvent.PROPOSE: ".p....|....",
    RequestEvent.APPROVE: "..a...|....",
    RequestEvent.DECLINE: "..v...|....",
    RequestEvent.START: "....r.|....",
    RequestEvent.FAIL: ".....r|....",
    RequestEvent.FINISH: "....DD|....",
    RequestEvent.REFUSE: "RRRRR.|....",
    RequestEvent.ASK_SUBJECT: ".ww...|....",
    RequestEvent.ANSWER: "uvpva.|....",
    RequestEvent.EXTEND: ".vpwar|....",
    RequestEvent.WITHDRAW: "CCCCC.|....",
    RequestEvent.EXPIRE: "X..X..|....",
    RequestEvent.REOPEN: "......|....",
    RequestEvent.NOTE: "uvpwar|DRCX",
}
OF_A_KIND = {
    (RequestKind.ACCESS, RequestEvent.WITHDRAW): "CCCCCC|....",
    (RequestKind.PORT, RequestEvent.WITHDRAW): "CCCCCC|....",
    (RequestKind.SUPPORT, RequestEvent.ACCEPT): "......|....",
    (RequestKind.SUPPORT, RequestEvent.PROPOSE): "......|....",
    (RequestKind.SUPPORT, RequestEvent.APPROVE): "......|....",
    (RequestKind.SUPPORT, RequestEvent.DECLINE): "......|....",
    (RequestKind.SUPPORT, RequestEvent.START): "......|....",
    (RequestKind.SUPPORT, RequestEvent.FAIL): "......|....",
    (RequestKind.SUPPORT, RequestEvent.FINISH): ".D.DDD|....",
    (RequestKind.SUPPORT, RequestEvent.REOPEN): "......|v...",
}
ALL = tuple(product(RequestKind, RequestState, RequestEvent))
OPEN = tuple(state for state in RequestState if not state.ended)
Edge = tuple[RequestEvent, RequestState]


def expected(kind: RequestKind, state: RequestState, event: RequestEvent) -> RequestState | None:
    """Return what the tables here say."""
    row = OF_A_KIND.get((kind, event), EVERY_KIND[event]).replace("|", "")
    return LETTERS.get(row[COLUMNS.index(state)])


def edges(kind: RequestKind, state: RequestState) -> list[Edge]:
    """Return every event that a request can take where it stands, and where that leads."""
    return [(event, move(kind, state, event)) for event in RequestEvent if may_move(kind, state, event)]


def reached(kind: RequestKind, start: RequestState, *, without: frozenset[RequestEvent]) -> set[RequestState]:
    """Return every state that a walk can come to in which some events never happen."""
    seen, left = {start}, [start]
    while left:
        for event, after in edges(kind, left.pop()):
            if event not in without and after not in seen:
                seen.add(after)
                left.append(after)
    return seen


def test_every_kind_state_and_event_is_decided() -> None:
    """What the table names leads where it says, and everything else is refused and names event and state."""
    for kind, state, event in ALL:
        after = expected(kind, state, event)
        assert may_move(kind, state, event) is (after is not None), (kind, state, event)
        if after is None:
            with pytest.raises(ConflictError, match=event.value.replace("_", " ")):
                move(kind, state, event)
        else:
            assert move(kind, state, event) is after, (kind, state, event)


def test_the_tables_here_are_whole() -> None:
    """Each event has a row, and each row a column for each state."""
    assert set(EVERY_KIND) == set(RequestEvent)
    rows = [*EVERY_KIND.values(), *OF_A_KIND.values()]
    assert all(len(row.replace("|", "")) == len(RequestState) for row in rows)
    assert len(ALL) == len(RequestKind) * len(RequestState) * len(RequestEvent)


@pytest.mark.parametrize("kind", RequestKind)
def test_nothing_is_carried_out_for_someone_unverified(kind: RequestKind) -> None:
    """Without the event of a proof no walk leads to what is carried out, proposed or done."""
    unproven = reached(kind, RequestState.UNVERIFIED, without=frozenset({RequestEvent.VERIFY}))
    ends_without_effect = {RequestState.REFUSED, RequestState.CANCELLED, RequestState.EXPIRED}
    assert unproven == {RequestState.UNVERIFIED} | ends_without_effect


@pytest.mark.parametrize("kind", RequestKind)
def test_nothing_is_carried_out_without_a_yes(kind: RequestKind) -> None:
    """No job runs before the subject accepted, or a second person approved what another proposed."""
    no_yes = frozenset({RequestEvent.ACCEPT, RequestEvent.APPROVE})
    found = reached(kind, RequestState.UNVERIFIED, without=no_yes)
    assert {RequestState.APPROVED, RequestState.RUNNING}.isdisjoint(found)
    assert (RequestState.DONE in found) is (kind is RequestKind.SUPPORT)
    alone = reached(kind, RequestState.UNVERIFIED, without=frozenset({RequestEvent.ACCEPT, RequestEvent.PROPOSE}))
    assert RequestState.APPROVED not in alone


@pytest.mark.parametrize("kind", RequestKind)
def test_ends_are_ends(kind: RequestKind) -> None:
    """Nothing leads out of an end but a customer who writes to support once more."""
    for state in set(RequestState) - set(OPEN):
        out = {after for _, after in edges(kind, state)} - {state}
        opens = kind is RequestKind.SUPPORT and state is RequestState.DONE
        assert out == ({RequestState.VERIFIED} if opens else set())


@pytest.mark.parametrize("kind", RequestKind)
def test_no_open_request_is_a_trap(kind: RequestKind) -> None:
    """From wherever a request can stand an end can be reached, also when its subject never does anything again."""
    subjects = frozenset(
        {RequestEvent.ACCEPT, RequestEvent.ANSWER, RequestEvent.WITHDRAW, RequestEvent.VERIFY, RequestEvent.REOPEN}
    )
    for state in reached(kind, RequestState.UNVERIFIED, without=frozenset()):
        assert any(after.ended for after in reached(kind, state, without=subjects)), (kind, state)


@pytest.mark.parametrize("kind", RequestKind)
def test_who_asked_can_take_it_back_until_it_cannot_be_stopped(kind: RequestKind) -> None:
    """In every open state; but for what runs, which only a copy, which changes nothing, can leave."""
    for state in OPEN:
        stops = state is not RequestState.RUNNING or kind in {RequestKind.ACCESS, RequestKind.PORT}
        assert may_move(kind, state, RequestEvent.WITHDRAW) is stops


@pytest.mark.parametrize("kind", RequestKind)
def test_joining_changes_nothing(kind: RequestKind) -> None:
    """Asking again for what is open leaves the request where it stands: it proves nothing and blocks nothing."""
    assert {before: after for before, after in moves_of(kind, RequestEvent.JOIN).items() if before is not after} == {}
    assert set(moves_of(kind, RequestEvent.JOIN)) == set(OPEN)


def test_every_kind_but_support_is_a_right() -> None:
    """The rights of the policy and the kinds of requests are the same words."""
    assert {kind.right for kind in RequestKind} == {*Right, None}
    assert RequestKind.SUPPORT.right is None
