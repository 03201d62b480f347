"""Amounts as people type them, held to the cases that the browser's code is held to as well."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket_shop.errors import InvalidError
from camket_shop.money import (
    MOST_DONG,
    Refusal,
    format_dong,
    format_quantity,
    line_amount,
    read_amount,
    read_price,
    read_quantity,
)

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "money.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: repr(case["text"]))
def test_what_people_type_is_read(case: dict[str, Any]) -> None:
    """A price in any of the usual spellings is that many đồng."""
    assert read_price(case["text"]) == case["amount"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: repr(case["text"]))
def test_what_is_no_price_is_refused(case: dict[str, Any]) -> None:
    """What is no amount, or could be two, is refused with its reason and its field."""
    with pytest.raises(InvalidError) as refused:
        read_price(case["text"], field="discount")
    assert (refused.value.code, refused.value.field) == (f"price_{case['reason']}", "discount")


def test_every_refusal_has_a_case() -> None:
    """The cases show each reason at least once, and the one limit."""
    assert {case["reason"] for case in CASES["refused"]} == set(Refusal)
    assert CASES["most"] == MOST_DONG


@pytest.mark.parametrize("case", CASES["formatted"], ids=lambda case: case["text"])
def test_an_amount_is_written_for_people(case: dict[str, Any]) -> None:
    """An amount has dots between its thousands and the sign of the đồng behind it."""
    assert format_dong(case["amount"]) == case["text"]


@pytest.mark.parametrize("case", CASES["quantities"], ids=lambda case: case["text"])
def test_a_quantity_is_kept_in_thousandths(case: dict[str, Any]) -> None:
    """A quantity is read exactly and written as shortly as it can be."""
    thousandths = read_quantity(case["text"], field="quantity")
    assert (thousandths, format_quantity(thousandths)) == (case["thousandths"], case["shown"])


@pytest.mark.parametrize("text", [*CASES["quantities_refused"], 1, 0.5, None, True])
def test_what_is_no_quantity_is_refused(text: object) -> None:
    """Nothing, less than a thousandth, another notation or a number instead of a text is no quantity."""
    with pytest.raises(InvalidError, match="quantity_invalid"):
        read_quantity(text, field="lines.0.quantity")


@pytest.mark.parametrize("case", CASES["lines"], ids=lambda case: f"{case['price']} x {case['quantity']}")
def test_a_line_is_rounded_half_up(case: dict[str, Any]) -> None:
    """Price times quantity is a whole đồng; a half goes up."""
    assert line_amount(case["price"], read_quantity(case["quantity"], field="quantity")) == case["amount"]


@given(st.integers(min_value=0, max_value=MOST_DONG))
def test_what_is_written_is_read_back(amount: int) -> None:
    """Every amount that is shown to people means itself when they type it."""
    assert read_amount(format_dong(amount)) == amount


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    """Whatever is typed is an amount within the limit or a named refusal."""
    amount = read_amount(text)
    assert isinstance(amount, Refusal) or 0 <= amount <= MOST_DONG
