"""The key store as a folder of its own: an SQLite file of wrapped keys, and one file per epoch that unwraps them."""

from __future__ import annotations

from camket.adapters.keys.opening import create_key_store, open_key_store, open_or_create_key_store
from camket.adapters.keys.store import FileKeyStore

__all__ = ["FileKeyStore", "create_key_store", "open_key_store", "open_or_create_key_store"]
