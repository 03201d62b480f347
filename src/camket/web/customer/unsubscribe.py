"""The address in a mail that rests on consent: reading it shows a button, one POST ends the consent (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.services import unsubscriptions

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.services.unsubscriptions import Unsubscription
    from camket.web.visit import Visit


def unsubscribe_form(visit: Visit) -> Response:
    """Show what would end, with a button; nothing happens, whoever follows the link.

    Raises:
        NotFoundError: no mail carried this address.
    """
    return _page(visit, unsubscriptions.find_unsubscription(visit.context, visit.parameters["token"]))


def unsubscribe(visit: Visit) -> Response:
    """End the consent; twice is once.

    Raises:
        NotFoundError: no mail carried this address; nothing was changed.
    """
    return _page(visit, unsubscriptions.unsubscribe(visit.context, visit.parameters["token"]))


def _page(visit: Visit, found: Unsubscription) -> Response:
    labels = {one.id: one.label for one in visit.site.in_force().version.policy.purposes}
    return visit.show("unsubscribe.html", purpose=labels.get(found.purpose), subscribed=found.subscribed)
