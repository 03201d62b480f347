"""Where one is signed in, and ending a session elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.services.sessions import list_sessions, revoke_session
from camket.web.endpoints import see_other

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit


def sessions(visit: Visit) -> Response:
    """List every session of the subject, this one marked."""
    done = visit.say("That session has ended.") if "ended" in visit.query else None
    return visit.show("sessions.html", sessions=list_sessions(visit.context, visit.own), done=done)


def revoke(visit: Visit) -> Response:
    """End a session elsewhere; one that is gone is ended already."""
    revoke_session(visit.context, visit.own, visit.parameters["session"])
    return see_other("/me/sessions?ended")
