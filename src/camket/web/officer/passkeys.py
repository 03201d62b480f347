"""Passkeys of staff: the list of them, adding and deleting one, and signing in by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import VerificationError
from camket.services.forms import FieldSpec, FormError
from camket.services.passkey_challenges import PASSKEY, passkey_item, passkeys_available
from camket.services.passkeys import add_passkey, list_passkeys
from camket.services.staff_passkeys import (
    remove_staff_passkey,
    sign_in_staff_by_passkey,
    start_staff_passkey,
    start_staff_passkey_sign_in,
)
from camket.web.customer.done import PASSKEY_ADDED, PASSKEY_REMOVED, lead_on, show_done
from camket.web.customer.passkeys import REFUSED, say_options
from camket.web.endpoints import STAFF_SIGN_IN
from camket.web.forms import field_of, labels_of, problems_of
from camket.web.officer.signin import DESK, SENTENCES, go_on, wanted_desk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.passkey_ceremonies import Options
    from camket.web.visit import Visit

LIST: Final = "/officer/me/passkeys"


def passkeys(visit: Visit) -> Response:
    """List the passkeys of who is signed in."""
    return _list(visit)


def creation_options(visit: Visit) -> Response:
    """Return what the browser needs to make a passkey, on a one-time password."""

    def start(browser: str) -> Options:
        return start_staff_passkey(
            visit.context, visit.staff, browser=browser, name=visit.typed(PASSKEY), code=visit.typed("code")
        )

    return say_options(visit, start, refusals=SENTENCES)


def add(visit: Visit) -> Response:
    """Take the passkey that the browser made."""
    try:
        add_passkey(
            visit.context,
            visit.staff.subject_id,
            browser=visit.browser or "",
            credential=visit.typed("credential"),
            name=visit.typed(PASSKEY),
        )
    except FormError as error:
        return _list(visit, problems_of(error, visit.language))
    except VerificationError:
        return _list(visit, {"credential": visit.say(REFUSED)})
    return lead_on(visit, LIST, PASSKEY_ADDED)


def remove(visit: Visit) -> Response:
    """Delete a passkey."""
    remove_staff_passkey(visit.context, visit.staff, visit.parameters["passkey"])
    return lead_on(visit, LIST, PASSKEY_REMOVED)


def sign_in_options(visit: Visit) -> Response:
    """Return what the browser needs to sign in by a passkey; the same for everyone."""
    return say_options(
        visit, lambda browser: start_staff_passkey_sign_in(visit.context, browser=browser, address=visit.address)
    )


def sign_in(visit: Visit) -> Response:
    """Take a passkey's answer and sign in."""
    try:
        token = sign_in_staff_by_passkey(
            visit.context,
            browser=visit.browser or "",
            credential=visit.typed("credential"),
            address=visit.address,
        )
    except VerificationError:
        return visit.show("passkey_refused.html", status=422, again=STAFF_SIGN_IN)
    return go_on(visit, token, wanted_desk(visit.form) or DESK)


def _list(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    item = passkey_item(visit.site.in_force().version.policy)
    available = passkeys_available(visit.context)
    field = field_of(FieldSpec.of(item), visit.language, hint=False) if item and available else None
    view: dict[str, object] = {
        "passkeys": list_passkeys(visit.context, visit.staff.subject_id) if item else (),
        "available": available,
        "field": field,
        "labels": labels_of((field,)) if field else {},
        "typed": visit.typed(PASSKEY),
        "problems": problems or {},
    }
    if problems:
        return visit.show("officer/passkeys.html", status=422, done=None, **view)
    return show_done(visit, "officer/passkeys.html", **view)
