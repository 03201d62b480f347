"""Sealing for whoever holds a token: the sealer needs the token's address alone and cannot open what was sealed.

A token is 32 random bytes in its owner's hands. Its address is an X25519 public key that follows from it, so that the
address can stand in the database and in a job's arguments without opening anything.

Source: RFC 7748 (X25519), RFC 5869 (HKDF-SHA-256).
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from camket.core.errors import InvalidValueError, VaultError
from camket.core.vault.box import KEY_BYTES, NONCE_BYTES, bind, close_box, open_box

TOKEN_BYTES: Final = 32
ADDRESS_BYTES: Final = 32
RANDOM_BYTES: Final = 32 + NONCE_BYTES
"""What sealing once needs of randomness."""


def address_of(token: bytes) -> bytes:
    """Return the 32 bytes that a token is found by; nothing leads back from them to the token.

    Raises:
        InvalidValueError: the token has another length.
    """
    return _private(token).public_key().public_bytes_raw()


def seal_for(address: bytes, plaintext: bytes, *, random: bytes) -> bytes:
    """Return the plaintext sealed for the holder of the address's token.

    Args:
        address: 32 bytes.
        plaintext: *personal*; any length.
        random: 44 unpredictable bytes, never used twice. After this call no one needs them: destroyed with the
            process's memory, they leave the token's holder as the only one who can open.

    Raises:
        InvalidValueError: a length is wrong.
    """
    if len(address) != ADDRESS_BYTES or len(random) != RANDOM_BYTES:
        raise InvalidValueError(f"an address has {ADDRESS_BYTES} bytes, and sealing needs {RANDOM_BYTES} random ones")
    mine = X25519PrivateKey.from_private_bytes(random[:KEY_BYTES])
    shown = mine.public_key().public_bytes_raw()
    shared = mine.exchange(X25519PublicKey.from_public_bytes(address))
    box = close_box(
        _key(shared, shown, address), plaintext, nonce=random[KEY_BYTES:], place=bind("camket drop", address.hex())
    )
    return shown + box


def open_with(token: bytes, sealed: bytes) -> bytes:
    """Return what was sealed for the token's address, *personal*.

    Raises:
        InvalidValueError: the token has another length.
        VaultError: changed, cut, or sealed for another token.
    """
    private = _private(token)
    address = private.public_key().public_bytes_raw()
    shown, box = sealed[:ADDRESS_BYTES], sealed[ADDRESS_BYTES:]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(shown))
    except ValueError:
        raise VaultError("what was sealed for a token is cut or changed") from None
    return open_box(_key(shared, shown, address), box, place=bind("camket drop", address.hex()))


def _private(token: bytes) -> X25519PrivateKey:
    if len(token) != TOKEN_BYTES:
        raise InvalidValueError(f"a token has {TOKEN_BYTES} bytes, this one has {len(token)}")
    seed = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"camket drop token").derive(token)
    return X25519PrivateKey.from_private_bytes(seed)


def _key(shared: bytes, shown: bytes, address: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=bind("camket drop key", shown.hex(), address.hex())).derive(shared)
