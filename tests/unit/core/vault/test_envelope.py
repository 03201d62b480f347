import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError, VaultError
from camket.core.vault.box import OVERHEAD_BYTES, bind
from camket.core.vault.envelope import open_sealed, seal

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
NONCE = bytes(range(12))
PLACE = {"subject_id": "s1", "item": "email", "row_id": "7"}


@given(plaintext=st.binary(max_size=400), key=st.binary(min_size=32, max_size=32))
def test_what_was_sealed_opens(plaintext: bytes, key: bytes) -> None:
    """Every value, the empty one too, comes back from where it was sealed, and the form adds 29 bytes."""
    sealed = seal(key, plaintext, nonce=NONCE, **PLACE)
    assert open_sealed(key, sealed, **PLACE) == plaintext
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES == len(plaintext) + 29


@pytest.mark.parametrize("part", ["subject_id", "item", "row_id"])
def test_a_moved_value_does_not_open(part: str) -> None:
    """A value copied to another subject, item or row does not open there."""
    sealed = seal(KEY, b"alice", nonce=NONCE, **PLACE)
    with pytest.raises(VaultError, match="moved"):
        open_sealed(KEY, sealed, **(PLACE | {part: "8"}))


def test_parts_of_a_place_do_not_run_together() -> None:
    """A place is unambiguous: the same letters cut elsewhere are another place."""
    sealed = seal(KEY, b"alice", nonce=NONCE, subject_id="s1", item="email", row_id="7")
    with pytest.raises(VaultError):
        open_sealed(KEY, sealed, subject_id="s1e", item="mail", row_id="7")


@given(one=st.lists(st.text(), max_size=4), other=st.lists(st.text(), max_size=4))
def test_places_are_told_apart(one: list[str], other: list[str]) -> None:
    """Two places have the same bytes exactly when they are the same parts in the same order."""
    assert (bind(*one) == bind(*other)) == (one == other)


@given(position=st.integers(min_value=0, max_value=33), bit=st.integers(min_value=0, max_value=7))
def test_a_changed_bit_is_found(position: int, bit: int) -> None:
    """Whichever bit is changed, in the format byte, the nonce, the text or the tag, the value does not open."""
    sealed = bytearray(seal(KEY, b"alice", nonce=NONCE, **PLACE))
    sealed[position] ^= 1 << bit
    with pytest.raises(VaultError):
        open_sealed(KEY, bytes(sealed), **PLACE)


@given(length=st.integers(min_value=0, max_value=33))
def test_a_cut_value_does_not_open(length: int) -> None:
    """A value that lost its end does not open, however much is left."""
    with pytest.raises(VaultError):
        open_sealed(KEY, seal(KEY, b"alice", nonce=NONCE, **PLACE)[:length], **PLACE)


def test_another_key_does_not_open() -> None:
    """A value opens under the key that sealed it and no other."""
    with pytest.raises(VaultError):
        open_sealed(OTHER_KEY, seal(KEY, b"alice", nonce=NONCE, **PLACE), **PLACE)


@pytest.mark.parametrize(("key", "nonce"), [(KEY[:16], NONCE), (KEY, NONCE[:8]), (KEY + b"x", NONCE), (b"", NONCE)])
def test_a_short_key_or_nonce_is_refused(key: bytes, nonce: bytes) -> None:
    """A key that is not 256 bits and a nonce that is not 96 bits are refused before anything is sealed."""
    with pytest.raises(InvalidValueError, match="bytes"):
        seal(key, b"alice", nonce=nonce, **PLACE)


def test_the_form_is_pinned() -> None:
    """The bytes on disk do not change between versions of the software: format 1, nonce, AES-256-GCM."""
    sealed = seal(KEY, b"alice", nonce=NONCE, **PLACE)
    assert sealed[:13] == b"\x01" + NONCE
    assert open_sealed(KEY, sealed, **PLACE) == b"alice"
    assert sealed.hex() == "01000102030405060708090a0b266ebf78a0db3915041b90f2a35a6c66bc445504f9"
