"""Signing in by a code, and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import VerificationError
from camket.services.forms import FormError
from camket.services.passkey_challenges import passkeys_available
from camket.services.sessions import sign_out as end_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.web import cookies
from camket.web.customer.arrival import browser_of, signed_in, wanted, with_next
from camket.web.customer.codes import CodePage
from camket.web.endpoints import HOME, see_other
from camket.web.forms import code_problem, email_field, field_of, labels_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.visit import Visit

CONFIRM: Final = "/sign-in/confirm"


def sign_in_form(visit: Visit) -> Response:
    """Show the form; who is signed in goes on at once."""
    return see_other(wanted(visit, visit.query) or HOME) if visit.session else _form(visit, wanted(visit, visit.query))


def sign_in(visit: Visit) -> Response:
    """Take the address: send a code, or say what is wrong with it. Known or not looks the same."""
    browser = browser_of(visit)
    field = email_field(visit.site.in_force().version.policy)
    try:
        start_sign_in(
            visit.context,
            email=visit.typed(field.name),
            browser=browser.token,
            address=visit.address,
        )
    except FormError as error:
        return _form(visit, wanted(visit, visit.form), problems_of(error, visit.language))
    return browser.remembered(see_other(with_next(CONFIRM, wanted(visit, visit.form))))


def confirm_form(visit: Visit) -> Response:
    """Ask for the code that was sent."""
    if visit.session:
        return see_other(wanted(visit, visit.query) or HOME)
    return _code_page(visit, wanted(visit, visit.query)).show(visit)


def confirm(visit: Visit) -> Response:
    """Take the code and sign in."""
    page = _code_page(visit, wanted(visit, visit.form))
    if visit.session:  # sent twice: the first one signed in
        return see_other(wanted(visit, visit.form) or HOME)
    if visit.browser is None:
        return page.show(visit)
    try:
        arrived = confirm_sign_in(
            visit.context, browser=visit.browser, code=visit.typed("code"), headers=visit.headers, address=visit.address
        )
    except VerificationError as error:
        return page.show(visit, code_problem(visit, error))
    return signed_in(visit, arrived, wanted(visit, visit.form) or HOME)


def sign_out(visit: Visit) -> Response:
    """End the session, here and in the store; twice is once."""
    if visit.session:
        end_session(visit.context, visit.session)
    response = see_other("/")
    cookies.SESSION.take_back(response, https=visit.https)
    return response


def _form(visit: Visit, following: str | None, problems: Mapping[str, str] | None = None) -> Response:
    field = field_of(email_field(visit.site.in_force().version.policy), visit.language, hint=False)
    return visit.show(
        "sign_in.html",
        status=422 if problems else 200,
        field=field,
        labels=labels_of((field,)),
        typed=visit.typed(field.name),
        problems=problems or {},
        next=following,
        register=with_next("/register", following),
        passkeys=passkeys_available(visit.context),
    )


def _code_page(visit: Visit, following: str | None) -> CodePage:
    return CodePage(
        action=CONFIRM,
        again=with_next("/sign-in", following),
        lead=visit.say("If this address has an account, we have sent six digits to it."),
        button=visit.say("Sign in"),
        next=following,
    )
