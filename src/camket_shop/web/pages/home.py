"""Where one comes in: the counter, or the first steps while there is nothing to sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket_shop.web.endpoints import page, see_other
from camket_shop.web.first_steps import first_steps

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


def routes(shop: Shop) -> list[Route]:
    """Return the route of the way in."""
    return [page(shop, "/", get=come_in)]


def come_in(visit: Visit) -> Response:
    """Lead to the counter; who has never had a product is led to where the first one is added."""
    return see_other(visit, "/sell" if first_steps(visit).has_had_products else "/products")
