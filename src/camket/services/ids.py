"""Opaque ids: random, of one form, and telling nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from camket.ports import Entropy

ID_BYTES: Final = 16


def random_id(entropy: Entropy) -> str:
    """Return a new opaque id: 128 random bits in 32 hexadecimal digits."""
    return entropy.token(ID_BYTES).hex()
