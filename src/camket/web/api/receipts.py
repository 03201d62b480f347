"""The API's route of receipts, for who is signed in: what they agreed to, in the form of either standard."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from fastapi.responses import JSONResponse

from camket.core.terms import Language
from camket.services.receipts import receipt
from camket.web.api.consents import Caller, ConsentParameter, LanguageParameter

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.web.site import Site


class ReceiptForm(StrEnum):
    """The standard that a receipt follows."""

    ISO_27560 = "iso-27560"
    KANTARA = "kantara"


FormParameter = Annotated[ReceiptForm, Query(description="`iso-27560` (JSON-LD) or `kantara` (JSON).")]


def add_receipts(api: FastAPI, site: Site) -> None:
    """Add the route."""
    ctx = site.context

    @api.get("/consents/{consent}/receipt", tags=["consents"], response_model=dict[str, Any])
    def own_receipt(
        session: Caller,
        consent: ConsentParameter,
        form: FormParameter = ReceiptForm.ISO_27560,
        lang: LanguageParameter = Language.VI,
    ) -> JSONResponse:
        """Return the receipt of a consent or agreement, with its ledger entry opened. Each has a number of its own."""
        made = receipt(ctx, subject_id=session.subject_id, consent_id=consent, language=lang)
        if form is ReceiptForm.KANTARA:
            return JSONResponse(made.kantara)
        return JSONResponse(made.iso_27560, media_type="application/ld+json")
