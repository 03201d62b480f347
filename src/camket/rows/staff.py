"""Rows of the tables in `camket.adapters.store.tables.staff`."""

from __future__ import annotations
