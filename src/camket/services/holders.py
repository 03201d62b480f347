"""Who holds data of subjects outside the vault: the guests of this service, each by its own name.

What is shown, copied and erased is whole only when every guest that may hold something was asked. So the names of all
of them are known from the start, and nothing is answered while one is missing.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from camket.core.errors import ConflictError, HolderError, HolderFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from camket.core.policy.model import Text
    from camket.holder_ports import Corrected, Holder


class Holders:
    """The holders of one running service. Safe for many threads.

    Args:
        expected: names of the guests that may hold data of subjects, whether this process has loaded them or not.
    """

    def __init__(self, expected: Iterable[str] = ()) -> None:
        self._expected = frozenset(expected)
        self._holders: dict[str, Holder] = {}
        self._corrected: dict[str, Corrected] = {}
        self._lock = Lock()

    def add(self, holder: Holder) -> None:
        """Remember a holder until the process ends.

        Raises:
            ConflictError: one of this name is there already.
        """
        with self._lock:
            if holder.name in self._holders:
                raise ConflictError(f"the app `{holder.name}` is there already")
            self._holders[holder.name] = holder

    def add_corrected(self, system: Corrected) -> None:
        """Remember a system that is told of corrections until the process ends."""
        with self._lock:
            self._corrected[system.name] = system

    def labels(self) -> Mapping[str, Text]:
        """Return what each holder that is loaded is called, by name."""
        with self._lock:
            return {name: holder.label for name, holder in self._holders.items()}

    def told_of(self, item: str) -> tuple[Corrected, ...]:
        """Return every system that is told when an item is corrected, by name; empty where none is.

        Raises:
            HolderError: one that may have to be told is not loaded in this process.
        """
        self.all()
        with self._lock:
            found = dict(self._corrected)
        return tuple(found[name] for name in sorted(found) if item in found[name].corrects)

    def all(self) -> tuple[Holder, ...]:
        """Return every holder, by name; empty where the service has no guests.

        Raises:
            HolderError: a guest that may hold something is not loaded in this process; nothing may be answered in its
                place.
        """
        with self._lock:
            found = dict(self._holders)
        # INVARIANT: a process without a guest never shows, copies or erases as if that guest held nothing.
        for name in sorted(self._expected - found.keys()):
            message = f"the app `{name}` may hold data and is not loaded in this process"
            raise HolderError(message, holder=name, failure=HolderFailure.UNREACHABLE)
        return tuple(found[name] for name in sorted(found))
