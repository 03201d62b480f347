"""Every page and every state of it, in both languages, on a phone and on a desk, by day and by night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.visitor import visit
from tests.browser.walking import walk, walk_lives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor


class Notes:
    """What is wrong with the states of pages, each finding with where it was met.

    Args:
        language: in which every page has to be.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.findings: dict[str, list[str]] = {}

    def look(self, name: str, visitor: Visitor) -> None:
        """Look at one state and note what is wrong with it."""
        found = findings_of(visitor)
        written = visitor.page.locator("html").get_attribute("lang")
        if written != self.language:
            found.add(f"in {written}")
        for finding in found:
            self.findings.setdefault(finding, []).append(name)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service that is filled with ten weeks of the lives of alice and bob."""
    with served(tmp_path_factory.mktemp("demonstration"), demonstration=True) as running:
        yield running


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_finding(visitor: Callable[..., Visitor], language: Language) -> None:
    """No state of any page has an accessibility finding, scrolls sideways, or is too small to read or touch."""
    notes = Notes(language)
    walk(visitor(language, reduced_motion="reduce"), f"alice@{language}.example", notes.look)
    assert notes.findings == {}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_of_a_full_life_has_a_finding(browser: Browser, demonstration: Served, language: Language) -> None:
    """The pages hold the same when there is much to show: many devices, values, uses and services."""
    notes = Notes(language)
    alice = visit(browser, demonstration.origin, language, reduced_motion="reduce")
    walk_lives(alice, "alice@shop.example", notes.look)
    assert notes.findings == {}
    assert alice.complaints == []


def test_the_pages_of_a_copy_have_no_finding(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    """The pages of a downloaded copy, opened from the disk, hold what every page holds."""
    alice, email = visitor(reduced_motion="reduce"), "alice@copy.example"
    alice.register("Alice Nguyễn", "090 123 45 67", email)
    alice.open("/me/copy")
    alice.send_and_enter_code(email)
    alice.download_copy(tmp_path)
    pages = sorted(tmp_path.glob("*.html"))
    assert len(pages) == 2
    for page in pages:
        alice.page.goto(page.as_uri())
        assert findings_of(alice) == set()
