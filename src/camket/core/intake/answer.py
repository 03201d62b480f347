"""The two answers of the intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from camket.core.terms import Language

Message = Mapping[Language, str]
"""One sentence or two, in every language that people read."""


class ProblemCode(StrEnum):
    """What is wrong, for programs."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TRIVIAL = "trivial"
    CONTROL_CHARACTER = "control_character"
    ODD_SPACE = "odd_space"
    INVISIBLE_CHARACTER = "invisible_character"
    DIRECTION_MARK = "direction_mark"
    UNREADABLE_CHARACTER = "unreadable_character"
    WRONG_CHARACTER = "wrong_character"
    NO_LETTER = "no_letter"
    NOT_A_PHONE = "not_a_phone"
    NOT_AN_EMAIL = "not_an_email"
    NOT_TEXT = "not_text"
    HELD_ELSEWHERE = "held_elsewhere"
    NOT_A_PICTURE = "not_a_picture"
    METADATA = "metadata"
    WRONG_SIZE = "wrong_size"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A value that may be stored.

    Args:
        value: *personal*; the canonical form: a phone number as E.164, text as NFC.
        note: what was changed that the subject should know, for example an old mobile prefix; None is nothing.
    """

    value: str = field(repr=False)
    note: Message | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a value is not accepted.

    Args:
        code: for programs.
        message: for people, beside the field: what is wrong and what to do. Never repeats what was typed.
    """

    code: ProblemCode
    message: Message


def problem(code: ProblemCode, *, vi: str, en: str) -> Problem:
    """Return a problem with its sentence in both languages."""
    return Problem(code=code, message={Language.VI: vi, Language.EN: en})


def too_long(*, limit: int, length: int) -> Problem:
    """Return the problem of a text that is longer than its limit, both in characters."""
    return problem(
        ProblemCode.TOO_LONG,
        vi=f"Nội dung dài {length} ký tự, tối đa là {limit}. Hãy rút ngắn lại.",
        en=f"This has {length} characters; at most {limit} fit. Please shorten it.",
    )
