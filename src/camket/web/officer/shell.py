"""The desk of staff: where they land, and what they may open from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.staff.roles import Role
from camket.web.i18n import marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.i18n import MessageId
    from camket.web.visit import Visit

ROLES: Mapping[Role, MessageId] = {
    Role.OFFICER: marked("officer"),
    Role.SUPPORT: marked("support staff"),
    Role.AUDITOR: marked("auditor"),
    Role.ADMIN: marked("administrator"),
}
"""What each role is called."""
DOES: Mapping[Role, MessageId] = {
    Role.OFFICER: marked("Writes and publishes the policy, tells customers, and answers their requests."),
    Role.SUPPORT: marked("Acts for customers who ask for help."),
    Role.AUDITOR: marked("Reads what was done, and changes nothing."),
    Role.ADMIN: marked("Invites staff, gives and takes roles, ends accounts."),
}
"""What each role may do."""


def desk(visit: Visit) -> Response:
    """Show who is signed in and the places that their roles open."""
    return visit.show(
        "officer/desk.html",
        roles=[(visit.say(ROLES[one]), visit.say(DOES[one])) for one in Role if visit.staff.has(one)],
    )


def role_names(roles: frozenset[Role], visit: Visit) -> str:
    """Return what roles are called in the reader's language, in their order."""
    return ", ".join(visit.say(ROLES[role]) for role in Role if role in roles)
