"""Deleting one value: what goes, then the proof of who asks, then it is gone (P13, P14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import NotFoundError
from camket.services.centre import my_data
from camket.services.removal import NO_VALUE, start_removal
from camket.web.customer.held import say_items
from camket.web.customer.verification import ask_for_proof

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit


def remove_form(visit: Visit) -> Response:
    """Show the value that would go; nothing happens.

    Raises:
        NotFoundError: it is not theirs, not held any more, or not theirs to delete alone.
    """
    wanted = visit.parameters["value"]
    for group in my_data(visit.context, visit.own).groups:
        for view in group.held:
            if view.row_id == wanted and view.removable:
                (item,) = say_items(visit, (view,))
                return visit.show("remove.html", item=item)
    raise NotFoundError(NO_VALUE)


def remove(visit: Visit) -> Response:
    """Make the request and ask for proof; the value stays until then."""
    return ask_for_proof(visit, start_removal(visit.context, visit.own, row_id=visit.parameters["value"]).id)
