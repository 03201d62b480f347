"""Names that a device gives to what it makes, before the server has heard of it.

The device draws 130 random bits, so that a retry carries the same name and two devices never choose the same one.
`web/static/src/shared/ids.js` makes them; both are held to `tests/shop/cases/ids.json`.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from camket_shop.errors import InvalidError

CLIENT_ID: Final = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
"""Crockford's base 32 in lower case: no i, l, o or u."""

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
ID_CHARACTERS: Final = 26
CODE_CHARACTERS: Final = 8


def new_id() -> str:
    """Return a new id, as a device draws one; for forms of a page without scripts."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_CHARACTERS))


def is_client_id(text: str) -> bool:
    """Tell whether a text is a client's id: 26 characters that carry 130 bits."""
    return CLIENT_ID.fullmatch(text) is not None


def require_client_id(text: object, *, field: str = "id") -> str:
    """Return a client's id.

    Raises:
        InvalidError: it is none (`id_invalid`).
    """
    if not isinstance(text, str) or not is_client_id(text):
        raise InvalidError("id_invalid", field=field)
    return text


def order_code(client_id: str) -> str:
    """Return the short code of a sale: its id's first 8 characters, upper case, 40 random bits.

    It stands on the receipt and in the text of a bank transfer, so it must be there before the sale is committed.
    """
    return client_id[:CODE_CHARACTERS].upper()
