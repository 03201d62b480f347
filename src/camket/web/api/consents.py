"""The API's routes of consents, for who is signed in: questions, answers, withdrawals, and where all of it stands.

A caller shows the session's token as `Authorization: Bearer …`. No cookie is read, so a page of another site can send
nothing here in its visitor's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from camket.client.ask import CONSENT_REQUIRED, ask_about, written_language
from camket.core.errors import ConflictError, DeniedError
from camket.core.terms import Language, Outcome
from camket.services import consents
from camket.services.consents import AskedThrough, Expression
from camket.services.devices import ACCOUNT
from camket.services.log_lines import note_signed_in
from camket.services.sessions import Session, find_session
from camket.services.signals import note_gpc
from camket.web.api.consent_documents import (
    AnsweredDocument,
    ClauseDocument,
    ConsentDocument,
    ConsentRequired,
    DecisionDocument,
    NewAnswer,
    NewDecision,
    NewQuestion,
    QuestionDocument,
    WithdrawnDocument,
)
from camket.web.boundary import PROBLEM_TYPE
from camket.web.failures import failure_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.services.consents import OwnConsent, Question
    from camket.services.context import Context
    from camket.web.site import Site

FORBIDDEN: Final = 403
UNAUTHORIZED: Final = 401
Bearer = Annotated[
    HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False, description="The session's token."))
]
LanguageParameter = Annotated[Language, Query(description="`vi` or `en`.")]
QuestionParameter = Annotated[str, Path(max_length=64, description="Id of the customer's own question.")]
ConsentParameter = Annotated[str, Path(max_length=64, description="Id of the customer's own consent or agreement.")]


def signed_in(request: Request, bearer: Bearer) -> Session:
    """Return who calls, by the token that they show.

    Raises:
        HTTPException: 401, no token or one that opens nothing.
    """
    ctx: Context = request.app.state.context
    session = find_session(ctx, bearer.credentials) if bearer is not None else None
    if session is None:
        raise HTTPException(UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    note_signed_in(session.subject_id, service=ACCOUNT)
    if request.headers.get("sec-gpc") == "1":
        note_gpc(ctx, session.subject_id)
    return session


Caller = Annotated[Session, Depends(signed_in)]


def add_consents(api: FastAPI, site: Site) -> None:
    """Add the routes."""
    api.state.context = site.context
    _add_standing(api, site.context)
    _add_questions(api, site.context)
    _add_decisions(api, site.context)


def _add_standing(api: FastAPI, ctx: Context) -> None:
    @api.get("/consents", tags=["consents"])
    def own_consents(session: Caller, lang: LanguageParameter = Language.VI) -> list[ConsentDocument]:
        """Return every purpose, recipient and changed clause that is answered by a yes or no, and how it stands."""
        own = consents.standing_of(ctx, subject_id=session.subject_id, language=written_language(ctx, lang))
        return [_consent_document(one) for one in (*own.consents, *own.agreements)]

    @api.post("/consents/{consent}/withdrawal", tags=["consents"])
    def withdraw(
        session: Caller, consent: ConsentParameter, lang: LanguageParameter = Language.VI
    ) -> WithdrawnDocument:
        """Take a consent or an agreement back, at once. Twice is once."""
        done = consents.withdraw(
            ctx,
            subject_id=session.subject_id,
            consent_id=consent,
            through=AskedThrough.API,
            expression=Expression.API,
        )
        return WithdrawnDocument(consent=done.consent_id, at=done.at, stops=list(done.stops[lang]))


def _add_questions(api: FastAPI, ctx: Context) -> None:
    @api.post("/questions", status_code=201, tags=["consents"])
    def ask(session: Caller, wanted: NewQuestion) -> QuestionDocument:
        """Put a question on record that the customer wants to be asked; the open one where it is the same."""
        question = consents.ask_question(
            ctx,
            subject_id=session.subject_id,
            language=written_language(ctx, wanted.language),
            through=AskedThrough.API,
            purpose=wanted.purpose,
            recipient=wanted.recipient,
            clauses=() if wanted.changes else None,
            items=tuple(wanted.items),
            wanted=True,
        )
        return _question_document(question)

    @api.get("/questions/{question}", tags=["consents"])
    def own_question(session: Caller, question: QuestionParameter) -> QuestionDocument:
        """Return a question that can be answered. Reading it answers nothing."""
        found = consents.open_question(ctx, subject_id=session.subject_id, question_id=question)
        return _question_document(found)

    @api.post("/questions/{question}/answer", tags=["consents"])
    def answer(session: Caller, question: QuestionParameter, given: NewAnswer) -> AnsweredDocument:
        """Take the answer to a question: `yes` to the whole of it, or `clauses` one by one."""
        found = consents.open_question(ctx, subject_id=session.subject_id, question_id=question)
        # INVARIANT: what is answered is what was shown, to the letter.
        if given.text_hash != found.text_hash:
            raise ConflictError("this is not the text that was asked; look at the question again")
        done = consents.answer(
            ctx,
            subject_id=session.subject_id,
            question_id=question,
            yes=given.said,
            expression=Expression.API,
            through=AskedThrough.API,
        )
        return AnsweredDocument(
            question=done.question_id,
            given=list(done.given),
            refused=list(done.refused),
            quiet_until=done.quiet_until,
            valid_until=done.valid_until,
        )


def _add_decisions(api: FastAPI, ctx: Context) -> None:
    @api.post(
        "/decisions", tags=["consents"], response_model=DecisionDocument, responses={403: {"model": ConsentRequired}}
    )
    def decide(session: Caller, use: NewDecision) -> DecisionDocument | JSONResponse:
        """Say whether the customer's data may be used for a purpose now; where they must be asked, the question."""
        decision = ctx.door.decide(subject_id=session.subject_id, items=tuple(use.items), purpose=use.purpose)
        if decision.outcome is Outcome.PERMIT:
            return DecisionDocument(outcome=decision.outcome, version=decision.version)
        asked = ask_about(
            ctx,
            subject_id=session.subject_id,
            decision=decision,
            language=use.language,
            next_path="/me/consents",
            through=AskedThrough.API,
        )
        if asked is None:
            raise DeniedError("the policy does not allow this use, and there is nothing to ask")
        found = consents.open_question(ctx, subject_id=session.subject_id, question_id=asked.question_id)
        return _consent_required(found)


def _consent_required(question: Question) -> JSONResponse:
    """Return the stable error: the customer must be asked first, and this is the question."""
    problem = ConsentRequired(
        title=str(failure_of(FORBIDDEN).title),
        status=FORBIDDEN,
        detail="the customer must be asked first",
        code=CONSENT_REQUIRED,
        question=_question_document(question),
    )
    content = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, status_code=FORBIDDEN, media_type=PROBLEM_TYPE)


def _question_document(question: Question) -> QuestionDocument:
    return QuestionDocument(
        id=question.id,
        kind=question.kind,
        title=question.text.title,
        body=list(question.text.body),
        clauses=[ClauseDocument(clause=one.clause, says=one.says) for one in question.text.clauses],
        language=question.language,
        version=question.version,
        text_hash=question.text_hash,
        path=f"/ask/{question.id}",
        expires_at=question.expires_at,
    )


def _consent_document(one: OwnConsent) -> ConsentDocument:
    return ConsentDocument(
        kind=one.kind,
        purpose=one.purpose,
        recipient=one.recipient,
        clause=one.clause,
        label=one.label,
        explains=one.explains,
        items=list(one.items),
        state=one.state,
        since=one.since,
        version=one.version,
        valid_until=one.valid_until,
        quiet_until=one.quiet_until,
        consent=one.consent_id,
    )
