"""What people type as one line, and how it is found again without accents.

`web/static/src/shared/fold.js` folds the same; both are held to `tests/shop/cases/fold.json`.

Source: Unicode Standard Annexes #15 (NFC, NFKD) and #44 (general categories).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from camket_shop.errors import InvalidError

NAME_CHARACTERS: Final = 80
UNIT_CHARACTERS: Final = 16
CATEGORY_CHARACTERS: Final = 32
BARCODE_CHARACTERS: Final = (4, 32)

TYPED_CHARACTERS: Final = 4_096
"""Nothing longer is even looked at."""

MARKS_IN_A_ROW: Final = 4
"""More combining marks than this on one letter are decoration that runs into the lines above and below."""

_SPACES: Final = re.compile(r"[ \t\r\n]+")
_JOINERS: Final = frozenset("\u200c\u200d\ufe0f")
_HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BARCODE: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_RETAIL_LENGTHS: Final = frozenset({8, 12, 13, 14})


def read_line(text: str, *, field: str, most: int, required: bool = True) -> str:
    """Return one line of text as NFC with single spaces.

    Args:
        text: as typed; tabs, line breaks and no-break spaces become spaces.
        field: named in the error.
        most: the largest number of characters, after that.
        required: refuse an empty text instead of returning it.

    Raises:
        InvalidError: `text_empty`, `text_too_long`, or `text_hidden` for a character that cannot be seen, turns the
            direction of text, or piles up marks.
    """
    if len(text) > TYPED_CHARACTERS:
        raise InvalidError("text_too_long", field=field, values={"most": most})
    spaced = text.replace("\u00a0", " ").replace("\u202f", " ")
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", spaced)).strip()
    if not line and required:
        raise InvalidError("text_empty", field=field)
    if _hides(line):
        raise InvalidError("text_hidden", field=field)
    if len(line) > most:
        raise InvalidError("text_too_long", field=field, values={"most": most})
    return line


def read_barcode(text: str, *, field: str = "barcode") -> str | None:
    """Return a barcode of 4 to 32 printable ASCII characters; None where none was typed.

    A wrong check digit is not refused here: shops print codes of their own that only look like a retail code.
    `wrong_check_digit` tells, so that the form can say so.

    Raises:
        InvalidError: it is none (`barcode_invalid`).
    """
    code = unicodedata.normalize("NFKC", text[:TYPED_CHARACTERS]).strip()
    if not code:
        return None
    shortest, longest = BARCODE_CHARACTERS
    if not shortest <= len(code) <= longest or _BARCODE.fullmatch(code) is None:
        raise InvalidError("barcode_invalid", field=field, values={"least": shortest, "most": longest})
    return code


def wrong_check_digit(barcode: str) -> bool:
    """Tell whether a barcode has the length of an EAN-8, UPC-A, EAN-13 or GTIN-14 and another check digit.

    Source: GS1 General Specifications, section 7.9 (weights 3 and 1 from the right).
    """
    if not (barcode.isascii() and barcode.isdigit() and len(barcode) in _RETAIL_LENGTHS):
        return False
    digits = [int(digit) for digit in barcode]
    weighed = sum(digit * (1 if place % 2 == 0 else 3) for place, digit in enumerate(reversed(digits)))
    return weighed % 10 != 0


def fold(text: str) -> str:
    """Return a text for searching: lower case, no accents, `đ` as `d`, single spaces."""
    apart = unicodedata.normalize("NFKD", text).lower().replace("đ", "d")
    return " ".join("".join(one for one in apart if unicodedata.category(one) != "Mn").split())


def _hides(line: str) -> bool:
    marks = 0
    for place, character in enumerate(line):
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        joins = character in _JOINERS and place > 0 and line[place - 1] != " "
        hidden = category in _HIDING or character in _BLANK
        if (hidden and character != " " and not joins) or marks > MARKS_IN_A_ROW:
            return True
    return False
