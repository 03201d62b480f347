"""Checkpoints: the ledger's signed word on how long it is and what its root is.

Two checkpoints of one ledger that do not agree are proof, signed by the operator, that history was rewritten or shown
differently. A single checkpoint proves only that the key signed it. Source: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.merkle import EMPTY_ROOT, HASH_BYTES
from camket.core.ledger.note import parse_note

if TYPE_CHECKING:
    from camket.core.ledger.note import NoteSigner, SignedNote, VerifierKey

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LEAST_LINES: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """What a ledger was at one moment.

    Args:
        origin: which ledger; also the name of its key, such as `camket.example/ledger`.
        size: number of entries.
        root: 32 bytes over all of them.
        extensions: further lines, kept and signed, not interpreted.

    Raises:
        InvalidValueError: a part does not have its form.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if not all(line and all(character >= " " for character in line) for line in lines):
            message = "the origin and the further lines of a checkpoint are single lines of text and not empty"
            raise InvalidValueError(message)
        if _SIZE.fullmatch(str(self.size)) is None or len(self.root) != HASH_BYTES:
            message = f"a checkpoint has a size of zero or more and a root of {HASH_BYTES} bytes"
            raise InvalidValueError(message)
        if self.size == 0 and self.root != EMPTY_ROOT:
            message = "the root of a ledger without entries is SHA-256 of nothing"
            raise InvalidValueError(message)

    def text(self) -> str:
        """Return the lines that are signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the lines of a checkpoint, without its signatures.

        Raises:
            LedgerError: the text is no checkpoint; the message names the line.
        """
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < _LEAST_LINES:
            message = f"a checkpoint has an origin, a size and a root, each on its line; this has {len(lines)} lines"
            raise LedgerError(message)
        origin, size, root, *extensions = lines
        if _SIZE.fullmatch(size) is None:
            message = f"line 2 of the checkpoint is `{size[:30]}`, not a number of entries"
            raise LedgerError(message)
        try:
            decoded = base64.b64decode(root, validate=True)
        except (binascii.Error, ValueError):
            decoded = b""
        if len(decoded) != HASH_BYTES or base64.b64encode(decoded).decode() != root:
            message = f"line 3 of the checkpoint is not a root of {HASH_BYTES} bytes in base64"
            raise LedgerError(message)
        try:
            return cls(origin=origin, size=int(size), root=decoded, extensions=tuple(extensions))
        except InvalidValueError as error:
            message = f"the checkpoint cannot stand: {error}"
            raise LedgerError(message) from error


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> SignedNote:
    """Return the checkpoint as a note signed by the ledger's key; `str()` of it is what is published.

    The caller has made every tile of the tree durable first, and never signs two roots for one size.

    Raises:
        InvalidValueError: the key has another name than the ledger's origin.
    """
    if signer.verifier_key.name != checkpoint.origin:
        message = f"the key `{signer.verifier_key.name}` does not sign for the ledger `{checkpoint.origin}`"
        raise InvalidValueError(message)
    return signer.sign(checkpoint.text())


def open_checkpoint(raw: str | bytes, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint in a note once the ledger's key has been found to have signed it.

    Raises:
        LedgerError: malformed, not signed by the key, altered, or of another ledger than the key's.
    """
    note = parse_note(raw)
    note.verify(key)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != key.name:
        message = f"the checkpoint is of the ledger `{checkpoint.origin}`, and the key is of `{key.name}`"
        raise LedgerError(message)
    return checkpoint
