"""Values as staff see them before they say why they have to see more: enough to tell two people apart, no more.

A mask never tells how long a value is: what it leaves out is always as many dots.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from camket.core.policy.model import ItemKind

DOT: Final = "•"
LEFT_OUT: Final = DOT * 3
HOME: Final = "+84"
"""A Vietnamese number is shown as it is dialled at home, with a 0."""
_SHORTEST_PHONE: Final = 8
_MOST_NAMES: Final = 4


def mask(kind: ItemKind, value: str) -> str:
    """Return a value as it is shown before a reason was given.

    Args:
        kind: of the item.
        value: *personal*; canonical.

    Returns:
        `A••• N•••` for a name, `09•• ••• 567` for a phone number, `n•••••@s•••.example` for an e-mail address; dots
        alone for anything else, and for what is too short to be masked.
    """
    if kind is ItemKind.PERSON_NAME:
        return _mask_name(value)
    if kind is ItemKind.PHONE:
        return _mask_phone(value)
    if kind is ItemKind.EMAIL:
        return _mask_email(value)
    return LEFT_OUT


def _mask_name(value: str) -> str:
    names = unicodedata.normalize("NFC", value).split()
    return " ".join(f"{name[0]}{LEFT_OUT}" for name in names[:_MOST_NAMES]) or LEFT_OUT


def _mask_phone(value: str) -> str:
    digits = "0" + value.removeprefix(HOME) if value.startswith(HOME) else value
    if len(digits) < _SHORTEST_PHONE:
        return LEFT_OUT
    return f"{digits[:2]}{DOT * 2} {LEFT_OUT} {digits[-3:]}"


def _mask_email(value: str) -> str:
    name, at, host = unicodedata.normalize("NFC", value).rpartition("@")
    domain, dot, ending = host.rpartition(".")
    if not (name and at and domain and dot and ending):
        return LEFT_OUT
    return f"{name[0]}{DOT * 5}@{domain[0]}{LEFT_OUT}.{ending}"
