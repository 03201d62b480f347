"""The desk's addresses for requests: the queue, a case and every act on it, the overview, what needs care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.staff.roles import EVERY_ROLE, Role
from camket.web.officer import case, filing, health, overview, requests

if TYPE_CHECKING:
    from camket.web.endpoints import Routes

WORKERS: Final = frozenset({Role.OFFICER, Role.SUPPORT})
"""Who may do something with requests; which act, the act's own service asks."""
FORM_BYTES: Final = 24 * 1024
"""The longest text with every letter written as nine characters, as forms write a Vietnamese one."""


def request_desk(pages: Routes) -> None:
    """Add the pages on which staff work on requests; who may do what with a request is asked again with each act."""
    one = f"{requests.PATH}/{{number}}"
    pages.add_staff(requests.PATH, requests.READERS, get=requests.queue, post=requests.find)
    pages.add_staff(filing.FILE, WORKERS, get=filing.file_form, post=filing.file, form_bytes=FORM_BYTES)
    pages.add_staff(one, requests.READERS, get=case.case)
    pages.add_staff(f"{one}/do/{{act}}", WORKERS, post=case.act, form_bytes=FORM_BYTES)
    pages.add_staff(f"{one}/pictures/{{picture}}", WORKERS, get=case.picture)
    pages.add_staff(overview.PATH, EVERY_ROLE, get=overview.overview)
    pages.add_staff(health.PATH, EVERY_ROLE, get=health.health)
