"""Passwords of staff: what is refused, and the hash that is kept.

Source: NIST SP 800-63B-4, section 3.1.1 (length and a list of what is refused; no rules of composition, no forced
change); RFC 9106 (argon2id).
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from camket.core.intake.answer import Problem, ProblemCode, problem

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_CHARACTERS: Final = 12
MOST_CHARACTERS: Final = 200
"""Room for any phrase, and an end to what has to be hashed."""
LEAST_DIFFERENT: Final = 5
LEAST_OF_ITS_OWN: Final = 4
"""So many characters must be left when common words, digits and signs are taken out."""
PERSONAL_CHARACTERS: Final = 4
"""A part of a name or address as long as this may not stand in the password."""

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
"""Argon2id with 19 MiB and 2 passes on one lane, which OWASP's Password Storage Cheat Sheet gives as its least."""

COMMON: Final = (
    "password", "passw0rd", "matkhau", "mật khẩu", "mat khau", "camket", "quay", "quầy", "qwertyuiop", "qwerty",
    "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "letmein", "welcome", "iloveyou", "anhyeuem", "emyeuanh", "admin",
    "administrator", "monkey", "dragon", "vietnam", "việt nam", "saigon", "hanoi", "abcdefgh", "abcdef", "abc", "staff",
    "secret",
)  # fmt: skip
"""Words that stand in every list of stolen passwords, or that stand to reason here."""


def find_problem(password: str, *, personal: Iterable[str] = ()) -> Problem | None:
    """Return what is wrong with a new password, or None.

    Args:
        password: *personal*; as typed.
        personal: *personal*; name, e-mail address and work name of whose it is.
    """
    text = normal_form(password)
    if len(text) < LEAST_CHARACTERS:
        return problem(
            ProblemCode.TOO_SHORT,
            vi=f"Mật khẩu cần ít nhất {LEAST_CHARACTERS} ký tự. Vài từ không liên quan đến nhau là đủ.",
            en=f"A password needs at least {LEAST_CHARACTERS} characters. A few unrelated words will do.",
        )
    if len(text) > MOST_CHARACTERS:
        return problem(
            ProblemCode.TOO_LONG,
            vi=f"Mật khẩu dài quá {MOST_CHARACTERS} ký tự. Hãy rút ngắn lại.",
            en=f"The password has more than {MOST_CHARACTERS} characters. Please shorten it.",
        )
    if _is_trivial(text.lower(), personal):
        return problem(
            ProblemCode.TRIVIAL,
            vi="Mật khẩu này quá dễ đoán: từ phổ biến, dãy phím, chữ lặp lại, hoặc tên của bạn. Hãy chọn vài từ khác.",
            en="This password is easy to guess: a common word, a row of keys, repetition, or your own name. "
            "Choose a few other words.",
        )
    return None


def normal_form(password: str) -> str:
    """Return a password as it is hashed: one form for letters that keyboards compose in different ways."""
    return unicodedata.normalize("NFKC", password)


def _is_trivial(text: str, personal: Iterable[str]) -> bool:
    if len(set(text)) < LEAST_DIFFERENT or _is_row(text):
        return True
    rest = text
    for word in sorted((*COMMON, *_parts(personal)), key=len, reverse=True):
        rest = rest.replace(word, " ")
    return len({letter for letter in rest if letter.isalpha()}) < LEAST_OF_ITS_OWN


def _is_row(text: str) -> bool:
    """Say whether each character follows the one before, or all but one."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return max(steps.count(1), steps.count(-1)) >= len(steps) - 1


def _parts(personal: Iterable[str]) -> list[str]:
    found = []
    for text in personal:
        words = normal_form(text).lower().replace("@", " ").replace(".", " ").replace("-", " ").split()
        found += [word for word in words if len(word) >= PERSONAL_CHARACTERS]
    return found


def hash_password(password: str, *, salt: bytes) -> str:
    """Return the argon2id hash of a password in the PHC string format, which names its parameters.

    Takes some 50 ms and 19 MiB on purpose; never inside a unit of work of the store.

    Args:
        password: *personal*; as typed.
        salt: 16 unpredictable bytes.
    """
    from argon2.low_level import Type, hash_secret  # noqa: PLC0415 - only staff need it, once a day

    return hash_secret(
        normal_form(password).encode(),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=HASH_BYTES,
        type=Type.ID,
    ).decode()


def matches(password: str, kept: str) -> bool:
    """Say whether a password is the one that a hash was made of; compares in constant time.

    Args:
        password: *personal*; as typed.
        kept: from `hash_password`, of any parameters.
    """
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - as above
    from argon2.low_level import Type, verify_secret  # noqa: PLC0415 - as above

    if len(password) > MOST_CHARACTERS * 4:
        return False
    try:
        return verify_secret(kept.encode(), normal_form(password).encode(), Type.ID)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether a hash was made with other parameters than those of today, so that it is made anew when it can be."""
    from argon2 import extract_parameters  # noqa: PLC0415 - as above
    from argon2.low_level import Type  # noqa: PLC0415 - as above

    used = extract_parameters(kept)
    return (used.type, used.memory_cost, used.time_cost, used.parallelism, used.hash_len) != (
        Type.ID,
        MEMORY_KIB,
        PASSES,
        LANES,
        HASH_BYTES,
    )
