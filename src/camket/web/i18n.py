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

from babel.messages.catalog import Catalog
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


def catalogue_files(language: Language) -> tuple[Path, ...]:
    """Return the files of a language's catalogue: one for each part of the pages."""
    return tuple(sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")))


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """Return the compiled catalogue of a language; the same object each time."""
    catalogue = Catalog(locale=language.value, domain=DOMAIN)
    for part in catalogue_files(language):
        with part.open("rb") as file:
            for message in read_po(file, locale=language.value):
                if message.id:
                    catalogue[message.id] = message
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
