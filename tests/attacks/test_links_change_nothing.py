"""What loads addresses ahead (a browser, a mail scanner, a page with pictures of them) has done nothing by that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.web.app import page_routes
from camket.web.assets import Assets
from camket.web.rendering import Pages
from camket.web.site import Site
from tests.attacks.test_outside_under_attack import prove
from tests.web.conftest import ALICE
from tests.web.test_routes import stored

if TYPE_CHECKING:
    from tests.web.conftest import Service

SEEN = {"access_line", "session"}
"""Where it stands that someone was there; the ledger, which says what was looked at, is not compared."""


@pytest.mark.parametrize("kind", ["access", "rectify", "erase"])
def test_reading_every_page_of_ones_requests_changes_nothing(service: Service, kind: str) -> None:
    """Signed in, and with a request that is proven in the same browser, every address read leaves all as it was."""
    browser = service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    number = prove(service, browser, kind).rpartition("/")[2]
    ctx = service.runtime.context
    row = ctx.store.read(lambda unit: unit.requests.by_number(number))
    assert row is not None
    service.settle()
    before = stored(service)
    site = Site(runtime=service.runtime, pages=Pages(Assets()), https=False)
    for route in page_routes(site, threads=1):
        if "GET" in (route.methods or ()) and not route.path.startswith("/officer"):
            place = route.path.replace("{number}", number).replace("{request}", row.id).replace("{asked}", number)
            assert browser.get(place).status_code < 500, place
    after = stored(service)
    assert {name for name in before if before[name] != after[name]} <= SEEN
