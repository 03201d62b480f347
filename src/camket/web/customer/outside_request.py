"""One request in the browser that proved it outside a session: where it stands, the answer, and what is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.rights.machine import RequestKind, RequestState
from camket.services.access import AskError
from camket.services.copy_requests import COPIED, begin_copy
from camket.services.forms import FormError
from camket.services.outside import follow_request, forget_browser, outside_proof
from camket.services.outside_acts import TEXT, level_missing, read_thread, write_outside, writing_event
from camket.services.outside_acts import take_back as withdraw_request
from camket.services.own_requests import request_view
from camket.services.request_files import find_file, hand_over
from camket.services.restrictions import BARS
from camket.web.customer.copy import RELOAD_SECONDS, sent_file
from camket.web.customer.outside import REQUESTS, contact_fields, number_of, page_of, prove_form
from camket.web.customer.request_words import chip_of, said_kind, said_line, said_state
from camket.web.endpoints import see_other
from camket.web.failing import said_failures
from camket.web.forms import labels_of, problems_of
from camket.web.i18n import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from camket.core.terms import VerifiedIdentity
    from camket.services.outside import Followed
    from camket.web.visit import Visit

_WAITS: Final = (RequestState.VERIFIED, RequestState.WAITING)
_UNDER_WAY: Final = (RequestState.APPROVED, RequestState.RUNNING)


def show(visit: Visit) -> Response:
    """Show the request to the browser that proved it; ask any other one to prove it."""
    number = number_of(visit)
    followed = follow_request(visit.context, number=number, browser=visit.browser)
    return prove_form(visit, number) if followed is None else _page(visit, followed)


def with_proof(act: Callable[[Visit, VerifiedIdentity], Response]) -> Callable[[Visit], Response]:
    """Return a page that runs with the proof of this browser alone; without one it leads to where it is given."""

    def page(visit: Visit) -> Response:
        number = number_of(visit)
        try:
            return act(visit, outside_proof(visit.context, number=number, browser=visit.browser))
        except (NotFoundError, VerificationError):
            # No proof here, one that has run out meanwhile, or one that is too weak: the page says which.
            return see_other(page_of(number))

    return page


@with_proof
def make_copy(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Have the copy made."""
    begin_copy(visit.context, identity)
    return see_other(page_of(number_of(visit)))


@with_proof
def fetch_copy(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Hand the file over; one whose time is over is said on the request's page."""
    return sent_file(hand_over(visit.context, identity))


@with_proof
def write(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Take a message in."""
    try:
        write_outside(visit.context, identity, text=visit.typed(TEXT))
    except FormError as error:
        return _again(visit, problems_of(error, visit.language))
    except AskError:
        problem = visit.say("The policy has changed since you joined. Look at what changes for you first.")
        return _again(visit, {TEXT: problem})
    return see_other(page_of(number_of(visit)))


@with_proof
def take_back(visit: Visit, identity: VerifiedIdentity) -> Response:
    """End the request because who asked does not want it any more."""
    withdraw_request(visit.context, identity)
    return see_other(page_of(number_of(visit)))


def forget(visit: Visit) -> Response:
    """Let this browser follow the request no more."""
    if visit.browser is not None:
        forget_browser(visit.context, number=number_of(visit), browser=visit.browser)
    return see_other(REQUESTS)


def _again(visit: Visit, problems: Mapping[str, str]) -> Response:
    """Show the page once more, with what was typed."""
    number = number_of(visit)
    followed = follow_request(visit.context, number=number, browser=visit.browser)
    return see_other(page_of(number)) if followed is None else _page(visit, followed, problems)


def _page(visit: Visit, followed: Followed, problems: Mapping[str, str] | None = None) -> Response:
    ctx, row, identity = visit.context, followed.row, followed.identity
    # INVARIANT: where the proof has run out nothing that anyone wrote is opened, let alone shown.
    view = request_view(ctx, subject_id=row.subject_id, request_id=row.id, texts=identity is not None)
    missing = level_missing(ctx, identity) if identity and row.state in _WAITS else None
    fields = contact_fields(visit)
    labels = {item.id: item.label for item in visit.site.in_force().version.policy.items}
    response = visit.show(
        "outside_request.html",
        status=422 if problems else 200,
        view=view,
        request=view.request,
        kind=said_kind(row.kind, visit.language),
        state=said_state(row.state, visit.language),
        chip=chip_of(row.state),
        item=said(labels[view.item], visit.language) if view.item in labels else None,
        lines=[said_line(line, visit.language) for line in reversed(view.lines)],
        failing=said_failures(view.failing, visit.language),
        proven=identity is not None,
        missing=missing,
        step=_step(followed) if missing is None else "",
        file=find_file(ctx, subject_id=row.subject_id, request_id=row.id) if row.kind in COPIED else None,
        messages=read_thread(ctx, identity) if identity else (),
        writes=identity is not None and writing_event(row) is not None,
        fields=fields,
        typed=visit.form,
        labels={**labels_of(fields), TEXT: visit.say("Your message")},
        problems=problems or {},
    )
    if row.kind in COPIED and row.state in _UNDER_WAY:
        response.headers["Refresh"] = str(RELOAD_SECONDS)
    return response


def _step(followed: Followed) -> str:
    """Return what is left to do for who asked; empty for nothing."""
    row = followed.row
    if followed.identity is None or row.state not in _WAITS:
        return ""
    if row.kind in BARS:
        return "bar"
    return "" if row.kind is RequestKind.SUPPORT else row.kind.value
