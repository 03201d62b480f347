"""Deleting the account: what goes and what stays, the proof, the explicit yes (P13, LAW Art. 14.1(a))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, VerificationError
from camket.core.rights.machine import RequestState
from camket.services.cooling_off import keep_account
from camket.services.erasure import accept_erasure, certificate_token, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.requests import find_request
from camket.services.verification import standing_proof
from camket.web import cookies
from camket.web.customer.certificate import has_certificate
from camket.web.customer.done import KEPT, lead_on
from camket.web.customer.verification import ask_for_proof
from camket.web.endpoints import HOME, see_other, to_sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.core.terms import VerifiedIdentity
    from camket.web.visit import Visit

ACCEPTED: Final = "accepted"
CERTIFICATE: Final = "/certificate"
ACCEPTED_STATES: Final = frozenset({RequestState.APPROVED, RequestState.RUNNING, RequestState.DONE})
TOKEN: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def preview(visit: Visit) -> Response:
    """Show what would go and what would stay; nothing happens."""
    return visit.show("delete.html", preview=preview_erasure(visit.context, visit.own))


def begin(visit: Visit) -> Response:
    """Make the request and ask for proof; the account stays until it is accepted."""
    return ask_for_proof(visit, start_erasure(visit.context, visit.own).id)


def accept_form(visit: Visit) -> Response:
    """Show for the last time what would go and stay, with the question; a proof that ran out begins anew.

    The way to the certificate is in the browser before anything is accepted, so that no lost answer loses it.
    """
    if visit.session is None:
        return to_sign_in(visit, forget=False)
    try:
        standing_proof(visit.context, visit.own, visit.parameters["request"])
    except VerificationError:
        return see_other("/me/delete")
    state = _state(visit)
    if state in ACCEPTED_STATES:
        return see_other(CERTIFICATE)
    if state.ended:  # refused, or taken back
        return see_other("/me/delete")
    response = _form(visit)
    if unused_token(visit) is None:
        cookies.CERTIFICATE.give(response, certificate_token(visit.context), https=visit.https)
    return response


def accept(visit: Visit) -> Response:
    """Take the yes: the deletion is on its way, whatever happens. Sent twice is once."""
    if visit.session is None:  # the first one may have ended it already
        return see_other(CERTIFICATE) if has_certificate(visit) else to_sign_in(visit, forget=False)
    accepted = visit.typed(ACCEPTED)
    if not accepted:
        return _form(visit, {ACCEPTED: visit.say("Tick this if you accept it; without it nothing is deleted.")})
    try:
        identity = standing_proof(visit.context, visit.own, visit.parameters["request"])
    except VerificationError:
        return see_other("/me/delete")
    return _delete(visit, identity, accepted)


def cancel(visit: Visit) -> Response:
    """Keep the account after all, as long as the deletion has not begun; the way to its certificate is forgotten."""
    keep_account(visit.context, visit.own, request_id=visit.parameters["request"])
    response = lead_on(visit, HOME, KEPT)
    cookies.CERTIFICATE.take_back(response, https=visit.https)
    return response


def _delete(visit: Visit, identity: VerifiedIdentity, accepted: str) -> Response:
    try:
        token = accept_erasure(visit.context, identity, accepted=accepted, token=unused_token(visit))
    except ConflictError:
        if _state(visit) in ACCEPTED_STATES:  # the same form, sent a moment before
            return see_other(CERTIFICATE)
        return _form(
            visit, {ACCEPTED: visit.say("What would be deleted has changed in the meantime. Please look again.")}
        )
    response = see_other(CERTIFICATE)
    cookies.CERTIFICATE.give(response, token, https=visit.https)
    return response


def _state(visit: Visit) -> RequestState:
    request = find_request(visit.context, subject_id=visit.own.subject_id, request_id=visit.parameters["request"])
    return request.state


def unused_token(visit: Visit) -> str | None:
    """Return the token that the last page gave this browser; None for one that an earlier deletion used."""
    # INVARIANT: a deletion is known by its own request, never by a certificate that somebody left in this browser.
    token = cookies.CERTIFICATE.read(visit.cookies, https=visit.https)
    return token if token and TOKEN.fullmatch(token) and not has_certificate(visit) else None


def _form(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show(
        "delete_accept.html",
        status=422 if problems else 200,
        place="/me",
        place_name=visit.say("My data"),
        preview=preview_erasure(visit.context, visit.own),
        labels={ACCEPTED: visit.say("Acceptance")},
        problems=problems or {},
    )
