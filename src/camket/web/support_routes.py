"""The pages of support, and the one that says how to complain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.web.customer import support
from camket.web.endpoints import Looks

if TYPE_CHECKING:
    from camket.web.endpoints import Routes


def support_routes(pages: Routes) -> None:
    """Add the pages of support."""
    pages.add(support.PATH, Looks.SUBJECT, get=support.threads)
    pages.add(
        f"{support.PATH}/new",
        Looks.SUBJECT,
        get=support.new_form,
        post=support.begin,
        form_bytes=support.FORM_BYTES,
        uploads=support.UPLOADS,
    )
    pages.add(
        f"{support.PATH}/{{request}}",
        Looks.SUBJECT,
        get=support.thread,
        post=support.answer,
        form_bytes=support.FORM_BYTES,
        uploads=support.UPLOADS,
    )
    pages.add("/complain", Looks.NOBODY, get=support.complain)
