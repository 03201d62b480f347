"""Changes of the policy that a customer was told of, with the evidence; and the form that says that one was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.rows.notices import DeliveryState
from camket.services.notice_texts import compare_path
from camket.services.own_notices import NO_NOTICE, own_notices, see_notice
from camket.web.customer.arrival import wanted
from camket.web.customer.done import SEEN, lead_on, show_done
from camket.web.endpoints import see_other
from camket.web.i18n import marked

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit

PAGE: Final = "/me/notices"
LONGEST_NUMBER: Final = 9

MAILS: Final = {
    DeliveryState.NONE: marked("No e-mail: the policy promises none for the services that you use."),
    DeliveryState.QUEUED: marked("The e-mail is waiting to be sent."),
    DeliveryState.SENT: marked("The e-mail was handed over to be delivered"),
    DeliveryState.REFUSED: marked("The e-mail was refused by the server that should have taken it"),
    DeliveryState.DEAD: marked("The e-mail could not be sent"),
    DeliveryState.DENIED: marked("No e-mail was sent: you objected to it, or no address is held."),
}


def notices(visit: Visit) -> Response:
    """List every change that the customer was told of, newest first."""
    return show_done(
        visit,
        "notices.html",
        own=[
            (one, visit.say(MAILS[one.mail]), compare_path(one.number))
            for one in own_notices(visit.context, subject_id=visit.own.subject_id)
        ],
    )


def see(visit: Visit) -> Response:
    """Keep that a notice was read, and go on where the reader was."""
    number = visit.parameters["number"]
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise NotFoundError(NO_NOTICE)
    see_notice(visit.context, subject_id=visit.own.subject_id, number=int(number))
    following = wanted(visit, visit.form)
    return see_other(following) if following and following != PAGE else lead_on(visit, PAGE, SEEN)
