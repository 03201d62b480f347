"""Inclusion proofs as values that a customer, an auditor or any tool can keep and check.

A proof shows that 32 bytes stand at one index of a ledger whose checkpoint the operator signed. What those bytes mean
is shown by an opening, and only to whom it was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import LedgerError
from camket.core.ledger.canonical import Fields
from camket.core.ledger.checkpoint import open_checkpoint
from camket.core.ledger.merkle import inclusion_path, leaf_hash, verify_inclusion
from camket.core.ledger.tiles import CHECKPOINT_PATH, TiledHashes, read_entry

if TYPE_CHECKING:
    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.checkpoint import Checkpoint
    from camket.core.ledger.note import VerifierKey
    from camket.core.ledger.tiles import TileReader

FORMAT: Final = "camket-inclusion-proof"
FORMAT_VERSION: Final = 1
_FIELDS = frozenset({"format", "format_version", "index", "size", "entry", "path", "checkpoint"})


@dataclass(frozen=True, kw_only=True, slots=True)
class InclusionProof:
    """Proof that one entry stands at one index.

    Args:
        index: from 0.
        size: of the tree that the proof is for, equal to the checkpoint's.
        entry: 32 bytes.
        path: sibling hashes from the leaf up.
        checkpoint: the signed note that carries the root.
    """

    index: int
    size: int
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    def to_value(self) -> dict[str, JsonValue]:
        """Return the proof as a JSON value, hashes in lower-case hexadecimal."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "index": self.index,
            "size": self.size,
            "entry": self.entry.hex(),
            "path": [one.hex() for one in self.path],
            "checkpoint": self.checkpoint,
        }

    @classmethod
    def from_value(cls, value: object) -> InclusionProof:
        """Read a proof back from a JSON value.

        Raises:
            LedgerError: another format, or a field is missing, unknown or malformed.
        """
        fields = Fields(value, "proof", _FIELDS)
        require_format(fields, FORMAT, FORMAT_VERSION)
        return cls(
            index=fields.integer("index"),
            size=fields.integer("size"),
            entry=fields.hash("entry"),
            path=fields.hashes("path"),
            checkpoint=fields.text("checkpoint"),
        )

    def verify(self, key: VerifierKey) -> Checkpoint:
        """Accept the proof under the ledger's key.

        Returns:
            The checkpoint that it rests on.

        Raises:
            LedgerError: the checkpoint is not the key's, or the proof does not lead to its root.
        """
        checkpoint = open_checkpoint(self.checkpoint, key)
        if checkpoint.size != self.size:
            message = f"the proof is for {self.size} entries and its checkpoint for {checkpoint.size}"
            raise LedgerError(message)
        verify_inclusion(
            index=self.index, size=self.size, leaf=leaf_hash(self.entry), path=self.path, root=checkpoint.root
        )
        return checkpoint


def prove_inclusion(index: int, reader: TileReader, key: VerifierKey) -> InclusionProof:
    """Return the proof of one entry in the newest checkpoint of a published ledger.

    The proof is checked before it is returned, so a ledger with an altered tile on the way gives an error, no proof.

    Raises:
        LedgerError: no such entry, no checkpoint, a tile is missing or altered, or the key did not sign.
    """
    raw = reader.read(CHECKPOINT_PATH)
    if raw is None:
        message = "`checkpoint` is missing from the ledger"
        raise LedgerError(message)
    checkpoint = open_checkpoint(raw, key)
    entry = read_entry(index, checkpoint.size, reader)
    path = inclusion_path(index, checkpoint.size, TiledHashes(checkpoint.size, reader))
    proof = InclusionProof(index=index, size=checkpoint.size, entry=entry, path=path, checkpoint=raw.decode())
    proof.verify(key)
    return proof


def require_format(fields: Fields, name: str, version: int) -> None:
    """Refuse a file of another format, or of a version that is not known yet.

    Raises:
        LedgerError: the format or its version is another.
    """
    found = fields.text("format")
    if found != name:
        message = f"the format is `{found[:60]}`, and `{name}` was expected"
        raise LedgerError(message)
    if fields.integer("format_version") != version:
        message = f"version {fields.integer('format_version')} of `{name}` is not known; version {version} is"
        raise LedgerError(message)
