"""What an app shows where its customer must be asked first: a link to the ready page, a form for the component."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from camket.core.errors import ConflictError, DeniedError
from camket.core.gate.decision import MissingKind
from camket.services.consents import ask_question

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.gate.decision import Decision, Missing
    from camket.core.terms import Language
    from camket.services.consents import AskedThrough, Question
    from camket.services.context import Context

ASK_PATH: Final = "/ask"
COMPONENT: Final = "/ask/component.js"
"""The script of the component: `<script type="module" src="/ask/component.js"></script>`."""
CONSENT_REQUIRED: Final = "consent_required"
"""The stable word for "the customer must be asked first" in problem details."""
FORBIDDEN: Final = 403


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedClause:
    """One change that is answered by itself.

    Args:
        clause: its id.
        says: what a yes to it means, in one sentence.
    """

    clause: str
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A question that is on record and waits for its customer, with what to show.

    An app that shows it in its own words shows all of it, with yes and no alike and neither chosen beforehand. No
    answer is no answer: the app goes on without what it asked for.

    Args:
        question_id: opaque; good for this customer alone.
        title: the question.
        body: what for, which items, until when, how to withdraw; one paragraph each.
        clauses: what is answered one by one; empty where one yes or no answers it.
        language: of title, body and clauses.
        path: of the ready page, which asks and then leads to where the customer was interrupted.
        expires_at: aware; answered before then, or not at all.
    """

    question_id: str
    title: str
    body: tuple[str, ...]
    clauses: tuple[AskedClause, ...]
    language: Language
    path: str
    expires_at: datetime

    def markup(self, words: str) -> str:
        """Return a link as HTML that asks in a dialog on the app's page, and on the ready page without scripts.

        Args:
            words: of the link, plain text.
        """
        return f'<camket-ask><a href="{escape(self.path)}">{escape(words)}</a></camket-ask>'

    @property
    def problem(self) -> Mapping[str, object]:
        """The stable error for an app's own JSON API: problem details with `code` `consent_required` (RFC 9457)."""
        return problem_of(self)


def ask_about(
    ctx: Context, *, subject_id: str, decision: Decision, language: Language, next_path: str, through: AskedThrough
) -> Ask | None:
    """Put on record that a customer is asked for what a decision misses, and return what to show.

    A question is about one thing: of several that are missing the first is asked for, and the next when the app tries
    again.

    Args:
        ctx: the service.
        subject_id: whom to ask; the decision is about them.
        decision: which said `ask`; of an `AskError`, or of `Camket.decide`.
        language: in which they read; the policy's first where it is not written in that.
        next_path: path of the page to lead to afterwards.
        through: through what they are asked.

    Returns:
        None where there is nothing to ask: it is permitted, or denied whatever the customer would say, or they said no
        a short while ago.

    Effects: the question with its exact text is durable on return; nothing is permitted by it. Twice is once.
    """
    asked = [one for one in decision.missing if one.kind in (MissingKind.CONSENT, MissingKind.AGREEMENT)]
    if not asked:
        return None
    try:
        question = _ask(ctx, subject_id, asked, written_language(ctx, language), through)
    except (ConflictError, DeniedError):  # answered in this very moment, or not to be asked for the time being
        return None
    return ask_of(question, next_path)


def written_language(ctx: Context, language: Language) -> Language:
    """Return the language to ask in: the reader's, or the policy's first where it is not written in that."""
    languages = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.languages
    return language if language in languages else languages[0]


def ask_of(question: Question, next_path: str) -> Ask:
    """Return a question as apps see it."""
    return Ask(
        question_id=question.id,
        title=question.text.title,
        body=question.text.body,
        clauses=tuple(AskedClause(clause=one.clause, says=one.says) for one in question.text.clauses),
        language=question.language,
        path=path_of(question.id, next_path),
        expires_at=question.expires_at,
    )


def path_of(question_id: str, next_path: str) -> str:
    """Return the path of the ready page, which leads on to another one."""
    return f"{ASK_PATH}/{question_id}?{urlencode({'next': next_path.partition('?')[0]})}"


def problem_of(ask: Ask) -> dict[str, object]:
    """Return problem details that say that the customer must be asked first, with the question."""
    return {
        "type": "about:blank",
        "title": "The customer must be asked first.",
        "status": FORBIDDEN,
        "code": CONSENT_REQUIRED,
        "question": {
            "id": ask.question_id,
            "title": ask.title,
            "body": list(ask.body),
            "clauses": [{"clause": one.clause, "says": one.says} for one in ask.clauses],
            "language": ask.language.value,
            "path": ask.path,
            "expires_at": ask.expires_at.isoformat(),
        },
    }


def _ask(ctx: Context, subject_id: str, asked: list[Missing], language: Language, through: AskedThrough) -> Question:
    first = asked[0]
    if first.kind is MissingKind.AGREEMENT:
        clauses = tuple(one.clause for one in asked if one.kind is first.kind and one.clause is not None)
        return ask_question(ctx, subject_id=subject_id, language=language, through=through, clauses=clauses)
    same = [
        one for one in asked if (one.kind, one.purpose, one.recipient) == (first.kind, first.purpose, first.recipient)
    ]
    return ask_question(
        ctx,
        subject_id=subject_id,
        language=language,
        through=through,
        purpose=first.purpose if first.recipient is None else None,
        recipient=first.recipient,
        items=tuple(one.item for one in same),
    )
