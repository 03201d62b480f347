"""One's own requests: the list, and each with its receipt number, timeline, due date, reasons, and taking it back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError
from camket.core.rights.machine import RequestKind, RequestState
from camket.services.copy_requests import COPIED
from camket.services.own_requests import own_request, own_requests, withdraw_request
from camket.web.customer.done import show_done
from camket.web.customer.request_words import chip_of, said_kind, said_line, said_state
from camket.web.endpoints import see_other
from camket.web.failing import said_failures
from camket.web.i18n import said

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.services.own_requests import OwnRequestView
    from camket.web.visit import Visit

REQUESTS: Final = "/me/requests"
PROOF: Final = "proof"
YES: Final = "yes"
ANSWER: Final = "answer"
FILE: Final = "file"
KEEP: Final = "keep"
"""What is left to do on a request: prove who one is, say yes, answer, fetch the file, keep the account after all."""


def requests(visit: Visit) -> Response:
    """List the requests of who is signed in, newest first."""
    rows = [
        (one, said_kind(one.kind, visit.language), said_state(one.state, visit.language), chip_of(one.state))
        for one in own_requests(visit.context, visit.own)
    ]
    return show_done(visit, "requests.html", requests=rows)


def request(visit: Visit) -> Response:
    """Show one request."""
    view = own_request(visit.context, visit.own, request_id=visit.parameters["request"])
    one = view.request
    labels = {item.id: item.label for item in visit.site.in_force().version.policy.items}
    return show_done(
        visit,
        "request.html",
        view=view,
        request=one,
        kind=said_kind(one.kind, visit.language),
        state=said_state(one.state, visit.language),
        chip=chip_of(one.state),
        item=said(labels[view.item], visit.language) if view.item in labels else None,
        lines=[said_line(line, visit.language) for line in reversed(view.lines)],
        failing=said_failures(view.failing, visit.language),
        left=left_to_do(view),
    )


def withdraw(visit: Visit) -> Response:
    """Take a request back; one that has ended meanwhile is shown as it stands."""
    request_id = visit.parameters["request"]
    with suppress(ConflictError):
        withdraw_request(visit.context, visit.own, request_id=request_id)
    return see_other(f"{REQUESTS}/{request_id}")


def left_to_do(view: OwnRequestView) -> str:
    """Return what is left to do for who asked; empty for nothing."""
    kind, state = view.request.kind, view.request.state
    if kind is RequestKind.SUPPORT:
        return ANSWER if state is RequestState.WAITING else ""
    if state is RequestState.UNVERIFIED:
        return PROOF
    if state is RequestState.WAITING and not view.wants_yes:
        return ANSWER
    if state in (RequestState.VERIFIED, RequestState.WAITING):
        return YES
    if kind in COPIED and state in (RequestState.APPROVED, RequestState.RUNNING, RequestState.DONE):
        return FILE
    return KEEP if kind is RequestKind.ERASE and state is RequestState.APPROVED else ""
