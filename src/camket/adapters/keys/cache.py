"""Unwrapped keys in memory, forgotten by every process when one of them destroys a key.

The processes over one key store share a mark of eight bytes in a file that all of them map. Who destroys a key writes
random bytes there; a cache whose entries were made under another mark is empty.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from camket.adapters.keys.files import FILE_MODE

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

MARK_BYTES: Final = 8
CACHED_KEYS: Final = 4_096
"""How many keys stay in memory, some 150 bytes each."""


class KeyCache:
    """The keys used last, safe for many threads.

    Args:
        mark_file: the file that the processes share; made when missing.
        limit: most keys at a time, at least 1.
    """

    def __init__(self, mark_file: Path, *, limit: int = CACHED_KEYS) -> None:
        descriptor = os.open(mark_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            if os.fstat(descriptor).st_size < MARK_BYTES:
                os.ftruncate(descriptor, MARK_BYTES)
            self._mark = mmap.mmap(descriptor, MARK_BYTES)
        finally:
            os.close(descriptor)
        self._limit = limit
        self._lock = threading.Lock()
        self._made_under = self.stamp()
        self._keys: OrderedDict[Hashable, bytes] = OrderedDict()

    def stamp(self) -> bytes:
        """Return the mark as it is now: read it before the key's row, hand it to `get` and `put`."""
        return self._mark[:MARK_BYTES]

    def get(self, name: Hashable, stamp: bytes) -> bytes | None:
        """Return the key if it was kept under this stamp."""
        with self._lock:
            if self._made_under != stamp:
                self._keys.clear()
                self._made_under = stamp
                return None
            key = self._keys.get(name)
            if key is not None:
                self._keys.move_to_end(name)
            return key

    def put(self, name: Hashable, key: bytes, stamp: bytes) -> None:
        """Keep a key that was read after `stamp` was; one read under an older mark is not kept."""
        with self._lock:
            # INVARIANT: a key read before a destruction is never found after it, whenever it is put here.
            if self._made_under != stamp:
                return
            self._keys[name] = key
            self._keys.move_to_end(name)
            if len(self._keys) > self._limit:
                self._keys.popitem(last=False)

    def forget_everywhere(self) -> None:
        """Make every process over this key store forget every key, before this call returns."""
        self._mark[:MARK_BYTES] = os.urandom(MARK_BYTES)

    def close(self) -> None:
        """Forget every key in this process."""
        with self._lock:
            self._keys.clear()
            self._limit = 0
