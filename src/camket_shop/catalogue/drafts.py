"""What a product is to be, read from what its owner typed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from camket_shop.errors import InvalidError
from camket_shop.money import read_price
from camket_shop.text import (
    CATEGORY_CHARACTERS,
    NAME_CHARACTERS,
    UNIT_CHARACTERS,
    fold,
    read_barcode,
    read_line,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a product is to be, in the form in which it is kept.

    Args:
        name: 1 to 80 characters.
        price: in đồng.
        unit: up to 16 characters; may be empty.
        category: up to 32 characters; may be empty.
        barcode: None for none.
    """

    name: str
    price: int
    unit: str
    category: str
    barcode: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPicture:
    """A picture that a product is to show.

    Args:
        digest: SHA-256 of its largest picture, in hex.
        archive: *personal*; the three sizes as camket keeps them.
    """

    digest: str
    archive: bytes = field(repr=False)


PictureChange = NewPicture | Literal["keep", "remove"]


def read_draft(typed: Mapping[str, str]) -> Draft:
    """Return what a form says of a product.

    Args:
        typed: `name`, `price`, `unit`, `category` and `barcode` as typed; what is missing is empty.

    Raises:
        InvalidError: the first field that cannot be kept, with its reason.
    """
    return Draft(
        name=read_line(typed.get("name", ""), field="name", most=NAME_CHARACTERS),
        price=read_price(typed.get("price", "")),
        unit=read_line(typed.get("unit", ""), field="unit", most=UNIT_CHARACTERS, required=False),
        category=read_line(typed.get("category", ""), field="category", most=CATEGORY_CHARACTERS, required=False),
        barcode=read_barcode(typed.get("barcode", "")),
    )


def read_version(typed: str) -> int:
    """Return the version of a product that a form was made from.

    Raises:
        InvalidError: it is none (`version_invalid`).
    """
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):  # noqa: PLR2004 - no product changes that often
        raise InvalidError("version_invalid", field="version")
    return int(typed)


def search_text(draft: Draft) -> str:
    """Return what a product is found by: name, barcode and category, folded."""
    return fold(" ".join(part for part in (draft.name, draft.barcode, draft.category) if part))


def fingerprint(draft: Draft, picture: NewPicture | None) -> str:
    """Return the digest of what a product is made from; equal for a retry, and for nothing else."""
    content = [*asdict(draft).values(), picture.digest if picture else None]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
