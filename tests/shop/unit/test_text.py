"""One line of text, barcodes, and searching without accents."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket_shop.errors import InvalidError
from camket_shop.text import fold, read_barcode, read_line, wrong_check_digit

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "fold.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["folded"], ids=lambda case: repr(case["text"]))
def test_a_text_is_found_without_its_accents(case: dict[str, str]) -> None:
    """Accents, case and width do not matter to a search."""
    assert fold(case["text"]) == case["folded"]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """What has been folded stays as it is: the index and the query meet."""
    once = fold(text)
    assert fold(once) == once


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Cà phê sữa đá", "Cà phê sữa đá"),
        ("  Cà \t phê\u00a0đá \n", "Cà phê đá"),
        ("Ca\u0300 phe\u0302", "Cà phê"),
        ("Trà 🍵 (lớn) 50%", "Trà 🍵 (lớn) 50%"),
        ("👨\u200d🍳 chọn", "👨\u200d🍳 chọn"),
        ("<b>Bánh</b>", "<b>Bánh</b>"),
    ],
)
def test_a_line_is_kept_as_it_is_read(typed: str, kept: str) -> None:
    """Spaces are single, letters are composed, and everything that can be seen stays."""
    assert read_line(typed, field="name", most=80) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "text_empty"),
        (" \t\n", "text_empty"),
        ("a" * 81, "text_too_long"),
        ("a" * 5_000, "text_too_long"),
        ("Cà\x00phê", "text_hidden"),
        ("Cà\u200bphê", "text_hidden"),
        ("\u202eêhp àC", "text_hidden"),
        ("Cà\u2066phê", "text_hidden"),
        ("Cà phê\u3164", "text_hidden"),
        ("\ud800", "text_hidden"),
        ("e" + "\u0323" * 6, "text_hidden"),
        (" \u200d", "text_hidden"),
    ],
)
def test_a_line_that_hides_something_is_refused(typed: str, code: str) -> None:
    """What cannot be seen, turns text around, is empty or too long is refused with its reason."""
    with pytest.raises(InvalidError) as refused:
        read_line(typed, field="name", most=80)
    assert (refused.value.code, refused.value.field) == (code, "name")


def test_a_line_that_may_be_empty_may_be_empty() -> None:
    """A category that is left out is the empty text."""
    assert read_line("  ", field="category", most=32, required=False) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8936000000001", "8936000000001"),
        (" 8936 ", "8936"),
        ("８９３６", "8936"),
        ("CF-01/A", "CF-01/A"),
        ("", None),
        ("  ", None),
    ],
)
def test_a_barcode_is_kept_as_it_is_printed(typed: str, kept: str | None) -> None:
    """Printable ASCII is kept, an empty field is no barcode."""
    assert read_barcode(typed) == kept


@pytest.mark.parametrize("typed", ["893", "8" * 33, "cà phê", "8936\n001", "89\u200b36", "\x1b[2J!"])
def test_what_no_scanner_reads_is_no_barcode(typed: str) -> None:
    """Too short, too long, or not printable ASCII is refused."""
    with pytest.raises(InvalidError, match="barcode_invalid"):
        read_barcode(typed)


@pytest.mark.parametrize(
    ("barcode", "wrong"),
    [
        ("4006381333931", False),
        ("4006381333932", True),
        ("96385074", False),
        ("96385075", True),
        ("036000291452", False),
        ("036000291453", True),
        ("10012345678902", False),
        ("12345", False),
        ("CF-01/ABCDEFG", False),
    ],
)
def test_a_wrong_check_digit_is_told(barcode: str, wrong: bool) -> None:  # noqa: FBT001 - a case of the table
    """A code with the length of a retail code is checked; others have no check digit."""
    assert wrong_check_digit(barcode) is wrong
