"""The start page: what this service is, in three sentences and three numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit


def start(visit: Visit) -> Response:
    """Show the start page."""
    version = visit.site.in_force()
    policy = version.version.policy
    numbers = (
        (len(policy.items), visit.say("kinds of data declared"), ""),
        (len(policy.purposes), visit.say("purposes it is used for"), ""),
        (len(policy.recipients), visit.say("outsiders who receive it"), "told" if policy.recipients else "good"),
    )
    return visit.show("start.html", version=version, policy=policy, numbers=numbers)
