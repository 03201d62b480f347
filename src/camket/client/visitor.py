"""What a request says about who sends it: the cookies of camket's pages, and the language that they are read in.

The cookies' names stand here alone, so that pages and guests read the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

SESSION_COOKIE: Final = "camket_session"
LANGUAGE_COOKIE: Final = "camket_language"
DEFAULT_LANGUAGE: Final = Language.VI
LONGEST_HEADER: Final = 8192
"""What is longer is not searched: no browser of ours sends it."""
MOST_LANGUAGES: Final = 20


def cookie_key(name: str, *, https: bool) -> str:
    """Return the name under which a browser keeps a cookie of ours: on https with the `__Host-` prefix.

    Args:
        name: without the prefix.
        https: the service is reached over https.
    """
    return f"__Host-{name}" if https else name


def read_cookies(header: str) -> dict[str, str]:
    """Return the cookies of a `Cookie` header, *personal*; nothing for one that is longer than a browser sends."""
    if len(header) > LONGEST_HEADER:
        return {}
    pairs = (pair.partition("=") for pair in header.split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def session_token(headers: Mapping[str, str], *, https: bool) -> str | None:
    """Return the token of the session that a request names, a secret; None for none.

    Args:
        headers: of the request, lower-case names.
        https: the service is reached over https.
    """
    cookies = read_cookies(headers.get("cookie", ""))
    return cookies.get(cookie_key(SESSION_COOKIE, https=https)) or None


def language_of(headers: Mapping[str, str], *, https: bool) -> Language:
    """Return the language that a visitor reads: the one they chose, else the browser's, else Vietnamese.

    Args:
        headers: of the request, lower-case names.
        https: the service is reached over https.
    """
    chosen = language_named(read_cookies(headers.get("cookie", "")).get(cookie_key(LANGUAGE_COOKIE, https=https)))
    return chosen or preferred_language(headers.get("accept-language", "")) or DEFAULT_LANGUAGE


def language_named(name: str | None) -> Language | None:
    """Return the language with this code, or None for anything else."""
    return Language(name) if name in {language.value for language in Language} else None


def preferred_language(header: str) -> Language | None:
    """Return the language of ours that an `Accept-Language` header likes most; None where it names none of ours.

    Source: RFC 9110 section 12.5.4.
    """
    best, most = None, 0.0
    for entry in header[:LONGEST_HEADER].split(",")[:MOST_LANGUAGES]:
        tag, _, weight = entry.partition(";")
        language = language_named(tag.strip().lower().partition("-")[0])
        liked = _weight(weight)
        if language is not None and liked > most:
            best, most = language, liked
    return best


def _weight(parameter: str) -> float:
    name, equals, value = parameter.strip().partition("=")
    if not equals:
        return 1.0
    digits = value.strip()
    known = name.strip().lower() == "q" and digits.replace(".", "", 1).isdigit() and digits.isascii()
    return min(float(digits), 1.0) if known else 0.0
