"""The catalogue for devices: all of it with a revision, and each product to add, change, archive and restore."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response

from camket_shop.catalogue import (
    ProductChangedError,
    add_product,
    archive_product,
    change_product,
    product_document,
    read_catalogue,
    read_draft,
    read_revision,
    read_version,
    restore_product,
)
from camket_shop.ids import require_client_id
from camket_shop.profile import profile_revision
from camket_shop.web.api.bodies import require_same_shop
from camket_shop.web.endpoints import page
from camket_shop.web.picture_files import PICTURE_FORM_BYTES, read_picture_change

if TYPE_CHECKING:
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


GZIP_LEVEL: Final = 5
"""The names of goods repeat themselves: 1,000 products are 240 kB, and 33 kB packed, in two milliseconds."""


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the catalogue's API."""
    return [
        page(shop, "/api/catalogue", get=show),
        page(shop, "/api/products", post=add, body_bytes=PICTURE_FORM_BYTES),
        page(shop, "/api/products/{id}", post=change, body_bytes=PICTURE_FORM_BYTES),
        page(shop, "/api/products/{id}/archive", post=archive),
        page(shop, "/api/products/{id}/restore", post=restore),
    ]


def show(visit: Visit) -> Response:
    """Return all products on sale; 304 for a device that has this revision already."""
    require_same_shop(visit)
    header_revision = profile_revision(visit.shop.platform, visit.owner)
    known = _tag(visit, read_revision(visit.shop.store, visit.owner), header_revision)
    if visit.headers.get("if-none-match") == known:
        return Response(status_code=304, headers=_kept(known))
    catalogue = read_catalogue(visit.shop.store, visit.owner)
    content = {
        "revision": catalogue.revision,
        "header_revision": header_revision,
        "products": [product_document(row) for row in catalogue.products],
    }
    tag = _tag(visit, catalogue.revision, header_revision)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    if not takes_gzip(visit.headers.get("accept-encoding", "")):
        return Response(text, media_type="application/json", headers=_kept(tag))
    packed = gzip.compress(text, compresslevel=GZIP_LEVEL, mtime=0)
    return Response(packed, media_type="application/json", headers=_kept(tag) | {"Content-Encoding": "gzip"})


def takes_gzip(accepted: str) -> bool:
    """Tell whether an `Accept-Encoding` header names gzip, and not to refuse it."""
    named = (one.replace(" ", "").lower().partition(";") for one in accepted.split(","))
    return any(name == "gzip" and weight not in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for name, _, weight in named)


def add(visit: Visit) -> Response:
    """Add a product: 201, or 200 where the same one was added before."""
    require_same_shop(visit)
    product_id = require_client_id(visit.typed("id"))
    draft = read_draft(visit.form)
    picture = read_picture_change(visit)
    row, is_new = add_product(
        visit.shop.store,
        visit.shop.platform,
        visit.owner,
        product_id,
        draft,
        picture=None if isinstance(picture, str) else picture,
        at=visit.shop.now(),
    )
    return JSONResponse(product_document(row), status_code=201 if is_new else 200)


def change(visit: Visit) -> Response:
    """Change a product; where it was changed meanwhile, 409 with the product as it is now."""
    require_same_shop(visit)
    version = read_version(visit.typed("version"))
    draft = read_draft(visit.form)
    try:
        row = change_product(
            visit.shop.store,
            visit.shop.platform,
            visit.owner,
            visit.parameters["id"],
            draft,
            version=version,
            picture=read_picture_change(visit),
            at=visit.shop.now(),
        )
    except ProductChangedError as error:
        told = {"code": error.code, "message": visit.say(error.message_key, **error.values), "field": error.field}
        return JSONResponse({"error": told, "product": product_document(error.product)}, status_code=409)
    return JSONResponse(product_document(row))


def archive(visit: Visit) -> Response:
    """Take a product off sale."""
    require_same_shop(visit)
    row = archive_product(visit.shop.store, visit.owner, visit.parameters["id"], at=visit.shop.now())
    return JSONResponse(product_document(row))


def restore(visit: Visit) -> Response:
    """Put a product back on sale."""
    require_same_shop(visit)
    row = restore_product(visit.shop.store, visit.owner, visit.parameters["id"], at=visit.shop.now())
    return JSONResponse(product_document(row))


def _tag(visit: Visit, revision: int, header_revision: str) -> str:
    # INVARIANT: the tag names the shop, so that a browser never shows one owner what it kept for another.
    return f'W/"{visit.device_key}-{revision}-{header_revision}"'


def _kept(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
