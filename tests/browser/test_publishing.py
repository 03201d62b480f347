"""An officer writes and publishes the next version in a real browser, and every state of the pages on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.staff import sign_in_staff_in_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

DRAFT = "/officer/policy/draft"
LONGER = ("maximum: 400 days", "maximum: 500 days")
WRONG = ("basis: stated", "basis: whatever")
FAR = date.today() + timedelta(days=60)  # noqa: DTZ011 - any day that is far enough


def rewrite(officer: Visitor, *changes: tuple[str, str]) -> None:
    """Change the declarations in the browser's own field and save them."""
    officer.open(f"{DRAFT}/files/policy.yaml")
    field = officer.page.locator("textarea[name='text']")
    text = field.input_value()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    field.fill(text)
    officer.send()
    expect(officer.main.get_by_role("status")).to_be_visible()


def send_to(officer: Visitor, path: str) -> None:
    """Press the button of one form of the page, and wait for the page that answers."""
    with officer.page.expect_navigation():
        officer.main.locator(f"form[action='{path}'] button").click()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_next_version_is_written_and_published(
    service: Served, visitor: Callable[..., Visitor], language: Language
) -> None:
    """From an empty desk to a version that is to come; no state on the way has a finding of any kind."""
    officer = visitor(language, reduced_motion="reduce")
    sign_in_staff_in_browser(service, officer.context)
    findings: dict[str, set[str]] = {}

    def look(name: str) -> None:
        findings[name] = findings_of(officer)

    officer.open("/officer/policy")
    look("no draft")
    send_to(officer, f"{DRAFT}/begin")
    look("fresh draft")
    rewrite(officer, WRONG)
    look("text with findings")
    officer.main.locator("button[data-line]").first.click()
    field = officer.page.locator("textarea[name='text']")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd).trim()") == WRONG[1]
    officer.open(DRAFT)
    look("draft with findings")
    changes = [(WRONG[1], WRONG[0]), LONGER] if language == "vi" else [(WRONG[1], WRONG[0]), (LONGER[1], LONGER[0])]
    rewrite(officer, *changes)
    officer.open(DRAFT)
    look("undated draft")
    officer.page.locator("input[name='day']").fill(FAR.isoformat())
    send_to(officer, f"{DRAFT}/day")
    look("dated draft")
    officer.open(f"{DRAFT}/preview")
    look("preview")
    officer.open(DRAFT)
    send_to(officer, f"{DRAFT}/publish")
    expect(officer.main.get_by_role("status")).to_be_visible()
    expect(officer.main.locator("ol.rows > li").first).to_contain_text(f"{FAR:%d/%m/%Y}")
    look("published")
    assert {name: found for name, found in findings.items() if found} == {}
    assert officer.complaints == []
