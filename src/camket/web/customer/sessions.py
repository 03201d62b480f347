"""Where one is signed in, and ending a session elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.services.sessions import list_sessions, revoke_session
from camket.web.customer.done import ENDED, lead_on, show_done

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit


def sessions(visit: Visit) -> Response:
    """List every session of the subject, this one marked."""
    return show_done(visit, "sessions.html", sessions=list_sessions(visit.context, visit.own))


def revoke(visit: Visit) -> Response:
    """End a session elsewhere; one that is gone is ended already."""
    revoke_session(visit.context, visit.own, visit.parameters["session"])
    return lead_on(visit, "/me/sessions", ENDED)
