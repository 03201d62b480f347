"""Withdrawing: as easy as the yes was, at once, and saying what stops (P11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import Language
from camket.rows import FactKind
from camket.rows.consents import NewConsentEvent
from camket.services.access import SUBJECT
from camket.services.consent_facts import items_of, same_yes, target_of
from camket.services.consequences import what_stops
from camket.services.questions import active_standing_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import Standing
    from camket.ports import Unit
    from camket.rows import FactRow
    from camket.services.context import Context

NO_CONSENT: Final = "there is no such consent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """What a withdrawal did.

    Args:
        consent_id: as it was named.
        kind: whether a consent or an agreement was withdrawn.
        at: it holds from then on; aware.
        stops: what is no longer done, in plain sentences, by language.
        ended: how many yeses were ended: all that were said to the same purpose or recipient.
    """

    consent_id: str
    kind: QuestionKind
    at: datetime
    stops: Mapping[Language, tuple[str, ...]]
    ended: int


def withdraw(
    ctx: Context,
    *,
    subject_id: str,
    consent_id: str,
    through: AskedThrough = AskedThrough.PAGE,
    expression: Expression = Expression.BUTTON,
) -> Withdrawn:
    """Withdraw a consent or an agreement: at once, for every item that was consented to for the same.

    Args:
        ctx: the service.
        subject_id: who withdraws.
        consent_id: of their own consent or agreement.
        through: through what it came.
        expression: how it was expressed.

    Returns:
        What stops. The same again where it was withdrawn before.

    Raises:
        NotFoundError: there is no such consent or agreement of this subject.

    Effects:
        Durable with its ledger record; from the commit on the gate decides as if it had never been given, on every
        node. Twice is once.

    Source: LAW Art. 10.
    """
    return ctx.store.write(
        lambda unit: withdraw_in(
            unit, ctx, subject_id=subject_id, consent_id=consent_id, through=through, expression=expression
        )
    )


def withdraw_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    consent_id: str,
    through: AskedThrough = AskedThrough.PAGE,
    expression: Expression = Expression.BUTTON,
) -> Withdrawn:
    """Do what `withdraw` does inside the caller's unit of work."""
    standing = active_standing_in(unit, ctx, subject_id)
    facts = unit.facts.of_subject(subject_id)
    yes = (FactKind.CONSENT, FactKind.AGREEMENT)
    named = next((one for one in facts if one.id == consent_id and one.kind in yes), None)
    if named is None:
        raise NotFoundError(NO_CONSENT)
    ended = [one for one in facts if one.withdrawn_at is None and same_yes(standing, one, named)]
    if ended:
        _end(unit, ctx, standing, ended, through, expression)
    return Withdrawn(
        consent_id=consent_id,
        kind=QuestionKind.CONSENT if named.kind is FactKind.CONSENT else QuestionKind.AGREEMENT,
        at=named.withdrawn_at or ctx.clock.now(),
        stops={language: what_stops(standing.history, ended or [named], language) for language in Language},
        ended=len(ended),
    )


def withdraw_purpose(
    ctx: Context, *, subject_id: str, purpose: str, through: AskedThrough, expression: Expression
) -> Withdrawn | None:
    """Withdraw every consent to a purpose, as the one click does that unsubscribes; None where there is none.

    Raises:
        NotFoundError: there is no such account.

    Effects: as `withdraw`.
    """

    def end(unit: Unit) -> Withdrawn | None:
        standing = active_standing_in(unit, ctx, subject_id)
        roots = standing.history.tables.names.purposes
        for fact in unit.facts.of_subject(subject_id):
            named = fact.body.get("purpose") if fact.kind is FactKind.CONSENT else None
            if isinstance(named, str) and fact.withdrawn_at is None and roots.get(named) == roots.get(purpose):
                return withdraw_in(
                    unit, ctx, subject_id=subject_id, consent_id=fact.id, through=through, expression=expression
                )
        return None

    return ctx.store.write(end)


def _end(
    unit: Unit,
    ctx: Context,
    standing: Standing,
    ended: Sequence[FactRow],
    through: AskedThrough,
    expression: Expression,
) -> None:
    now = ctx.clock.now()
    events = unit.consents.of_subject(ended[0].subject_id)
    targets = {fact.id: target_of(standing, fact, events) for fact in ended}
    items = dict.fromkeys(item for target in targets.values() for item in items_of(target))
    record = ctx.door.record_in(
        unit,
        actor=SUBJECT,
        action=LedgerAction.WITHDRAW,
        subject_id=ended[0].subject_id,
        items=tuple(items),
        purpose=targets[ended[0].id].purpose,
        version=standing.history.newest.number,
    )
    for fact in ended:
        unit.facts.withdraw(fact.subject_id, fact.id, at=now)
        gave = next((one for one in events if one.fact_id == fact.id), None)
        target = targets[fact.id]
        unit.consents.add(
            NewConsentEvent(
                subject_id=fact.subject_id,
                kind=EventKind.WITHDRAWN,
                about=target.kind,
                target=target.key if gave is None else gave.target,
                body=target.to_body(),
                question_id=None,
                fact_id=fact.id,
                version=standing.history.newest.number,
                text_hash=None if gave is None else gave.text_hash,
                language=None if gave is None else gave.language,
                through=through,
                expression=expression,
                at=now,
                ends_at=None,
                record_id=record,
            )
        )
