"""A published ledger in memory, made by the product's own append and signer, for tests to read, alter and verify."""

from datetime import UTC, datetime
from hashlib import sha256

from camket.core.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from camket.core.ledger.entry import Facts, LedgerAction, LedgerOutcome, Opening, SubjectPart
from camket.core.ledger.merkle import inclusion_path
from camket.core.ledger.note import NoteSigner
from camket.core.ledger.opening_values import AnyOpening
from camket.core.ledger.openings import ProvenOpening
from camket.core.ledger.tiles import CHECKPOINT_PATH, KEY_PATH, TiledHashes, TreeState, append

ORIGIN = "camket.example/ledger"
SIGNER = NoteSigner(name=ORIGIN, key=sha256(b"the key of the ledger").digest())
OTHER_SIGNER = NoteSigner(name=ORIGIN, key=sha256(b"another key").digest())
AT = datetime(2026, 11, 22, 2, 12, tzinfo=UTC)


class Published:
    """Files by path; a `TileReader`.

    Args:
        entries: 32 bytes each.
        step: how many entries are appended at a time.
        signer: who signs the checkpoint.
    """

    def __init__(self, entries: list[bytes], *, step: int = 200, signer: NoteSigner = SIGNER) -> None:
        self.files: dict[str, bytes] = {KEY_PATH: f"{signer.verifier_key}\n".encode()}
        self.signer = signer
        self.state = TreeState()
        for at in range(0, len(entries), step):
            self.grow(entries[at : at + step])
        self.sign()

    def grow(self, entries: list[bytes]) -> None:
        """Append entries without a new checkpoint."""
        appended = append(self.state, entries)
        self.files.update({tile.path: tile.data for tile in appended.tiles})
        self.state = appended.state

    def sign(self) -> str:
        """Publish a checkpoint over all entries and return it."""
        checkpoint = Checkpoint(origin=self.signer.verifier_key.name, size=self.state.size, root=self.state.root())
        note = str(sign_checkpoint(checkpoint, self.signer))
        self.files[CHECKPOINT_PATH] = note.encode()
        return note

    def checkpoint(self) -> Checkpoint:
        """Return the newest checkpoint."""
        return open_checkpoint(self.files[CHECKPOINT_PATH], self.signer.verifier_key)

    def read(self, path: str) -> bytes | None:
        """Return a file, or None."""
        return self.files.get(path)

    def prove(self, index: int, opening: AnyOpening) -> ProvenOpening:
        """Return the opening with the inclusion proof of its index in the newest checkpoint."""
        size = self.state.size
        return ProvenOpening(opening=opening, index=index, path=inclusion_path(index, size, TiledHashes(size, self)))

    def flip(self, path: str, at: int = 0) -> None:
        """Alter one byte of a file."""
        data = bytearray(self.files[path])
        data[at] ^= 0x01
        self.files[path] = bytes(data)


def numbered(count: int) -> list[bytes]:
    """Return that many different entries, always the same ones."""
    return [sha256(f"entry {number}".encode()).digest() for number in range(count)]


def nonce(name: str) -> bytes:
    """Return 32 bytes for a test to use as a nonce."""
    return sha256(f"nonce {name}".encode()).digest()


def facts_of(action: LedgerAction, outcome: LedgerOutcome, *items: str) -> Facts:
    """Return facts by the subject, at `AT`, under version 1."""
    return Facts(at=AT, actor="subject", action=action, items=items, outcome=outcome, version=1)


def opening_of(name: str, facts: Facts, handle: str = "s-alice") -> Opening:
    """Return an opening whose nonces follow from the name."""
    part = SubjectPart(handle=handle, reference=None)
    return Opening(nonce_a=nonce(f"a {name}"), facts=facts, nonce_b=nonce(f"b {name}"), subject_part=part)
