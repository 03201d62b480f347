"""The cookies of the pages. None is about the person: four are random names, one is a language, one a word of ours.

On https each carries the `__Host-` prefix, which a browser keeps only when it came over https, for this host alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from camket.client.visitor import LANGUAGE_COOKIE, SESSION_COOKIE, cookie_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Cookie:
    """A cookie of ours.

    Args:
        name: without the prefix.
        same_site: `strict` for what only our own pages need; `lax` for what a link from a mail must bring along.
        max_age_seconds: how long the browser keeps it.
    """

    name: str
    same_site: Literal["lax", "strict"]
    max_age_seconds: int

    def key(self, *, https: bool) -> str:
        """Return the name under which the browser keeps it."""
        return cookie_key(self.name, https=https)

    def read(self, cookies: Mapping[str, str], *, https: bool) -> str | None:
        """Return what the browser sent, or None for nothing."""
        return cookies.get(self.key(https=https)) or None

    def give(self, response: Response, value: str, *, https: bool) -> None:
        """Have the browser keep a value."""
        response.set_cookie(
            self.key(https=https),
            value,
            max_age=self.max_age_seconds,
            path="/",
            secure=https,
            httponly=True,
            samesite=self.same_site,
        )

    def take_back(self, response: Response, *, https: bool) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self.key(https=https), path="/", secure=https, httponly=True, samesite=self.same_site)


SESSION: Final = Cookie(name=SESSION_COOKIE, same_site="lax", max_age_seconds=180 * DAY_SECONDS)
"""The session's random name; the service decides how long it is good for."""
STAFF: Final = Cookie(name="camket_staff", same_site="strict", max_age_seconds=DAY_SECONDS // 2)
"""The random name of a session of staff; no link from elsewhere brings it along."""
BROWSER: Final = Cookie(name="camket_browser", same_site="strict", max_age_seconds=365 * DAY_SECONDS)
"""Binds a code to the browser that asked for it."""
CERTIFICATE: Final = Cookie(name="camket_certificate", same_site="strict", max_age_seconds=30 * DAY_SECONDS)
"""Leads to the certificate of a deletion, after the account is gone."""
LANGUAGE: Final = Cookie(name=LANGUAGE_COOKIE, same_site="lax", max_age_seconds=365 * DAY_SECONDS)
"""`vi` or `en`."""
DONE: Final = Cookie(name="camket_done", same_site="strict", max_age_seconds=60)
"""What was done just before, for the next page to say once; one of a few words."""
