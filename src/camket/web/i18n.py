"""The catalogues: every sentence that a person reads, in Vietnamese and English.

The `.po` files are the only source. They are compiled in memory when the application is made, so no built file can
disagree with them; message ids are the English sentences, the Vietnamese catalogue sets the tone.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, NewType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from camket.client.visitor import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.terms import Language

LOCALE: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "camket"

MessageId = NewType("MessageId", str)
"""A sentence that stands in the catalogues and is said later, in the reader's language."""


def marked(message: str) -> MessageId:
    """Mark a sentence for the catalogues where it is written, to be said elsewhere."""
    return MessageId(message)


def catalogue_file(language: Language) -> Path:
    """Return where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """Return the compiled catalogue of a language; the same object each time."""
    with catalogue_file(language).open("rb") as file:
        catalogue = read_po(file, locale=language.value, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(language: Language, message: str, **values: object) -> str:
    """Return a sentence of the catalogue in a language, its `%(name)s` filled in."""
    sentence = translations(language).gettext(message)
    return sentence % values if values else sentence


def said(text: Mapping[Language, str], language: Language) -> str:
    """Return a text of the policy in a language; in Vietnamese where the policy has no other."""
    return text.get(language) or text.get(DEFAULT_LANGUAGE) or next(iter(text.values()), "")
