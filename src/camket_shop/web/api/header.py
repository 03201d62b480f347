"""The header of receipts for devices: one use on record for each time a device asks, and then it keeps the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from camket_shop.profile import profile_document, profile_revision, read_profile
from camket_shop.selling import instant_text
from camket_shop.web.api.bodies import require_same_shop
from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


def routes(shop: Shop) -> list[Route]:
    """Return the route of the header's API."""
    return [page(shop, "/api/header", get=show)]


def show(visit: Visit) -> Response:
    """Return what stands on top of receipts and where buyers transfer to, *personal*."""
    require_same_shop(visit)
    # Taken before what it stands for, so that a change in between is read once more and never missed.
    revision = profile_revision(visit.shop.platform, visit.owner)
    profile = read_profile(visit.shop.platform, visit.owner)
    content = profile_document(profile) | {"revision": revision, "read_at": instant_text(visit.shop.now())}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
