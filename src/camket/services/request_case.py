"""One request at the desk, with all that someone needs who works on it."""

from __future__ import annotations

from typing import Final

from camket.services.requests import RECEIPT_ALPHABET, RECEIPT_LENGTH

_MISREAD: Final = str.maketrans("OIL", "011")
"""Letters that no receipt number has, and what they were read for (Crockford's base 32)."""
_HALF: Final = RECEIPT_LENGTH // 2


def receipt_form(typed: str) -> str | None:
    """Return a receipt number as it is kept, however it was read out or typed; None for what is none.

    Args:
        typed: `7k3f9 2qxtb`, `7K3F92QXTB`; O, I and L are taken for 0 and 1.
    """
    letters = "".join(typed.split()).replace("-", "").upper().translate(_MISREAD)
    if len(letters) != RECEIPT_LENGTH or not set(letters) <= set(RECEIPT_ALPHABET):
        return None
    return f"{letters[:_HALF]}-{letters[_HALF:]}"
