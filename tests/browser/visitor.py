"""A person at a browser: what they open, type and read, and everything that their browser complained about."""

from __future__ import annotations

import re
import time
import urllib.request
import zipfile
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, ViewportSize

Language = Literal["vi", "en"]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
MAIL_SECONDS = 20
PAGE_MILLISECONDS = 30_000
JOB_SECONDS = 60
LETTER = re.compile(r"<article.*?</article>", re.DOTALL)
CODE = re.compile(r"(?<![0-9a-f])\d{6}(?![0-9a-f])")


@dataclass
class Visitor:
    """One person at one browser.

    Args:
        context: the browser's profile: its cookies are this person's.
        page: the tab they look at.
        origin: the service's address.
        has_scripts: whether pages may do anything by themselves.
        complaints: errors of the console, breaches of the content security policy, requests to other hosts.
    """

    context: BrowserContext
    page: Page
    origin: str
    has_scripts: bool = True
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(f"{self.origin}{path}")

    @property
    def path(self) -> str:
        """Where they are, without the host."""
        return self.page.url.removeprefix(self.origin)

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.locator("main")

    def press(self) -> None:
        """Press the button that sends the form of the page."""
        self.main.locator("form button").first.click()

    def send(self) -> None:
        """Send the form of the page, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.press()

    def register(self, name: str, phone: str, email: str) -> None:
        """Register and confirm the e-mail by the code; ends in the privacy centre."""
        self.open("/register")
        self.fill(name=name, phone=phone, email=email)
        self.send_and_enter_code(email)
        self.page.wait_for_url(f"{self.origin}/me")

    def follow(self, selector: str) -> None:
        """Follow the first link of a kind, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.main.locator(selector).first.click()

    def fill(self, **fields: str) -> None:
        """Type into fields by their names."""
        for name, text in fields.items():
            self.page.locator(f"input[name='{name}']").fill(text)

    def accept_deletion(self) -> None:
        """Tick that what goes is understood, and delete."""
        self.page.locator("input[name='accepted']").check()
        self.send()
        self.page.wait_for_url(f"{self.origin}/certificate")

    def await_certificate(self) -> None:
        """Wait until the certificate is there: with scripts the page looks by itself, without them its reader does."""
        if self.has_scripts:
            self.main.locator("a[download]").wait_for(timeout=JOB_SECONDS * 1000)
        deadline = time.monotonic() + JOB_SECONDS
        while self.main.locator("a[download]").count() == 0:
            assert time.monotonic() < deadline, f"no certificate in {JOB_SECONDS} seconds"
            self.open("/certificate")

    def download_copy(self, folder: Path) -> None:
        """Wait for the copy, download it and unpack it; its parts are whole."""
        self.await_copy()
        with self.page.expect_download() as download:
            self.main.locator("form[data-download] button").click()
        with zipfile.ZipFile(download.value.path()) as files:
            assert files.testzip() is None
            files.extractall(folder)

    def await_copy(self) -> None:
        """Wait on the page of a copy until its file is ready; the page looks again by itself."""
        self.page.wait_for_selector("form[data-download] button", timeout=JOB_SECONDS * 1000)

    def send_and_enter_code(self, email: str) -> None:
        """Send the form, read the code that arrives for it, and enter it."""
        code = self.code_after(email, self.send)
        self.fill(code=code)
        self.send()

    def code_after(self, email: str, act: Callable[[], None]) -> str:
        """Return the code in the mail that arrives because of an act."""
        before = len(letters(self.origin, email))
        act()
        self.page.wait_for_selector("input[name='code']")
        return newest_code(self.origin, email, more_than=before)


def visit(browser: Browser, origin: str, language: Language = "vi", /, **options: object) -> Visitor:
    """Return a new person at a browser of their own; `options` are those of a browser context."""
    context = browser.new_context(
        **({"viewport": PHONE, "locale": LOCALES[language], "color_scheme": "light"} | options),  # type: ignore[arg-type]  # the names are Playwright's own
    )
    has_scripts = options.get("java_script_enabled") is not False
    visitor = Visitor(context=context, page=context.new_page(), origin=origin, has_scripts=has_scripts)
    visitor.page.set_default_timeout(PAGE_MILLISECONDS)
    watch(visitor)
    if language == "en":
        context.add_cookies([{"name": "camket_language", "value": "en", "url": origin}])
    return visitor


def watch(visitor: Visitor) -> None:
    """Write down what the browser complains about from now on."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            visitor.complaints.append(f"{visitor.page.url}: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{visitor.origin}/", "data:", "blob:", "file:")):
            visitor.complaints.append(f"{visitor.page.url}: asked another host: {request.url}")

    visitor.context.on("console", on_console)
    visitor.context.on("request", on_request)
    visitor.context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))


EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""The browser notes every page that answers with an error; the tests that provoke one look at the page itself."""


def newest_code(origin: str, recipient: str, *, more_than: int) -> str:
    """Return the code in a mail that came after so many others; a notice that comes in between is passed over."""
    while True:
        found = letters(origin, recipient, more_than=more_than)
        for letter in found[: len(found) - more_than]:
            code = CODE.search(letter)
            if code is not None:
                return code.group()
        more_than = len(found)


def newest_link(origin: str, recipient: str) -> str:
    """Return the path of the newest link to a file in a mail; waits until there is one."""
    deadline = time.monotonic() + MAIL_SECONDS
    while True:
        found = re.findall(r"/copies/[0-9a-f]{64}", " ".join(letters(origin, recipient)))
        if found:
            return str(found[0])
        assert time.monotonic() < deadline, f"no link to {recipient} in {MAIL_SECONDS} seconds"


def letters(origin: str, recipient: str, *, more_than: int | None = None) -> list[str]:
    """Return the mails to an address as plain text, newest first; waits until there are more than a number."""
    deadline = time.monotonic() + MAIL_SECONDS
    while True:
        with urllib.request.urlopen(f"{origin}/dev/mailbox", timeout=MAIL_SECONDS) as answer:  # noqa: S310 - our own
            page = unescape(answer.read().decode())
        found = [letter for letter in LETTER.findall(page) if recipient in letter]
        if more_than is None or len(found) > more_than:
            return [re.sub(r"<[^>]+>", "", letter) for letter in found]
        assert time.monotonic() < deadline, f"no new mail to {recipient} in {MAIL_SECONDS} seconds"
