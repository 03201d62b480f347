"""What is wrong with a page as it stands before a person: found by axe-core, and by measuring what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.serving import ROOT
from tests.browser.visitor import DESK, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visitor import Visitor

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SMALLEST_TARGET = 44
SMALLEST_TEXT = 14
SCREENS = {"360": PHONE, "1280": DESK}

RUN_AXE = """
async rules => {
    const chosen = rules ? {runOnly: {type: 'rule', values: rules}} : {};
    const result = await axe.run(document, {resultTypes: ['violations'], ...chosen});
    return result.violations.map(violation => {
        const where = violation.nodes.map(node => node.target.join(' ')).join(', ');
        return `${violation.id}: ${violation.help}: ${where}`;
    });
}
"""
CONTRAST = ["color-contrast"]
"""What depends on the theme; the rest of axe-core's rules see the same page by day and by night."""

# A link that stands in a sentence is as high as its line; so is one that is alone in a line of a sentence's list.
MEASURE = """
([smallestTarget, smallestText]) => {
    const found = [];
    const shown = element => {
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && box.bottom > 0;
    };
    const words = element => (element.textContent || element.name).trim().slice(0, 40);
    const named = element => `<${element.tagName.toLowerCase()}> ${words(element)}`;
    const inSentence = element => getComputedStyle(element).display === 'inline'
        && Array.from(element.parentElement.childNodes).some(
            node => node !== element && node.textContent.trim() !== '' && !(node.matches && node.matches('a')));
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
        found.push(`scrolls sideways: ${root.scrollWidth} px of ${root.clientWidth}`);
    }
    for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
        const target = element.closest('label') || element;
        if (!shown(target) || inSentence(element)) continue;
        const box = target.getBoundingClientRect();
        if (Math.round(Math.min(box.width, box.height)) < smallestTarget) {
            found.push(`too small to touch: ${named(element)}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
        }
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (texts.currentNode.textContent.trim() === '' || !shown(element)) continue;
        if (parseFloat(getComputedStyle(element).fontSize) < smallestText) {
            found.push(`too small to read: ${named(element)}: ${getComputedStyle(element).fontSize}`);
        }
    }
    return found;
}
"""


def load_axe(page: Page) -> None:
    """Have axe-core at hand in the page; the debugger may, whatever the content security policy says."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE.read_text(encoding='utf-8')}; 0")


def findings_of(visitor: Visitor) -> set[str]:
    """Return what is wrong with the page as it stands, on every screen and in both themes; leaves it as it was."""
    found: set[str] = set()
    page = visitor.page
    load_axe(page)
    page.emulate_media(reduced_motion="reduce")  # a colour on its way from light to dark is neither
    for screen, size in SCREENS.items():
        page.set_viewport_size(size)
        on_screen = page.evaluate(RUN_AXE)
        if size is PHONE:
            on_screen += page.evaluate(MEASURE, [SMALLEST_TARGET, SMALLEST_TEXT])
        page.emulate_media(color_scheme="dark")
        on_screen += [f"dark: {finding}" for finding in page.evaluate(RUN_AXE, CONTRAST)]
        page.emulate_media(color_scheme="light")
        found.update(f"{screen}: {finding}" for finding in on_screen)
    page.set_viewport_size(PHONE)
    return found
