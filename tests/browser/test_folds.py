"""What is folded away on a small screen is one press away, without scripts, and on paper nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import DESK

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.visitor import Visitor

FOLDED = ".declared tr:has(.fold)"
STANDS = """
([selector, most]) => {
    const {y} = document.querySelector(selector).getBoundingClientRect();
    return 0 <= y && y < most;
}
"""


def shown(row: Locator) -> list[bool]:
    """Return which cells of a row are to be seen."""
    return [cell.is_visible() for cell in row.locator("td").all()]


def await_fold(row: Locator, *, unfolded: bool) -> None:
    """Wait until all four cells of a row are to be seen, or the first alone."""
    first, *others = row.locator("td").all()
    assert len(others) == 3
    expect(first).to_be_visible()
    for other in others:
        expect(other).to_be_visible(visible=unfolded)


def await_place(visitor: Visitor, selector: str, *, most: int) -> None:
    """Wait until an element stands in sight, no further down than so many pixels."""
    visitor.page.wait_for_function(STANDS, arg=[selector, most])


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_row_of_the_policy_unfolds(visitor: Callable[..., Visitor], *, scripts: bool) -> None:
    """On a phone a row shows its name and one sentence; the keyboard opens the rest and closes it again."""
    reader = visitor("vi", java_script_enabled=scripts)
    reader.open("/policy")
    row = reader.page.locator("#item-email")
    await_fold(row, unfolded=False)
    for unfolded in (True, False):
        row.locator("summary").press("Enter")
        await_fold(row, unfolded=unfolded)


def test_a_link_to_a_row_lands_on_it_unfolded(visitor: Callable[..., Visitor]) -> None:
    """Who follows a reference of the prose sees the whole row that it names, and where they are."""
    reader = visitor("vi")
    reader.open("/policy")
    reader.main.locator("p a[href='#item-email']").first.click()
    await_fold(reader.page.locator("#item-email"), unfolded=True)
    await_place(reader, "#item-email", most=100)
    await_fold(reader.page.locator("#item-phone"), unfolded=False)


def test_on_a_desk_nothing_is_folded(visitor: Callable[..., Visitor]) -> None:
    """A wide screen has the table whole, with no fold to stop at."""
    reader = visitor("vi", viewport=DESK)
    reader.open("/policy")
    rows = reader.page.locator(FOLDED)
    assert rows.count() > 20
    assert not [row for row in rows.all() if not all(shown(row)) or row.locator("summary").is_visible()]


def test_on_paper_nothing_is_folded(visitor: Callable[..., Visitor]) -> None:
    """The policy prints whole from a phone too, every cell of every table, and no fold in the place of a name."""
    reader = visitor("vi")
    reader.open("/policy")
    reader.page.emulate_media(media="print")
    rows = reader.page.locator(FOLDED)
    assert not [row for row in rows.all() if not all(shown(row)) or not row.locator(".name").is_visible()]


def test_one_s_data_prints_whole(visitor: Callable[..., Visitor]) -> None:
    """What is folded on the page of one's data stands on the paper; what is only pressed does not."""
    alice = visitor("vi")
    alice.register("Alice Nguyễn", "090 123 45 67", "alice@paper.example")
    network = alice.main.locator("details .what", has_text="127.0.0.1")
    expect(network).to_be_hidden()
    alice.page.emulate_media(media="print")
    expect(network).to_be_visible()
    expect(alice.main.locator("a.btn, button, nav").first).to_be_hidden()


def test_what_one_can_do_is_one_press_away(visitor: Callable[..., Visitor]) -> None:
    """On a phone the page of one's data leads to its parts from the top; on a desk they stand in sight."""
    alice = visitor("vi")
    alice.register("Alice Nguyễn", "090 123 45 67", "alice@jump.example")
    ways = alice.main.locator("nav a")
    targets = [way.get_attribute("href") or "" for way in ways.all()]
    assert targets == ["#held", "#devices", "#uses", "#can"]
    for way, target in zip(ways.all(), targets, strict=True):
        way.click()
        await_place(alice, target, most=780)
    alice.page.set_viewport_size(DESK)
    expect(ways.first).to_be_hidden()
    alice.page.keyboard.press("End")
    await_place(alice, "main a[href='/me/delete']", most=900)
