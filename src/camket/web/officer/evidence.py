"""The evidence pack of a request at the desk: what it holds and how it is checked, and the pack itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from camket.services.evidence import evidence_summary, make_evidence

if TYPE_CHECKING:
    from camket.web.visit import Visit


def evidence_page(visit: Visit) -> Response:
    """Say what the pack holds and how it is checked; nothing is recorded by that.

    Raises:
        NotFoundError: there is no such request.
    """
    summary = evidence_summary(visit.context, visit.parameters["number"])
    return visit.show("officer/evidence.html", summary=summary)


def take_evidence(visit: Visit) -> Response:
    """Hand the pack over; on record for the request's customer.

    Raises:
        NotFoundError: there is no such request.
        ConflictError: the ledger was never signed.
    """
    pack = make_evidence(visit.context, by=visit.staff, number=visit.parameters["number"])
    return Response(
        pack.data,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{pack.file_name}"'},
    )
