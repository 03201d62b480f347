"""Who holds data of subjects outside the vault: the guests of this service, each by its own name.

What is shown, copied and erased is whole only when every guest that may hold something was asked. So the names of all
of them are known from the start, and nothing is answered while one is missing.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from camket.core.errors import ConflictError, HolderError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from camket.holder_ports import Holder


class Holders:
    """The holders of one running service. Safe for many threads.

    Args:
        expected: names of the guests that may hold data of subjects, whether this process has loaded them or not.
    """

    def __init__(self, expected: Iterable[str] = ()) -> None:
        self._expected = frozenset(expected)
        self._holders: dict[str, Holder] = {}
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
            raise HolderError(f"the app `{name}` may hold data and is not loaded in this process", holder=name)
        return tuple(found[name] for name in sorted(found))
