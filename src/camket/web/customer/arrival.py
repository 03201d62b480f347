"""Coming and going: the random name of a browser, the cookie of a session."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.web import cookies
from camket.web.endpoints import see_other

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.services.context import Context
    from camket.services.sessions import SignedIn
    from camket.web.visit import Visit

BROWSER_BYTES: Final = 32


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


def signed_in(visit: Visit, arrived: SignedIn, path: str) -> Response:
    """Lead on with the session's cookie."""
    response = see_other(path)
    cookies.SESSION.give(response, arrived.session_token, https=visit.https)
    return response
