"""Rows of the tables in `camket.adapters.store.tables.notices`."""

from __future__ import annotations
