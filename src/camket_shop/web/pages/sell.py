"""The sell screen: one document that the browser fills, so that selling goes on when the network does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


def routes(shop: Shop) -> list[Route]:
    """Return the route of the sell screen; it may use the camera to read barcodes, and the printer."""
    return [page(shop, "/sell", get=screen, features=("camera", "bluetooth", "serial"))]


def screen(visit: Visit) -> Response:
    """Show the sell screen; its products come from `/api/catalogue`, its sales go to `/api/sales`."""
    return visit.show("sell.html", part="sell", areas=["sell", "printing"], entries=["sell.js"])
