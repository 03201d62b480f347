"""Proving who one is for one request, by a code (P14). Nothing runs on an unproven one."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from camket.core.errors import ConflictError, VerificationError
from camket.core.rights.machine import RequestKind
from camket.services.copy_requests import COPIED, begin_copy
from camket.services.correction import finish_correction, needs_new_address, send_new_address_code
from camket.services.passkeys import has_passkeys
from camket.services.removal import finish_removal, removes
from camket.services.requests import find_request, read_body
from camket.services.restrictions import BARS, carry_out_restriction
from camket.services.verification import prove, send_code, standing_proof
from camket.services.withdrawal_requests import carry_out_withdrawal
from camket.web.customer.arrival import browser_of
from camket.web.customer.codes import CodePage
from camket.web.customer.done import BARRED, CORRECTED, REMOVED, UNBARRED, WITHDRAWN, lead_on
from camket.web.customer.outside import page_of
from camket.web.endpoints import HOME, see_other
from camket.web.forms import code_problem

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.core.terms import VerifiedIdentity
    from camket.web.visit import Visit


def ask_for_proof(visit: Visit, request_id: str) -> Response:
    """Send a code for a request and lead to the page that asks for it."""
    browser = browser_of(visit)
    send_code(visit.context, visit.own, request_id, browser=browser.token)
    return browser.remembered(see_other(f"/me/requests/{request_id}/verify"))


def verify_form(visit: Visit) -> Response:
    """Ask for the code."""
    return _page(visit).show(visit)


def verify(visit: Visit) -> Response:
    """Take the code; then the request goes on its way."""
    if visit.browser is None:
        return _page(visit).show(visit)
    try:
        identity = prove(
            visit.context,
            visit.own,
            request_id=_request(visit),
            code=visit.typed("code"),
            browser=visit.browser,
            address=visit.address,
        )
    except VerificationError as error:
        return _page(visit).show(visit, code_problem(visit, error))
    return go_on(visit, identity)


def send_again(visit: Visit) -> Response:
    """Send a new code; the one before no longer counts."""
    return ask_for_proof(visit, _request(visit))


def new_address_form(visit: Visit) -> Response:
    """Ask for the code that went to a new e-mail address."""
    return _new_address_page(visit).show(visit)


def new_address(visit: Visit) -> Response:
    """Take the code that went to a new e-mail address, and carry the correction out."""
    identity = standing_proof(visit.context, visit.own, _request(visit))
    try:
        finish_correction(
            visit.context,
            identity,
            browser=visit.browser,
            new_address_code=visit.typed("code"),
            address=visit.address,
            session_id=visit.own.id,
        )
    except VerificationError as error:
        return _new_address_page(visit).show(visit, code_problem(visit, error))
    return lead_on(visit, HOME, CORRECTED)


def send_to_new_address(visit: Visit) -> Response:
    """Send a code to a new e-mail address, for a request that is proven already."""
    return _ask_new_address(visit, standing_proof(visit.context, visit.own, _request(visit)))


def go_on(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Lead on to what a proven request is for."""
    request = find_request(visit.context, subject_id=identity.subject_id, request_id=identity.request_id)
    if request.kind is RequestKind.ERASE:
        return see_other(f"/me/requests/{request.id}/accept")
    if request.kind in COPIED:
        # One that waits for a second person or has ended is not begun; its page says so.
        with suppress(ConflictError, VerificationError):
            begin_copy(visit.context, identity)
        return see_other(f"/me/requests/{request.id}/copy")
    if request.sealed is None and request.kind in {RequestKind.RECTIFY, *BARS}:
        # It was made without signing in, and does not say yet what exactly: its own page asks for that.
        return see_other(page_of(request.number))
    if request.kind is RequestKind.RECTIFY:
        return _correct(visit, identity)
    return _withdraw_or_bar(visit, identity, request.kind)


def _correct(visit: Visit, identity: VerifiedIdentity) -> Response:
    if removes(visit.context, subject_id=identity.subject_id, request_id=identity.request_id):
        finish_removal(visit.context, identity)
        return lead_on(visit, HOME, REMOVED)
    if needs_new_address(visit.context, subject_id=identity.subject_id, request_id=identity.request_id):
        return _ask_new_address(visit, identity)
    finish_correction(visit.context, identity, session_id=visit.own.id)
    return lead_on(visit, HOME, CORRECTED)


def _withdraw_or_bar(visit: Visit, identity: VerifiedIdentity, kind: RequestKind) -> Response:
    if kind is RequestKind.WITHDRAW:
        carry_out_withdrawal(visit.context, identity)
        return lead_on(visit, "/me/consents", WITHDRAWN)
    lifts = read_body(visit.context, subject_id=identity.subject_id, request_id=identity.request_id).lifts
    carry_out_restriction(visit.context, identity)
    return lead_on(visit, "/me/restrictions", UNBARRED if lifts else BARRED)


def _ask_new_address(visit: Visit, identity: VerifiedIdentity) -> Response:
    browser = browser_of(visit)
    send_new_address_code(visit.context, identity, browser=browser.token)
    return browser.remembered(see_other(f"/me/requests/{identity.request_id}/new-address"))


def _request(visit: Visit) -> str:
    return visit.parameters["request"]


def _page(visit: Visit) -> CodePage:
    request = find_request(visit.context, subject_id=visit.own.subject_id, request_id=_request(visit))
    return CodePage(
        action=f"/me/requests/{request.id}/verify",
        again="/me",
        resend=f"/me/requests/{request.id}/code",
        lead=visit.say("To be sure that it is you, we have sent six digits to the e-mail address of your account."),
        button=visit.say("Confirm"),
        passkey=f"/me/requests/{request.id}/passkey" if has_passkeys(visit.context, visit.own.subject_id) else None,
    )


def _new_address_page(visit: Visit) -> CodePage:
    request = find_request(visit.context, subject_id=visit.own.subject_id, request_id=_request(visit))
    return CodePage(
        action=f"/me/requests/{request.id}/new-address",
        again="/me",
        resend=f"/me/requests/{request.id}/new-address/code",
        lead=visit.say("Now the new address: we have sent six digits to it. It is held only when you enter them."),
        button=visit.say("Confirm"),
    )
