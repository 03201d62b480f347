"""Instants as the pages of a copy say them."""

from __future__ import annotations

from datetime import datetime

from camket.services.calendar import VIETNAM


def shown_time(text: str) -> str:
    """Return an instant as Vietnamese clocks show it; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if at.tzinfo is None else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
