"""The catalogue: every product of the shop, and the form for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the catalogue's pages."""
    return [page(shop, "/products", get=listing)]


def listing(visit: Visit) -> Response:
    """Show the products, 40 a page."""
    return visit.show("products.html")
