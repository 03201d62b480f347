"""What the door seals for a subject beside values: the secret of their second factor."""

from __future__ import annotations

from typing import Final

from camket.services.access_find import FindingDoor

FACTOR_PLACE: Final = "second factor"
"""Stands where a value has its item id; it has a space in it, which no item id has."""


class SecretsDoor(FindingDoor):
    """The part of the door that keeps a subject's own secret."""

    def seal_factor(self, *, subject_id: str, secret: bytes) -> bytes:
        """Return the secret of a second factor, sealed under its owner's key, for the row of their account.

        Raises:
            NotFoundError: they have no key; nothing can be kept for them.
        """
        return self._seal_beside(FACTOR_PLACE, subject_id=subject_id, row_id=subject_id, secret=secret)

    def open_factor(self, *, subject_id: str, sealed: bytes) -> bytes:
        """Return the secret of a second factor, to compare what its owner typed. It is no value, and on no record.

        Raises:
            NotFoundError: their key is gone.
            VaultError: it was changed or moved.
        """
        return self._open_beside(FACTOR_PLACE, subject_id=subject_id, row_id=subject_id, sealed=sealed)
