"""Every sentence of the shop stands in both languages, under one key, with the same places, and nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket_shop.money import Refusal
from camket_shop.web import messages
from camket_shop.web.errors import STATUS_OF
from camket_shop.web.messages import LANGUAGES, MESSAGES, PLACE, catalogue
from camket_shop.web.rendering import TEMPLATES
from tests.web.test_catalogues import hard_coded

if TYPE_CHECKING:
    from camket_shop.web.messages import Sentence

SHOP = Path(messages.__file__).parents[1]
SCRIPTS = SHOP / "web" / "static" / "src"
KEY = re.compile(r"""["'`]([a-z][a-z_]*\.[a-z0-9][a-z0-9_]*)["'`]""")
TOLD = {kind.__name__ for kind in STATUS_OF} - {"ShopError", "StoreError"}
"""Errors whose own sentence is shown; the others have the page of their status."""


def areas(language: str) -> set[str]:
    """Return the areas that a language has a file for."""
    return {file.stem for file in (MESSAGES / language).glob("*.json")}


def forms(sentence: Sentence) -> list[str]:
    """Return a sentence's forms: one, or one and many."""
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def keys(language: str) -> set[str]:
    """Return every key of a language."""
    return set(catalogue(language).for_scripts(areas(language)))


def named_keys() -> dict[str, str]:
    """Return every key that a template, a module or a script names whole, with the file that does."""
    files = [*TEMPLATES.glob("*.html"), *SHOP.rglob("*.py"), *SCRIPTS.rglob("*.js")]
    known = areas("vi")
    return {
        key: file.name
        for file in files
        for key in KEY.findall(file.read_text(encoding="utf-8"))
        if key.partition(".")[0] in known and key.rpartition(".")[2] not in {"html", "js", "css", "json", "py"}
    }


def test_both_languages_have_the_same_keys() -> None:
    """No sentence is missing in one of them."""
    assert areas("vi") == areas("en")
    assert keys("vi") == keys("en")


def test_both_languages_have_the_same_places() -> None:
    """What is filled in stands in every form of a sentence, so that no page breaks in one language."""
    vietnamese, english = (catalogue(language).for_scripts(areas(language)) for language in LANGUAGES)
    wrong = [
        key
        for key in vietnamese
        if len({frozenset(PLACE.findall(form)) for form in forms(vietnamese[key]) + forms(english[key])}) > 1
    ]
    assert wrong == []


def test_a_sentence_with_forms_has_one_and_other() -> None:
    """And names the number that chooses, in every form."""
    for language in LANGUAGES:
        for key, sentence in catalogue(language).for_scripts(areas(language)).items():
            assert all(form.strip() for form in forms(sentence)), key
            if not isinstance(sentence, str):
                assert set(sentence) == {"one", "other"}, key
                assert all("{n}" in form for form in forms(sentence)), key


def test_vietnamese_is_translated() -> None:
    """No sentence of more than three words is the same in both languages."""
    vietnamese, english = (catalogue(language).for_scripts(areas(language)) for language in LANGUAGES)
    same = [
        key
        for key in vietnamese
        for one, other in zip(forms(vietnamese[key]), forms(english[key]), strict=False)
        if one == other and len(re.findall(r"[^\W\d_]+", PLACE.sub("", one))) > 3
    ]
    assert same == []


def test_every_key_that_is_named_exists() -> None:
    """A template, a module or a script asks for no sentence that is not there."""
    known = keys("vi")
    named = named_keys()
    begun = {key for key in named if key.endswith("_") and any(one.startswith(key) for one in known)}
    assert {key: file for key, file in named.items() if key not in known | begun} == {}


def test_every_code_of_an_error_has_its_sentence() -> None:
    """Whatever the shop refuses, it says why in both languages."""
    codes = set()
    for file in SHOP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD:
                codes |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert len(codes) > 20
    codes |= {f"price_{refusal}" for refusal in Refusal}
    assert {f"errors.{code}" for code in codes} - keys("vi") == set()


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_a_template_speaks_from_the_catalogue(file: Path) -> None:
    """No template holds a sentence of its own."""
    assert hard_coded(file.read_text(encoding="utf-8")) == []


def test_a_place_that_is_filled_in_is_not_read_again() -> None:
    """A product that is called like a place stays as its owner called it."""
    assert "{asked}" in catalogue("vi").say("products.matching", n=1, asked="{asked}")
