"""The shop as an application: one table of routes, and around it the boundary of errors.

`CAMKET_APPS=/quay=camket_shop.app:create_app` has `camket serve` mount it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route, Router

from camket_shop.platform import Platform
from camket_shop.settings import load_shop_settings
from camket_shop.web.api import printing
from camket_shop.web.assets import DIST, Assets, BundledFiles
from camket_shop.web.errors import Boundary
from camket_shop.web.pages import printers, products
from camket_shop.web.rendering import Pages
from camket_shop.web.requests import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from camket_shop.platform import Guest

PARTS: Final[tuple[Callable[[Shop], list[Route]], ...]] = (
    products.routes,
    printers.routes,
    printing.routes,
)  # fmt: skip
"""Every part of the shop, a line each; the first route that fits answers."""
HOME: Final = "/sell"


def create_app(guest: Guest) -> ASGIApp:
    """Return the shop, opened for a guest's place on the platform.

    Args:
        guest: what the platform hands to an app; see `camket.client.guest`.

    Raises:
        ShopError: a setting that cannot hold, a store that does not open, or styles that are not built.
    """
    shop = Shop(
        prefix=guest.prefix,
        https=guest.https,
        platform=Platform(guest),
        settings=load_shop_settings(),
        pages=Pages(Assets(guest.prefix), prefix=guest.prefix),
    )
    return Boundary(Router(routes(shop), redirect_slashes=False), shop=shop)


def routes(shop: Shop) -> list[Route | Mount]:
    """Return every route of the shop."""

    async def home(_request: Request) -> RedirectResponse:
        return RedirectResponse(shop.at(HOME), status_code=303)

    parts = [route for part in PARTS for route in part(shop)]
    return [Route("/", home, methods=["GET"]), *parts, Mount("/static", BundledFiles(directory=DIST))]
