"""Characters that hide: what looks like a space and is none, what cannot be seen, what turns the direction of text.

Source: Unicode Standard Annex #44 (general categories), Technical Standard #39; RFC 5892, appendix A.1 and A.2, for the
two joiners, which some scripts cannot be written without.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from camket.core.intake.answer import Problem, ProblemCode, problem

ALL_HIDDEN: Final = frozenset(
    {
        ProblemCode.CONTROL_CHARACTER,
        ProblemCode.ODD_SPACE,
        ProblemCode.INVISIBLE_CHARACTER,
        ProblemCode.DIRECTION_MARK,
        ProblemCode.UNREADABLE_CHARACTER,
    }
)
"""Every kind of character that hides."""

ZERO_WIDTH_NON_JOINER: Final = "\u200c"
ZERO_WIDTH_JOINER: Final = "\u200d"
VIRAMA_CLASS: Final = 9
_DIRECTION: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_UNSEEN: Final = frozenset("\u034f\u17b4\u17b5")
_CATEGORIES: Final = {
    "Cc": ProblemCode.CONTROL_CHARACTER,
    "Zl": ProblemCode.CONTROL_CHARACTER,
    "Zp": ProblemCode.CONTROL_CHARACTER,
    "Zs": ProblemCode.ODD_SPACE,
    "Cf": ProblemCode.INVISIBLE_CHARACTER,
    "Cs": ProblemCode.UNREADABLE_CHARACTER,
    "Co": ProblemCode.UNREADABLE_CHARACTER,
    "Cn": ProblemCode.UNREADABLE_CHARACTER,
}
_NAMES_VI: Final = {
    "\t": "dấu tab",
    "\n": "dấu xuống dòng",
    "\r": "dấu xuống dòng",
    "\u00a0": "dấu cách không ngắt dòng",
    "\u00ad": "dấu gạch nối ẩn",
    "\u200b": "dấu cách không độ rộng",
    "\u200c": "dấu ngắt nối chữ",
    "\u200d": "dấu nối chữ",
    "\u200e": "dấu trái sang phải",
    "\u200f": "dấu phải sang trái",
    "\u202f": "dấu cách hẹp không ngắt dòng",
    "\u202e": "dấu buộc phải sang trái",
    "\u3000": "dấu cách của chữ Hán",
    "\ufeff": "dấu thứ tự byte",
}
_NAMES_EN: Final = {"\t": "tab", "\n": "line break", "\r": "line break", "\ufeff": "byte order mark"}


def hiding(character: str) -> ProblemCode | None:
    """Return how the character hides, or None for one that can be seen, and for the ordinary space."""
    if character == " ":
        return None
    if character in _DIRECTION:
        return ProblemCode.DIRECTION_MARK
    if character in _BLANK:
        return ProblemCode.ODD_SPACE
    if character in _UNSEEN:
        return ProblemCode.INVISIBLE_CHARACTER
    return _CATEGORIES.get(unicodedata.category(character))


def joins(text: str, position: int) -> bool:
    """Tell whether the character there is a joiner in a place where its script needs one (RFC 5892, A.1 and A.2)."""
    character = text[position]
    if character not in (ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER) or position == 0:
        return False
    before = text[position - 1]
    if unicodedata.combining(before) == VIRAMA_CLASS:
        return True
    after = text[position + 1 : position + 2]
    arabic = after != "" and {unicodedata.bidirectional(before), unicodedata.bidirectional(after)} == {"AL"}
    return character == ZERO_WIDTH_NON_JOINER and arabic


def find_hidden(text: str, *, refused: frozenset[ProblemCode], allowed: str = "") -> Problem | None:
    """Return the first character that hides in a refused way, by name and place; None where there is none.

    Args:
        text: *personal*.
        refused: which ways of hiding are refused.
        allowed: characters that pass whatever they are.
    """
    if text.isascii() and text.isprintable():
        return None
    for position, character in enumerate(text):
        code = hiding(character)
        if code is None or code not in refused or character in allowed:
            continue
        if not joins(text, position):
            return _hidden(code, character, position + 1)
    return None


def _hidden(code: ProblemCode, character: str, place: int) -> Problem:
    number = f"U+{ord(character):04X}"
    vi = _NAMES_VI.get(character)
    en = _NAMES_EN.get(character) or unicodedata.name(character, "").lower() or None
    named_vi = f"{vi} ({number})" if vi else f"ký tự {number}"
    named_en = f"{en} ({number})" if en else f"character {number}"
    kind_vi, todo_vi, kind_en, todo_en = _SENTENCES[code]
    return problem(
        code,
        vi=f"Ký tự thứ {place} là {named_vi}, {kind_vi}. {todo_vi}",
        en=f"Character {place} is the {named_en}, {kind_en}. {todo_en}",
    )


_SENTENCES: Final = {
    ProblemCode.CONTROL_CHARACTER: (
        "một ký tự điều khiển",
        "Hãy xóa ký tự đó.",
        "a control character",
        "Delete it.",
    ),
    ProblemCode.ODD_SPACE: (
        "trông giống dấu cách nhưng không phải dấu cách thường",
        "Hãy xóa ký tự đó rồi gõ dấu cách thường.",
        "which looks like an ordinary space and is none",
        "Delete it and type an ordinary space.",
    ),
    ProblemCode.INVISIBLE_CHARACTER: (
        "một ký tự không nhìn thấy được",
        "Hãy xóa ký tự đó, hoặc xóa cả ô rồi gõ lại.",
        "which cannot be seen",
        "Delete it, or clear the field and type again.",
    ),
    ProblemCode.DIRECTION_MARK: (
        "một dấu đổi hướng chữ, không nhìn thấy được",
        "Hãy xóa ký tự đó, hoặc xóa cả ô rồi gõ lại.",
        "an invisible mark that turns the direction of text",
        "Delete it, or clear the field and type again.",
    ),
    ProblemCode.UNREADABLE_CHARACTER: (
        "một ký tự không đọc được",
        "Hãy xóa ký tự đó rồi gõ lại.",
        "which cannot be read",
        "Delete it and type again.",
    ),
}
