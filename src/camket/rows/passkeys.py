"""Rows of the tables in `camket.adapters.store.tables.passkeys`."""

from __future__ import annotations
