"""Staff as subjects: what is held about them, who used it, where they are signed in, and what they sign in with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import VerificationError
from camket.services import centre
from camket.services import uses as all_uses
from camket.services.forms import FormError
from camket.services.server_log import logged_items
from camket.services.staff_invitations import PASSWORD
from camket.services.staff_own import as_subject, correct_own, correction_field
from camket.services.staff_sessions import end_staff_session, list_staff_sessions
from camket.services.staff_signin import WRONG, change_password, renew_recovery_codes
from camket.services.uses import UseGroup
from camket.web.customer.centre import page_number
from camket.web.customer.done import CHANGED, CORRECTED, ENDED, lead_on, show_done
from camket.web.customer.held import say_items
from camket.web.customer.log import log as subject_log
from camket.web.customer.uses import MOST_ITEMS, SUBJECT, say_use
from camket.web.endpoints import STAFF_SIGN_IN, see_other
from camket.web.forms import field_of, problems_of
from camket.web.officer.signin import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from camket.web.customer.uses import SaidUse
    from camket.web.visit import Visit

OWN: Final = "/officer/me"


def own(visit: Visit) -> Response:
    """Show everything that is held about who is signed in, the newest uses, and where they are signed in."""
    data = centre.my_data(visit.context, as_subject(visit.staff))
    policy = visit.site.in_force().version.policy
    return show_done(
        visit,
        "officer/me.html",
        items=[item for group in data.groups for item in say_items(visit, group.held)],
        uses=_say(visit, data.uses, most_items=MOST_ITEMS),
        logged=data.logged,
        log_items=logged_items(policy),
        sessions=list_staff_sessions(visit.context, visit.staff),
    )


def uses(visit: Visit) -> Response:
    """Show every use of their data page by page, newest first."""
    page = all_uses.uses(visit.context, as_subject(visit.staff), page=page_number(visit.query.get("page", "")))
    return visit.show("officer/uses.html", uses=_say(visit, page.uses), newer=page.newer, older=page.older)


def _say(visit: Visit, groups: Iterable[UseGroup], *, most_items: int | None = None) -> list[SaidUse]:
    """Return uses in the reader's language; what they did themselves under their work name was done by them."""
    policy = visit.site.in_force().version.policy
    return [say_use(_own(group, visit.staff.actor), policy, visit.language, most_items=most_items) for group in groups]


def _own(group: UseGroup, actor: str) -> UseGroup:
    return UseGroup(uses=tuple(replace(use, who=SUBJECT) if use.who == actor else use for use in group.uses))


def log(visit: Visit) -> Response:
    """Show what the servers wrote down about their requests."""
    return subject_log(replace(visit, session=as_subject(visit.staff)), "officer/log.html")


def correct_form(visit: Visit) -> Response:
    """Ask for the corrected value and a one-time password."""
    return _correct_page(visit)


def correct(visit: Visit) -> Response:
    """Put the corrected value in the place of the old one."""
    item = visit.parameters["item"]
    try:
        correct_own(visit.context, visit.staff, item=item, typed=visit.typed(item), code=visit.typed("code"))
    except FormError as error:
        return _correct_page(visit, problems_of(error, visit.language))
    except VerificationError as error:
        return _correct_page(visit, {"code": visit.say(SENTENCES[str(error)])})
    return lead_on(visit, OWN, CORRECTED)


def end_session(visit: Visit) -> Response:
    """End one of their sessions; who ends the one that asks is signed out."""
    end_staff_session(visit.context, visit.staff, visit.parameters["session"])
    if visit.parameters["session"] == visit.staff.id:
        return see_other(STAFF_SIGN_IN)
    return lead_on(visit, OWN, ENDED)


def password_form(visit: Visit) -> Response:
    """Ask for the old password, the new one, and a one-time password."""
    return _password_page(visit)


def password(visit: Visit) -> Response:
    """Put a new password in the place of the old one."""
    try:
        change_password(
            visit.context,
            visit.staff,
            old=visit.typed("old"),
            new=visit.typed(PASSWORD),
            typed=visit.typed("code"),
        )
    except FormError as error:
        return _password_page(visit, problems_of(error, visit.language))
    except VerificationError as error:
        field = "old" if str(error) == WRONG else "code"
        sentence = visit.say("This is not your password.") if field == "old" else visit.say(SENTENCES[str(error)])
        return _password_page(visit, {field: sentence})
    return lead_on(visit, OWN, CHANGED)


def recovery_form(visit: Visit) -> Response:
    """Ask for a one-time password before new recovery codes are made."""
    return visit.show("officer/renew.html", problems={})


def recovery(visit: Visit) -> Response:
    """Make new recovery codes and show them, once."""
    try:
        codes = renew_recovery_codes(visit.context, visit.staff, visit.typed("code"))
    except VerificationError as error:
        return visit.show("officer/renew.html", status=422, problems={"code": visit.say(SENTENCES[str(error)])})
    return visit.show("officer/recovery.html", codes=codes, pseudonym=visit.staff.pseudonym)


def _correct_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    field = field_of(correction_field(visit.context, visit.parameters["item"]), visit.language)
    return visit.show(
        "officer/correct.html",
        status=422 if problems else 200,
        field=field,
        typed=visit.typed(field.name),
        problems=problems or {},
        action=visit.path,
    )


def _password_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show("officer/password.html", status=422 if problems else 200, problems=problems or {})
