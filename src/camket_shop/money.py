"""Amounts in whole đồng, read as Vietnamese people type them.

A price is a number: `25000`, `25.000`, `25,000`, `25 000`; or a number with its word: `25k`, `25 nghìn`, `1,5tr`,
`2 triệu`, `1tr2` (1.200.000), `1 tỷ`; with or without `đ`, `₫`, `đồng` or `VND` behind it. What could mean two amounts
is refused, not guessed. `web/static/src/shared/money.js` reads the same: `tests/shop/cases/money.json` is for both.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from camket_shop.errors import InvalidError

MOST_DONG: Final = 9_999_999_999
"""The largest amount there is, for a price as for a sum: ten digits, which no phone's calculation rounds."""

LONGEST_TYPED: Final = 40
"""Characters; nothing longer is an amount."""

THOUSANDTHS: Final = 1_000
"""A quantity is kept in thousandths: a gram of what is sold by the kilogram."""

_UNITS: Final = {
    **dict.fromkeys(("k", "n", "nghìn", "nghin", "ngàn", "ngan"), 1_000),
    **dict.fromkeys(("tr", "triệu", "trieu"), 1_000_000),
    **dict.fromkeys(("tỷ", "tỉ", "ty", "ti"), 1_000_000_000),
}
_WORDS: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_MINUS: Final = "-\u2212\u2013\u2014"
_CURRENCY: Final = re.compile(r" *(?:₫|đồng|dong|vnđ|vnd|đ|d)\.?$")
_DIGITS: Final = re.compile(r"[0-9]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")
_SHORT: Final = re.compile(r"[0-9]{1,3}[.,][0-9]{1,2}")
_CENTS: Final = re.compile(r"(?:[0-9]{4,}|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+)[.,][0-9]{1,2}")
_NUMBERLIKE: Final = re.compile(r"[0-9., ]*[0-9][0-9., ]*")
_WORDED: Final = re.compile(rf"(?P<number>[0-9., ]*[0-9]) ?(?P<unit>{_WORDS}) ?(?P<rest>[0-9]*)")
_SHARE: Final = re.compile(r"(?P<whole>[0-9]+)[.,](?P<share>[0-9]+)")
_QUANTITY: Final = re.compile(r"(?P<whole>0|[1-9][0-9]{0,5})(?:\.(?P<share>[0-9]{1,3}))?")


class Refusal(StrEnum):
    """Why a text is no amount."""

    EMPTY = "empty"
    NEGATIVE = "negative"
    DECIMALS = "decimals"
    """It has a part of a đồng."""
    TOO_LARGE = "too_large"
    AMBIGUOUS = "ambiguous"
    """It can be read in two ways, such as `1.50`."""
    NOT_A_NUMBER = "not_a_number"


def read_price(text: str, *, field: str = "price") -> int:
    """Return an amount in đồng, from 0 to `MOST_DONG`.

    Args:
        text: as typed.
        field: named in the error.

    Raises:
        InvalidError: it is none; the code is `price_` and the `Refusal`.
    """
    amount = read_amount(text)
    if isinstance(amount, Refusal):
        raise InvalidError(f"price_{amount}", field=field, values={"most": format_dong(MOST_DONG)})
    return amount


def read_amount(text: str) -> int | Refusal:
    """Return an amount in đồng, or why the text is none."""
    typed = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if not typed:
        return Refusal.EMPTY
    if typed[0] in _MINUS:
        return Refusal.NEGATIVE
    if len(typed) > LONGEST_TYPED:
        return Refusal.NOT_A_NUMBER
    bare = _CURRENCY.sub("", typed)
    worded = _WORDED.fullmatch(bare)
    amount = _plain(bare) if worded is None else _worded(worded["number"], _UNITS[worded["unit"]], worded["rest"])
    return Refusal.TOO_LARGE if isinstance(amount, int) and amount > MOST_DONG else amount


def _plain(bare: str) -> int | Refusal:
    if _DIGITS.fullmatch(bare):
        return int(bare)
    if _GROUPED.fullmatch(bare):
        return int(re.sub(r"[., ]", "", bare))
    if _SHORT.fullmatch(bare):
        return Refusal.AMBIGUOUS
    if _CENTS.fullmatch(bare):
        return Refusal.DECIMALS
    return Refusal.AMBIGUOUS if _NUMBERLIKE.fullmatch(bare) else Refusal.NOT_A_NUMBER


def _worded(number: str, unit: int, rest: str) -> int | Refusal:
    """Read `number` with its unit; `rest` is what stands behind the unit, as the `2` of `1tr2`."""
    if _DIGITS.fullmatch(number):
        return int(number) * unit + _share(rest, unit) if len(rest) < len(str(unit)) else Refusal.DECIMALS
    share = _SHARE.fullmatch(number)
    if rest or share is None:
        return Refusal.AMBIGUOUS
    if len(share["share"]) == 3:  # noqa: PLR2004 - `1.250tr` may be 1,25 million or 1.250 million
        return Refusal.AMBIGUOUS
    if len(share["share"]) >= len(str(unit)):
        return Refusal.DECIMALS
    return int(share["whole"]) * unit + _share(share["share"], unit)


def _share(digits: str, unit: int) -> int:
    """Return what the digits behind a comma are worth; they are fewer than those of `unit`."""
    return int(digits) * unit // 10 ** len(digits) if digits else 0


def format_dong(amount: int) -> str:
    """Return an amount for people: `68.000 ₫`."""
    return f"{amount:,} ₫".replace(",", ".")


def read_quantity(text: object, *, field: str) -> int:
    """Return a quantity in thousandths, from a decimal text with at most 3 places such as `2` or `0.5`; never 0.

    Raises:
        InvalidError: it is none (`quantity_invalid`).
    """
    found = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    thousandths = int(found["whole"]) * THOUSANDTHS + _share(found["share"] or "", THOUSANDTHS) if found else 0
    if thousandths == 0:
        raise InvalidError("quantity_invalid", field=field)
    return thousandths


def format_quantity(thousandths: int) -> str:
    """Return a quantity as the shortest decimal text: `2`, `0.5`."""
    whole, share = divmod(thousandths, THOUSANDTHS)
    return f"{whole}.{share:03}".rstrip("0") if share else str(whole)


def line_amount(price: int, thousandths: int) -> int:
    """Return price times quantity, rounded half up to a whole đồng."""
    return (price * thousandths + THOUSANDTHS // 2) // THOUSANDTHS
