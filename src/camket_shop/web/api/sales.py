"""Sales for devices: committed once whatever is sent twice, listed, read, and voided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from camket_shop.selling import (
    SALES_OF_A_PAGE,
    commit_sale,
    find_sale,
    list_sales,
    read_number,
    read_reason,
    read_sale,
    sale_document,
    void_sale,
)
from camket_shop.web.api.bodies import read_json, require_same_shop
from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the API of sales."""
    return [
        page(shop, "/api/sales", get=listing, post=commit),
        page(shop, "/api/sales/{number}", get=show),
        page(shop, "/api/sales/{id}/void", post=void),
    ]


def commit(visit: Visit) -> Response:
    """Commit a sale: 201, or 200 where the same one was committed before."""
    require_same_shop(visit)
    row, is_new = commit_sale(visit.shop.store, visit.owner, read_sale(read_json(visit)), at=visit.shop.now())
    return JSONResponse(sale_document(row), status_code=201 if is_new else 200)


def listing(visit: Visit) -> Response:
    """Return 40 sales, newest first, from below the number `before` on."""
    before = visit.query.get("before")
    rows = list_sales(visit.shop.store, visit.owner, before=None if before is None else read_number(before))
    following = rows[-1].number if len(rows) == SALES_OF_A_PAGE and rows[-1].number > 1 else None
    return JSONResponse({"sales": [sale_document(row) for row in rows], "next_before": following})


def show(visit: Visit) -> Response:
    """Return one sale by its receipt's number."""
    row = find_sale(visit.shop.store, visit.owner, read_number(visit.parameters["number"]))
    return JSONResponse(sale_document(row))


def void(visit: Visit) -> Response:
    """Void a sale."""
    require_same_shop(visit)
    reason = read_reason(read_json(visit))
    row = void_sale(visit.shop.store, visit.owner, visit.parameters["id"], reason, at=visit.shop.now())
    return JSONResponse(sale_document(row))
