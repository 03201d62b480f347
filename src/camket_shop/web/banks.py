"""The banks that take a transfer by VietQR, as `banks.json` lists them with its source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = Path(__file__).with_name("banks.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bank:
    """One bank.

    Args:
        bin: its identification number at the payment network, six digits.
        name: as people call it.
        long_name: as it is registered.
    """

    bin: str
    name: str
    long_name: str


@cache
def banks() -> Mapping[str, Bank]:
    """Return every bank by its number; the most used first."""
    listed = json.loads(FILE.read_text(encoding="utf-8"))["banks"]
    return {one["bin"]: Bank(**one) for one in listed}
