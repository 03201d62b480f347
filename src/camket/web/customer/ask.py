"""Asking where it matters: the question is shown whole, answered by a POST, and then one goes on where one was.

Reading a question never answers it. The component on an app's page asks for the same as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse

from camket.client.ask import written_language
from camket.core.errors import ConflictError
from camket.services import consents
from camket.services.consents import AskedThrough, Expression, OwnState
from camket.web.customer.arrival import NEXT, wanted, with_next
from camket.web.customer.done import AGREED, DECLINED, lead_on, show_done
from camket.web.endpoints import see_other

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.services.consents import OwnConsent, Question
    from camket.web.visit import Visit

CONSENTS: Final = "/me/consents"
COMPONENT: Final = "ask.js"
ANSWERS: Final = {"yes": True, "no": False}
UNPROCESSABLE: Final = 422


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidClause:
    """One change that is answered by itself.

    Args:
        answer: what was said to it last; None where nothing was.
    """

    clause: str
    says: str
    answer: bool | None


def component(visit: Visit) -> Response:
    """Lead to the component's script, whose own name changes with its content."""
    return RedirectResponse(visit.site.pages.assets.url(COMPONENT), status_code=307)


def ask(visit: Visit) -> Response:
    """Put a question on record that the customer wants to be asked, and show it.

    Raises:
        InvalidValueError: there is no such purpose, or it rests on no consent; nothing was recorded.
    """
    try:
        question = consents.ask_question(
            visit.context,
            subject_id=visit.own.subject_id,
            language=written_language(visit.context, visit.language),
            through=_through(visit),
            purpose=visit.typed("purpose") or None,
            recipient=visit.typed("recipient") or None,
            clauses=() if visit.typed("about") == "changes" else None,
            wanted=True,
        )
    except ConflictError:  # there is nothing left to ask: the page of all consents says how it stands
        return see_other(wanted(visit, visit.form) or CONSENTS)
    if _wants_json(visit):
        return JSONResponse(_document(visit, question), status_code=201)
    return see_other(with_next(f"/ask/{question.id}", wanted(visit, visit.form)))


def question(visit: Visit) -> Response:
    """Show a question; nothing is answered by that.

    Raises:
        NotFoundError: it is someone else's, a newer one took its place, or its time is over.
    """
    found = _open(visit)
    if _wants_json(visit):
        return JSONResponse(_document(visit, found))
    return show_done(visit, "ask.html", question=found, clauses=_clauses(visit, found), next=wanted(visit, visit.query))


def answer(visit: Visit) -> Response:
    """Take the answer and go on.

    Raises:
        NotFoundError: the question is someone else's.
        ConflictError: the question is an old one, or its text is not the one that was shown; nothing was changed.
    """
    said, clause = ANSWERS.get(visit.typed("answer")), visit.typed("clause")
    if said is None:
        raise HTTPException(UNPROCESSABLE)
    found = _open(visit)
    # INVARIANT: what is answered is what was shown, to the letter.
    if visit.typed("text_hash") != found.text_hash:
        raise ConflictError("this is not the text that was asked; look at the question again")
    consents.answer(
        visit.context,
        subject_id=visit.own.subject_id,
        question_id=found.id,
        yes={clause: said} if clause else said,
        expression=Expression.BUTTON,
        through=_through(visit),
    )
    following = wanted(visit, visit.form)
    if _wants_json(visit):
        return JSONResponse({"question": found.id, "yes": said, NEXT: following or CONSENTS})
    if clause:
        place = [one.clause for one in found.text.clauses].index(clause) + 1
        there = with_next(f"/ask/{found.id}", following) + f"#clause-{place}"
        return lead_on(visit, there, AGREED if said else DECLINED)
    return lead_on(visit, following or CONSENTS, AGREED if said else DECLINED)


def _clauses(visit: Visit, question: Question) -> list[SaidClause]:
    """Return the changes that the question asks about, each with what was said to it last."""
    if not question.text.clauses:
        return []
    own = consents.standing_of(visit.context, subject_id=visit.own.subject_id, language=question.language)
    answers = {one.clause: _answer_of(one) for one in own.agreements if one.version == question.version}
    return [
        SaidClause(clause=one.clause, says=one.says, answer=answers.get(one.clause)) for one in question.text.clauses
    ]


def _answer_of(own: OwnConsent) -> bool | None:
    return {OwnState.VALID: True, OwnState.REFUSED: False}.get(own.state)


def _open(visit: Visit) -> Question:
    return consents.open_question(
        visit.context, subject_id=visit.own.subject_id, question_id=visit.parameters["question"]
    )


def _wants_json(visit: Visit) -> bool:
    return visit.headers.get("accept", "") == "application/json"


def _through(visit: Visit) -> AskedThrough:
    return AskedThrough.COMPONENT if _wants_json(visit) else AskedThrough.PAGE


def _document(visit: Visit, question: Question) -> dict[str, object]:
    """Return what the component shows."""
    return {
        "id": question.id,
        "path": f"/ask/{question.id}",
        "language": question.language.value,
        "title": question.text.title,
        "body": list(question.text.body),
        "clauses": [{"clause": one.clause, "says": one.says} for one in question.text.clauses],
        "text_hash": question.text_hash,
        "words": {
            "asks": visit.say("For you to decide"),
            "no": visit.say("I do not agree"),
            "yes": visit.say("I agree"),
            "later": visit.say("Not now, without an answer"),
        },
    }
