"""The desk's queue: each list in its own order, page by page, and how many there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from camket.core.rights.machine import RequestKind, RequestState
from camket.ports import Store
from camket.rows.request_queue import (
    AnswerCount,
    OpenCount,
    QueueCount,
    QueueHolder,
    QueueList,
    QueuePlace,
    QueueWish,
)
from camket.rows.requests import RequestRow
from tests.storage.samples import NOW, after, each, request

DAY_SECONDS = 86_400
ALL = QueueWish(kinds=tuple(RequestKind), states=tuple(RequestState))


def proven(request_id: str, due: float | None, **given: Any) -> RequestRow:  # noqa: ANN401 - any column
    """Return an open request whose subject has proved who they are, due so many seconds from now."""
    columns: dict[str, Any] = {
        "state": RequestState.VERIFIED,
        "verified_at": NOW,
        "due_at": None if due is None else after(due),
        "replied_at": NOW,
        "warn_at": None if due is None else after(due * 3 / 4),
    }
    return request(request_id, **columns | given)


def names(rows: tuple[RequestRow, ...]) -> list[str]:
    """Return the ids of rows, in their order."""
    return [row.id for row in rows]


def read(store: Store, which: QueueList, wish: QueueWish = ALL, **given: Any) -> list[str]:  # noqa: ANN401 - any argument
    """Return the ids of a page."""
    wanted = {"after": None, "back": False, "limit": 10} | given
    return names(store.read(lambda unit: unit.request_queue.page(which, wish, **wanted)))


def test_what_is_due_first_comes_first(store: Store) -> None:
    """The answer counts until it is given, then the rest; those without a clock come last, the oldest of them first."""
    rows = [
        proven("later", 90),
        proven("waits", 5, paused_at=NOW, state=RequestState.WAITING, created_at=after(-5)),
        proven("unclocked", None, created_at=after(-9)),
        proven("answer", 99, reply_due_at=after(10), replied_at=None),
        proven("answered", 50, reply_due_at=after(1)),
        proven("tie", 50, reply_due_at=after(1)),
        request("stranger", due_at=after(1)),
        proven("over", 1, done_at=after(2), state=RequestState.DONE),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    assert read(store, QueueList.DUE) == ["answer", "answered", "tie", "later", "unclocked", "waits"]
    answered = replace(rows[3], replied_at=after(2))
    assert store.write(lambda unit: unit.requests.save(answered, old=RequestState.VERIFIED))
    assert read(store, QueueList.DUE)[-3] == "answer"
    assert store.read(lambda unit: unit.requests.find("answer")) == answered


def test_who_is_not_proven_stands_in_a_list_of_their_own(store: Store) -> None:
    """What anyone can make pushes nothing down that is proven; its newest comes first, and what is over is over."""
    rows = [
        proven("known", 90),
        request("first", created_at=after(1)),
        request("second", created_at=after(2)),
        request("gone", created_at=after(3), done_at=after(4), state=RequestState.EXPIRED),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    assert read(store, QueueList.DUE) == ["known"]
    assert read(store, QueueList.UNPROVEN) == ["second", "first"]
    assert read(store, QueueList.ENDED) == []


def test_what_ended_last_comes_first(store: Store) -> None:
    """Refused, withdrawn and done stand together, the newest end first."""
    ends = (RequestState.DONE, RequestState.REFUSED, RequestState.CANCELLED)
    rows = [proven(f"e{place}", 9, state=end, done_at=after(place)) for place, end in enumerate(ends)]
    store.write(lambda unit: each(unit.requests.add, rows))
    assert read(store, QueueList.ENDED) == ["e2", "e1", "e0"]


@pytest.mark.parametrize("which", [QueueList.DUE, QueueList.ENDED])
def test_pages_join_without_a_gap(store: Store, which: QueueList) -> None:
    """From page to page and back again every request is shown once, those of one moment too."""
    ended = {"state": RequestState.DONE, "done_at": after(7)} if which is QueueList.ENDED else {}
    rows = [proven(f"r{number}", 30 + number // 3, **ended) for number in range(7)]
    store.write(lambda unit: each(unit.requests.add, rows))
    whole = read(store, which)
    moments = [(row, row.done_at or row.queue_at) for row in rows]
    place = {row.id: QueuePlace(at=at, request_id=row.id) for row, at in moments if at is not None}
    first = read(store, which, limit=3)
    second = read(store, which, limit=3, after=place[first[-1]])
    third = read(store, which, limit=3, after=place[second[-1]])
    assert [*first, *second, *third] == whole
    assert read(store, which, limit=3, after=place[third[0]], back=True) == second
    assert read(store, which, limit=2, after=place[second[0]], back=True) == first[1:]
    assert read(store, which, after=place[whole[-1]]) == read(store, which, after=place[whole[0]], back=True) == []


def test_a_page_holds_what_is_wished_for(store: Store) -> None:
    """By kind, by where it stands, and by who works on it; nobody's are nobody's."""
    rows = [
        proven("erase", 10, kind=RequestKind.ERASE, assigned_to="q7k2"),
        proven("port", 20, kind=RequestKind.PORT, state=RequestState.PROPOSED, assigned_to="m3x9"),
        proven("access", 30, kind=RequestKind.ACCESS),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    wishes = {
        QueueWish(kinds=(RequestKind.ERASE, RequestKind.PORT), states=ALL.states): ["erase", "port"],
        QueueWish(kinds=ALL.kinds, states=(RequestState.PROPOSED,)): ["port"],
        replace(ALL, holder=QueueHolder.NOBODY): ["access"],
        replace(ALL, holder=QueueHolder.ONE, who="q7k2"): ["erase"],
        replace(ALL, kinds=()): [],
    }
    for wish, expected in wishes.items():
        assert read(store, QueueList.DUE, wish) == expected, wish


def test_open_requests_are_counted_by_how_they_stand(store: Store) -> None:
    """Late is past the next moment, soon is under a quarter before it; a clock that stands still is neither."""
    rows = [
        proven("late", -1),
        proven("soon", 100, warn_at=after(-1)),
        proven("calm", 100),
        proven("paused", -1, paused_at=NOW, state=RequestState.WAITING, warn_at=None),
        proven("fails", 100, failing="sql: timeout", failing_since=NOW, state=RequestState.RUNNING),
        proven("failed", 1, failing="sql: timeout", failing_since=NOW, done_at=NOW, state=RequestState.DONE),
        request("stranger", due_at=after(-1)),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    found = store.read(lambda unit: unit.request_queue.count(now=NOW))
    assert found == QueueCount(proven=5, late=1, soon=1, unproven=1, failing=1)
    assert names(store.read(lambda unit: unit.request_queue.late(now=NOW, limit=5))) == ["late"]
    assert names(store.read(lambda unit: unit.request_queue.failing(limit=5))) == ["fails"]


def test_ages_and_answers_are_counted_in_whole_days(store: Store) -> None:
    """By kind and days since the proof, and for what ended by its end, its days, and if it or its reply was late."""
    now = after(3 * DAY_SECONDS)
    end = {"state": RequestState.DONE, "due_at": after(DAY_SECONDS * 2)}
    rows = [
        proven("a", 9),
        proven("b", 9, verified_at=after(1)),
        proven("c", 9, kind=RequestKind.ERASE),
        proven("d", 9, done_at=after(DAY_SECONDS), **end),
        proven("e", 9, done_at=after(DAY_SECONDS * 2 - 1), **end),
        proven("f", 9, done_at=after(DAY_SECONDS * 2 + 1), **end),
        proven("h", 9, done_at=after(DAY_SECONDS * 2), **end, reply_due_at=after(9), replied_at=after(10)),
        proven("g", 9, done_at=after(-1), verified_at=after(-9), state=RequestState.DONE),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    assert store.read(lambda unit: unit.request_queue.open_by_age(now=now)) == (
        OpenCount(kind=RequestKind.ERASE, days=3, requests=1),
        OpenCount(kind=RequestKind.RECTIFY, days=2, requests=1),
        OpenCount(kind=RequestKind.RECTIFY, days=3, requests=1),
    )
    twice = AnswerCount(kind=RequestKind.RECTIFY, state=RequestState.DONE, days=1, requests=2, late=0)
    assert store.read(lambda unit: unit.request_queue.answers(since=NOW)) == (
        twice,
        replace(twice, days=2, requests=2, late=2),
    )
