"""What people mistype and what others try: told beside the field, with what was typed kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.visitor import Visitor

RIGHT = {"name": "Alice Nguyễn", "phone": "090 123 45 67", "email": "alice@input.example"}
WRONG = {
    "an empty name": ("name", ""),
    "only spaces": ("name", "   "),
    "a control character": ("name", "Alice\u0007Nguyễn"),
    "a mark that turns the text around": ("name", "Alice \u202enễyugN"),
    "a right-to-left mark": ("name", "\u200fAlice"),
    "an invisible character": ("name", "Ali\u200bce"),
    "an over-long name": ("name", "Nguyễn " * 60),
    "a short phone number": ("phone", "090 123"),
    "letters as a phone number": ("phone", "không có số"),
    "an over-long phone number": ("phone", "0" * 200),
    "a right-to-left mark in a phone number": ("phone", "090\u200f1234567"),
    "an e-mail without a host": ("email", "alice"),
    "an e-mail with two hosts": ("email", "alice@shop@shop.example"),
    "an e-mail with a space": ("email", "alice @shop.example"),
    "an e-mail with a look-alike space": ("email", "alice\u2003nguyen@shop.example"),
    "an e-mail with a mark that turns the text around": ("email", "alice\u202e@shop.example"),
    "an over-long e-mail": ("email", f"{'a' * 300}@shop.example"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_told_beside_its_field(visitor: Callable[..., Visitor], case: str) -> None:
    """Only the field that is wrong says so, nothing that was typed is lost, and no code is sent."""
    field, typed = WRONG[case]
    alice = visitor()
    alice.open("/register")
    values = RIGHT | {field: typed}
    alice.fill(**values)
    alice.send()
    assert alice.path == "/register"
    assert alice.main.locator(".problem").count() == 1
    assert alice.main.locator(f"#problem-{field}").inner_text() != ""
    for name, value in values.items():
        assert alice.page.locator(f"input[name='{name}']").input_value() == value


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0163 123 4567", "033 123 45 67"),
        ("+84 90 123 45 67", "090 123 45 67"),
        ("(090) 123-45-67", "090 123 45 67"),
        ("+44 20 7946 0000", "+44 20 7946 0000"),
    ],
    ids=["old eleven digits", "with the country's code", "with brackets", "from abroad"],
)
def test_a_phone_number_is_understood_as_people_write_it(
    visitor: Callable[..., Visitor], typed: str, shown: str
) -> None:
    """An old number is converted, a foreign one is taken, and the privacy centre shows it as people read it."""
    alice = visitor()
    alice.register(RIGHT["name"], typed, f"alice@{''.join(c for c in typed if c.isdigit())}.example")
    assert shown in alice.main.inner_text()


def test_letters_that_mean_something_to_a_browser_are_only_letters(visitor: Callable[..., Visitor]) -> None:
    """A name that is markup is either refused or shown letter by letter; it never becomes part of a page."""
    alice = visitor()
    name = '<b>Alice</b> & "Bob"'
    alice.open("/register")
    alice.fill(**(RIGHT | {"name": name, "email": "alice@markup.example"}))
    alice.send()
    if alice.path == "/register":
        assert alice.page.locator("input[name='name']").input_value() == name
        assert alice.page.locator("input[name='name']").get_attribute("onfocus") is None
    assert alice.main.locator("b").count() == 0


def test_a_field_that_the_policy_does_not_declare_is_refused_by_name(visitor: Callable[..., Visitor]) -> None:
    """A form with one field more is refused, the answer names the field, and nothing is sent or stored."""
    alice = visitor()
    alice.open("/register")
    alice.page.evaluate(
        "document.querySelector('main form').insertAdjacentElement('beforeend', Object.assign("
        "document.createElement('input'), {name: 'birthday', value: '01/01/1990'})); 0"
    )
    alice.fill(**(RIGHT | {"email": "alice@birthday.example"}))
    alice.send()
    assert alice.path == "/register"
    assert "birthday" in alice.main.inner_text()
    alice.open("/dev/mailbox")
    assert "alice@birthday.example" not in alice.main.inner_text()
