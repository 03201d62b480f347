"""Staff who are signed in: in a client of the web tests, or in a page of a browser."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from camket.bootstrap import start_runtime
from camket.client.visitor import cookie_key
from camket.config import load_settings
from camket.core.staff.roles import Role
from camket.testing.staff import SignedInStaff, add_staff
from camket.web.cookies import STAFF

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from starlette.testclient import TestClient

    from camket.services.context import Context
    from tests.browser.serving import Served


def sign_in_staff(ctx: Context, client: TestClient, *roles: Role, name: str = "Alice") -> SignedInStaff:
    """Add a member of staff and sign them in with a client of the web tests; an officer where no role is given."""
    member = add_staff(ctx, *(roles or (Role.OFFICER,)), name=name)
    https = str(client.base_url).startswith("https")
    client.cookies.set(STAFF.key(https=https), member.token)
    return member


def sign_in_staff_in_browser(
    served: Served, context: BrowserContext, *roles: Role, name: str = "Alice"
) -> SignedInStaff:
    """Add a member of staff to a service that runs, and sign them in with a real browser's context."""
    settings = load_settings(data=Path(served.data), development=True, port=int(served.origin.rpartition(":")[2]))
    with closing(start_runtime(settings, existing=True)) as runtime:
        member = add_staff(runtime.context, *(roles or (Role.OFFICER,)), name=name)
    context.add_cookies(
        [
            {
                "name": cookie_key(STAFF.name, https=False),
                "value": member.token,
                "url": served.origin,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )
    return member
