"""The receipts' pages: all of them, one as it is printed, and voiding one. They work without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from camket_shop.errors import InvalidError, NotFoundError
from camket_shop.ids import order_code
from camket_shop.profile import read_profile
from camket_shop.selling import (
    SALES_OF_A_PAGE,
    VoidReason,
    find_sale,
    list_sales,
    read_number,
    read_reason,
    void_sale,
)
from camket_shop.web.done import done_before, remember_done, said_once
from camket_shop.web.endpoints import page, see_other
from camket_shop.web.first_steps import first_steps
from camket_shop.web.rendering import VIETNAM, day
from camket_shop.web.security import Feature

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.store.sales import SaleRow
    from camket_shop.web.requests import Shop, Visit

FEATURES: Final[tuple[Feature, ...]] = ("bluetooth", "serial")
"""A receipt is printed again from its page."""
VOIDED: Final = "voided"


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the receipts' pages."""
    return [
        page(shop, "/receipts", get=listing),
        page(shop, "/receipts/{number}", get=show, features=FEATURES),
        page(shop, "/receipts/{number}/void", post=void, features=FEATURES),
    ]


def listing(visit: Visit) -> Response:
    """Show receipts by day, newest first, 40 a page."""
    before = _before(visit)
    sales = list_sales(visit.shop.store, visit.owner, before=before)
    older = sales[-1].number if len(sales) == SALES_OF_A_PAGE and sales[-1].number > 1 else None
    return visit.show(
        "receipts.html",
        days=[(_day_words(visit, of_day), list(of_day)) for of_day in _by_day(sales)],
        before=before,
        older=older,
        steps=first_steps(visit),
    )


def show(visit: Visit) -> Response:
    """Show one receipt as it is printed.

    Raises:
        NotFoundError: the shop has no such receipt.
    """
    done = done_before(visit)
    word = VOIDED if done is not None and done.word == VOIDED else ""
    response = _receipt(visit, _sale(visit), done=word)
    return said_once(visit, response) if word else response


def void(visit: Visit) -> Response:
    """Void a receipt for a reason of the list; one that was voided for another reason stays so."""
    sale = _sale(visit)
    try:
        reason = read_reason({"reason": visit.typed("reason")})
    except InvalidError:
        return _receipt(visit, sale, problem=visit.say("receipts.choose_reason"))
    void_sale(visit.shop.store, visit.owner, sale.id, reason, at=visit.shop.now())
    return remember_done(visit, see_other(visit, f"/receipts/{sale.number}"), VOIDED)


def _receipt(visit: Visit, sale: SaleRow, *, done: str = "", problem: str = "") -> Response:
    return visit.show(
        "receipt.html",
        status=422 if problem else 200,
        sale=sale,
        order_code=order_code(sale.id),
        head=read_profile(visit.shop.platform, visit.owner) if visit.query.get("head") == "1" else None,
        reasons=[reason.value for reason in VoidReason],
        chosen=visit.typed("reason"),
        done=done,
        problem=problem,
        form_path=f"/receipts/{sale.number}",
    )


def _sale(visit: Visit) -> SaleRow:
    return find_sale(visit.shop.store, visit.owner, read_number(visit.parameters["number"]))


def _before(visit: Visit) -> int | None:
    try:
        return read_number(visit.query["before"]) if "before" in visit.query else None
    except NotFoundError:
        return None


def _by_day(sales: tuple[SaleRow, ...]) -> list[list[SaleRow]]:
    """Return the receipts day by day: of the day in Vietnam on which the server kept them, as their numbers run."""
    return [list(of_day) for _, of_day in groupby(sales, key=lambda sale: day(sale.committed_at))]


def _day_words(visit: Visit, of_day: list[SaleRow]) -> str:
    instant, now = of_day[0].committed_at, visit.shop.now()
    if day(instant) == day(now):
        return visit.say("receipts.today", day=day(instant))
    if day(instant) == day(now - timedelta(days=1)):
        return visit.say("receipts.yesterday", day=day(instant))
    return day(instant.astimezone(VIETNAM))
