"""Values sealed under a key of their subject, each bound to its subject, item and row.

Source: semantics section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import DeniedError
from camket.core.terms import Action
from camket.core.vault.box import bind, close_box, open_box

if TYPE_CHECKING:
    from camket.core.gate.decision import Permitted


def seal(key: bytes, plaintext: bytes, *, nonce: bytes, subject_id: str, item: str, row_id: str) -> bytes:
    """Return the plaintext sealed for one subject, item and row.

    Args:
        key: 32 bytes, the subject's `live` or `hold` key.
        plaintext: *personal*; any length, 0 too.
        nonce: 12 unpredictable bytes, never used twice with this key.
        subject_id: opaque.
        item: the item id, or for what is not an item a name with a space in it, which no item id has.
        row_id: where it stands; a value moved to another row does not open there.

    Returns:
        29 bytes more than the plaintext.

    Raises:
        InvalidValueError: the key or the nonce has the wrong length.
    """
    return close_box(key, plaintext, nonce=nonce, place=_place(subject_id, item, row_id))


def open_sealed(key: bytes, sealed: bytes, *, subject_id: str, item: str, row_id: str) -> bytes:
    """Return the plaintext, *personal*, if it was sealed under this key for this subject, item and row.

    Raises:
        InvalidValueError: the key has the wrong length.
        VaultError: changed, cut, moved from another subject, item or row, or sealed under another key.
    """
    return open_box(key, sealed, place=_place(subject_id, item, row_id))


def open_value(permitted: Permitted, key: bytes, sealed: bytes, *, subject_id: str, item: str, row_id: str) -> bytes:
    """Return the plaintext of an item, *personal*, on the gate's permission for that item.

    What is not an item (a subject's part of a record, a certificate) opens with `open_sealed`.

    Args:
        permitted: the gate's yes to a use or a disclosure of this item.
        key: 32 bytes, the key that the value is sealed under.
        sealed: from `seal`.
        subject_id: opaque.
        item: the item id.
        row_id: where the value stands.

    Raises:
        DeniedError: the permission is for other items, or for collecting alone; nothing was opened.
        VaultError: as `open_sealed`.
    """
    if permitted.action is Action.COLLECT or item not in permitted.items:
        raise DeniedError(f"the permission does not cover reading `{item}`")
    return open_sealed(key, sealed, subject_id=subject_id, item=item, row_id=row_id)


def _place(subject_id: str, item: str, row_id: str) -> bytes:
    return bind("camket value", subject_id, item, row_id)
