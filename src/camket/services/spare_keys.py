"""Keys of subjects who are yet to come, made ahead in batches, so that registrations share the key store's flush."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.services.ids import random_id

if TYPE_CHECKING:
    from camket.ports import Entropy, KeyStore

MOST_AHEAD: Final = 32
"""The largest batch. So many keys at most are left without a subject when the process ends; they open nothing."""

BUSY: Final = timedelta(seconds=1)
"""A batch that was used up within this time is followed by one of twice its size; else by a single pair of keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSubject:
    """The id of a subject whose keys are on disk, and who is not there yet.

    Args:
        generation: of the key store that holds the keys.
    """

    id: str
    generation: int


class SpareKeys:
    """Ids with keys, each for one new subject. Safe for many threads.

    Where registrations are rare each makes its own keys and none is left over; where they come fast a batch is made
    for those that follow.

    Args:
        most_ahead: the largest batch, at least 1.
    """

    def __init__(self, *, most_ahead: int = MOST_AHEAD) -> None:
        self._most_ahead = most_ahead
        self._spare: deque[NewSubject] = deque()
        self._making = threading.Lock()
        self._batch = 1
        self._made_at: datetime | None = None
        self._told = 0

    def take(self, keys: KeyStore, entropy: Entropy, now: datetime) -> NewSubject:
        """Return a new subject whose keys are durable; no one else gets the same.

        Raises:
            KeyStoreError: the keys cannot be made; nothing may go on.
        """
        while True:
            try:
                return self._spare.pop()
            except IndexError:
                with self._making:
                    # Another thread may have made a batch while this one waited.
                    if not self._spare:
                        self._make(keys, entropy, now)

    def give_back(self, new: NewSubject) -> None:
        """Keep a subject whose registration was refused before anything of it was written, for the next one."""
        self._spare.append(new)

    def is_untold(self, new: NewSubject) -> bool:
        """Say whether no durable row tells yet that the database depends on this generation of the key store."""
        return new.generation > self._told

    def told(self, new: NewSubject) -> None:
        """Remember that a row that tells of this generation is durable."""
        self._told = max(self._told, new.generation)

    def _make(self, keys: KeyStore, entropy: Entropy, now: datetime) -> None:
        busy = self._made_at is not None and timedelta(0) <= now - self._made_at < BUSY
        self._batch = min(2 * self._batch, self._most_ahead) if busy else 1
        self._made_at = now
        ids = [random_id(entropy) for _ in range(self._batch)]
        # INVARIANT: the key store is written before the row that needs it; keys without a subject do no harm.
        made = keys.add_many_subject_keys(ids)
        self._spare.extend(NewSubject(id=one, generation=pair.generation) for one, pair in zip(ids, made, strict=True))
