"""What someone has done on a request that they proved outside a session: correct, delete, bar, withdraw, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError, VerificationError
from camket.core.gate.question import ALL_PURPOSES
from camket.services.correction import finish_correction, needs_new_address, send_new_address_code
from camket.services.erasure import accept_erasure, certificate_token
from camket.services.erasure_preview import preview_erasure_of
from camket.services.forms import FormError
from camket.services.outside_acts import ask_correction, correctable_fields, purpose_names
from camket.services.own_consents import standing_of
from camket.services.requests import RequestBody
from camket.services.restrictions import carry_out_restriction
from camket.services.withdrawal_requests import carry_out_withdrawal
from camket.web import cookies
from camket.web.customer.arrival import browser_of
from camket.web.customer.codes import CodePage
from camket.web.customer.erasure import ACCEPTED, CERTIFICATE, unused_token
from camket.web.customer.outside import number_of, page_of
from camket.web.customer.outside_request import with_proof
from camket.web.endpoints import see_other
from camket.web.forms import code_problem, field_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.core.terms import VerifiedIdentity
    from camket.web.visit import Visit

ITEM: Final = "item"
PURPOSE: Final = "purpose"
CONSENT: Final = "consent"
EVERYTHING: Final = "all"


@with_proof
def correct_form(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Ask which item is wrong and what is right; what is held is not shown."""
    del identity
    return _correct_form(visit)


@with_proof
def correct(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Take the right value in and carry the correction out; a new e-mail address is proven first."""
    item = visit.typed(ITEM)
    try:
        ask_correction(visit.context, identity, item=item, typed=visit.typed("value"))
    except FormError as error:
        return _correct_form(visit, {"value": problems_of(error, visit.language)[item]})
    except NotFoundError:
        return _correct_form(visit, {ITEM: visit.say("Choose what is to be corrected.")})
    if needs_new_address(visit.context, subject_id=identity.subject_id, request_id=identity.request_id):
        return _send_to_new_address(visit, identity)
    finish_correction(visit.context, identity)
    return see_other(page_of(number_of(visit)))


@with_proof
def send_to_new_address(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Send another code to the new e-mail address."""
    return _send_to_new_address(visit, identity)


@with_proof
def new_address_form(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Ask for the code that went to the new e-mail address."""
    del identity
    return _new_address_page(visit).show(visit)


@with_proof
def new_address(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Take the code that went to the new e-mail address, and carry the correction out."""
    try:
        finish_correction(
            visit.context,
            identity,
            browser=visit.browser,
            new_address_code=visit.typed("code"),
            address=visit.address,
        )
    except VerificationError as error:
        return _new_address_page(visit).show(visit, code_problem(visit, error))
    return see_other(page_of(number_of(visit)))


@with_proof
def accept_form(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Show what would go and what would stay, with the question; the way to the certificate is given before the yes."""
    response = _accept_form(visit, identity)
    if unused_token(visit) is None:
        cookies.CERTIFICATE.give(response, certificate_token(visit.context), https=visit.https)
    return response


@with_proof
def accept(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Take the yes to what was shown: the deletion is on its way. Sent twice is once."""
    accepted = visit.typed(ACCEPTED)
    if not accepted:
        problem = visit.say("Tick this if you accept it; without it nothing is deleted.")
        return _accept_form(visit, identity, {ACCEPTED: problem})
    try:
        token = accept_erasure(visit.context, identity, accepted=accepted, token=unused_token(visit))
    except ConflictError:
        # What was shown is not what would happen now, or the same form came a moment before: the page says which.
        return see_other(page_of(number_of(visit)))
    response = see_other(CERTIFICATE)
    cookies.CERTIFICATE.give(response, token, https=visit.https)
    return response


@with_proof
def bars_form(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Ask for which purpose the data must not be used."""
    del identity
    return _bars_form(visit)


@with_proof
def bar(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Bar one purpose or every one, or lift the bar, at once."""
    purpose = visit.typed(PURPOSE)
    if purpose not in {ALL_PURPOSES, *(one.purpose for one in purpose_names(visit.context))}:
        return _bars_form(visit, {PURPOSE: visit.say("Choose a purpose.")})
    asked = RequestBody(purposes=(purpose,), lifts=bool(visit.typed("lifts")))
    carry_out_restriction(visit.context, identity, asked=asked)
    return see_other(page_of(number_of(visit)))


@with_proof
def consents_form(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Show what was said yes to, to be withdrawn."""
    return _consents_form(visit, identity)


@with_proof
def withdraw(visit: Visit, identity: VerifiedIdentity) -> Response:
    """Withdraw what was chosen, or everything that one agreed to, at once."""
    chosen = visit.typed(CONSENT)
    if not chosen:
        return _consents_form(visit, identity, {CONSENT: visit.say("Choose what you want to withdraw.")})
    carry_out_withdrawal(visit.context, identity, consent_id=None if chosen == EVERYTHING else chosen)
    return see_other(page_of(number_of(visit)))


def _correct_form(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    specs = correctable_fields(visit.context)
    return visit.show(
        "outside_correct.html",
        status=422 if problems else 200,
        number=number_of(visit),
        items=[field_of(spec, visit.language, hint=False) for spec in specs],
        chosen=visit.typed(ITEM),
        typed=visit.typed("value"),
        labels={ITEM: visit.say("What is wrong"), "value": visit.say("What is right")},
        problems=problems or {},
    )


def _send_to_new_address(visit: Visit, identity: VerifiedIdentity) -> Response:
    browser = browser_of(visit)
    send_new_address_code(visit.context, identity, browser=browser.token)
    return browser.remembered(see_other(f"{page_of(number_of(visit))}/new-address"))


def _new_address_page(visit: Visit) -> CodePage:
    page = page_of(number_of(visit))
    return CodePage(
        action=f"{page}/new-address",
        again=page,
        resend=f"{page}/new-address/code",
        lead=visit.say("Now the new address: we have sent six digits to it. It is held only when you enter them."),
        button=visit.say("Confirm"),
    )


def _accept_form(visit: Visit, identity: VerifiedIdentity, problems: Mapping[str, str] | None = None) -> Response:
    number = number_of(visit)
    return visit.show(
        "delete_accept.html",
        status=422 if problems else 200,
        place=page_of(number),
        place_name=visit.say("Request %(number)s", number=number),
        preview=preview_erasure_of(visit.context, identity.subject_id),
        labels={ACCEPTED: visit.say("Acceptance")},
        problems=problems or {},
    )


def _bars_form(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show(
        "outside_bars.html",
        status=422 if problems else 200,
        number=number_of(visit),
        everything=ALL_PURPOSES,
        purposes=purpose_names(visit.context),
        chosen=visit.typed(PURPOSE),
        labels={PURPOSE: visit.say("Purpose")},
        problems=problems or {},
    )


def _consents_form(visit: Visit, identity: VerifiedIdentity, problems: Mapping[str, str] | None = None) -> Response:
    own = standing_of(visit.context, subject_id=identity.subject_id, language=visit.language)
    return visit.show(
        "outside_consents.html",
        status=422 if problems else 200,
        number=number_of(visit),
        consents=[one for one in own.consents if one.consent_id and one.withdrawable],
        everything=EVERYTHING,
        chosen=visit.typed(CONSENT),
        labels={CONSENT: visit.say("What you agreed to")},
        problems=problems or {},
    )
