"""What can be wrong with a ledger, an opening or a certificate: a closed set, each told apart from the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One way not to hold. The sentences that people read are made from these by the CLI, in both languages."""

    KEY_MISSING = "key_missing"
    """The ledger publishes no key, and none was given."""
    KEY_MALFORMED = "key_malformed"
    """What the ledger publishes as its key is none."""
    KEY_DIFFERS = "key_differs"
    """The ledger publishes another key than the one given."""
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_MALFORMED = "checkpoint_malformed"
    CHECKPOINT_UNSIGNED = "checkpoint_unsigned"
    """The checkpoint does not carry a valid signature of the key."""
    COSIGNATURE_MISSING = "cosignature_missing"
    """A witness that was asked for has not validly cosigned the checkpoint."""
    TILE_MISSING = "tile_missing"
    TILE_MALFORMED = "tile_malformed"
    TILE_ALTERED = "tile_altered"
    """The tile is not the one that the signed root stands for."""
    ENTRY_ALTERED = "entry_altered"
    """Entries are not those that the signed root stands for."""
    DISAGREEMENT = "disagreement"
    """Entries and leaf hashes differ, and neither leads to the signed root."""
    ROOT_DIFFERS = "root_differs"
    """All that is published leads to another root than the one that was signed."""
    OLDER_MALFORMED = "older_malformed"
    """The older checkpoint that was kept is malformed or not signed by the key."""
    OLDER_LARGER = "older_larger"
    """The older checkpoint has more entries: the ledger was rolled back."""
    OLDER_DIFFERS = "older_differs"
    """The ledger does not begin with what the older checkpoint stands for: history was rewritten."""
    STATEMENT_ALTERED = "statement_altered"
    """The operator's signature over the certificate does not fit what it says."""
    EMBEDDED_CHECKPOINT = "embedded_checkpoint"
    """The checkpoint inside a certificate or copy is malformed or not signed by the key that stands beside it."""
    OTHER_KEY = "other_key"
    """The certificate or the copy names another key than the ledger's."""
    FILE_MALFORMED = "file_malformed"
    """The file claims to be a certificate or a file of openings and does not have its form."""
    OPENING_ALTERED = "opening_altered"
    """An opening does not give the entry that stands at its index."""
    OPENING_MALFORMED = "opening_malformed"
    """An opening contradicts itself, for example by its place in a batch."""
    PROOF_ALTERED = "proof_altered"
    """The opening is right and its inclusion proof does not hold."""
    PROOF_DIFFERS = "proof_differs"
    """The one proof of many openings does not lead to the signed root; no single opening is known to be the cause."""
    PROOF_MISSING = "proof_missing"
    """An opening of a certificate comes without index and proof."""
    FOREIGN_OPENING = "foreign_opening"
    """An opening is of another subject than the rest."""
    ERASURE_MISSING = "erasure_missing"
    """No opening shows the entry of the erasure."""
    ERASURE_DIFFERS = "erasure_differs"
    """The certificate lists an item as erased that the entry of the erasure does not name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFinding:
    """One thing that does not hold, and where.

    Args:
        fault: which.
        path: the file of the ledger, or empty.
        index: index of the first entry concerned, or None.
        count: how many entries are concerned, or 0 where that is no question.
        detail: more in the words of the error, in English and without personal data; may be empty.
    """

    fault: Fault
    path: str = ""
    index: int | None = None
    count: int = 0
    detail: str = ""
