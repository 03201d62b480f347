"""A browser that keeps what a leak would show in: every address it was sent to, every header, every page."""

from __future__ import annotations

import http.client
import urllib.parse
from dataclasses import dataclass, field

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One answer."""

    status: int
    location: str | None
    headers: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Browser:
    """One browser at one address, with its cookies.

    Args:
        origin: of the service.
        headers: *personal* in a real life: what it tells of its device.
    """

    origin: str
    headers: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)
    answers: list[Page] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    """Codes that were entered, for whoever looks for a newer one."""

    def get(self, path: str) -> Page:
        """Ask for a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Page:
        """Send a form."""
        return self._ask("POST", path, urllib.parse.urlencode(fields))

    def send(self, path: str, body: bytes, media_type: str) -> Page:
        """Send anything else than a form."""
        return self._ask("POST", path, body, media_type)

    def follow(self, page: Page) -> Page:
        """Go where an answer leads."""
        assert page.location is not None, (page.status, page.text)
        return self.get(urllib.parse.urljoin("/", page.location))

    def _ask(self, method: str, path: str, body: str | bytes | None, media_type: str = FORM) -> Page:
        address = urllib.parse.urlsplit(self.origin)
        connection = http.client.HTTPConnection(address.hostname or "localhost", address.port, timeout=30)
        headers = {**self.headers, "Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = media_type
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        page = Page(
            status=answer.status,
            location=answer.headers.get("Location"),
            headers=str(answer.headers),
            body=answer.read(),
        )
        connection.close()
        self.answers.append(page)
        return page
