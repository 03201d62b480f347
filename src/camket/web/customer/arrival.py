"""Coming and going: the random name of a browser, the cookie of a session."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.web import cookies
from camket.web.endpoints import see_other
from camket.web.guests import page_of_guest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.context import Context
    from camket.services.sessions import SignedIn
    from camket.web.visit import Visit

BROWSER_BYTES: Final = 32
OWN_PAGE: Final = re.compile(r"/me(/[a-z0-9][a-z0-9_.-]*){0,4}|/ask/[0-9a-f]{32}|/copies/[0-9a-f]{64}", re.ASCII)
"""Where one may be led on to: pages of the privacy centre, questions, links to files, and those of mounted apps."""
NEXT: Final = "next"
"""The field that carries where to go on to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Browser:
    """A browser's random name, to which codes are bound.

    Args:
        token: opaque.
        https: the service is reached over https.
    """

    token: str
    https: bool

    def remembered(self, response: Response) -> Response:
        """Return the answer with the browser's name in its cookie."""
        cookies.BROWSER.give(response, self.token, https=self.https)
        return response


def browser_of(visit: Visit) -> Browser:
    """Return the name of the visitor's browser, a new one where it has none yet."""
    return Browser(token=visit.browser or new_browser(visit.context), https=visit.https)


def new_browser(ctx: Context) -> str:
    """Return a new random name for a browser."""
    return base64.urlsafe_b64encode(ctx.entropy.token(BROWSER_BYTES)).decode().rstrip("=")


def wanted(visit: Visit, fields: Mapping[str, str]) -> str | None:
    """Return the page to go on to, or None for one that is neither of the privacy centre nor of a mounted app."""
    path = fields.get(NEXT, "")
    # INVARIANT: one never lands on another site.
    known = OWN_PAGE.fullmatch(path) or page_of_guest(path, (app.prefix for app in visit.site.apps))
    return path if known else None


def with_next(path: str, following: str | None) -> str:
    """Return the path of a form that carries on where to go afterwards."""
    return f"{path}?{NEXT}={following}" if following else path


def signed_in(visit: Visit, arrived: SignedIn, path: str) -> Response:
    """Lead on with the session's cookie."""
    response = see_other(path)
    cookies.SESSION.give(response, arrived.session_token, https=visit.https)
    return response
