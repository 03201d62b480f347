from __future__ import annotations

import pytest

from camket.client.visitor import language_of, preferred_language, read_cookies, session_token
from camket.core.terms import Language


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("", {}),
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;b=x=y;;  c ; d=", {"a": "1", "b": "x=y", "d": ""}),
        ("a=1; " + "b" * 9000 + "=2", {}),
    ],
)
def test_cookies_are_read_as_a_browser_sends_them(header: str, cookies: dict[str, str]) -> None:
    """Pairs without a value are none, and a header longer than any browser's is not searched."""
    assert read_cookies(header) == cookies


def test_a_session_is_named_by_the_cookie_of_the_very_scheme() -> None:
    """On https only the name that a browser keeps from other hosts and from plain http counts."""
    headers = {"cookie": "camket_session=plain; __Host-camket_session=safe"}
    assert (session_token(headers, https=True), session_token(headers, https=False)) == ("safe", "plain")
    assert session_token({"cookie": "camket_session=plain"}, https=True) is None
    assert session_token({"cookie": "camket_session="}, https=False) is None
    assert session_token({}, https=False) is None


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", None),
        ("fr-FR, de;q=0.9, *;q=0.1", None),
        ("en-GB,en;q=0.9,vi;q=0.8", Language.EN),
        ("vi-VN,vi;q=0.9,en;q=0.8", Language.VI),
        ("fr, en;q=0.2, vi;q=0.3", Language.VI),
        ("en;q=0, vi;q=0.1", Language.VI),
        ("EN", Language.EN),
        ("en;q=x, vi;q=0.1", Language.VI),
        ("en;q=-1, vi;level=1", None),
        (", ,;;=", None),
    ],
)
def test_the_browsers_language_counts_by_its_weight(header: str, language: Language | None) -> None:
    """The best liked of ours; a weight that is none likes nothing."""
    assert preferred_language(header) is language


def test_what_was_chosen_comes_before_what_the_browser_says() -> None:
    """Chosen on a page, then the browser's, then Vietnamese."""
    browser = {"accept-language": "en"}
    assert language_of(browser | {"cookie": "camket_language=vi"}, https=False) is Language.VI
    assert language_of(browser | {"cookie": "camket_language=tlh"}, https=False) is Language.EN
    assert language_of(browser, https=False) is Language.EN
    assert language_of({}, https=False) is Language.VI
