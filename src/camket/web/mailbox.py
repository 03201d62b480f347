"""The development mailbox: mails that would be sent, in memory, on this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit


def mailbox(visit: Visit) -> Response:
    """Show the mails, newest first.

    Raises:
        NotFoundError: mails are really sent here, so there is no mailbox.
    """
    box = visit.site.runtime.mailbox
    if box is None:
        raise NotFoundError("there is no development mailbox")
    return visit.show("mailbox.html", letters=box.mails())
