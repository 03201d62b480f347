"""What is attacked: a whole service on SQLite, behind its pages or at its use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import journeys
from tests.web.conftest import make_service, service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["make_service", "service"]


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[journeys.Service]:
    """Return a running service through which customers go as people do, jobs and ledger included."""
    with journeys.service_in(tmp_path / "journey") as running:
        yield running


@pytest.fixture
def alice(journey: journeys.Service) -> journeys.Customer:
    """Return a customer who has registered and signed in."""
    customer = journeys.register(journey)
    journey.work()
    return customer
