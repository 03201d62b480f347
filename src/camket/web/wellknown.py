"""Small files that programs look for: security contact, GPC, crawlers, the icon, and whether the service is ready."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse, Response

from camket.services.calendar import day_of
from camket.web.wording import machine_time

if TYPE_CHECKING:
    from camket.web.visit import Visit

SECURITY_TXT_LIFETIME: Final = timedelta(days=180)
DAY_CACHING: Final = "public, max-age=86400"
GPC_READ: Final = date(2026, 11, 22)
"""The day on which the signal was built in, as it is defined then; what is later made of it does not change ours."""

ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" fill="none" stroke="#b3261e" stroke-width="2.6">'
    '<circle cx="24" cy="24" r="21" fill="#ffffff"/><circle cx="24" cy="24" r="16" stroke-width="1.2"/>'
    '<path d="M16 24.5l6 6 11-13" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


def security_txt(visit: Visit) -> Response:
    """Say whom to tell about a weakness (RFC 9116); always good for half a year from now."""
    contact = visit.site.in_force().version.policy.controller.email
    lines = (
        f"Contact: mailto:{contact}",
        f"Expires: {machine_time(visit.context.clock.now() + SECURITY_TXT_LIFETIME)}",
        "Preferred-Languages: vi, en",
        f"Canonical: {visit.context.settings.origin}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": DAY_CACHING})


def gpc(visit: Visit) -> Response:
    """Say that Global Privacy Control is respected here, and since when that is stated.

    Source: W3C Global Privacy Control, the support resource: `gpc`, and `lastUpdate` as an ISO 8601 date.
    """
    stated = max(GPC_READ, day_of(visit.site.versions()[0].since))
    text = json.dumps({"gpc": True, "lastUpdate": stated.isoformat()})
    return Response(text, media_type="application/json", headers={"Cache-Control": DAY_CACHING})


def robots(_visit: Visit) -> Response:
    """Keep crawlers to what is published for everyone."""
    text = "User-agent: *\nDisallow: /me\nDisallow: /register\nDisallow: /sign-in\nDisallow: /certificate\n"
    return PlainTextResponse(text, headers={"Cache-Control": DAY_CACHING})


def icon(_visit: Visit) -> Response:
    """Return the seal."""
    return Response(ICON, media_type="image/svg+xml", headers={"Cache-Control": DAY_CACHING})


def healthz(visit: Visit) -> Response:
    """Answer 200 when the store can be read and a policy is in force; anything else becomes an error page."""
    visit.site.in_force()
    return PlainTextResponse("ok\n")
