"""Registration: exactly the items that the policy asks for, then the code that was sent (P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import VerificationError
from camket.services.forms import FormError
from camket.services.registration import confirm_registration, registration_form, start_registration
from camket.web.customer.arrival import NEXT, browser_of, signed_in, wanted, with_next
from camket.web.customer.codes import CodePage
from camket.web.endpoints import HOME, see_other
from camket.web.forms import code_problem, field_of, labels_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.visit import Visit

CONFIRM = "/register/confirm"


def register_form(visit: Visit) -> Response:
    """Show the form; who is signed in has no use for it."""
    return see_other(_onward(visit, visit.query)) if visit.session else _form(visit, wanted(visit, visit.query))


def register(visit: Visit) -> Response:
    """Take the form: send a code, or show it again with what was typed and what is wrong."""
    browser = browser_of(visit)
    following = wanted(visit, visit.form)
    typed = {name: text for name, text in visit.form.items() if name != NEXT}
    try:
        start_registration(
            visit.context, fields=typed, language=visit.language, browser=browser.token, address=visit.address
        )
    except FormError as error:
        return _form(visit, following, typed=typed, problems=problems_of(error, visit.language), status=422)
    return browser.remembered(see_other(with_next(CONFIRM, following)))


def confirm_form(visit: Visit) -> Response:
    """Ask for the code that was sent."""
    if visit.session:
        return see_other(_onward(visit, visit.query))
    return _code_page(visit, wanted(visit, visit.query)).show(visit)


def confirm(visit: Visit) -> Response:
    """Take the code: the account stands and its owner is signed in."""
    page = _code_page(visit, wanted(visit, visit.form))
    if visit.session:  # sent twice: the first one signed in
        return see_other(_onward(visit, visit.form))
    if visit.browser is None:
        return page.show(visit)
    try:
        arrived = confirm_registration(
            visit.context, browser=visit.browser, code=visit.typed("code"), headers=visit.headers, address=visit.address
        )
    except VerificationError as error:
        return page.show(visit, code_problem(visit, error))
    return signed_in(visit, arrived, _onward(visit, visit.form))


def _onward(visit: Visit, fields: Mapping[str, str]) -> str:
    return wanted(visit, fields) or HOME


def _form(
    visit: Visit,
    following: str | None,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    fields = tuple(field_of(spec, visit.language) for spec in registration_form(visit.context))
    version = visit.site.in_force()
    return visit.show(
        "register.html",
        status=status,
        fields=fields,
        labels=labels_of(fields),
        typed=typed or {},
        problems=problems or {},
        next=following,
        sign_in=with_next("/sign-in", following),
        version=version,
        policy=version.version.policy,
    )


def _code_page(visit: Visit, following: str | None) -> CodePage:
    return CodePage(
        action=CONFIRM,
        again=with_next("/register", following),
        lead=visit.say("We have sent six digits to the e-mail address that you gave."),
        button=visit.say("Confirm"),
        next=following,
        registering=True,
    )
