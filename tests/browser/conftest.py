"""One browser and one service for the tests of a file; each test has browser profiles of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.serving import served
from tests.browser.visitor import PAGE_MILLISECONDS, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

CHROMIUM = "/usr/bin/chromium"
# No sandbox, because the tests may run as root; the rest keeps the browser off the network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MANY = "100000"

expect.set_options(timeout=PAGE_MILLISECONDS)


# First, and before the run's own hook, which makes the groups: of two that are first the later registered comes first.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: the machine has one browser."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.serial)


# Of a file, not of the run: while it stands, its loop runs in this thread and other tests cannot run theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a running service without limits that a file of tests would meet from one address."""
    with served(
        tmp_path_factory.mktemp("service"),
        registrations_per_address_hour=MANY,
        sign_ins_per_address_hour=MANY,
        attempts_per_address_hour=MANY,
        codes_per_subject_hour=MANY,
    ) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, service: Served) -> Iterator[Callable[..., Visitor]]:
    """Return a maker of people at browsers of their own; none may have made their browser complain."""
    made: list[Visitor] = []

    def make(language: Language = "vi", /, **options: object) -> Visitor:
        made.append(visit(browser, service.origin, language, **options))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    assert [complaint for one in made for complaint in one.complaints] == []
