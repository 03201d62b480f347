"""Product pictures, for their owner only. What an address names never changes, so a device asks for it once."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from camket_shop.catalogue import find_picture, lose_picture
from camket_shop.errors import NotFoundError
from camket_shop.photos.renditions import SIZES, unpacked
from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit

ADDRESS: Final = re.compile(r"[0-9a-f]{64}")
KEPT: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For a year and never asked for again; by the owner's own device, by nothing on the way."""


def routes(shop: Shop) -> list[Route]:
    """Return the route of product pictures."""
    return [page(shop, f"/pictures/{{digest}}/{size}.webp", get=partial(show, size=size)) for size in SIZES]


def show(visit: Visit, *, size: int) -> Response:
    """Return a picture that a product of this shop shows.

    Raises:
        NotFoundError: no product of this shop shows it, whoever else's may.

    Effects:
        One use for `provide` on record, unless the device has it already: then nothing is opened. A product whose
        picture was deleted from the vault shows none from then on.
    """
    digest = visit.parameters["digest"]
    if ADDRESS.fullmatch(digest) is None:
        raise NotFoundError("not_held")
    headers = KEPT | {"ETag": f'"{digest[:32]}-{size}"'}
    while (product := find_picture(visit.shop.store, visit.owner, digest)) and product.picture_row is not None:
        if visit.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        archive = visit.shop.platform.picture(visit.owner, product.picture_row)
        if archive is not None:
            return Response(unpacked(archive, size), media_type="image/webp", headers=headers)
        lose_picture(visit.shop.store, visit.owner, product.id, product.picture_row, at=visit.shop.now())
    raise NotFoundError("not_held")
