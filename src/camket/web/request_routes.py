"""The pages on which customers follow their requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.web.customer import requests
from camket.web.endpoints import Looks

if TYPE_CHECKING:
    from camket.web.endpoints import Routes


def request_routes(pages: Routes) -> None:
    """Add the list of one's own requests, and each of them."""
    pages.add(requests.REQUESTS, Looks.SUBJECT, get=requests.requests)
    pages.add(f"{requests.REQUESTS}/{{request}}", Looks.SUBJECT, get=requests.request)
    pages.add(f"{requests.REQUESTS}/{{request}}/withdraw", Looks.SUBJECT, post=requests.withdraw)
