"""Who works here: for administrators, to invite, to give roles, to end accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, InvalidValueError
from camket.core.staff.roles import Role, read_roles
from camket.services.staff import LAST_ADMIN, find_member, give_roles, list_staff, revoke_staff
from camket.services.staff_invitations import invite_staff, list_invitations, withdraw_invitation
from camket.web.customer.done import ROLES_GIVEN, STAFF_ENDED, UNINVITED, lead_on, show_done
from camket.web.officer.shell import DOES, ROLES, role_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.staff import MemberView
    from camket.web.visit import Visit

STAFF: Final = "/officer/staff"
INVITATIONS: Final = "/officer/invitations"
CHOSEN: Final = "role_"
"""Before the name of a role in a form: one field for each."""


def staff(visit: Visit) -> Response:
    """List everyone who works here, and the invitations that wait."""
    return _list_page(visit)


def invite(visit: Visit) -> Response:
    """Make an invitation and show its link, once."""
    try:
        invited = invite_staff(visit.context, roles=_chosen(visit), by=visit.staff)
    except InvalidValueError:
        return _list_page(visit, {"roles": visit.say("Choose at least one role.")})
    return visit.show(
        "officer/invited.html",
        link=f"{visit.context.settings.origin}{invited.path}",
        roles=role_names(invited.roles, visit),
        expires_at=invited.expires_at,
    )


def withdraw(visit: Visit) -> Response:
    """Take an invitation back; one that is gone opens nothing already."""
    withdraw_invitation(visit.context, visit.staff, visit.parameters["invitation"])
    return lead_on(visit, STAFF, UNINVITED)


def member(visit: Visit) -> Response:
    """Show one member of staff, with their roles to change."""
    return _member_page(visit)


def change_roles(visit: Visit) -> Response:
    """Give other roles."""
    try:
        give_roles(visit.context, visit.staff, visit.parameters["name"], _chosen(visit))
    except InvalidValueError:
        return _member_page(visit, {"roles": visit.say("Choose at least one role.")})
    except ConflictError as error:
        return _member_page(visit, {"roles": _sentence(visit, error)})
    return lead_on(visit, STAFF, ROLES_GIVEN)


def revoke_form(visit: Visit) -> Response:
    """Say what ending an account means, and ask."""
    return visit.show("officer/revoke.html", one=_found(visit), problems={})


def revoke(visit: Visit) -> Response:
    """End an account."""
    one = _found(visit)
    try:
        revoke_staff(visit.context, one.pseudonym, by=visit.staff)
    except ConflictError as error:
        return visit.show("officer/revoke.html", status=409, one=one, problems={"revoke": _sentence(visit, error)})
    return lead_on(visit, STAFF, STAFF_ENDED)


def _sentence(visit: Visit, error: ConflictError) -> str:
    if str(error) != LAST_ADMIN:
        raise error
    return visit.say("Someone has to be left who can invite staff. Make another one an administrator first.")


def _chosen(visit: Visit) -> frozenset[Role]:
    return read_roles(name.removeprefix(CHOSEN) for name in visit.form if name.startswith(CHOSEN))


def _list_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    members = list_staff(visit.context, visit.staff)
    invitations = list_invitations(visit.context, visit.staff)
    view: dict[str, object] = {
        "members": [(one, role_names(one.roles, visit)) for one in members],
        "invitations": [(one, role_names(one.roles, visit)) for one in invitations],
        "choices": _choices(visit, frozenset()),
        "problems": problems or {},
    }
    if problems:
        return visit.show("officer/staff.html", status=422, done=None, **view)
    return show_done(visit, "officer/staff.html", **view)


def _found(visit: Visit) -> MemberView:
    return find_member(visit.context, visit.staff, visit.parameters["name"])


def _member_page(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    one = _found(visit)
    return visit.show(
        "officer/member.html",
        status=422 if problems else 200,
        one=one,
        choices=_choices(visit, one.roles),
        problems=problems or {},
    )


def _choices(visit: Visit, given: frozenset[Role]) -> list[tuple[str, str, str, bool]]:
    return [(f"{CHOSEN}{role}", visit.say(ROLES[role]), visit.say(DOES[role]), role in given) for role in Role]
