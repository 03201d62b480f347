"""Values sealed under a key of their subject, each bound to its subject, item and row.

These are the bare primitives: who calls `open_sealed` on an item has the gate's yes in hand, as the door does.

Source: semantics section 6.
"""

from __future__ import annotations

from camket.core.vault.box import bind, close_box, open_box


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


def _place(subject_id: str, item: str, row_id: str) -> bytes:
    return bind("camket value", subject_id, item, row_id)
