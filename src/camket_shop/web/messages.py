"""Every sentence that the shop says, in Vietnamese and English, from one JSON file per area and language.

`messages/vi/products.json` holds the sentences of the area `products`; the sentence `{"title": "Hàng"}` in it is said
with the key `products.title`. `{name}` in a sentence is filled in. A sentence that differs with a number is an object
`{"one": ..., "other": ...}` and is chosen by the value `n`. The scripts of a page are handed whole areas.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MESSAGES: Final = Path(__file__).parent / "messages"
LANGUAGES: Final = {"vi": "Tiếng Việt", "en": "English"}
"""Each language by its own name, which is not translated. The first is the one that nothing else names."""
DEFAULT_LANGUAGE: Final = "vi"
PLACE: Final = re.compile(r"\{(\w+)\}")

Sentence = str | dict[str, str]
"""A sentence, or its forms for one and for other numbers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """The sentences of one language.

    Args:
        language: its code.
        areas: area -> key within it -> sentence.
    """

    language: str
    areas: Mapping[str, Mapping[str, Sentence]]

    def sentence(self, key: str, n: object = None) -> str:
        """Return a sentence with its places still open.

        Args:
            key: area and name, such as `products.title`.
            n: chooses between one and many where the sentence has both.

        Raises:
            KeyError: there is no such sentence; a mistake of ours, not of who reads.
        """
        area, _, name = key.partition(".")
        sentence = self.areas[area][name]
        return sentence if isinstance(sentence, str) else sentence["one" if n == 1 else "other"]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its places filled in; `n` also chooses between one and many."""
        return fill(self.sentence(key, values.get("n")), values)

    def for_scripts(self, areas: Iterable[str]) -> dict[str, Sentence]:
        """Return all sentences of some areas by their whole keys."""
        return {f"{area}.{name}": sentence for area in areas for name, sentence in self.areas[area].items()}


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence with its places filled in; a place without a value is a mistake of ours, `KeyError`."""
    return PLACE.sub(lambda place: str(values[place[1]]), sentence)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the sentences of a language; the same object each time."""
    folder = MESSAGES / language
    areas = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}
    return Catalogue(language=language, areas=areas)


def other_language(language: str) -> str:
    """Return the language that a page is not in."""
    return next(code for code in LANGUAGES if code != language)
