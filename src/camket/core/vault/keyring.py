"""A subject's keys, and the other keys of the store, wrapped under the key-encryption key of an epoch.

Source: semantics section 6. Deleting a wrapped key does not destroy it: its bytes live on in backups and free pages.
What destroys it is the end of its epoch, when the survivors are wrapped anew and the epoch's key is destroyed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from camket.core.errors import InvalidValueError
from camket.core.terms import require_aware
from camket.core.vault.box import KEY_BYTES, bind, close_box, open_box


class KeyKind(StrEnum):
    """Which of a subject's two keys: `live` for every use, `hold` for what a law keeps after the erasure."""

    LIVE = "live"
    HOLD = "hold"


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectKeys:
    """The two keys of a new subject, 32 bytes each.

    Args:
        live: seals every value of an active subject.
        hold: seals what outlives an erasure.
        generation: of the key store that holds both; the database remembers the highest it has seen.
    """

    live: bytes = field(repr=False)
    hold: bytes = field(repr=False)
    generation: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Tombstone:
    """The mark that a subject's key was deleted; kept for ever, replayed when an older database comes back.

    Args:
        epoch: the epoch under which the key was wrapped; its end destroys the key.
        at: aware; when it was deleted.
    """

    subject_id: str
    kind: KeyKind
    epoch: int
    at: datetime

    def __post_init__(self) -> None:
        require_aware(self.at, "at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Epoch:
    """The time in which one key-encryption key wraps.

    Args:
        number: from 1, without gaps.
        begun_at: aware.
        destroyed_at: aware; when the key was destroyed; None while it exists.
    """

    number: int
    begun_at: datetime
    destroyed_at: datetime | None = None


def wrap_subject_key(
    epoch_key: bytes, key: bytes, *, nonce: bytes, subject_id: str, kind: KeyKind, epoch: int
) -> bytes:
    """Return the subject's key wrapped under the epoch's key; it unwraps for this subject, kind and epoch alone.

    Args:
        epoch_key: 32 bytes, the key-encryption key of `epoch`.
        key: 32 bytes.
        nonce: 12 unpredictable bytes, never used twice with this epoch key.
        subject_id: whose key it is.
        kind: which of the two.
        epoch: number of the epoch, from 1.

    Raises:
        InvalidValueError: a length is wrong.
    """
    return close_box(epoch_key, _whole(key), nonce=nonce, place=_subject_place(subject_id, kind, epoch))


def unwrap_subject_key(epoch_key: bytes, wrapped: bytes, *, subject_id: str, kind: KeyKind, epoch: int) -> bytes:
    """Return the 32 bytes of the subject's key.

    Raises:
        VaultError: wrapped for another subject, kind or epoch, or changed.
    """
    return open_box(epoch_key, wrapped, place=_subject_place(subject_id, kind, epoch))


def wrap_named_key(epoch_key: bytes, key: bytes, *, nonce: bytes, name: str, version: int, epoch: int) -> bytes:
    """Return a key of the operator (an index key, the signing key) wrapped for its name, version and epoch alone.

    Raises:
        InvalidValueError: a length is wrong.
    """
    return close_box(epoch_key, _whole(key), nonce=nonce, place=_named_place(name, version, epoch))


def unwrap_named_key(epoch_key: bytes, wrapped: bytes, *, name: str, version: int, epoch: int) -> bytes:
    """Return the 32 bytes of the operator's key.

    Raises:
        VaultError: wrapped for another name, version or epoch, or changed.
    """
    return open_box(epoch_key, wrapped, place=_named_place(name, version, epoch))


def _subject_place(subject_id: str, kind: KeyKind, epoch: int) -> bytes:
    return bind("camket subject key", subject_id, kind, str(epoch))


def _named_place(name: str, version: int, epoch: int) -> bytes:
    return bind("camket named key", name, str(version), str(epoch))


def _whole(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise InvalidValueError(f"a key has {KEY_BYTES} bytes, this one has {len(key)}")
    return key
