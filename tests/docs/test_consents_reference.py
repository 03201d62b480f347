"""The reference of consents names every word that can be met in them."""

from enum import StrEnum
from pathlib import Path

import pytest

from camket.core.consent.events import AskedThrough, EventKind, Expression
from camket.core.consent.exchange import OPTIONAL, REQUIRED
from camket.services.consents import OwnState
from camket.web.customer.receipt import TYPES

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "consents.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [EventKind, AskedThrough, Expression, OwnState], ids=lambda words: words.__name__)
def test_every_word_of_a_closed_set_is_named(words: type[StrEnum]) -> None:
    """Each fact, channel, expression and state stands in the reference."""
    assert {word.value for word in words if f"`{word}`" not in REFERENCE} == set()


def test_every_field_of_a_line_and_every_file_of_a_receipt_is_named() -> None:
    """Fields that are read, and files that are handed out."""
    assert {name for name in (*REQUIRED, *OPTIONAL, *TYPES) if f"`{name}`" not in REFERENCE} == set()
