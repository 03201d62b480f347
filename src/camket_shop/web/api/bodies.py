"""What the shop's API reads of a request beside a form: a JSON body, and which shop the page believes it is in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from camket_shop.errors import ConflictError, InvalidError

if TYPE_CHECKING:
    from camket_shop.web.requests import Visit

SHOP_HEADER: Final = "x-shop"
"""The device key of the shop that the page was made for."""


def read_json(visit: Visit) -> object:
    """Return the JSON of a body.

    Raises:
        InvalidError: it is none (`not_understood`).
    """
    try:
        read: object = json.loads(visit.body)
    except (ValueError, RecursionError):
        raise InvalidError("not_understood") from None
    return read


def require_same_shop(visit: Visit) -> None:
    """Refuse what a page of another owner sent, who has signed out on this device meanwhile.

    Raises:
        ConflictError: the page is another shop's (`other_shop`).
    """
    # INVARIANT: a sale that waited on a device never lands in the books of who signed in there next.
    if visit.headers.get(SHOP_HEADER, visit.device_key) != visit.device_key:
        raise ConflictError("other_shop")
