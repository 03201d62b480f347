"""Photos on their way to a picture: made upright and square, on white if wanted, and handed back. Nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from camket_shop.photos.intake import PHOTO_BYTES
from camket_shop.photos.renditions import LARGEST
from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


def routes(shop: Shop) -> list[Route]:
    """Return the routes of photos that are worked on."""
    return [
        page(shop, "/api/pictures/whiten", post=whiten, body_bytes=PHOTO_BYTES),
        page(shop, "/api/pictures/plain", post=plain, body_bytes=PHOTO_BYTES),
    ]


def whiten(visit: Visit) -> Response:
    """Return the photo in the body as a square picture on white; `X-Whitened: no` where no product was found."""
    return _developed(visit, whiten=True)


def plain(visit: Visit) -> Response:
    """Return the photo in the body as a square picture, for photos that a browser cannot show."""
    return _developed(visit, whiten=False)


def _developed(visit: Visit, *, whiten: bool) -> Response:
    picture = visit.shop.darkroom.develop(visit.body, whiten=whiten)
    return Response(
        picture.renditions[LARGEST],
        media_type="image/webp",
        headers={"X-Whitened": "yes" if picture.whitened else "no"},
    )
