"""What was published and recorded: policy versions, ledger records, the public tree, the installation itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.rows import (
        InstallationRow,
        LedgerHeadRow,
        NewRecord,
        PolicyVersionRow,
        RecordLink,
        RecordRow,
        SubjectRecordRow,
        UnsequencedRow,
    )


class InstallationQueries(Protocol):
    """Which installation this database belongs to."""

    def get(self) -> InstallationRow | None:
        """Return the one row; None in a database that no service has used yet."""
        ...

    def create(self, row: InstallationRow) -> None:
        """Write the one row; ConflictError when it is there."""
        ...

    def set_key_generation(self, generation: int) -> None:
        """Remember the key store's generation that rows written from now on depend on; a lower one changes nothing."""
        ...


class PolicyQueries(Protocol):
    """Published policy versions."""

    def add(self, row: PolicyVersionRow) -> None:
        """Store a version; ConflictError when its number or document is there already."""
        ...

    def newest_number(self) -> int:
        """Return the highest number; 0 when nothing was ever published."""
        ...

    def get(self, number: int) -> PolicyVersionRow | None:
        """Return the version with this number."""
        ...

    def all(self) -> tuple[PolicyVersionRow, ...]:
        """Return every version, oldest first."""
        ...


class RecordQueries(Protocol):
    """Ledger records, private; only their entries become public."""

    def add(self, record: NewRecord, links: Sequence[RecordLink] = ()) -> int:
        """Store a record, unsequenced, with the subjects it is about; return its id."""
        ...

    def get(self, record_id: int) -> RecordRow | None:
        """Return one record."""
        ...

    def by_index(self, ledger_index: int) -> RecordRow | None:
        """Return the record at a place in the tree; None when it was pruned or is not sequenced."""
        ...

    def of_subject(self, subject_id: str, *, before_id: int | None = None, limit: int) -> tuple[SubjectRecordRow, ...]:
        """Return a subject's records, newest first, beginning below `before_id`."""
        ...

    def one_of_subject(self, subject_id: str, record_id: int) -> SubjectRecordRow | None:
        """Return a record of this subject; None when it is not theirs."""
        ...

    def facts_of_action(self, subject_id: str, action: str) -> tuple[bytes, ...]:
        """Return the facts of all records of one action that are about a subject, whatever came of it; oldest first."""
        ...

    def reseal(self, subject_id: str, record_id: int, sealed: bytes) -> bool:
        """Put another sealed part in the place of a subject's; False when the record is not theirs."""
        ...

    def unlink_subject(self, subject_id: str) -> int:
        """Drop every link of a subject with its sealed part; the records stay; return how many."""
        ...

    def unsequenced(self, *, limit: int) -> tuple[UnsequencedRow, ...]:
        """Return records without a place in the tree, in the order of storing."""
        ...

    def count_unsequenced(self) -> int:
        """Return how many records wait for their place."""
        ...

    def sequence(self, record_ids: Sequence[int], *, first_index: int) -> None:
        """Give records consecutive places in the given order; ConflictError when one has a place already."""
        ...

    def prune(self, *, before: datetime, limit: int) -> int:
        """Drop sequenced records made before an instant, and their links; return how many; 0 when none is left."""
        ...


class LedgerQueries(Protocol):
    """The public tree: its head, its tiles, and the lease on extending it."""

    def head(self) -> LedgerHeadRow:
        """Return the head; of an empty tree before the first entry."""
        ...

    def lease(self, owner: str, *, now: datetime, until: datetime) -> int | None:
        """Take or renew the lease; return its fence, or None while another owner holds it."""
        ...

    def release(self, owner: str, *, fence: int) -> None:
        """Give the lease back; nothing when it is no longer held."""
        ...

    def advance(self, *, fence: int, size: int, root: bytes, checkpoint: str, signed_at: datetime) -> None:
        """Move the head; ConflictError, the unit undone, when the fence is stale or the tree would shrink."""
        ...

    def put_tiles(self, tiles: Mapping[str, bytes]) -> None:
        """Store tiles by path, in the place of older ones."""
        ...

    def delete_tiles(self, paths: Sequence[str]) -> None:
        """Drop tiles: partial ones that a fuller one replaces."""
        ...

    def tile(self, path: str) -> bytes | None:
        """Return a tile."""
        ...

    def paths(self, *, after: str, limit: int) -> tuple[str, ...]:
        """Return the paths of tiles in byte order, beginning after `after` ("" for the start)."""
        ...
