"""Rows of the tables in `camket.adapters.store.tables.consents`."""

from __future__ import annotations
