"""What the door seals for a request beside values: the parts of the file that answers it, until it is fetched."""

from __future__ import annotations

from typing import Final

from camket.services.access_secrets import SecretsDoor

PART_PLACE: Final = "request part"
"""Stands where a value has its item id; it has a space in it, which no item id has."""


class FilesDoor(SecretsDoor):
    """The part of the door that keeps what was read for a request on record until it is handed over."""

    def seal_part(self, *, subject_id: str, place: str, plaintext: bytes) -> bytes:
        """Return a part of what a request's job has made, sealed under its subject's key.

        Args:
            subject_id: whose.
            place: where it stands among all parts; moved to another place it does not open.
            plaintext: *personal*; read for the request before, on record.

        Raises:
            NotFoundError: the subject has no key any more; nothing can be kept for them.
        """
        return self._seal_beside(PART_PLACE, subject_id=subject_id, row_id=place, secret=plaintext)

    def open_part(self, *, subject_id: str, place: str, sealed: bytes) -> bytes:
        """Return a part, *personal*, for who asked for it; reading what is in it was on record when it was made.

        Raises:
            NotFoundError: the subject's key is gone.
            VaultError: it was changed or moved.
        """
        return self._open_beside(PART_PLACE, subject_id=subject_id, row_id=place, sealed=sealed)
