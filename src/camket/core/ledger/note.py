"""Signed notes: text that carries its signatures, keys as one line, cosignatures of witnesses.

A signature shows that the holder of the key signed this text. It does not show when, or to whom else another text was
shown: for that a witness adds a cosignature, which says what it saw as the newest checkpoint at a time.

Source: C2SP signed-note (Ed25519, type 0x01) and tlog-cosignature (Ed25519, type 0x04).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLIC_KEY_BYTES: Final = 32
SEED_BYTES: Final = 32
MOST_NOTE_BYTES: Final = 64 * 1024
"""The largest note that is read; a checkpoint with sixteen signatures has about 3 kB."""

MOST_SIGNATURES: Final = 32
_KEY_ID_BYTES: Final = 4
_ED25519_BYTES: Final = 64
_TIME_BYTES: Final = 8
_DASH: Final = "\u2014 "
_LATEST_SECONDS: Final = 253_402_300_799


class SignatureKind(IntEnum):
    """What a key signs and how: the type byte of signed notes."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifierKey:
    """A public key with its name, as a ledger publishes it: `name+hex(id)+base64(type || key)`.

    Args:
        name: name of the key; a ledger's is its origin, such as `camket.example/ledger`.
        public_key: 32 bytes.
        kind: `ED25519` for a ledger, `COSIGNATURE` for a witness.

    Raises:
        InvalidValueError: the name holds a space, `+` or control character, or the key has another length.
    """

    name: str
    public_key: bytes
    kind: SignatureKind = SignatureKind.ED25519

    def __post_init__(self) -> None:
        _require_name(self.name)
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            message = f"an Ed25519 public key has {PUBLIC_KEY_BYTES} bytes, not {len(self.public_key)}"
            raise InvalidValueError(message)

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || 0x0A || type || key): a label, no proof."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a key from its line; spaces and line ends around it do not matter.

        Raises:
            LedgerError: not a verifier key, of an unknown type, or its id does not belong to it (a typing error).
        """
        line = text.strip(" \t\r\n")
        name, _, rest = line.partition("+")
        identifier, _, encoded = rest.partition("+")
        material = _from_base64(encoded)
        if not name or material is None or len(material) != 1 + PUBLIC_KEY_BYTES:
            message = f"`{line[:80]}` is not a verifier key; one looks like name+0123abcd+base64"
            raise LedgerError(message)
        try:
            key = cls(name=name, public_key=material[1:], kind=SignatureKind(material[0]))
        except (InvalidValueError, ValueError) as error:
            message = f"the verifier key of `{name[:80]}` cannot be used: {error}"
            raise LedgerError(message) from error
        if identifier != key.key_id.hex():
            message = (
                f"the verifier key of `{name[:80]}` says id `{identifier[:16]}`, and `{key.key_id.hex()}` is right"
            )
            raise LedgerError(message)
        return key


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """One signature line of a note: whose it says it is, and its bytes."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Say whether the line claims to be of this key; `verify` says whether it is."""
        return self.name == key.name and hmac.compare_digest(self.key_id, key.key_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedNote:
    """A text with its signatures, none of which is believed until `verify` has accepted it.

    Args:
        text: ends with a line end.
        signatures: at least one.
    """

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(str(one) for one in self.signatures)}"

    def verify(self, key: VerifierKey) -> None:
        """Accept the note as signed by the key.

        Raises:
            LedgerError: the key has not signed it, or its signature does not hold.
        """
        for signature in self._by(key):
            _verify_ed25519(key, signature.data, self.text.encode())

    def verify_cosignature(self, key: VerifierKey) -> datetime:
        """Accept the note as cosigned by the witness with the key.

        Returns:
            When the witness saw this as the newest checkpoint, by its own clock, in UTC.

        Raises:
            LedgerError: the witness has not cosigned it, or its signature does not hold.
        """
        seen = []
        for signature in self._by(key):
            seconds = int.from_bytes(signature.data[:_TIME_BYTES], "big")
            if seconds > _LATEST_SECONDS:
                message = f"the cosignature of `{key.name}` names a time that no calendar has"
                raise LedgerError(message)
            _verify_ed25519(key, signature.data[_TIME_BYTES:], _cosigned(self.text, seconds))
            seen.append(datetime.fromtimestamp(seconds, UTC))
        return max(seen)

    def with_signature(self, signature: Signature) -> SignedNote:
        """Return the note with one more signature; twice the same is once."""
        if signature in self.signatures:
            return self
        return SignedNote(text=self.text, signatures=(*self.signatures, signature))

    def _by(self, key: VerifierKey) -> list[Signature]:
        found = [signature for signature in self.signatures if signature.is_by(key)]
        if not found:
            message = f"there is no signature by `{key.name}` with key id `{key.key_id.hex()}`"
            raise LedgerError(message)
        return found


class NoteSigner:
    """Signs notes with an Ed25519 key.

    Args:
        name: name of the key; for a ledger, its origin.
        key: a `cryptography` private key, or its 32-byte seed.
        kind: `ED25519` for a ledger, `COSIGNATURE` for a witness.
    """

    def __init__(
        self, *, name: str, key: Ed25519PrivateKey | bytes, kind: SignatureKind = SignatureKind.ED25519
    ) -> None:
        if isinstance(key, bytes):
            if len(key) != SEED_BYTES:
                message = f"an Ed25519 seed has {SEED_BYTES} bytes, not {len(key)}"
                raise InvalidValueError(message)
            key = Ed25519PrivateKey.from_private_bytes(key)
        self._key = key
        self.verifier_key = VerifierKey(name=name, public_key=key.public_key().public_bytes_raw(), kind=kind)

    def sign(self, text: str) -> SignedNote:
        """Return the text as a note signed by this key.

        Raises:
            InvalidValueError: the text holds a control character, does not end its last line, or the key cosigns.
        """
        if self.verifier_key.kind is not SignatureKind.ED25519:
            message = f"the key `{self.verifier_key.name}` is a witness's; it cosigns and does not sign"
            raise InvalidValueError(message)
        if not _is_note_text(text):
            message = "a text to sign ends with a line end and holds no other control character"
            raise InvalidValueError(message)
        return SignedNote(text=text, signatures=(self._signature(self._key.sign(text.encode())),))

    def cosign(self, note: SignedNote, *, at: datetime) -> SignedNote:
        """Return the note with this witness's cosignature added.

        Args:
            note: a checkpoint whose consistency the witness has verified.
            at: when the witness saw it as the newest; aware, kept to the second.

        Raises:
            InvalidValueError: the key signs and does not cosign, or the instant is naive or before 1970.
        """
        seconds = int(require_aware(at, "at").timestamp())
        if self.verifier_key.kind is not SignatureKind.COSIGNATURE or seconds < 0:
            message = f"the key `{self.verifier_key.name}` cannot cosign; a witness's key can, for a time since 1970"
            raise InvalidValueError(message)
        data = seconds.to_bytes(_TIME_BYTES, "big") + self._key.sign(_cosigned(note.text, seconds))
        return note.with_signature(self._signature(data))

    def _signature(self, data: bytes) -> Signature:
        return Signature(name=self.verifier_key.name, key_id=self.verifier_key.key_id, data=data)


def parse_note(raw: str | bytes) -> SignedNote:
    """Read a signed note; its signatures are not verified here.

    Args:
        raw: the whole note, at most `MOST_NOTE_BYTES`.

    Raises:
        LedgerError: too long, not UTF-8, a control character, no signature, or a malformed signature line (named by
            its number from 1).
    """
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(data) > MOST_NOTE_BYTES:
        message = f"a signed note has at most {MOST_NOTE_BYTES} bytes"
        raise LedgerError(message)
    try:
        note = data.decode()
    except UnicodeDecodeError as error:
        message = "a signed note is UTF-8 text, and this is not"
        raise LedgerError(message) from error
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    if not blank or not _is_note_text(note):
        message = "a signed note is a text, an empty line and signatures, without control characters; this is not"
        raise LedgerError(message)
    signatures = _parse_signatures(lines.removesuffix("\n").split("\n"))
    return SignedNote(text=text, signatures=signatures)


def _parse_signatures(lines: Sequence[str]) -> tuple[Signature, ...]:
    if not 1 <= len(lines) <= MOST_SIGNATURES:
        message = f"a signed note has 1 to {MOST_SIGNATURES} signatures, and this has {len(lines)}"
        raise LedgerError(message)
    signatures = []
    for number, line in enumerate(lines, start=1):
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        data = _from_base64(encoded)
        if not line.startswith(_DASH) or not _is_name(name) or data is None or len(data) <= _KEY_ID_BYTES:
            message = f"signature line {number} is malformed; one looks like `{_DASH}name base64`"
            raise LedgerError(message)
        signatures.append(Signature(name=name, key_id=data[:_KEY_ID_BYTES], data=data[_KEY_ID_BYTES:]))
    return tuple(signatures)


def _verify_ed25519(key: VerifierKey, signature: bytes, message: bytes) -> None:
    refusal = f"the signature by `{key.name}` does not hold: the text or the signature was altered"
    if len(signature) != _ED25519_BYTES:
        raise LedgerError(refusal)
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise LedgerError(refusal) from error


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _from_base64(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # INVARIANT: one sequence of bytes has one spelling, or an altered note would still hold.
    return data if base64.b64encode(data).decode() == text else None


def _is_note_text(text: str) -> bool:
    return text.endswith("\n") and all(character >= " " or character == "\n" for character in text)


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def _require_name(name: str) -> None:
    if not _is_name(name):
        message = f"`{name[:80]}` is not a key name: not empty, without spaces and `+`"
        raise InvalidValueError(message)
