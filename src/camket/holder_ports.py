"""What holds data of subjects outside the vault, as the services ask it; the ports beside `camket.ports`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.core.policy.model import Text
    from camket.core.rights.connectors import PlannedCorrection, PlannedRows
    from camket.core.rights.exported import ExportedItem


class Holder(Protocol):
    """A guest or another system that holds declared items of subjects, outside the vault. Safe for many threads.

    No method is called inside a unit of work of the store: a holder reads and writes on its own.
    """

    @property
    def name(self) -> str:
        """Who holds: the guest's prefix without the slash, `quay`. Never changes; good as the name of a job's step."""
        ...

    @property
    def label(self) -> Text:
        """What the guest is called, in every language; its name where it gave no other."""
        ...

    @property
    def path(self) -> str | None:
        """Where subjects reach it here, `/quay/`; None for a system that has no pages here."""
        ...

    def count(self, subject_id: str) -> Mapping[str, int]:
        """Return how many of each declared item are held; cheap, nothing is opened. Items with none are left out.

        Raises:
            HolderError: the guest could not say; nothing may be shown as if it held nothing.
        """
        ...

    def export(self, subject_id: str) -> Sequence[ExportedItem]:
        """Return everything that is held about a subject, *personal*; empty where nothing is.

        Raises:
            HolderError: the guest could not give it; no copy may be made without it.
        """
        ...

    def erase(self, subject_id: str) -> None:
        """Destroy everything that is held about a subject; durable on return.

        Called when the gate knows the subject as erased already, and before their key dies. Twice is once, and it is
        called again after a failure or a crash, and for a subject of whom nothing is held. What a request that was
        under way wrote in between is destroyed by the next call.

        Raises:
            HolderError: the guest could not do it; what is held may be partly gone, and calling again is safe.
        """
        ...


class Corrected(Protocol):
    """Another system in which values stand that are held here too, and that are to be the same there."""

    @property
    def name(self) -> str:
        """What the operator calls it."""
        ...

    @property
    def corrects(self) -> frozenset[str]:
        """The items of the policy that it is told of when they are corrected; often none."""
        ...

    def correct(self, subject_id: str, *, item: str, value: str | None, since: datetime) -> None:
        """Have what is held there of an item be what is held here now; durable there on return.

        All of it or nothing. Twice is once, also where the first answer was lost after it was done. Where nothing of
        the subject is there, nothing comes to be there.

        Args:
            subject_id: whose value.
            item: one of `corrects`; another one is told to nobody.
            value: *personal*; what is held here now; None where it was deleted.
            since: since when; a receiver that knows of a later one has nothing to do.

        Raises:
            HolderError: it was not done, or nobody can say whether it was; calling again is safe.
        """
        ...


class Connector(Corrected, Protocol):
    """Another system of the operator that holds declared items, reached over its own way in. Safe for many threads.

    It keeps the promises of a `Holder`. Nothing is kept here of what it answers. An answer that is lost is one that was
    not given: the caller asks again, and twice is once.
    """

    @property
    def name(self) -> str:
        """What the operator calls it; never changes while an erasure is under way."""
        ...

    @property
    def label(self) -> Text:
        """What subjects read as its name, in every language."""
        ...

    @property
    def items(self) -> frozenset[str]:
        """The items of the policy that it is declared to hold."""
        ...

    def check(self) -> tuple[str, ...]:
        """Return every way in which the declaration does not fit that system; empty where it does. Changes nothing.

        Raises:
            HolderError: it could not be asked.
        """
        ...

    def plan(self, subject_id: str) -> tuple[PlannedRows, ...]:
        """Return what `erase` would do now, table by table, those with no rows too. Changes nothing.

        Raises:
            HolderError: it could not say, or the declaration does not fit it.
        """
        ...

    def plan_correction(self, subject_id: str, item: str) -> tuple[PlannedCorrection, ...]:
        """Return where `correct` would set a value now, and in how many rows; empty where the item is not its own.

        Changes nothing, and tells that system nothing but the subject's id.

        Raises:
            HolderError: it could not say, or the declaration does not fit it.
        """
        ...

    def count(self, subject_id: str) -> Mapping[str, int]:
        """Return how many of each item it holds; items with none are left out.

        Raises:
            HolderError: it could not say; nothing may be shown as if it held nothing.
        """
        ...

    def export(self, subject_id: str) -> Sequence[ExportedItem]:
        """Return everything that it holds about a subject, *personal*; empty where nothing is.

        Raises:
            HolderError: it could not give it; no copy may be made without it.
        """
        ...

    def erase(self, subject_id: str) -> None:
        """Destroy there, or cut from the subject, everything that is held about them; durable there on return.

        All of it or nothing. Twice is once, also where the first answer was lost after it was done.

        Raises:
            HolderError: it was not done, or nobody can say whether it was; calling again is safe.
        """
        ...

    def close(self) -> None:
        """Let go of what is open; twice is once."""
        ...
