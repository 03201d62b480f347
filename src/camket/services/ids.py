"""Opaque ids: random, of one form, and telling nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from camket.ports import Entropy

ID_BYTES: Final = 16
NEAR_DIGITS: Final = 8
"""So many digits of an id are those of the subject's; 96 random bits are left."""


def random_id(entropy: Entropy) -> str:
    """Return a new opaque id: 128 random bits in 32 hexadecimal digits."""
    return entropy.token(ID_BYTES).hex()


def id_near(subject_id: str, random: bytes) -> str:
    """Return an opaque id for a row of a subject, which is kept beside their other rows and found as quickly.

    Rows whose ids are random all over are written all over the store, and each costs a page of its own.

    Args:
        subject_id: whose row it is; the row says that anyway.
        random: 16 random bytes.
    """
    return subject_id[:NEAR_DIGITS] + random.hex()[NEAR_DIGITS:]
