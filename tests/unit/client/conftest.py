"""What the tests of an app's library share: a service, an app in it, and a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.client.local import Camket
from camket.testing.service import register, running_service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.bootstrap import Runtime


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Runtime]:
    """Return a running service."""
    with running_service(tmp_path) as runtime:
        yield runtime


@pytest.fixture
def shop(service: Runtime) -> Camket:
    """Return camket as the shop app has it."""
    return Camket(service.context, "shop")


@pytest.fixture
def alice(service: Runtime) -> str:
    """Return the subject id of a customer."""
    return register(service)
