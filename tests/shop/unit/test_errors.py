"""Every error that the shop raises has a sentence in each language, which says nothing of what was typed."""

import json
import re
from pathlib import Path

import pytest

import camket_shop
from camket_shop.errors import InvalidError
from camket_shop.money import Refusal

SOURCE = Path(camket_shop.__file__).parent
RAISED = re.compile(r"\b(?:\w+Error|refused|refusal)\(\s*\"([a-z_]+)\"")
OPERATORS = {"store_busy", "store_failed", "store_full", "store_unusable", "platform_failed"}
"""What people are told of these is the page of their status; the reason is for the operator's log."""
CHOSEN = {f"price_{refusal}" for refusal in Refusal}
"""Codes that are put together from a word."""


def sentences(language: str) -> dict[str, str]:
    """Return the sentences of the area `errors`."""
    told: dict[str, str] = json.loads((SOURCE / "web" / "messages" / language / "errors.json").read_text("utf-8"))
    return told


def raised() -> set[str]:
    """Return every code that the source raises by name."""
    texts = [file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py")]
    return {code for text in texts for code in RAISED.findall(text)}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_error_has_a_sentence(language: str) -> None:
    """A code that is raised can be said; one without a sentence would be a fault of ours in the midst of another."""
    found = raised()
    assert {"barcode_taken", "sale_id_taken", "signed_out"} <= found
    assert (found | CHOSEN) - OPERATORS - sentences(language).keys() == set()


def test_both_languages_fill_in_the_same() -> None:
    """A sentence has the same places in Vietnamese and in English."""
    vi, en = sentences("vi"), sentences("en")
    places = re.compile(r"\{(\w+)\}")
    assert {key: set(places.findall(text)) for key, text in vi.items()} == {
        key: set(places.findall(text)) for key, text in en.items()
    }


def test_an_error_names_its_field_and_not_what_was_typed() -> None:
    """The message for the log has code and field, nothing else."""
    error = InvalidError("barcode_taken", field="barcode", values={"name": "Trà của Alice"})
    assert str(error) == "barcode_taken in `barcode`"
    assert error.message_key == "errors.barcode_taken"
