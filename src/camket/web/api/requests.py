"""The API's routes of requests, for who is signed in: make one, prove who one is, have it carried out, follow it.

A request is named by its receipt number; somebody else's is as if it were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Path
from fastapi import Request as ApiRequest
from fastapi.responses import StreamingResponse

from camket.core.errors import ConflictError, InvalidValueError, NotFoundError, VerificationError
from camket.core.rights.machine import RequestKind
from camket.core.terms import Language, Verification
from camket.services import correction, erasure, support
from camket.services.copy_requests import COPIED, begin_copy, start_copy
from camket.services.erasure_preview import preview_erasure
from camket.services.own_requests import withdraw_request
from camket.services.removal import finish_removal
from camket.services.request_files import hand_over
from camket.services.requests import NO_REQUEST, read_body
from camket.services.restrictions import BARS, carry_out_restriction, start_restriction
from camket.services.verification import needed_level_in, prove, prove_by_session, send_code, standing_proof
from camket.services.withdrawal_requests import carry_out_withdrawal, start_withdrawal_in
from camket.web.api.consents import Caller, LanguageParameter
from camket.web.api.request_documents import (
    NUMBER_PATTERN,
    Acceptance,
    AcceptedDocument,
    EnteredCode,
    NewBar,
    NewCorrection,
    NewLetter,
    NewMessage,
    NewRequest,
    NewWithdrawal,
    PreviewDocument,
    ProofDocument,
    RequestDocument,
    SentCode,
    ThreadDocument,
    TimelineDocument,
)
from camket.web.api.request_views import preview_document, request_document, thread_document, timeline_document
from camket.web.customer.arrival import new_browser

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.core.terms import VerifiedIdentity
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session
    from camket.web.site import Site

ZIP: Final = "application/zip"
NumberParameter = Annotated[
    str,
    Path(pattern=NUMBER_PATTERN, description="Receipt number of the caller's own request.", examples=["7K3F9-2QXTB"]),
]


def add_requests(api: FastAPI, site: Site) -> None:
    """Add the routes."""
    _add_own(api, site.context)
    _add_proofs(api, site.context)
    _add_carrying_out(api, site.context)
    _add_threads(api, site.context)


def _add_own(api: FastAPI, ctx: Context) -> None:
    @api.get("/requests", tags=["requests"])
    def own_requests(session: Caller, lang: LanguageParameter = Language.VI) -> list[RequestDocument]:
        """Return the caller's requests, the newest first, ended ones too while they are kept."""
        rows = ctx.store.read(lambda unit: unit.requests.of_subject(session.subject_id))
        return [request_document(ctx, row, lang) for row in rows]

    @api.post("/requests", status_code=201, tags=["requests"], responses={404: {}})
    def make_request(session: Caller, wanted: NewRequest, lang: LanguageParameter = Language.VI) -> RequestDocument:
        """Make a request; the open one where the same is asked for already. Nothing is carried out by it."""
        return request_document(ctx, _start(ctx, session, wanted), lang)

    @api.get("/requests/{request}", tags=["requests"])
    def own_request(
        session: Caller, request: NumberParameter, lang: LanguageParameter = Language.VI
    ) -> TimelineDocument:
        """Return a request with its timeline."""
        return timeline_document(ctx, session, own_row(ctx, session, request), lang)

    @api.post("/requests/{request}/withdrawal", tags=["requests"])
    def withdraw_own(
        session: Caller, request: NumberParameter, lang: LanguageParameter = Language.VI
    ) -> RequestDocument:
        """Take a request back, wherever it stands; of a deletion, until it begins."""
        row = own_row(ctx, session, request)
        return request_document(ctx, withdraw_request(ctx, session, request_id=row.id), lang)


def _add_proofs(api: FastAPI, ctx: Context) -> None:
    @api.post("/requests/{request}/code", status_code=202, tags=["requests"])
    def send_proof_code(session: Caller, request: NumberParameter) -> SentCode:
        """Send a code to the e-mail address that is held, good for this request alone. The newest counts."""
        browser = new_browser(ctx)
        send_code(ctx, session, own_row(ctx, session, request).id, browser=browser)
        return SentCode(browser=browser)

    @api.post("/requests/{request}/proof", status_code=201, tags=["requests"])
    def prove_identity(
        caller: ApiRequest, session: Caller, request: NumberParameter, entered: EnteredCode
    ) -> ProofDocument:
        """Prove by the code who asks: for this request, in this session, for a quarter of an hour."""
        identity = prove(
            ctx,
            session,
            request_id=own_row(ctx, session, request).id,
            code=entered.code,
            browser=entered.browser,
            address=caller.client.host if caller.client else None,
        )
        return ProofDocument(level=identity.level, expires_at=identity.expires_at)

    @api.post("/requests/{request}/new-address-code", status_code=202, tags=["requests"])
    def send_address_code(session: Caller, request: NumberParameter) -> SentCode:
        """Send a code to the new e-mail address that a proven correction asks for."""
        browser = new_browser(ctx)
        identity = _proof(ctx, session, own_row(ctx, session, request))
        correction.send_new_address_code(ctx, identity, browser=browser)
        return SentCode(browser=browser)


def _add_carrying_out(api: FastAPI, ctx: Context) -> None:
    @api.get("/requests/{request}/preview", tags=["requests"], responses={409: {}})
    def preview(session: Caller, request: NumberParameter, lang: LanguageParameter = Language.VI) -> PreviewDocument:
        """Return what the end of the account would do now, for a request to `erase`. Reading it changes nothing."""
        if own_row(ctx, session, request).kind is not RequestKind.ERASE:
            raise ConflictError("this request deletes no account")
        return preview_document(preview_erasure(ctx, session), lang)

    @api.post("/requests/{request}/acceptance", tags=["requests"])
    def accept(
        caller: ApiRequest,
        session: Caller,
        request: NumberParameter,
        acceptance: Acceptance,
        lang: LanguageParameter = Language.VI,
    ) -> AcceptedDocument:
        """Have a proven request carried out. Where the policy asks for no more, being signed in is the proof."""
        row = own_row(ctx, session, request)
        address = caller.client.host if caller.client else None
        certificate = _carry_out(ctx, session, row, acceptance, address=address)
        now = own_row(ctx, session, request)
        return AcceptedDocument(request=request_document(ctx, now, lang), certificate=certificate)

    @api.post(
        "/requests/{request}/file",
        tags=["requests"],
        response_class=StreamingResponse,
        responses={200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    def fetch_file(session: Caller, request: NumberParameter) -> StreamingResponse:
        """Return the file that answers a request, on a proof that lasts; a link that is out works no more."""
        file = hand_over(ctx, _proof(ctx, session, own_row(ctx, session, request)))
        headers = {
            "Content-Disposition": f'attachment; filename="{file.file_name}"',
            "Content-Length": str(file.size_bytes),
        }
        return StreamingResponse(file.pieces, media_type=ZIP, headers=headers)


def _add_threads(api: FastAPI, ctx: Context) -> None:
    @api.get("/requests/{request}/messages", tags=["requests"])
    def own_thread(session: Caller, request: NumberParameter, lang: LanguageParameter = Language.VI) -> ThreadDocument:
        """Return what the caller and support wrote to each other about a request."""
        row = own_row(ctx, session, request)
        return thread_document(ctx, support.own_thread(ctx, session, request_id=row.id), lang)

    @api.post("/requests/{request}/messages", status_code=201, tags=["requests"])
    def write_message(
        session: Caller, request: NumberParameter, message: NewMessage, lang: LanguageParameter = Language.VI
    ) -> RequestDocument:
        """Write to support about a request; one that waited for an answer goes on."""
        row = own_row(ctx, session, request)
        return request_document(ctx, support.write(ctx, session, request_id=row.id, text=message.text), lang)


def own_row(ctx: Context, session: Session, number: str) -> RequestRow:
    """Return the caller's own request with a receipt number.

    Raises:
        NotFoundError: there is none, or it is somebody else's; the two are not told apart.
    """
    row = ctx.store.read(lambda unit: unit.requests.by_number(number))
    if row is None or row.subject_id != session.subject_id:
        raise NotFoundError(NO_REQUEST)
    return row


def _start(ctx: Context, session: Session, wanted: NewRequest) -> RequestRow:
    if isinstance(wanted, NewCorrection):
        return correction.start_correction(ctx, session, item=wanted.item, typed=wanted.value)
    if isinstance(wanted, NewBar):
        kind, purposes = RequestKind(wanted.kind), tuple(wanted.purposes)
        return start_restriction(ctx, session, kind=kind, purposes=purposes, lifts=wanted.lifts)
    if isinstance(wanted, NewWithdrawal):
        named = wanted.consent
        return ctx.store.write(
            lambda unit: start_withdrawal_in(unit, ctx, subject_id=session.subject_id, consent_id=named)
        )
    if isinstance(wanted, NewLetter):
        return support.start_thread(ctx, session, text=wanted.text)
    if wanted.kind == "erase":
        return erasure.start_erasure(ctx, session)
    return start_copy(ctx, session, kind=RequestKind(wanted.kind))


def _proof(ctx: Context, session: Session, row: RequestRow) -> VerifiedIdentity:
    """Return the proof that lasts; being signed in is one where the policy asks for no more, and never for a copy."""
    try:
        return standing_proof(ctx, session, row.id)
    except VerificationError:
        needed = ctx.store.read(lambda unit: needed_level_in(unit, ctx, row))
        if needed is not Verification.SESSION or row.kind in COPIED:
            raise
        return prove_by_session(ctx, session, row.id)


def _carry_out(
    ctx: Context, session: Session, row: RequestRow, acceptance: Acceptance, *, address: str | None
) -> str | None:
    """Have a request carried out; return the certificate's token where an account ends."""
    if row.kind is RequestKind.SUPPORT:
        raise ConflictError("support answers this request; there is nothing to accept")
    if row.kind is RequestKind.ERASE:
        if acceptance.consequences is None:
            raise InvalidValueError("name the `consequences` that `GET .../preview` showed")
        return erasure.accept_erasure(ctx, _proof(ctx, session, row), accepted=acceptance.consequences)
    identity = _proof(ctx, session, row)
    if row.kind in COPIED:
        begin_copy(ctx, identity)
    elif row.kind in BARS:
        carry_out_restriction(ctx, identity)
    elif row.kind is RequestKind.WITHDRAW:
        carry_out_withdrawal(ctx, identity)
    elif row.kind is RequestKind.RECTIFY:
        _correct(ctx, session, identity, acceptance.new_address, address=address)
    return None


def _correct(
    ctx: Context, session: Session, identity: VerifiedIdentity, entered: EnteredCode | None, *, address: str | None
) -> None:
    body = read_body(ctx, subject_id=identity.subject_id, request_id=identity.request_id)
    if body.removes is not None:
        finish_removal(ctx, identity)
        return
    correction.finish_correction(
        ctx,
        identity,
        browser=entered.browser if entered else None,
        new_address_code=entered.code if entered else None,
        address=address,
        session_id=session.id,
    )
