"""The shop as `camket serve` mounts it: real books, real vault, the default policy, signed-in browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.client.loading import LoadedApp, close_apps, load_apps
from camket.web.app import create_app
from tests.web.conftest import ALICE, BOB, Browser, Service, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APPS = "/quay=camket_shop.app:create_app"


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[], Service]]:
    """Return a function that starts a service with the shop, the second time over the same data."""
    running: list[tuple[Service, tuple[LoadedApp, ...]]] = []

    def stop() -> None:
        while running:
            service, apps = running.pop()
            close_apps(apps)
            service.runtime.close()

    def mount_it() -> Service:
        stop()
        service = start(tmp_path / "data", apps=APPS)
        apps = load_apps(service.runtime)
        service.app = create_app(service.runtime, apps)
        running.append((service, apps))
        return service

    yield mount_it
    stop()


@pytest.fixture
def service(mount: Callable[[], Service]) -> Service:
    """Return a fresh service with the shop."""
    return mount()


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return the browser of alice, who has just registered."""
    return service.register(ALICE)


@pytest.fixture
def bob(service: Service) -> Browser:
    """Return the browser of bob, who has just registered."""
    return service.register(BOB)
