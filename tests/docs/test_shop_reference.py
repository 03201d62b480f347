"""The reference names every route of the shop, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Mount, Route, Router

from camket.bootstrap import start_runtime
from camket.client.loading import close_apps, load_apps
from camket.config import load_settings
from camket_shop.web.errors import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "shop-routes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """Return every route of the shop as `serve` mounts it, with its methods."""
    runtime = start_runtime(
        load_settings(
            data=tmp_path_factory.mktemp("routes") / "data",
            development=True,
            policy=ROOT / "policies" / "default",
            apps="/quay=camket_shop.app:create_app",
        )
    )
    apps = load_apps(runtime)
    boundary = apps[0].app
    assert isinstance(boundary, Boundary)
    assert isinstance(boundary.app, Router)
    found: dict[str, set[str]] = {}
    for one in boundary.app.routes:
        assert isinstance(one, Route | Mount)
        found[one.path] = set(one.methods or ()) - {"HEAD"} if isinstance(one, Route) else {"GET"}
    yield found
    close_apps(apps)
    runtime.close()


def test_each_route_of_the_shop_is_described(routes: dict[str, set[str]]) -> None:
    """The page lists exactly the routes that the shop has, each with its methods."""
    listed = re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", PAGE, re.MULTILINE)
    assert {path: set(methods.replace(" ", "").split(",")) for path, methods in listed} == routes
