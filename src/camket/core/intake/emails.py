"""E-mail addresses, internationalised ones too; whether a mailbox exists is found out by the code that is sent there.

Source: RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 (lengths), RFC 6531 (internationalised addresses).
"""

from __future__ import annotations

from typing import Final

from email_validator import EmailNotValidError, validate_email

from camket.core.intake.answer import Accepted, Problem, ProblemCode, problem, too_long
from camket.core.intake.characters import ALL_HIDDEN, find_hidden

EMAIL_BYTES: Final = 254
"""The longest address, as UTF-8."""

LOCAL_PART_BYTES: Final = 64
"""The longest part before the `@`, as UTF-8."""

_BORDER_SPACE: Final = " \t\r\n"


def read_email(text: str) -> Accepted | Problem:
    """Return the address with its domain in lower case, or what is wrong with it.

    The part before the `@` is kept as typed (as NFC): only its owner's server may say that `A` is `a`. No name, no
    comment, no quotes, no address in brackets.
    """
    typed = text.strip(_BORDER_SPACE)
    if not typed:
        return problem(
            ProblemCode.EMPTY,
            vi="Hãy nhập địa chỉ e-mail, ví dụ alice@shop.example.",
            en="Please enter an e-mail address, for example alice@shop.example.",
        )
    if len(typed) > EMAIL_BYTES:
        return too_long(limit=EMAIL_BYTES, length=len(typed))
    hidden = find_hidden(typed, refused=ALL_HIDDEN)
    if hidden is not None:
        return hidden
    return _wrong_shape(typed) or _too_many_bytes(typed) or _parse(typed)


def _wrong_shape(typed: str) -> Problem | None:
    if " " in typed:
        return problem(
            ProblemCode.WRONG_CHARACTER,
            vi="Địa chỉ e-mail không có dấu cách. Hãy xóa dấu cách.",
            en="An e-mail address has no spaces. Please delete the space.",
        )
    signs = typed.count("@")
    if signs == 1:
        return None
    if signs == 0:
        return problem(
            ProblemCode.NOT_AN_EMAIL,
            vi="Địa chỉ e-mail phải có dấu @, ví dụ alice@shop.example.",
            en="An e-mail address has an @ in it, for example alice@shop.example.",
        )
    return problem(
        ProblemCode.NOT_AN_EMAIL,
        vi="Địa chỉ e-mail chỉ có một dấu @. Hãy nhập một địa chỉ.",
        en="An e-mail address has one @ only. Please enter one address.",
    )


def _too_many_bytes(typed: str) -> Problem | None:
    local_part = len(typed.partition("@")[0].encode("utf-8"))
    if local_part > LOCAL_PART_BYTES:
        return problem(
            ProblemCode.TOO_LONG,
            vi=f"Phần trước dấu @ dài quá {LOCAL_PART_BYTES} ký tự. Hãy kiểm tra lại địa chỉ.",
            en=f"The part before the @ is longer than {LOCAL_PART_BYTES} characters. Please check the address.",
        )
    whole = len(typed.encode("utf-8"))
    return too_long(limit=EMAIL_BYTES, length=whole) if whole > EMAIL_BYTES else None


def _parse(typed: str) -> Accepted | Problem:
    try:
        return Accepted(value=validate_email(typed, check_deliverability=False).normalized)
    except EmailNotValidError:
        return problem(
            ProblemCode.NOT_AN_EMAIL,
            vi="Địa chỉ e-mail chưa đúng. Hãy kiểm tra phần trước và phần sau dấu @, ví dụ alice@shop.example.",
            en="This is not an e-mail address. Please check the parts before and after the @, for example "
            "alice@shop.example.",
        )
