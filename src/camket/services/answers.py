"""Answering: the gate's fact, the history and the ledger record become durable together.

The newest valid answer stands. An answer to a question that is no longer open changes nothing; silence is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
from camket.core.consent.target import Target
from camket.core.consent.text import purpose_of
from camket.core.errors import ConflictError, InvalidValueError, NotFoundError, nearest
from camket.core.gate.agreement import accept_agreement
from camket.core.gate.question import Agreement
from camket.core.ledger.entry import LedgerAction
from camket.rows import FactKind, FactRow
from camket.rows.consents import NewConsentEvent
from camket.services.access import SUBJECT
from camket.services.consent_facts import items_of, same_consent
from camket.services.ids import random_id
from camket.services.questions import (
    AGREEMENTS_AN_HOUR,
    NO_QUESTION,
    OLD_QUESTION,
    active_standing_in,
    closed_by,
    count_in_hour,
    find_asked,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import Standing
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context

UNTOLD: Final = (
    "your browser sends the signal Global Privacy Control, of which this question did not tell; nothing was changed: "
    "look at the new one and answer that"
)

Answer: TypeAlias = "bool | Mapping[str, bool]"
"""Yes or no; for agreements also clause -> yes or no, where a clause that is left out stays unanswered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What came of an answer.

    Args:
        given: ids of the consents or agreements that stand now; each can be withdrawn by its id and has a receipt.
        refused: ids of the clauses that were answered with no.
        quiet_until: what was refused is not asked again before then; None where nothing was.
        valid_until: a consent that was given ends then; None where it ends by withdrawal alone.
    """

    question_id: str
    given: tuple[str, ...]
    refused: tuple[str, ...]
    quiet_until: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """An answer on its way into one unit of work."""

    unit: Unit
    ctx: Context
    asked: ConsentEventRow
    standing: Standing
    events: Sequence[ConsentEventRow]
    facts: Sequence[FactRow]
    expression: Expression
    through: AskedThrough
    now: datetime

    @property
    def subject_id(self) -> str:
        return self.asked.subject_id

    @property
    def target(self) -> Target:
        return Target.from_body(self.asked.body)

    def standing_facts(self, kind: FactKind) -> list[FactRow]:
        """Return the facts of a kind that this question's answers made and that still count."""
        made = {one.fact_id for one in self.events if one.question_id == self.asked.question_id}
        return [one for one in self.facts if one.kind is kind and one.id in made and one.withdrawn_at is None]

    def add_fact(self, kind: FactKind, body: JsonObject) -> str:
        """Store what the gate must know; return its id."""
        fact_id = random_id(self.ctx.entropy)
        row = FactRow(id=fact_id, subject_id=self.subject_id, kind=kind, body=body, at=self.now, withdrawn_at=None)
        self.unit.facts.add(row)
        return fact_id

    def add_event(
        self,
        kind: EventKind,
        fact_id: str,
        record_id: int,
        *,
        target: Target | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        """Store what was said, with the exact text that it answers."""
        asked = self.asked
        body = (target or self.target).to_body()
        self.unit.consents.add(
            NewConsentEvent(
                subject_id=asked.subject_id,
                kind=kind,
                about=asked.about,
                target=asked.target,
                body={**body, "signalled": asked.body.get("signalled") is True},
                question_id=asked.question_id,
                fact_id=fact_id,
                version=asked.version,
                text_hash=asked.text_hash,
                language=asked.language,
                through=self.through,
                expression=self.expression,
                at=self.now,
                ends_at=ends_at,
                record_id=record_id,
            )
        )

    def record(self, action: LedgerAction) -> int:
        """Record the answer in the ledger, about the text that was shown; return the record's id."""
        return self.ctx.door.record_in(
            self.unit,
            actor=SUBJECT,
            action=action,
            subject_id=self.subject_id,
            items=items_of(self.target),
            purpose=self.target.purpose,
            about=self.asked.text_hash or "",
            version=self.standing.history.newest.number,
        )


def answer(
    ctx: Context,
    *,
    subject_id: str,
    question_id: str,
    yes: Answer,
    expression: Expression,
    through: AskedThrough | None = None,
    told_of_gpc: bool = False,
) -> Answered:
    """Take a subject's answer to a question.

    Args:
        ctx: the service.
        subject_id: who answers.
        question_id: of their own question.
        yes: the answer; a mapping for agreements alone.
        expression: how it was expressed.
        through: through what it came; what it was asked through when None.
        told_of_gpc: the subject was told of their browser's signal outside the question's own text.

    Raises:
        NotFoundError: there is no such question of this subject; nothing was changed.
        ConflictError: the question is an old one, or does not tell of a signal that came since; nothing was changed.
        InvalidValueError: a clause that the question does not ask about, or a mapping for a consent.
        RateLimitedError: too many new yeses of this subject in this hour; nothing was changed. A no always counts.

    Effects:
        Fact, history and ledger record are durable together, and hold in the gate from then on, on every node. The same
        answer twice is once; another one, while the question is open, takes the place of the former.

    Source: LAW Art. 9; D356 Art. 6.
    """
    return ctx.store.write(
        lambda unit: answer_in(
            unit,
            ctx,
            subject_id=subject_id,
            question_id=question_id,
            yes=yes,
            expression=expression,
            through=through,
            told_of_gpc=told_of_gpc,
        )
    )


def answer_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    question_id: str,
    yes: Answer,
    expression: Expression,
    through: AskedThrough | None = None,
    told_of_gpc: bool = False,
) -> Answered:
    """Do what `answer` does inside the caller's unit of work."""
    now = ctx.clock.now()
    # INVARIANT: the subject's row is read first, which keeps a second answer waiting until this one is durable.
    standing = active_standing_in(unit, ctx, subject_id)
    events = unit.consents.of_subject(subject_id)
    asked = find_asked(events, question_id)
    if asked is None:
        raise NotFoundError(NO_QUESTION)
    if closed_by(asked, events, standing.history.newest.number, now) is not None:
        raise ConflictError(OLD_QUESTION)
    said = _Said(
        unit=unit,
        ctx=ctx,
        asked=asked,
        standing=standing,
        events=events,
        facts=unit.facts.of_subject(subject_id),
        expression=expression,
        through=through or asked.through,
        now=now,
    )
    if asked.about is QuestionKind.AGREEMENT:
        return _answer_clauses(said, yes)
    if not isinstance(yes, bool):
        raise InvalidValueError("a consent is answered by one yes or no, not clause by clause")
    return _give(said, told=told_of_gpc) if yes else _refuse(said)


def _give(said: _Said, *, told: bool) -> Answered:
    standing, target, now = said.standing, said.target, said.now
    gpc = standing.facts.gpc
    signalled = gpc is not None and gpc.signalled(now)
    if signalled and not told and said.asked.body.get("signalled") is not True:
        raise ConflictError(UNTOLD)
    given = said.standing_facts(FactKind.CONSENT)
    ends_at = _ends_at(said)
    if not given or signalled:
        count_in_hour(said.unit, said.ctx, "answer", said.subject_id)
        if signalled:
            said.unit.subjects.override_gpc(said.subject_id, at=now)
        renews = any(same_consent(standing, fact, target) for fact in said.facts)
        body: JsonObject = {
            "purpose": target.purpose,
            "recipient": target.recipient,
            "items": list(target.items),
            "clause_hash": target.clause_hash,
            "version": said.asked.version,
            "expires_at": None if ends_at is None else ends_at.isoformat(),
        }
        fact_id = said.add_fact(FactKind.CONSENT, body)
        kind = EventKind.RENEWED if renews else EventKind.GIVEN
        said.add_event(kind, fact_id, said.record(LedgerAction.CONSENT), ends_at=ends_at)
        return _answered(said, given=(fact_id,), valid_until=ends_at)
    ends = given[0].body.get("expires_at")
    valid_until = datetime.fromisoformat(ends) if isinstance(ends, str) else None
    return _answered(said, given=tuple(fact.id for fact in given), valid_until=valid_until)


def _ends_at(said: _Said) -> datetime | None:
    if said.target.purpose is None:
        return None
    days = purpose_of(said.standing.history.newest.policy, said.target.purpose).valid_days
    return None if days is None else said.now + timedelta(days=days)


def _refuse(said: _Said) -> Answered:
    target = said.target
    for fact in said.standing_facts(FactKind.CONSENT):
        _take_back(said, fact)
    if not any(_newest_is(said, fact) for fact in said.standing_facts(FactKind.REFUSAL)):
        record = said.record(LedgerAction.REFUSAL)
        bodies: list[JsonObject] = [{"purpose": target.purpose}]
        if target.purpose is None:
            bodies = [{"clause": clause} for clause in target.clauses]
        for body in bodies:
            said.add_event(EventKind.REFUSED, said.add_fact(FactKind.REFUSAL, body), record)
    return _answered(said, refused=target.clauses)


def _answer_clauses(said: _Said, yes: Answer) -> Answered:
    """Take yes or no to each clause by itself; a clause without an answer is left as it is."""
    asked = said.target.clauses
    wanted = dict.fromkeys(asked, yes) if isinstance(yes, bool) else dict(yes)
    for clause in wanted:
        if clause not in asked:
            raise InvalidValueError(f"the question does not ask about `{clause[:80]}`{nearest(clause, asked)}")
    given: list[str] = []
    refused: list[str] = []
    for clause in asked:
        if wanted.get(clause):
            given.append(_agree(said, clause))
        elif clause in wanted:
            _disagree(said, clause)
            refused.append(clause)
    return _answered(said, given=tuple(given), refused=tuple(refused))


def _agree(said: _Said, clause: str) -> str:
    wanted = Agreement(version=said.asked.version, clause=clause, at=said.now)
    accepted = accept_agreement(said.standing.history, said.standing.facts, wanted)
    before = next((fact.id for fact in said.facts if _agrees_to(said.standing, fact, accepted)), None)
    if before is not None:
        return before
    count_in_hour(said.unit, said.ctx, "agreement", said.subject_id, count=AGREEMENTS_AN_HOUR)
    fact_id = said.add_fact(FactKind.AGREEMENT, {"version": accepted.version, "clause": accepted.clause})
    record = said.record(LedgerAction.AGREEMENT)
    said.add_event(EventKind.GIVEN, fact_id, record, target=Target(clauses=(clause,)))
    return fact_id


def _disagree(said: _Said, clause: str) -> None:
    no_longer = Agreement(version=said.asked.version, clause=clause, at=said.now)
    for fact in said.facts:
        if _agrees_to(said.standing, fact, no_longer):
            _take_back(said, fact, target=Target(clauses=(clause,)))
    refusals = said.standing_facts(FactKind.REFUSAL)
    if any(fact.body.get("clause") == clause and _newest_is(said, fact) for fact in refusals):
        return
    fact_id = said.add_fact(FactKind.REFUSAL, {"clause": clause})
    said.add_event(EventKind.REFUSED, fact_id, said.record(LedgerAction.REFUSAL), target=Target(clauses=(clause,)))


def _agrees_to(standing: Standing, fact: FactRow, agreement: Agreement) -> bool:
    if fact.kind is not FactKind.AGREEMENT or fact.withdrawn_at is not None:
        return False
    version, clause = fact.body.get("version"), fact.body.get("clause")
    if not isinstance(version, int) or not (clause is None or isinstance(clause, str)):
        return False
    return standing.history.answer(Agreement(version=version, clause=clause, at=fact.at)) == standing.history.answer(
        agreement
    )


def _newest_is(said: _Said, fact: FactRow) -> bool:
    """Say whether nothing was said to the same after this fact: the same answer again adds nothing."""
    made = [one for one in said.events if one.question_id == said.asked.question_id and one.fact_id is not None]
    about = Target.from_body(next(one for one in made if one.fact_id == fact.id).body).clauses
    after = [one for one in made if set(Target.from_body(one.body).clauses) & set(about)]
    return bool(after) and after[-1].kind is EventKind.REFUSED


def _take_back(said: _Said, fact: FactRow, *, target: Target | None = None) -> None:
    """End a yes that the subject changes to a no by answering the same question otherwise."""
    said.unit.facts.withdraw(said.subject_id, fact.id, at=said.now)
    said.add_event(EventKind.WITHDRAWN, fact.id, said.record(LedgerAction.WITHDRAW), target=target)


def _answered(
    said: _Said,
    *,
    given: tuple[str, ...] = (),
    refused: tuple[str, ...] = (),
    valid_until: datetime | None = None,
) -> Answered:
    quiet = timedelta(days=said.standing.history.newest.policy.quiet_days)
    return Answered(
        question_id=str(said.asked.question_id),
        given=given,
        refused=refused,
        quiet_until=said.now + quiet if refused else None,
        valid_until=valid_until,
    )
