"""What people type, checked and brought to the one form in which it is kept: names, phone numbers, e-mail addresses.

Everything is checked before anything is stored. A problem names its kind, never the value, so that a page can say it
in the reader's language beside the field while it shows again what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

from camket.core.errors import CamketError
from camket.core.policy.model import ItemKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import Item


class ProblemKind(StrEnum):
    """Why a field is refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    LOOKALIKE_SPACE = "lookalike_space"
    DIRECTION_MARK = "direction_mark"
    MALFORMED_NAME = "malformed_name"
    MALFORMED_PHONE = "malformed_phone"
    MALFORMED_EMAIL = "malformed_email"
    MALFORMED_TEXT = "malformed_text"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with one field.

    Args:
        kind: what is wrong; pages have a sentence for each in each language.
        limit: the longest length that is accepted, for `too_long`.
        nearest: the declared field that the unknown one comes close to, for `undeclared`.
    """

    kind: ProblemKind
    limit: int | None = None
    nearest: str | None = None


class ValueProblem(CamketError):  # noqa: N818 - it is a problem of a form, shown beside a field, not a failure
    """A value that cannot be kept as it was typed. Nothing was stored."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"the value is refused: {problem.kind.value.replace('_', ' ')}")
        self.problem = problem


class FormError(CamketError):
    """A form with at least one problem; all of them at once. Nothing was stored.

    Args:
        problems: field name -> what is wrong with it; never empty.
    """

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__("; ".join(_sentence(name, problem) for name, problem in problems.items()))
        self.problems = dict(problems)


def _sentence(name: str, problem: Problem) -> str:
    shown = name if name.isprintable() and len(name) <= SHOWN_NAME_LENGTH else f"{name[:SHOWN_NAME_LENGTH]!a}"
    if problem.kind is ProblemKind.UNDECLARED:
        hint = f" (did you mean `{problem.nearest}`?)" if problem.nearest else ""
        return f"field `{shown}` is not declared by the policy{hint}"
    return f"field `{shown}` is refused: {problem.kind.value.replace('_', ' ')}"


SHOWN_NAME_LENGTH: Final = 64
LONGEST: Final = {
    ItemKind.PERSON_NAME: 120,
    ItemKind.PHONE: 32,
    ItemKind.EMAIL: 254,
    ItemKind.TEXT: 500,
    ItemKind.IDENTIFIER: 200,
    ItemKind.FACT: 500,
}
"""The longest text that each kind accepts, in characters; 254 is the longest address of RFC 5321 section 4.5.3.1.3."""

DIRECTION_MARKS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE: Final = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufeff\uffa0"
)
"""Characters that look like a space or like nothing."""

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’.,·\-]|\d)*")

OLD_MOBILE_PREFIXES: Final = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Vietnamese mobile prefixes of 11-digit numbers and what they became in 2018 (Decision 2036/QD-BTTTT of 2017)."""

_OLD_NATIONAL_DIGITS: Final = 10
_VIETNAM: Final = 84


def check_value(item: Item, typed: str) -> str:
    """Return the one form in which a typed value of the item is kept.

    Args:
        item: as the policy declares it; its kind says which form.
        typed: *personal*; as the person wrote it.

    Returns:
        *Personal.* A name or text in NFC with single spaces, a phone number in E.164, an e-mail address as its owner
        writes it with the domain in small letters.

    Raises:
        ValueProblem: the value is empty, too long, holds characters that mislead, or is not of the item's kind.
    """
    text = unicodedata.normalize("NFC", typed)
    refuse_misleading(text)
    text = " ".join(text.split(" ")).strip()
    if not text:
        raise ValueProblem(Problem(kind=ProblemKind.EMPTY))
    limit = LONGEST.get(item.kind, LONGEST[ItemKind.TEXT])
    if len(text) > limit:
        raise ValueProblem(Problem(kind=ProblemKind.TOO_LONG, limit=limit))
    match item.kind:
        case ItemKind.PERSON_NAME:
            return check_name(text)
        case ItemKind.PHONE:
            return check_phone(text)
        case ItemKind.EMAIL:
            return check_email(text)
        case _:
            return text


def refuse_misleading(text: str) -> None:
    """Refuse control characters, spaces that are not the plain one, and marks that turn the direction of writing.

    Raises:
        ValueProblem: the first that was found.
    """
    for character in text:
        if character in DIRECTION_MARKS:
            raise ValueProblem(Problem(kind=ProblemKind.DIRECTION_MARK))
        category = unicodedata.category(character)
        if character in INVISIBLE or (category.startswith("Z") and character != " "):
            raise ValueProblem(Problem(kind=ProblemKind.LOOKALIKE_SPACE))
        if category in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            raise ValueProblem(Problem(kind=ProblemKind.CONTROL_CHARACTER))


def check_name(text: str) -> str:
    """Return a person's name: letters of any script with spaces, apostrophes, hyphens, dots; a letter comes first.

    Raises:
        ValueProblem: anything else.
    """
    single = re.sub(" +", " ", text)
    bare = "".join(one for one in single if not unicodedata.combining(one))
    if _NAME.fullmatch(bare) is None:
        raise ValueProblem(Problem(kind=ProblemKind.MALFORMED_NAME))
    return single


def check_phone(text: str) -> str:
    """Return a phone number in E.164.

    A number without a country code is Vietnamese; the 11-digit mobile numbers of before 2018 become what they are now.

    Raises:
        ValueProblem: not a number that can exist, or one with an extension.
    """
    try:
        number = parse(text, "VN")
    except NumberParseException:
        raise ValueProblem(Problem(kind=ProblemKind.MALFORMED_PHONE)) from None
    national = str(number.national_number)
    if number.country_code == _VIETNAM and len(national) == _OLD_NATIONAL_DIGITS:
        prefix = OLD_MOBILE_PREFIXES.get(national[:3])
        if prefix is not None:
            number.national_number = int(prefix + national[3:])
    if number.extension or not is_valid_number(number):
        raise ValueProblem(Problem(kind=ProblemKind.MALFORMED_PHONE))
    return format_number(number, PhoneNumberFormat.E164)


def check_email(text: str) -> str:
    """Return an e-mail address as its owner writes it, the domain in small letters; no server is asked.

    Raises:
        ValueProblem: not an address that mail on the internet could carry.
    """
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise ValueProblem(Problem(kind=ProblemKind.MALFORMED_EMAIL)) from None
    if "." not in found.domain:
        raise ValueProblem(Problem(kind=ProblemKind.MALFORMED_EMAIL))
    return found.normalized
