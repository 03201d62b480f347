"""Signing in as staff, beginning an account with a one-time link, and signing out."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.rows.staff import StaffStage
from camket.services.forms import FormError
from camket.services.passkey_challenges import passkeys_available
from camket.services.staff_invitations import PASSWORD, find_invitation, join_staff, joining_form
from camket.services.staff_sessions import end_staff_session
from camket.services.staff_signin import (
    OVER,
    WRONG,
    WRONG_FACTOR,
    begin_enrolment,
    enrolment,
    enter_password,
    enter_second_factor,
    finish_enrolment,
)
from camket.web import cookies
from camket.web.customer.arrival import with_next
from camket.web.endpoints import STAFF_SIGN_IN, see_other
from camket.web.forms import field_of, labels_of, problems_of
from camket.web.i18n import marked
from camket.web.officer.shell import role_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.visit import Visit

DESK: Final = "/officer"
SECOND: Final = "/officer/sign-in/second"
ENROL: Final = "/officer/enrol"
OWN_PAGE: Final = re.compile(r"/officer(/[a-z0-9][a-z0-9_.-]*){0,5}", re.ASCII)
"""Where one may be led on to after signing in."""
NEXT: Final = {StaffStage.SECOND: SECOND, StaffStage.ENROL: ENROL}

SENTENCES: Final = {
    WRONG: marked("Work name or password is not right. After too many tries, signing in stops for an hour."),
    WRONG_FACTOR: marked("These digits are not right, or were used already. Wait for the next ones and type those."),
    OVER: marked("Signing in took too long, or there were too many tries. Begin again."),
}


def sign_in_form(visit: Visit) -> Response:
    """Show the form; who is signed in goes on at once."""
    if visit.staff_session is not None and visit.staff_session.signed_in:
        return see_other(wanted_desk(visit.query) or DESK)
    return _sign_in_page(visit, wanted_desk(visit.query))


def sign_in(visit: Visit) -> Response:
    """Take work name and password, and go on to the second factor."""
    try:
        arrived = enter_password(
            visit.context, name=visit.typed("name"), password=visit.typed(PASSWORD), address=visit.address
        )
    except VerificationError as error:
        return _sign_in_page(visit, wanted_desk(visit.form), {PASSWORD: visit.say(SENTENCES[str(error)])})
    return go_on(visit, arrived.token, with_next(NEXT[arrived.stage], wanted_desk(visit.form)))


def second_form(visit: Visit) -> Response:
    """Ask for the one-time password."""
    return _second_page(visit) if _at(visit, StaffStage.SECOND) else see_other(STAFF_SIGN_IN)


def second(visit: Visit) -> Response:
    """Take the one-time password, or a recovery code, and sign in."""
    if visit.staff_session is None or not _at(visit, StaffStage.SECOND):
        return see_other(STAFF_SIGN_IN)
    try:
        token = enter_second_factor(visit.context, visit.staff_session, visit.typed("code"))
    except VerificationError as error:
        if str(error) == OVER:
            return _sign_in_page(visit, wanted_desk(visit.form), {PASSWORD: visit.say(SENTENCES[OVER])})
        return _second_page(visit, {"code": visit.say(SENTENCES[str(error)])})
    return go_on(visit, token, wanted_desk(visit.form) or DESK)


def join_form(visit: Visit) -> Response:
    """Show what an invitation is for, and what is asked; nothing is used up by looking."""
    return _join_page(visit)


def join(visit: Visit) -> Response:
    """Begin the account, and go on to the second factor."""
    fields = {name: text for name, text in visit.form.items() if name != "lang"}
    try:
        token = join_staff(visit.context, token=visit.parameters["token"], fields=fields, language=visit.language)
    except FormError as error:
        return _join_page(visit, problems_of(error, visit.language))
    return go_on(visit, token, ENROL)


def enrol_form(visit: Visit) -> Response:
    """Show the secret for the authenticator, or a button that makes it."""
    if visit.staff_session is None or not _at(visit, StaffStage.ENROL):
        return see_other(STAFF_SIGN_IN)
    return _enrol_page(visit)


def begin_enrol(visit: Visit) -> Response:
    """Make the secret for the authenticator; twice is once."""
    if visit.staff_session is None or not _at(visit, StaffStage.ENROL):
        return see_other(STAFF_SIGN_IN)
    begin_enrolment(visit.context, visit.staff_session)
    return see_other(ENROL)


def enrol(visit: Visit) -> Response:
    """Take the first one-time password, sign in, and show the recovery codes, once."""
    if visit.staff_session is None or not _at(visit, StaffStage.ENROL):
        return see_other(STAFF_SIGN_IN)
    try:
        done = finish_enrolment(visit.context, visit.staff_session, visit.typed("code"))
    except VerificationError as error:
        if str(error) == OVER:
            return _sign_in_page(visit, None, {PASSWORD: visit.say(SENTENCES[OVER])})
        return _enrol_page(visit, {"code": visit.say(SENTENCES[str(error)])})
    response = visit.show("officer/recovery.html", codes=done.recovery_codes, pseudonym=visit.staff_session.pseudonym)
    cookies.STAFF.give(response, done.token, https=visit.https)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session, here and in the store; twice is once."""
    if visit.staff_session is not None:
        with suppress(NotFoundError):  # it ended in between
            end_staff_session(visit.context, visit.staff_session, visit.staff_session.id)
    response = see_other(STAFF_SIGN_IN)
    cookies.STAFF.take_back(response, https=visit.https)
    return response


def _at(visit: Visit, stage: StaffStage) -> bool:
    return visit.staff_session is not None and visit.staff_session.stage is stage


def wanted_desk(given: Mapping[str, str]) -> str | None:
    """Return where to go on: a page for staff, and nothing else that an address may name."""
    # INVARIANT: one never lands on another site, nor on a page that is not for staff.
    found = OWN_PAGE.fullmatch(given.get("next", ""))
    return found.group() if found else None


def go_on(visit: Visit, token: str, path: str) -> Response:
    """Lead on with the session's cookie."""
    response = see_other(path)
    cookies.STAFF.give(response, token, https=visit.https)
    return response


def _sign_in_page(visit: Visit, following: str | None, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show(
        "officer/sign_in.html",
        status=422 if problems else 200,
        name=visit.typed("name"),
        problems=problems or {},
        next=following,
        passkeys=passkeys_available(visit.context),
    )


def _second_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show(
        "officer/second.html",
        status=422 if problems else 200,
        problems=problems or {},
        next=wanted_desk(visit.form or visit.query),
    )


def _join_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    invitation = find_invitation(visit.context, visit.parameters["token"])
    fields = tuple(field_of(spec, visit.language) for spec in joining_form(visit.context))
    return visit.show(
        "officer/join.html",
        status=422 if problems else 200,
        roles=role_names(invitation.roles, visit),
        expires_at=invitation.expires_at,
        fields=fields,
        labels={**labels_of(fields), PASSWORD: visit.say("Password")},
        typed={field.name: visit.typed(field.name) for field in fields},
        problems=problems or {},
        action=visit.path,
    )


def _enrol_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    if visit.staff_session is None:
        return see_other(STAFF_SIGN_IN)
    from camket.web.lan import qr_code  # noqa: PLC0415 - what draws it is loaded where someone needs it

    shown = enrolment(visit.context, visit.staff_session)
    return visit.show(
        "officer/enrol.html",
        status=422 if problems else 200,
        enrolment=shown,
        code=None if shown is None else qr_code(shown.address),
        problems=problems or {},
    )
