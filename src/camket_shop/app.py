"""The shop as an application: one table of routes, and around it the boundary of errors.

`CAMKET_APPS=/quay=camket_shop.app:create_app` has `camket serve` mount it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Mount, Route, Router

from camket_shop.holdings import declare_holdings
from camket_shop.photos.darkroom import Darkroom
from camket_shop.platform import Platform
from camket_shop.settings import load_shop_settings
from camket_shop.store.engine import open_store
from camket_shop.web.api import catalogue as catalogue_api
from camket_shop.web.api import header as header_api
from camket_shop.web.api import pictures as pictures_api
from camket_shop.web.api import printing as printing_api
from camket_shop.web.api import sales as sales_api
from camket_shop.web.assets import DIST, Assets, BundledFiles
from camket_shop.web.errors import Boundary
from camket_shop.web.pages import home, labels, pictures, printers, products, receipts, sell
from camket_shop.web.pages import settings as settings_page
from camket_shop.web.rendering import Pages
from camket_shop.web.requests import Shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.types import ASGIApp

    from camket_shop.platform import Guest
    from camket_shop.store.engine import ShopStore

PARTS: Final[tuple[Callable[[Shop], list[Route]], ...]] = (
    home.routes,
    sell.routes,
    products.routes,
    pictures.routes,
    receipts.routes,
    printers.routes,
    labels.routes,
    settings_page.routes,
    catalogue_api.routes,
    header_api.routes,
    pictures_api.routes,
    printing_api.routes,
    sales_api.routes,
)  # fmt: skip
"""Every part of the shop, a line each; the first route that fits answers."""


def create_app(guest: Guest) -> ASGIApp:
    """Return the shop, opened for a guest's place on the platform.

    Args:
        guest: what the platform hands to an app; see `camket.client.guest`.

    Raises:
        ShopError: a setting that cannot hold, a store that does not open, or styles that are not built.
    """
    settings = load_shop_settings()
    store, darkroom = open_store(guest.data, settings.database_url), Darkroom()
    platform = Platform(guest)
    declare_holdings(guest, store)
    guest.on_demonstrate(lambda subject_id, at: demonstrate(store, platform, subject_id, at))
    guest.on_close(lambda: close(store, darkroom))
    shop = Shop(
        prefix=guest.prefix,
        https=guest.https,
        platform=platform,
        store=store,
        darkroom=darkroom,
        settings=settings,
        pages=Pages(Assets(guest.prefix), prefix=guest.prefix),
    )
    return Boundary(Router(routes(shop), redirect_slashes=False), shop=shop)


def demonstrate(store: ShopStore, platform: Platform, subject_id: str, at: datetime) -> None:
    """Fill the shop of a made-up owner; what draws is loaded only for that."""
    from camket_shop.demonstration.stall import fill_stall  # noqa: PLC0415 - `serve` never draws

    fill_stall(store, platform, subject_id, at=at)


def close(store: ShopStore, darkroom: Darkroom) -> None:
    """Close what the shop holds open; twice is once."""
    darkroom.close()
    store.close()


def routes(shop: Shop) -> list[Route | Mount]:
    """Return every route of the shop."""
    parts = [route for part in PARTS for route in part(shop)]
    return [*parts, Mount("/static", BundledFiles(directory=DIST))]
