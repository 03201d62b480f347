import pytest

from camket.core.errors import InvalidValueError, VaultError
from camket.core.vault.keyring import (
    KeyKind,
    SubjectKeys,
    unwrap_named_key,
    unwrap_subject_key,
    wrap_named_key,
    wrap_subject_key,
)

EPOCH_KEY = bytes(range(32))
KEY = bytes(range(100, 132))
NONCE = bytes(12)


def test_a_wrapped_key_unwraps_where_it_belongs() -> None:
    """A subject's key comes back under the key of its epoch."""
    wrapped = wrap_subject_key(EPOCH_KEY, KEY, nonce=NONCE, subject_id="s1", kind=KeyKind.LIVE, epoch=3)
    assert KEY not in wrapped
    assert unwrap_subject_key(EPOCH_KEY, wrapped, subject_id="s1", kind=KeyKind.LIVE, epoch=3) == KEY


@pytest.mark.parametrize(
    ("subject_id", "kind", "epoch"), [("s2", KeyKind.LIVE, 3), ("s1", KeyKind.HOLD, 3), ("s1", KeyKind.LIVE, 4)]
)
def test_a_wrapped_key_is_bound(subject_id: str, kind: KeyKind, epoch: int) -> None:
    """A wrapped key does not unwrap as another subject's, as the other kind, or in another epoch."""
    wrapped = wrap_subject_key(EPOCH_KEY, KEY, nonce=NONCE, subject_id="s1", kind=KeyKind.LIVE, epoch=3)
    with pytest.raises(VaultError):
        unwrap_subject_key(EPOCH_KEY, wrapped, subject_id=subject_id, kind=kind, epoch=epoch)


@pytest.mark.parametrize(("name", "version", "epoch"), [("phone", 1, 3), ("email", 2, 3), ("email", 1, 4)])
def test_a_named_key_is_bound(name: str, version: int, epoch: int) -> None:
    """A key of the operator does not unwrap under another name, version or epoch."""
    wrapped = wrap_named_key(EPOCH_KEY, KEY, nonce=NONCE, name="email", version=1, epoch=3)
    assert unwrap_named_key(EPOCH_KEY, wrapped, name="email", version=1, epoch=3) == KEY
    with pytest.raises(VaultError):
        unwrap_named_key(EPOCH_KEY, wrapped, name=name, version=version, epoch=epoch)


def test_a_named_key_is_no_subject_key() -> None:
    """A key of the operator does not unwrap as the key of a subject who is called the same."""
    wrapped = wrap_named_key(EPOCH_KEY, KEY, nonce=NONCE, name="live", version=1, epoch=3)
    with pytest.raises(VaultError):
        unwrap_subject_key(EPOCH_KEY, wrapped, subject_id="live", kind=KeyKind.LIVE, epoch=3)


def test_only_whole_keys_are_wrapped() -> None:
    """What is not 32 bytes is no key and is not wrapped."""
    with pytest.raises(InvalidValueError, match="32 bytes"):
        wrap_subject_key(EPOCH_KEY, KEY[:16], nonce=NONCE, subject_id="s1", kind=KeyKind.LIVE, epoch=3)
    with pytest.raises(InvalidValueError, match="32 bytes"):
        wrap_named_key(EPOCH_KEY, b"", nonce=NONCE, name="email", version=1, epoch=3)


def test_keys_are_not_printed() -> None:
    """Keys do not reach a log or a traceback through the text of the value that carries them."""
    text = repr(SubjectKeys(live=KEY, hold=EPOCH_KEY, generation=5))
    assert text == "SubjectKeys(generation=5)"
