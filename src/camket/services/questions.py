"""Asking: a question is on record with its exact text before anyone can answer it, and good for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.consent.events import AskedThrough, EventKind, QuestionKind
from camket.core.consent.target import Target
from camket.core.consent.text import QuestionText, agreement_text, consent_text
from camket.core.errors import InvalidValueError, NotFoundError
from camket.core.terms import Language, SubjectState
from camket.rows.consents import ConsentTextRow, NewConsentEvent
from camket.services.askable import consent_target, open_clauses, require_asked_again
from camket.services.ids import random_id
from camket.services.limits import RateLimit, count_try_in, visitor_key
from camket.services.requests import standing_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import Standing
    from camket.ports import Unit
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context

QUESTION_LIFETIME: Final = timedelta(days=1)
QUESTIONS_AN_HOUR: Final = 60
"""So many new questions, and so many new consents, of one subject: more are made by a program that fills the store."""
AGREEMENTS_AN_HOUR: Final = 2000
"""As above for agreements: a version may have hundreds of clauses, and each is answered by itself."""
NO_QUESTION: Final = "there is no such question"
OLD_QUESTION: Final = "this question is an old one; nothing was changed: look at the new one and answer that"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question that is on record.

    Args:
        id: random, opaque; no secret, and good for its subject alone.
        target: what is asked for.
        version: the policy version that asks.
        text: what the subject reads, all of it.
        through: through what it is asked.
        signalled: its text tells of the subject's Global Privacy Control signal.
        asked_at: aware.
        expires_at: answered before then, or not at all.
        answered: `given` or `refused` where it was answered; None where it was not. A consent has one answer;
            of agreements, one clause that was answered makes the question an answered one.
    """

    id: str
    subject_id: str
    target: Target
    version: int
    text: QuestionText
    through: AskedThrough
    signalled: bool
    asked_at: datetime
    expires_at: datetime
    answered: EventKind | None = None

    @property
    def kind(self) -> QuestionKind:
        """Whether a consent or agreements are asked for."""
        return self.target.kind

    @property
    def text_hash(self) -> str:
        """Hex SHA-256 of the exact text."""
        return self.text.hash

    @property
    def language(self) -> Language:
        """The text's language."""
        return self.text.language


def ask_question(  # noqa: PLR0913 - each names one part of what is asked
    ctx: Context,
    *,
    subject_id: str,
    language: Language,
    through: AskedThrough,
    purpose: str | None = None,
    recipient: str | None = None,
    clauses: tuple[str, ...] | None = None,
    items: tuple[str, ...] = (),
    wanted: bool = False,
) -> Question:
    """Ask a subject for a consent, or for agreements to a new version. Name one of purpose, recipient and clauses.

    Args:
        ctx: the service.
        subject_id: who is asked.
        language: in which they read it.
        through: through what they are asked.
        purpose: id of a purpose that rests on consent.
        recipient: id of a recipient that may receive with consent.
        clauses: ids of clauses of the newest version; none means all that are open for this subject.
        items: what a consent is for; none means every item of it that the subject did not agree to yet.
        wanted: the subject came to say yes by themselves: neither a former no nor a signal of their browser stands in
            the way of that.

    Returns:
        The question; the one that is open already where it is the same to the letter.

    Raises:
        NotFoundError: there is no such account.
        InvalidValueError: no such purpose, recipient, clause or item (with the nearest), or it rests on no consent.
        ConflictError: there is nothing to ask: the subject said yes to all of it already.
        DeniedError: it may not be asked now: restricted, refused or withdrawn within the quiet time, or signalled off.
        RateLimitedError: too many new questions to this subject in this hour; nothing was stored.

    Effects:
        The question with its exact text is durable on return. Nothing is permitted by it. Twice is once.
    """

    def ask(unit: Unit) -> Question:
        return ask_question_in(
            unit,
            ctx,
            subject_id=subject_id,
            language=language,
            through=through,
            purpose=purpose,
            recipient=recipient,
            clauses=clauses,
            items=items,
            wanted=wanted,
        )

    return ctx.store.write(ask)


def ask_question_in(  # noqa: PLR0913 - as above
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    language: Language,
    through: AskedThrough,
    purpose: str | None = None,
    recipient: str | None = None,
    clauses: tuple[str, ...] | None = None,
    items: tuple[str, ...] = (),
    wanted: bool = False,
) -> Question:
    """Do what `ask_question` does inside the caller's unit of work."""
    now = ctx.clock.now()
    standing = active_standing_in(unit, ctx, subject_id)
    events = unit.consents.of_subject(subject_id)
    gpc = standing.facts.gpc
    signalled = gpc is not None and gpc.signalled(now)
    version = standing.history.newest
    if sum(name is not None for name in (purpose, recipient, clauses)) != 1:
        raise InvalidValueError("a question is about one thing: a `purpose`, a `recipient` or `clauses`")
    if clauses is not None:
        asked = open_clauses(standing, events, clauses, now, wanted=wanted)
        target = Target(clauses=tuple(clause.id for clause in asked))
        text = agreement_text(version, clauses=asked, language=language)
        signalled = False
    else:
        target = consent_target(standing, purpose, recipient, items, now, wanted=wanted)
        require_asked_again(standing, events, target, now, wanted=wanted)
        text = consent_text(
            version,
            purpose=purpose,
            recipient=recipient,
            items=target.items,
            language=language,
            signalled=signalled,
        )
    for event in reversed(events):
        same = event.kind is EventKind.ASKED and event.text_hash == text.hash and Target.from_body(event.body) == target
        if same and closed_by(event, events, version.number, now) is None and answer_to(event, events) is None:
            return question_of(event, text, events)
    count_in_hour(unit, ctx, "question", subject_id)
    unit.consents.add_text(ConsentTextRow(hash=text.hash, body=text.canonical()))
    question = Question(
        id=random_id(ctx.entropy),
        subject_id=subject_id,
        target=target,
        version=version.number,
        text=text,
        through=through,
        signalled=signalled,
        asked_at=now,
        expires_at=now + QUESTION_LIFETIME,
    )
    unit.consents.add(_asked_event(question))
    return question


def open_question(ctx: Context, *, subject_id: str, question_id: str) -> Question:
    """Return a subject's own question that can be answered, or be answered otherwise.

    Raises:
        NotFoundError: it is someone else's, a newer one took its place, or it is no longer good; not told apart.
    """

    def look(unit: Unit) -> Question:
        events = unit.consents.of_subject(subject_id)
        asked = find_asked(events, question_id)
        newest = ctx.policies.in_force_in(unit, ctx.clock.now()).newest.number
        if asked is None or closed_by(asked, events, newest, ctx.clock.now()) is not None:
            raise NotFoundError(NO_QUESTION)
        (stored,) = unit.consents.texts((str(asked.text_hash),))
        return question_of(asked, QuestionText.from_canonical(stored.body), events)

    return ctx.store.read(look)


def active_standing_in(unit: Unit, ctx: Context, subject_id: str) -> Standing:
    """Return where a subject stands who can be asked and can answer.

    Raises:
        NotFoundError: there is no such account, or it was deleted.
    """
    standing = standing_in(unit, ctx, subject_id)
    if standing.facts.state is SubjectState.ERASED:
        raise NotFoundError("there is no such account")
    return standing


def count_in_hour(unit: Unit, ctx: Context, bucket: str, subject_id: str, *, count: int = QUESTIONS_AN_HOUR) -> None:
    """Count a new question to a subject, or a new yes of theirs; a no and a withdrawal are never counted.

    Raises:
        RateLimitedError: there were too many in this hour; the unit must not go on.
    """
    limit = RateLimit(bucket=bucket, count=count)
    count_try_in(unit, limit, visitor_key(ctx, f"subject {subject_id}"), ctx.clock.now())


def find_asked(events: Sequence[ConsentEventRow], question_id: str) -> ConsentEventRow | None:
    """Return what put a question on record; None where none of these did."""
    return next((one for one in events if one.kind is EventKind.ASKED and one.question_id == question_id), None)


def answer_to(asked: ConsentEventRow, events: Sequence[ConsentEventRow]) -> EventKind | None:
    """Return the newest answer to a question: given or refused; None while there is none."""
    kinds = {EventKind.GIVEN: EventKind.GIVEN, EventKind.RENEWED: EventKind.GIVEN, EventKind.REFUSED: EventKind.REFUSED}
    given = [one for one in events if one.question_id == asked.question_id and one.kind in kinds]
    return kinds[given[-1].kind] if given else None


def closed_by(asked: ConsentEventRow, events: Sequence[ConsentEventRow], newest: int, now: datetime) -> str | None:
    """Return why a question takes no answer any more; None while it does.

    Args:
        asked: what put it on record.
        events: the subject's whole history, oldest first.
        newest: number of the newest version in force.
        now: aware.
    """
    if asked.ends_at is None or now >= asked.ends_at:
        return "it was asked too long ago"
    # INVARIANT: an answer is to the version in force; an older question is asked anew.
    if asked.version != newest:
        return f"version {newest} of the policy is in force now"
    later = [one for one in events if one.id > asked.id and one.target == asked.target]
    if any(one.kind is EventKind.ASKED for one in later):
        return "it was asked anew since"
    # INVARIANT: a yes that was withdrawn does not come back by sending the former answer again.
    if any(one.kind is EventKind.WITHDRAWN and one.question_id is None for one in later):
        return "what it asked for was withdrawn since"
    return None


def question_of(asked: ConsentEventRow, text: QuestionText, events: Sequence[ConsentEventRow]) -> Question:
    """Return a question as it stands on record."""
    return Question(
        id=str(asked.question_id),
        subject_id=asked.subject_id,
        target=Target.from_body(asked.body),
        version=asked.version,
        text=text,
        through=asked.through,
        signalled=asked.body.get("signalled") is True,
        asked_at=asked.at,
        expires_at=asked.ends_at or asked.at,
        answered=answer_to(asked, events),
    )


def _asked_event(question: Question) -> NewConsentEvent:
    return NewConsentEvent(
        subject_id=question.subject_id,
        kind=EventKind.ASKED,
        about=question.kind,
        target=question.target.key,
        body={**question.target.to_body(), "signalled": question.signalled},
        question_id=question.id,
        fact_id=None,
        version=question.version,
        text_hash=question.text_hash,
        language=question.language,
        through=question.through,
        expression=None,
        at=question.asked_at,
        ends_at=question.expires_at,
        record_id=None,
    )
