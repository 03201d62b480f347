"""Every page and every state of it, in both languages, on a phone and on a desk, by day and by night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.looking import findings_of
from tests.browser.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.visitor import Language, Visitor


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_finding(visitor: Callable[..., Visitor], language: Language) -> None:
    """No state of any page has an accessibility finding, scrolls sideways, or is too small to read or touch."""
    findings: dict[str, list[str]] = {}
    languages: dict[str, str | None] = {}

    def look(name: str, seen: Visitor) -> None:
        languages[name] = seen.page.locator("html").get_attribute("lang")
        for finding in findings_of(seen):
            findings.setdefault(finding, []).append(name)

    walk(visitor(language, reduced_motion="reduce"), f"alice@{language}.example", look)
    assert {name: found for name, found in languages.items() if found != language} == {}
    assert findings == {}


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
