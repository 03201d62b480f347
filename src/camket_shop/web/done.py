"""What was done just before, for the next page to say once, to the browser that did it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.requests import cookie_parser

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket_shop.web.requests import Visit

COOKIE: Final = "quay_done"
KEPT_SECONDS: Final = 60
_WRITTEN: Final = re.compile(r"(?P<word>[a-z_]{1,24})(?:\.(?P<about>[0-9a-z]{1,26}))?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What was done.

    Args:
        word: of the sentence that says so.
        about: the id or number of what it was done to; empty for none. It is only ever looked up as the owner's own.
    """

    word: str
    about: str = ""


def remember_done(visit: Visit, response: Response, word: str, about: str = "") -> Response:
    """Have the next page of this browser say what was done; returns the response."""
    response.set_cookie(
        COOKIE, f"{word}.{about}" if about else word, max_age=KEPT_SECONDS, path=visit.shop.prefix,
        secure=visit.shop.https, httponly=True, samesite="strict",
    )  # fmt: skip
    return response


def done_before(visit: Visit) -> Done | None:
    """Return what this browser did just before; None for nothing, and for what we never wrote."""
    found = _WRITTEN.fullmatch(cookie_parser(visit.headers.get("cookie", "")).get(COOKIE, ""))
    return Done(word=found["word"], about=found["about"] or "") if found else None


def said_once(visit: Visit, response: Response) -> Response:
    """Have the browser forget what was done, as it was said; returns the response."""
    response.delete_cookie(COOKIE, path=visit.shop.prefix, secure=visit.shop.https, httponly=True, samesite="strict")
    return response
