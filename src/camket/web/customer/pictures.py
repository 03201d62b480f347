"""A customer's own pictures: forty a page, each a picture that loads when it comes into sight (P12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from camket.core.errors import NotFoundError
from camket.core.intake.pictures import SIZES
from camket.core.policy.model import ItemKind
from camket.services.centre import my_data
from camket.services.own_pictures import NO_PICTURE, own_picture
from camket.web.customer.centre import page_number
from camket.web.customer.held import say_items

if TYPE_CHECKING:
    from camket.web.visit import Visit

PAGE: Final = 40


def pictures(visit: Visit) -> Response:
    """Show all pictures of one item, newest first.

    Raises:
        NotFoundError: no picture of such an item is held.
    """
    groups = my_data(visit.context, visit.own).groups
    wanted = visit.parameters["item"]
    held = [one for group in groups for one in group.held if one.item == wanted and one.kind is ItemKind.PICTURE]
    if not held:
        raise NotFoundError(NO_PICTURE)
    page = page_number(visit.query.get("page", ""))
    newest_first = sorted(held, key=lambda one: one.since, reverse=True)
    return visit.show(
        "pictures.html",
        item=say_items(visit, held)[0],
        pictures=newest_first[(page - 1) * PAGE : page * PAGE],
        count=len(held),
        newer=page - 1 if page > 1 else None,
        older=page + 1 if len(held) > page * PAGE else None,
    )


def picture(visit: Visit) -> Response:
    """Hand one picture to whose it is, small unless another size is asked for; no cache keeps it."""
    asked = visit.query.get("size", "")
    size = next((size for size in SIZES if asked == str(size)), SIZES[-1])
    data = own_picture(visit.context, visit.own, row_id=visit.parameters["value"], size=size)
    return Response(data, media_type="image/webp")
