"""Requests without signing in: what is wished, a code by e-mail, and then the request, in the browser that proved it.

Nothing here looks at a session, and nothing that is shown before the code depends on whether anyone has the address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.notices.wishes import wish_text
from camket.core.policy.model import ItemKind
from camket.core.rights.machine import RequestKind
from camket.core.terms import Language
from camket.services.forms import FieldSpec, FormError
from camket.services.outside import (
    EnteredCode,
    OutsideAsk,
    ask_outside,
    ask_to_follow,
    contact_items,
    outside_kinds,
    prove_outside,
    prove_to_follow,
)
from camket.services.request_case import receipt_form
from camket.services.requests import NO_REQUEST
from camket.web.customer.arrival import Browser, browser_of, new_browser
from camket.web.customer.codes import CodePage
from camket.web.endpoints import see_other
from camket.web.forms import code_problem, field_of, labels_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.forms import Field
    from camket.web.visit import Visit

REQUESTS: Final = "/requests"
KIND: Final = "kind"
NUMBER: Final = "number"
_SUPPORT_EXPLAINS: Final = {
    Language.VI: "Hỏi hoặc nói điều gì về dữ liệu của bạn; có người đọc và trả lời.",
    Language.EN: "Ask or say something about your data; a person reads it and answers.",
}


def choose(visit: Visit) -> Response:
    """Show what can be asked for, and by what one is known."""
    return _form(visit, visit.query.get(KIND, ""))


def ask(visit: Visit) -> Response:
    """Send a code for what is wished, if anyone has the address; the answer is the same in either case."""
    browser = browser_of(visit)
    kind = _kind(visit, visit.typed(KIND))
    if kind is None:
        return _form(visit, "", {KIND: visit.say("Choose what you want to ask for.")})
    try:
        ask_outside(visit.context, _asker(visit, browser.token), kind=kind)
    except FormError as error:
        return _form(visit, kind, problems_of(error, visit.language))
    return browser.remembered(see_other(code_path(kind)))


def find(visit: Visit) -> Response:
    """Lead to the request whose receipt number was typed; whether there is one is not said."""
    number = receipt_form(visit.query.get(NUMBER, ""))
    if number is None:
        problem = visit.say("A receipt number has ten letters and digits, such as 7K3F9-2QXTB.")
        return _form(visit, "", {NUMBER: problem})
    return see_other(page_of(number))


def code_form(visit: Visit) -> Response:
    """Ask for the code."""
    return _code_page(visit).show(visit)


def enter_code(visit: Visit) -> Response:
    """Take the code, and lead to the request; the browser goes by a new random name from then on."""
    page = _code_page(visit)
    if visit.browser is None:
        return page.show(visit)
    asked = visit.parameters["asked"]
    kind = _kind(visit, asked)
    fresh = Browser(token=new_browser(visit.context), https=visit.https)
    entered = EnteredCode(browser=visit.browser, code=visit.typed("code"), address=visit.address, fresh=fresh.token)
    try:
        if kind is not None:
            request = prove_outside(visit.context, entered, kind=kind)
        else:
            request = prove_to_follow(visit.context, entered, number=asked)
    except VerificationError as error:
        return page.show(visit, code_problem(visit, error))
    return fresh.remembered(see_other(page_of(request.number)))


def prove_form(visit: Visit, number: str, problems: Mapping[str, str] | None = None) -> Response:
    """Ask by what one is known, to be sent a code for a request that was made; the same for numbers of none."""
    fields = contact_fields(visit)
    return visit.show(
        "outside_prove.html",
        status=422 if problems else 200,
        number=number,
        fields=fields,
        typed=visit.form,
        labels=labels_of(fields),
        problems=problems or {},
    )


def prove_again(visit: Visit) -> Response:
    """Send a code for a request that was made, if it is of whoever has the address."""
    number = number_of(visit)
    browser = browser_of(visit)
    try:
        ask_to_follow(visit.context, _asker(visit, browser.token), number=number)
    except FormError as error:
        return prove_form(visit, number, problems_of(error, visit.language))
    return browser.remembered(see_other(code_path(number)))


def number_of(visit: Visit) -> str:
    """Return the receipt number in the page's address.

    Raises:
        NotFoundError: it is none.
    """
    number = visit.parameters["number"]
    if receipt_form(number) != number:
        raise NotFoundError(NO_REQUEST)
    return number


def page_of(number: str) -> str:
    """Return the address of the page of one request."""
    return f"{REQUESTS}/{number}"


def code_path(asked: str) -> str:
    """Return the address of the page that asks for the code of a wish or a number."""
    return f"{REQUESTS}/{asked}/code"


def contact_fields(visit: Visit) -> tuple[Field, ...]:
    """Return the fields by which one is known, none of them required."""
    policy = visit.site.in_force().version.policy
    return tuple(field_of(_optional(FieldSpec.of(item)), visit.language, hint=False) for item in contact_items(policy))


def _optional(spec: FieldSpec) -> FieldSpec:
    return FieldSpec(name=spec.name, label=spec.label, why=spec.why, kind=spec.kind, required=False)


def _asker(visit: Visit, browser: str) -> OutsideAsk:
    typed = {ItemKind.EMAIL: "", ItemKind.PHONE: ""}
    for item in contact_items(visit.site.in_force().version.policy):
        typed[item.kind] = visit.typed(item.id)
    return OutsideAsk(email=typed[ItemKind.EMAIL], phone=typed[ItemKind.PHONE], browser=browser, address=visit.address)


def _kind(visit: Visit, name: str) -> RequestKind | None:
    return next((kind for kind in outside_kinds(visit.context) if kind == name), None)


def _form(visit: Visit, chosen: str, problems: Mapping[str, str] | None = None) -> Response:
    policy = visit.site.in_force().version.policy
    explains = {terms.right.value: terms.explains for terms in policy.rights}
    fields = contact_fields(visit)
    return visit.show(
        "outside.html",
        status=422 if problems else 200,
        kinds=[
            (kind.value, wish_text(policy, kind), explains.get(kind.value, _SUPPORT_EXPLAINS))
            for kind in outside_kinds(visit.context)
        ],
        chosen=chosen,
        fields=fields,
        typed=visit.form,
        number=visit.query.get(NUMBER, ""),
        labels={**labels_of(fields), KIND: visit.say("What you ask for"), NUMBER: visit.say("Receipt number")},
        problems=problems or {},
    )


def _code_page(visit: Visit) -> CodePage:
    asked = visit.parameters["asked"]
    kind = _kind(visit, asked)
    if kind is None and receipt_form(asked) != asked:
        raise NotFoundError(NO_REQUEST)
    return CodePage(
        action=visit.path,
        again=f"{REQUESTS}?{KIND}={kind}" if kind else page_of(asked),
        lead=visit.say("If an account has what you entered, we have sent six digits to its e-mail address."),
        button=visit.say("Confirm"),
    )
