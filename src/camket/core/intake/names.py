"""Names of people: every script's letters, and the few marks that names carry."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from camket.core.intake.answer import Accepted, Problem, ProblemCode, problem, too_long
from camket.core.intake.characters import ALL_HIDDEN, find_hidden, joins

NAME_CHARACTERS: Final = 80
"""The longest name, in characters after normalisation."""

MARKS_IN_A_ROW: Final = 4
"""More combining marks than this on one letter are decoration, not a name."""

TYPED_CHARACTERS: Final = 4_096
"""Nothing longer is even looked at."""

_PUNCTUATION: Final = frozenset(" '\u2018\u2019-\u2010\u2011.,/\u00b7\u30fb")
_BORDER_SPACE: Final = " \t\r\n"


def read_name(text: str) -> Accepted | Problem:
    """Return the name as NFC with single spaces, or what is wrong with it.

    Letters and marks of every script, digits, apostrophes, hyphens, dots, commas, slashes and middle dots are accepted,
    at least one letter among them. The two joiners are accepted where their script needs them.
    """
    if len(text) > TYPED_CHARACTERS:
        return too_long(limit=NAME_CHARACTERS, length=len(text))
    name = re.sub(" {2,}", " ", unicodedata.normalize("NFC", text).strip(_BORDER_SPACE))
    if not name:
        return problem(ProblemCode.EMPTY, vi="Hãy nhập họ tên.", en="Please enter a name.")
    hidden = find_hidden(name, refused=ALL_HIDDEN)
    if hidden is not None:
        return hidden
    if len(name) > NAME_CHARACTERS:
        return too_long(limit=NAME_CHARACTERS, length=len(name))
    return _wrong_character(name) or _no_letter(name) or Accepted(value=name)


def _no_letter(name: str) -> Problem | None:
    if any(unicodedata.category(character).startswith("L") for character in name):
        return None
    return problem(
        ProblemCode.NO_LETTER,
        vi="Họ tên phải có ít nhất một chữ cái. Hãy nhập tên mà mọi người gọi bạn.",
        en="A name needs at least one letter. Please enter the name that people call you by.",
    )


def _wrong_character(name: str) -> Problem | None:
    marks = 0
    for position, character in enumerate(name):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        follows_letter = position > 0 and unicodedata.category(name[position - 1])[0] in "LM"
        fits = (
            category[0] == "L"
            or category == "Nd"
            or character in _PUNCTUATION
            or (category[0] == "M" and follows_letter and marks <= MARKS_IN_A_ROW)
            or joins(name, position)
        )
        if not fits:
            return problem(
                ProblemCode.WRONG_CHARACTER,
                vi=f"Ký tự thứ {position + 1} không dùng trong họ tên. Chỉ dùng chữ cái, chữ số, dấu cách và các dấu "
                "' - . , /",
                en=f"Character {position + 1} is not used in names. Use letters, digits, spaces and the marks "
                "' - . , / only.",
            )
    return None
