"""The one form in which the vault keeps secret bytes: AES-256-GCM, bound to the place where they stand.

A box is `format byte || nonce || ciphertext and tag`. The place (who, what, which row) is not in the box: it is bound
as associated data, so that a box copied to another row, item or subject does not open there.

Source: NIST SP 800-38D (AES-GCM), section 8.2.2 for random nonces: at most 2**32 boxes under one key, which no
subject comes near.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from camket.core.errors import InvalidValueError, VaultError

FORMAT: Final = 1
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = 1 + NONCE_BYTES + TAG_BYTES
"""How much longer a box is than what it holds."""


def bind(*parts: str) -> bytes:
    """Return the place as bytes: each part with its length before it.

    Two different places never give the same bytes: `("ab", "c")` and `("a", "bc")` differ.
    """
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([len(part).to_bytes(4, "big") + part for part in encoded])


def close_box(key: bytes, secret: bytes, *, nonce: bytes, place: bytes) -> bytes:
    """Return the box that holds `secret` at `place`.

    Args:
        key: 32 bytes.
        secret: any length, 0 too. *Personal* where it is a value.
        nonce: 12 unpredictable bytes, never used twice with this key.
        place: from `bind`.

    Raises:
        InvalidValueError: the key or the nonce has the wrong length.
    """
    if len(nonce) != NONCE_BYTES:
        raise InvalidValueError(f"a nonce has {NONCE_BYTES} bytes, this one has {len(nonce)}")
    return bytes((FORMAT,)) + nonce + _cipher(key).encrypt(nonce, secret, bytes((FORMAT,)) + place)


def open_box(key: bytes, box: bytes, *, place: bytes) -> bytes:
    """Return what the box holds, if it was closed under this key at this place.

    Raises:
        InvalidValueError: the key has the wrong length.
        VaultError: the box was changed, moved, cut, closed under another key, or is of an unknown format.
    """
    cipher = _cipher(key)
    if len(box) < OVERHEAD_BYTES or box[0] != FORMAT:
        raise VaultError("the sealed bytes are cut off or of a format that this version does not know")
    try:
        return cipher.decrypt(box[1 : 1 + NONCE_BYTES], box[1 + NONCE_BYTES :], box[:1] + place)
    except InvalidTag:
        raise VaultError("the sealed bytes do not open here: changed, moved, or sealed under another key") from None


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise InvalidValueError(f"a key has {KEY_BYTES} bytes, this one has {len(key)}")
    return AESGCM(key)
