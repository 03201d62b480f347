"""Sealing for the holder of a token."""

import pytest

from camket.core.errors import InvalidValueError, VaultError
from camket.core.vault.drop import RANDOM_BYTES, TOKEN_BYTES, address_of, open_with, seal_for

TOKEN = bytes(range(TOKEN_BYTES))
OTHER = bytes(TOKEN_BYTES)
RANDOM = bytes(range(100, 100 + RANDOM_BYTES))


@pytest.mark.parametrize("plaintext", [b"", b"alice", bytes(100_000)])
def test_the_holder_opens_it(plaintext: bytes) -> None:
    """What was sealed for a token's address opens with the token, whatever its length."""
    assert open_with(TOKEN, seal_for(address_of(TOKEN), plaintext, random=RANDOM)) == plaintext


def test_no_one_else_opens_it() -> None:
    """Another token, or the address in the place of the token, opens nothing."""
    sealed = seal_for(address_of(TOKEN), b"alice", random=RANDOM)
    for wrong in (OTHER, address_of(TOKEN)):
        with pytest.raises(VaultError):
            open_with(wrong, sealed)


@pytest.mark.parametrize("at", [0, 31, 32, 40, -1])
def test_a_changed_byte_is_noticed(at: int) -> None:
    """A changed byte, anywhere, keeps it closed."""
    sealed = bytearray(seal_for(address_of(TOKEN), b"alice", random=RANDOM))
    sealed[at] ^= 1
    with pytest.raises(VaultError):
        open_with(TOKEN, bytes(sealed))


@pytest.mark.parametrize("length", [0, 10, 31, 32, 60])
def test_a_cut_one_is_refused(length: int) -> None:
    """What is shorter than it was does not open and does not break anything."""
    sealed = seal_for(address_of(TOKEN), b"alice", random=RANDOM)
    with pytest.raises(VaultError):
        open_with(TOKEN, sealed[:length])


def test_lengths_are_required() -> None:
    """A token, an address or randomness of another length is a mistake of the caller's."""
    with pytest.raises(InvalidValueError):
        address_of(b"short")
    with pytest.raises(InvalidValueError):
        seal_for(b"short", b"", random=RANDOM)
    with pytest.raises(InvalidValueError):
        seal_for(address_of(TOKEN), b"", random=b"short")
