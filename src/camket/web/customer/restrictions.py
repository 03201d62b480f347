"""Restricting and objecting: what one's data may not be used for, set with a click and lifted with a click (P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, VerificationError
from camket.core.gate.question import ALL_PURPOSES
from camket.core.rights.machine import RequestKind
from camket.services.restrictions import BARS, own_bars, set_restriction, start_restriction
from camket.web.customer.done import BARRED, UNBARRED, lead_on, show_done
from camket.web.customer.verification import ask_for_proof
from camket.web.i18n import MessageId, marked

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit

RESTRICTIONS: Final = "/me/restrictions"
LIFTS: Final = "lifts"
STATES: Final[dict[RequestKind, MessageId]] = {
    RequestKind.RESTRICT: marked("restricted"),
    RequestKind.OBJECT: marked("you object"),
}
"""How a bar is said."""


def restrictions(visit: Visit) -> Response:
    """Show every purpose, what is barred, and the buttons that change it."""
    own = own_bars(visit.context, visit.own)
    return show_done(
        visit,
        "restrictions.html",
        own=own,
        everything=ALL_PURPOSES,
        states={kind.value: visit.say(words) for kind, words in STATES.items()},
    )


def change(visit: Visit) -> Response:
    """Set a bar or lift one: at once, or after the proof that the policy asks for.

    Raises:
        InvalidValueError: the form names no kind of bar, or a purpose that is not declared.
    """
    kind = next((one for one in BARS if one.value == visit.typed("right")), None)
    if kind is None:
        raise InvalidValueError("name the right: `restrict` or `object`")
    purposes, lifts = (visit.typed("purpose"),), bool(visit.typed(LIFTS))
    try:
        set_restriction(visit.context, visit.own, kind=kind, purposes=purposes, lifts=lifts)
    except VerificationError:
        request = start_restriction(visit.context, visit.own, kind=kind, purposes=purposes, lifts=lifts)
        return ask_for_proof(visit, request.id)
    return lead_on(visit, RESTRICTIONS, UNBARRED if lifts else BARRED)
