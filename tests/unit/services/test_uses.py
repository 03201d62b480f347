"""The list of uses: everything on record, what says the same together, forty rows a page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.services.centre import my_data
from camket.services.uses import MOST_TOGETHER, PAGE, TOGETHER, UseGroup, UseView, together, uses
from tests.journeys import Customer, Service, register

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def use(number: int, *, minutes: int = 0, **other: object) -> UseView:
    """Return the shop's reading of a picture, so many minutes before noon."""
    said = {
        "who": "service:shop",
        "action": LedgerAction.USE,
        "items": ("shop.picture",),
        "purpose": "provide",
        "outcome": LedgerOutcome.PERMIT,
        "ledger_index": number,
    }
    return UseView(id=number, at=NOON - timedelta(minutes=minutes), **(said | other))  # type: ignore[arg-type]  # as said


def read_name(service: Service, customer: Customer) -> None:
    """Have the shop read a name."""
    service.ctx.door.read(actor="service:shop", subject_id=customer.subject_id, items=("name",), purpose="provide")


def test_neighbours_that_say_the_same_are_one_row_with_first_and_last_entry() -> None:
    """Forty thumbnails of one minute are one row: how many, from when to when, which entries of the ledger."""
    (group,) = together([use(number) for number in range(160, 120, -1)])
    assert len(group.uses) == 40
    assert (group.newest.id, group.oldest.id) == (160, 121)
    assert group.ledger_span == (121, 160)


@pytest.mark.parametrize(
    "other",
    [
        {"who": "service:print"},
        {"action": LedgerAction.COLLECT},
        {"items": ("shop.picture", "shop.name")},
        {"items": ()},
        {"purpose": "improve"},
        {"purpose": None},
        {"outcome": LedgerOutcome.DENY},
    ],
)
def test_what_says_something_else_stands_apart(other: dict[str, Any]) -> None:
    """Who, what, with which items, what for and how it ended: where one differs, there is a row of its own."""
    listed = [use(3), use(2, **other), use(1)]
    assert [[one.id for one in group.uses] for group in together(listed)] == [[3], [2], [1]]


def test_a_row_spans_an_hour_at_most() -> None:
    """An entry more than an hour before the newest of a row begins another, however close its neighbour is."""
    listed = [use(4), use(3, minutes=40), use(2, minutes=60), use(1, minutes=61)]
    assert [[one.id for one in group.uses] for group in together(listed)] == [[4, 3, 2], [1]]


def test_a_row_that_waits_for_the_ledger_names_no_entries() -> None:
    """First and last entry are named once every one of them has its place."""
    waiting, placed = use(2, ledger_index=None), use(1)
    assert UseGroup(uses=(waiting, placed)).ledger_span is None
    assert UseGroup(uses=(placed,)).ledger_span == (1, 1)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["provide", "improve"])), max_size=250))
def test_nothing_is_left_out_shown_twice_or_turned_around(steps: list[tuple[int, str]]) -> None:
    """Whatever follows whatever: the rows hold every entry once, in order; each row is one saying of one hour."""
    listed, minutes = [], 0
    for number, (step, purpose) in enumerate(steps):
        minutes += step
        listed.append(use(len(steps) - number, minutes=minutes, purpose=purpose))
    groups = list(together(listed))
    assert [one for group in groups for one in group.uses] == listed
    for group in groups:
        assert all(one.says_the_same(group.newest) for one in group.uses)
        assert group.newest.at - group.oldest.at <= TOGETHER
        assert len(group.uses) <= MOST_TOGETHER


def test_the_list_has_pages(journey: Service, alice: Customer) -> None:
    """Forty rows a page, newest first, none twice and none left out; past the end there is nothing."""
    for _ in range(PAGE):
        my_data(journey.ctx, alice.session)
        read_name(journey, alice)
    first = uses(journey.ctx, alice.session)
    second = uses(journey.ctx, alice.session, page=2)
    assert (first.newer, first.older, second.newer) == (None, 2, 1)
    ids = [group.newest.id for group in first.uses]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == PAGE
    # The second view says the same as the first, on top of it: the rows stand where they stood.
    assert second.uses[0].newest.id == ids[-1] - 1
    assert uses(journey.ctx, alice.session, page=99).uses == ()


def test_many_equal_uses_do_not_push_the_others_off_the_page(journey: Service, alice: Customer) -> None:
    """After a hundred readings of one thing the page still shows what came before, and names each reading."""
    read_name(journey, alice)
    my_data(journey.ctx, alice.session)
    for _ in range(PAGE + 5):
        read_name(journey, alice)
    journey.sequence()
    rows = uses(journey.ctx, alice.session).uses
    assert [len(row.uses) for row in rows[:4]] == [1, PAGE + 5, 1, 1]
    assert rows[1].ledger_span is not None
    everything = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=1000))
    assert [one.id for row in rows for one in row.uses] == [record.id for record in everything]


def test_what_the_server_log_wrote_in_an_hour_stands_together() -> None:
    """Between the looks of a busy hour the log is one row where its newest entry is; the looks keep their order."""
    log: dict[str, Any] = {"who": "service:log", "action": LedgerAction.COLLECT, "items": ("log.path",)}
    listed = [
        use(9), use(8, minutes=1, **log), use(7, minutes=2, purpose="improve"), use(6, minutes=3, **log),
        use(5, minutes=4), use(4, minutes=70, **log), use(3, minutes=71), use(2, minutes=72, **log),
    ]  # fmt: skip
    groups = [[one.id for one in group.uses] for group in together(listed)]
    assert groups == [[9], [8, 6], [7], [5], [4, 2], [3]]


def test_the_rows_of_a_busy_year_are_not_gathered_at_once() -> None:
    """The first rows are there before the list was read to its end: a page needs no more than an hour beyond it."""
    read = []

    def listed() -> Iterator[UseView]:
        for number in range(1000):
            read.append(number)
            said = {"who": "service:log"} if number % 2 else {"purpose": "improve" if number % 4 else "provide"}
            yield use(1000 - number, minutes=number, **said)

    first = next(together(listed()))
    assert first.newest.id == 1000
    assert len(read) < 100
