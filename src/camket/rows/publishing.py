"""Rows of the tables in `camket.adapters.store.tables.publishing`."""

from __future__ import annotations
