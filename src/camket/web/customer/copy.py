"""A copy of everything that is held, to take along (P12; LAW Art. 4.1: be provided a copy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from camket.core.errors import VerificationError
from camket.services.copy import make_copy, start_copy
from camket.services.verification import standing_proof
from camket.web.customer.verification import ask_for_proof
from camket.web.endpoints import see_other

if TYPE_CHECKING:
    from camket.web.visit import Visit

BEGIN = "/me/copy"


def copy_page(visit: Visit) -> Response:
    """Say what the copy holds."""
    return visit.show("copy.html")


def begin(visit: Visit) -> Response:
    """Make the request and ask for proof: a copy shows everything at once."""
    return ask_for_proof(visit, start_copy(visit.context, visit.own).id)


def ready(visit: Visit) -> Response:
    """Offer the download to who has proven who they are; a proof that ran out begins anew."""
    try:
        standing_proof(visit.context, visit.own, visit.parameters["request"])
    except VerificationError:
        return see_other(BEGIN)
    return visit.show("copy_ready.html")


def download(visit: Visit) -> Response:
    """Hand the copy over."""
    try:
        identity = standing_proof(visit.context, visit.own, visit.parameters["request"])
    except VerificationError:
        return see_other(BEGIN)
    copy = make_copy(visit.context, identity, language=visit.language)
    return Response(
        copy.data,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{copy.file_name}"'},
    )
