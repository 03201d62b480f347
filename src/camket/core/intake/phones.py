"""Phone numbers: Vietnamese ones however they are written, old mobile prefixes brought up to date, foreign ones with +.

Source: ITU-T E.164 (at most 15 digits). The old prefixes are those of 11-digit mobile numbers, which Vietnam turned
into 10-digit ones between 15 September and 14 November 2018.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from camket.core.intake.answer import Accepted, Message, Problem, ProblemCode, problem, too_long
from camket.core.intake.characters import ALL_HIDDEN, find_hidden
from camket.core.terms import Language

PHONE_CHARACTERS: Final = 32
"""The longest phone number as typed, with its spaces and dots."""

HOME_REGION: Final = "VN"
HOME_CODE: Final = 84
OLD_PREFIXES: Final = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Old prefix -> new prefix, both without the leading 0; seven digits follow either."""

_OLD_DIGITS: Final = 10
_MOBILE_DIGITS: Final = 9
_MOBILE_STARTS: Final = ("3", "5", "7", "8", "9")
_SHAPE: Final = re.compile(r"\+?[0-9()./ \u2010\u2011\u2013-]*")
_SEPARATORS: Final = re.compile(r"[()./ \u2010\u2011\u2013-]")
_BORDER_SPACE: Final = " \t\r\n"


def read_phone(text: str) -> Accepted | Problem:
    """Return the number as E.164, with a note where an old mobile prefix was brought up to date.

    Without a `+` a number is read as Vietnamese: `090...`, `84 90...` and `0084 90...` are one number.
    """
    typed = text.strip(_BORDER_SPACE)
    if not typed:
        return problem(
            ProblemCode.EMPTY,
            vi="Hãy nhập số điện thoại, ví dụ 090 123 45 67.",
            en="Please enter a phone number, for example 090 123 45 67.",
        )
    if len(typed) > PHONE_CHARACTERS:
        return too_long(limit=PHONE_CHARACTERS, length=len(typed))
    hidden = find_hidden(typed, refused=ALL_HIDDEN)
    if hidden is not None:
        return hidden
    if _SHAPE.fullmatch(typed) is None:
        return problem(
            ProblemCode.WRONG_CHARACTER,
            vi="Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm, dấu gạch và dấu + ở đầu.",
            en="A phone number has digits, spaces, dots, hyphens and a + at the start only.",
        )
    try:
        number = phonenumbers.parse(_SEPARATORS.sub("", typed), HOME_REGION)
    except NumberParseException:
        return _not_a_phone(None)
    return _accept(number)


def show_phone(value: str) -> str:
    """Return an E.164 number, *personal*, as people read it; what is not one comes back as it is.

    A Vietnamese mobile number reads `090 123 45 67`, a Vietnamese landline `024 3825 1234`, one of another country
    `+1 202-555-0123`.
    """
    try:
        number = phonenumbers.parse(value)
    except NumberParseException:
        return value
    if number.country_code != HOME_CODE:
        return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.national_significant_number(number)
    if len(national) == _MOBILE_DIGITS and national.startswith(_MOBILE_STARTS):
        return f"0{national[:2]} {national[2:5]} {national[5:7]} {national[7:]}"
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def _accept(number: PhoneNumber) -> Accepted | Problem:
    note: Message | None = None
    if number.country_code == HOME_CODE:
        number, note = _bring_up_to_date(number)
    if not phonenumbers.is_valid_number(number):
        return _not_a_phone(number.country_code)
    return Accepted(value=phonenumbers.format_number(number, PhoneNumberFormat.E164), note=note)


def _bring_up_to_date(number: PhoneNumber) -> tuple[PhoneNumber, Message | None]:
    national = phonenumbers.national_significant_number(number)
    prefix = OLD_PREFIXES.get(national[:3])
    if prefix is None or len(national) != _OLD_DIGITS:
        return number, None
    renewed = PhoneNumber(country_code=HOME_CODE, national_number=int(prefix + national[3:]))
    return renewed, {
        Language.VI: f"Đầu số cũ 0{national[:3]} đã được đổi thành đầu số mới 0{prefix}.",
        Language.EN: f"The old prefix 0{national[:3]} was changed to the new prefix 0{prefix}.",
    }


def _not_a_phone(country_code: int | None) -> Problem:
    if country_code is not None and country_code != HOME_CODE:
        return problem(
            ProblemCode.NOT_A_PHONE,
            vi=f"Với mã nước +{country_code}, số này không đúng. Hãy kiểm tra lại các chữ số.",
            en=f"With the country code +{country_code} this is not a phone number. Please check the digits.",
        )
    return problem(
        ProblemCode.NOT_A_PHONE,
        vi="Đây không phải là số điện thoại Việt Nam. Số di động có 10 chữ số, ví dụ 090 123 45 67; số nước ngoài bắt "
        "đầu bằng dấu + và mã nước.",
        en="This is not a Vietnamese phone number. A mobile number has 10 digits, for example 090 123 45 67; a foreign "
        "number starts with + and its country code.",
    )
