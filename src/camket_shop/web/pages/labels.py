"""The page that prints shelf labels of one product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket_shop.catalogue import find_product
from camket_shop.web.endpoints import page
from camket_shop.web.pages.printers import FEATURES

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit

SIZES: Final = ("50x30", "40x30")
"""In millimetres; the first is what most label printers come with."""
MOST_COPIES: Final = 200


def routes(shop: Shop) -> list[Route]:
    """Return the route of the labels' page."""
    return [page(shop, "/products/{id}/label", get=show, features=FEATURES)]


def show(visit: Visit) -> Response:
    """Show a product's label as it will come out, and the ways to print it.

    Raises:
        NotFoundError: the shop has no such product.
    """
    product = find_product(visit.shop.store, visit.owner, visit.parameters["id"])
    # What the page's script draws; the same names as in the catalogue of the API.
    drawn = {"name": product.name, "price": product.price, "unit": product.unit, "barcode": product.barcode}
    return visit.show("label.html", product=product, drawn=drawn, sizes=SIZES, most_copies=MOST_COPIES)
