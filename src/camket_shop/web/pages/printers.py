"""The page on which an owner chooses printers and tries them; what is chosen stays on the device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket_shop.web.endpoints import page
from camket_shop.web.security import Feature

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit

FEATURES: Final[tuple[Feature, ...]] = ("bluetooth", "serial")
"""What every page that prints may use of the device."""
ITEMS: Final = ("shop.printer_used", "shop.printer_name")
"""What printing puts on record; the page says why in the policy's own words."""


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the printers' page."""
    return [page(shop, "/printers", get=show, features=FEATURES)]


def show(visit: Visit) -> Response:
    """Show the printers of this device, and the ways to add one."""
    reasons = [visit.shop.platform.item(item, visit.language) for item in ITEMS]
    return visit.show("printers.html", reasons=reasons, has_network=bool(visit.shop.settings.network_printers))
