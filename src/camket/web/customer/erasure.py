"""Deleting the account: what goes and what stays, the proof, the explicit yes (P13, LAW Art. 14.1(a))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import ConflictError, VerificationError
from camket.services.erasure import accept_erasure, preview_erasure, start_erasure
from camket.services.verification import standing_proof
from camket.web import cookies
from camket.web.customer.verification import ask_for_proof
from camket.web.endpoints import see_other

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.visit import Visit

ACCEPTED = "accepted"


def preview(visit: Visit) -> Response:
    """Show what would go and what would stay; nothing happens."""
    return visit.show("delete.html", preview=preview_erasure(visit.context, visit.own))


def begin(visit: Visit) -> Response:
    """Make the request and ask for proof; the account stays until it is accepted."""
    return ask_for_proof(visit, start_erasure(visit.context, visit.own).id)


def accept_form(visit: Visit) -> Response:
    """Show for the last time what would go and stay, with the question; a proof that ran out begins anew."""
    try:
        standing_proof(visit.context, visit.own, visit.parameters["request"])
    except VerificationError:
        return see_other("/me/delete")
    return _form(visit)


def accept(visit: Visit) -> Response:
    """Take the yes: the deletion is on its way, whatever happens; its owner has the way to the certificate."""
    accepted = visit.typed(ACCEPTED)
    if not accepted:
        return _form(visit, {ACCEPTED: visit.say("Tick this if you accept it; without it nothing is deleted.")})
    try:
        identity = standing_proof(visit.context, visit.own, visit.parameters["request"])
    except VerificationError:
        return see_other("/me/delete")
    try:
        token = accept_erasure(visit.context, identity, accepted=accepted)
    except ConflictError:
        return _form(
            visit, {ACCEPTED: visit.say("What would be deleted has changed in the meantime. Please look again.")}
        )
    response = see_other("/certificate")
    cookies.CERTIFICATE.give(response, token, https=visit.https)
    return response


def _form(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show(
        "delete_accept.html",
        status=422 if problems else 200,
        preview=preview_erasure(visit.context, visit.own),
        labels={ACCEPTED: visit.say("Acceptance")},
        problems=problems or {},
    )
