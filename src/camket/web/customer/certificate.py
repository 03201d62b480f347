"""The certificate of a deletion: shown, handed over as a file, forgotten here. Its owner's browser has the token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response

from camket.core.errors import NotFoundError
from camket.core.ledger.certificate import ErasureStage
from camket.services.certificates import CertificateFetch, CertificateView, certificate_status
from camket.web import cookies
from camket.web.endpoints import see_other
from camket.web.i18n import marked, said
from camket.web.wording import day

if TYPE_CHECKING:
    from datetime import date

    from camket.core.ledger.certificate import ErasedItem, HeldItem
    from camket.web.visit import Visit

PENDING: Final = "pending epoch "
RECORDED: Final = marked("Recorded in the ledger")
WAITING: Final = marked("The key is destroyed; its last backups end with key epoch %(epoch)s, expected on %(day)s")
DESTROYED: Final = marked("Destroyed, backups of the key included")


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidItem:
    """One item on the certificate; `article` and `until` say what the law holds."""

    label: str
    count: int = 0
    article: str = ""
    until: date | None = None


def certificate(visit: Visit) -> Response:
    """Show where the deletion stands: under way, done with its certificate, or nothing here."""
    found = _find(visit)
    labels = {item.id: said(item.label, visit.language) for item in visit.site.in_force().version.policy.items}
    places = {item: place for place, item in enumerate(labels)}

    def place(one: ErasedItem | HeldItem) -> int:
        return places.get(one.item, len(places))

    return visit.show(
        "certificate.html",
        state=found.state.value,
        standing=_standing(visit, found),
        erased=[
            SaidItem(label=labels.get(one.item, one.item), count=one.count) for one in sorted(found.erased, key=place)
        ],
        held=[
            SaidItem(label=labels.get(one.item, one.item), article=one.article, until=one.until)
            for one in sorted(found.held, key=place)
        ],
        expires_at=found.expires_at,
        begins_at=found.begins_at,
        check_command=f"camket certificate verify {found.file_name} --ledger {visit.context.settings.origin}/ledger/",
    )


def status(visit: Visit) -> Response:
    """Say whether the page would show something else by now."""
    return JSONResponse({"ready": _find(visit).state is not CertificateFetch.PENDING})


def file(visit: Visit) -> Response:
    """Hand the certificate over.

    Raises:
        NotFoundError: there is none, or not yet.
    """
    found = _find(visit)
    if found.data is None:
        raise NotFoundError("there is no certificate here")
    return Response(
        found.data,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{found.file_name}"'},
    )


def forget(visit: Visit) -> Response:
    """Have the browser forget the way to the certificate; who has the file needs nothing else."""
    response = see_other("/certificate")
    cookies.CERTIFICATE.take_back(response, https=visit.https)
    return response


def has_certificate(visit: Visit) -> bool:
    """Say whether a deletion was accepted in this browser and its certificate is under way or waits."""
    return _find(visit).state is not CertificateFetch.GONE


def _find(visit: Visit) -> CertificateView:
    token = cookies.CERTIFICATE.read(visit.cookies, https=visit.https)
    return certificate_status(visit.context, token) if token else CertificateView(state=CertificateFetch.GONE)


def _standing(visit: Visit, found: CertificateView) -> str:
    stage = found.status or ""
    if stage.startswith(PENDING) and found.destroyed_from is not None:
        return visit.say(WAITING, epoch=stage.removeprefix(PENDING), day=day(found.destroyed_from))
    return visit.say(DESTROYED if stage == ErasureStage.DESTROYED else RECORDED)
