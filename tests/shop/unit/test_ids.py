"""Ids that devices make, held to the cases that the browser's code is held to as well."""

import json
from pathlib import Path
from typing import Any

import pytest

from camket_shop.errors import InvalidError
from camket_shop.ids import is_client_id, new_id, order_code, require_client_id

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "ids.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: case["id"])
def test_an_id_gives_its_order_code(case: dict[str, str]) -> None:
    """A client id is accepted and shortened to eight upper-case characters."""
    assert require_client_id(case["id"]) == case["id"]
    assert order_code(case["id"]) == case["order_code"]


@pytest.mark.parametrize("text", CASES["invalid"], ids=repr)
def test_another_text_is_no_id(text: str) -> None:
    """Another length, letter case or alphabet is refused, with the field that held it."""
    assert not is_client_id(text)
    with pytest.raises(InvalidError) as refused:
        require_client_id(text, field="lines.0.product")
    assert (refused.value.code, refused.value.field) == ("id_invalid", "lines.0.product")


@pytest.mark.parametrize("value", [None, 7, ["0123456789abcdefghjkmnpqrs"], {}])
def test_what_is_no_text_is_no_id(value: object) -> None:
    """A number, a list or nothing is refused like a wrong text."""
    with pytest.raises(InvalidError):
        require_client_id(value)


def test_a_new_id_is_one() -> None:
    """An id that the server draws is like a device's, and no two are the same."""
    drawn = {new_id() for _ in range(100)}
    assert len(drawn) == 100
    assert all(is_client_id(one) for one in drawn)
