"""The desk's addresses for requests: the queue, a case and every act on it, the overview, what needs care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.web.officer import requests

if TYPE_CHECKING:
    from camket.web.endpoints import Routes


def request_desk(pages: Routes) -> None:
    """Add the pages on which staff work on requests; who may do what with a request is asked again with each act."""
    pages.add_staff(requests.PATH, requests.READERS, get=requests.queue)
