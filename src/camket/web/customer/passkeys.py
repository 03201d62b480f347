"""Passkeys: the list of them, adding and deleting one, signing in and proving a request by one.

The browser and the authenticator talk by script; each form here ends in an ordinary POST that carries the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from camket.core.errors import RateLimitedError, VerificationError
from camket.services.forms import FieldSpec, FormError
from camket.services.passkey_challenges import passkey_item, passkeys_available
from camket.services.passkey_use import (
    prove_by_passkey,
    sign_in_by_passkey,
    start_passkey_proof,
    start_passkey_sign_in,
)
from camket.services.passkeys import add_passkey, list_passkeys, remove_passkey, start_passkey
from camket.services.step_up import freshen_session, is_fresh, send_session_code
from camket.web.customer.arrival import browser_of, signed_in, wanted, with_next
from camket.web.customer.codes import CodePage
from camket.web.customer.done import PASSKEY_ADDED, PASSKEY_REMOVED, lead_on, show_done
from camket.web.customer.verification import go_on
from camket.web.endpoints import HOME, see_other
from camket.web.forms import code_problem, field_of, labels_of, problems_of
from camket.web.i18n import marked, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from camket.services.passkey_ceremonies import Options
    from camket.web.i18n import MessageId
    from camket.web.visit import Visit

LIST: Final = "/me/passkeys"
PROOF: Final = "/me/passkeys/proof"
REFUSED: Final = marked("This passkey was not accepted. Try again, or use a code by e-mail.")
TOO_OFTEN: Final = marked("Too many tries. Wait a while, then try again.")


def passkeys(visit: Visit) -> Response:
    """List the subject's passkeys; who proved themselves just now can add and delete."""
    return _list(visit)


def creation_options(visit: Visit) -> Response:
    """Return what the browser needs to make a passkey."""
    item = passkey_item(visit.site.in_force().version.policy)
    name = visit.typed(item.id) if item else ""
    return say_options(visit, lambda browser: start_passkey(visit.context, visit.own, browser=browser, name=name))


def add(visit: Visit) -> Response:
    """Take the passkey that the browser made."""
    item = passkey_item(visit.site.in_force().version.policy)
    name = visit.typed(item.id) if item else ""
    try:
        add_passkey(
            visit.context,
            visit.own.subject_id,
            browser=visit.browser or "",
            credential=visit.typed("credential"),
            name=name,
        )
    except FormError as error:
        return _list(visit, problems_of(error, visit.language), typed=name)
    except VerificationError:
        return _list(visit, {"credential": visit.say(REFUSED)}, typed=name)
    return lead_on(visit, LIST, PASSKEY_ADDED)


def remove(visit: Visit) -> Response:
    """Delete a passkey; who did not prove themselves just now does so first."""
    try:
        remove_passkey(visit.context, visit.own, visit.parameters["passkey"])
    except VerificationError:
        return see_other(LIST)
    return lead_on(visit, LIST, PASSKEY_REMOVED)


def proof_form(visit: Visit) -> Response:
    """Ask for the code that freshens the session."""
    return _proof_page(visit).show(visit)


def prove_session(visit: Visit) -> Response:
    """Take the code; then passkeys can be added and deleted for a quarter of an hour."""
    if visit.browser is None:
        return _proof_page(visit).show(visit)
    try:
        freshen_session(
            visit.context, visit.own, code=visit.typed("code"), browser=visit.browser, address=visit.address
        )
    except VerificationError as error:
        return _proof_page(visit).show(visit, code_problem(visit, error))
    return see_other(LIST)


def send_proof(visit: Visit) -> Response:
    """Send the code that freshens the session."""
    browser = browser_of(visit)
    send_session_code(visit.context, visit.own, browser=browser.token)
    return browser.remembered(see_other(PROOF))


def sign_in_options(visit: Visit) -> Response:
    """Return what the browser needs to sign in by a passkey; the same for everyone."""
    return say_options(
        visit, lambda browser: start_passkey_sign_in(visit.context, browser=browser, address=visit.address)
    )


def sign_in(visit: Visit) -> Response:
    """Take a passkey's answer and sign in."""
    following = wanted(visit, visit.form)
    if visit.session:  # sent twice: the first one signed in
        return see_other(following or HOME)
    try:
        arrived = sign_in_by_passkey(
            visit.context,
            browser=visit.browser or "",
            credential=visit.typed("credential"),
            headers=visit.headers,
            address=visit.address,
        )
    except VerificationError:
        return visit.show("passkey_refused.html", status=422, again=with_next("/sign-in", following))
    return signed_in(visit, arrived, following or HOME)


def proof_options(visit: Visit) -> Response:
    """Return what the browser needs to prove a request by a passkey."""
    request = visit.parameters["request"]
    return say_options(visit, lambda browser: start_passkey_proof(visit.context, visit.own, request, browser=browser))


def prove_request(visit: Visit) -> Response:
    """Take a passkey's answer; then the request goes on its way."""
    request = visit.parameters["request"]
    try:
        identity = prove_by_passkey(
            visit.context,
            visit.own,
            request_id=request,
            browser=visit.browser or "",
            credential=visit.typed("credential"),
        )
    except VerificationError:
        return visit.show("passkey_refused.html", status=422, again=f"/me/requests/{request}/verify")
    return go_on(visit, identity)


def say_options(
    visit: Visit, start: Callable[[str], Options], *, refusals: Mapping[str, MessageId] | None = None
) -> Response:
    """Answer a page's script: what its browser needs, or what is wrong, in the reader's language.

    Args:
        visit: the request.
        start: begins, for a browser's random token.
        refusals: why it was refused -> the sentence that says so; one sentence for all others.
    """
    browser = browser_of(visit)
    try:
        return browser.remembered(JSONResponse({"options": start(browser.token)}))
    except FormError as error:
        return JSONResponse({"problem": next(iter(problems_of(error, visit.language).values()))}, status_code=422)
    except RateLimitedError:
        return JSONResponse({"problem": visit.say(TOO_OFTEN)}, status_code=429)
    except VerificationError as error:
        return JSONResponse({"problem": visit.say((refusals or {}).get(str(error), REFUSED))}, status_code=409)


def _list(visit: Visit, problems: Mapping[str, str] | None = None, *, typed: str = "") -> Response:
    item = passkey_item(visit.site.in_force().version.policy)
    available = passkeys_available(visit.context)
    field = field_of(FieldSpec.of(item), visit.language, hint=False) if item and available else None
    view: dict[str, object] = {
        "passkeys": list_passkeys(visit.context, visit.own.subject_id) if item else (),
        "available": available,
        "why": said(item.why, visit.language) if item else "",
        "fresh": is_fresh(visit.context, visit.own),
        "field": field,
        "labels": labels_of((field,)) if field else {},
        "typed": typed,
        "problems": problems or {},
    }
    if problems:
        return visit.show("passkeys.html", status=422, done=None, **view)
    return show_done(visit, "passkeys.html", **view)


def _proof_page(visit: Visit) -> CodePage:
    return CodePage(
        action=PROOF,
        again=LIST,
        resend="/me/passkeys/proof/code",
        lead=visit.say("To be sure that it is you, we have sent six digits to the e-mail address of your account."),
        button=visit.say("Confirm"),
    )
