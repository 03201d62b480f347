"""What the facts of the gate say of consents and agreements, in the words of the questions that they answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from camket.core.consent.events import EventKind
from camket.core.consent.target import Target
from camket.core.gate.tables import clause_key
from camket.core.policy.model import ClauseKind
from camket.rows import FactKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import Standing
    from camket.rows import FactRow
    from camket.rows.consents import ConsentEventRow


def target_of(standing: Standing, fact: FactRow, events: Sequence[ConsentEventRow]) -> Target:
    """Return what a consent or an agreement is to, as it was asked; from the fact alone where no history tells."""
    gave = next((one for one in events if one.fact_id == fact.id), None)
    if gave is not None:
        return Target.from_body(gave.body)
    body = fact.body
    if fact.kind is FactKind.AGREEMENT:
        clause = body.get("clause")
        version = standing.history.version(int(str(body["version"])))
        every = () if version is None else tuple(one.id for one in version.clauses)
        return Target(clauses=(clause,) if isinstance(clause, str) else every)
    kind = ClauseKind.USE if body.get("recipient") is None else ClauseKind.SHARE
    name = body.get("recipient") or body.get("purpose")
    raw = body["items"]
    items = [str(item) for item in raw] if isinstance(raw, list | tuple) else []
    return Target.from_body({**body, "clauses": [f"{kind}({item}, {name}, consent)" for item in items]})


def items_of(target: Target) -> tuple[str, ...]:
    """Return the items that a question is about: those of the consent, or of its clauses."""
    if target.items:
        return target.items
    kinds = (ClauseKind.COLLECT, ClauseKind.USE, ClauseKind.SHARE, ClauseKind.KEEP)
    named = (clause.partition("(") for clause in target.clauses)
    return tuple(dict.fromkeys(parts.partition(",")[0] for kind, _, parts in named if kind in kinds))


def withdrawn_until(
    standing: Standing, events: Sequence[ConsentEventRow], target: Target, now: datetime
) -> datetime | None:
    """Return the end of the quiet time after a withdrawal of what is asked for; None where it may be asked.

    The gate forgets what was withdrawn (semantics section 2). Who asks does not: a withdrawal is a no.

    Args:
        standing: of the subject.
        events: their whole history.
        target: a consent, or an agreement to one clause.
        now: aware.
    """
    quiet = timedelta(days=standing.history.newest.policy.quiet_days)
    wanted = _meant(standing, target)
    ends = [
        one.at + quiet
        for one in events
        if one.kind is EventKind.WITHDRAWN and wanted & _meant(standing, Target.from_body(one.body))
    ]
    return max((end for end in ends if now < end), default=None)


def said_no_since(
    standing: Standing, events: Sequence[ConsentEventRow], target: Target, at: datetime
) -> datetime | None:
    """Return when a subject last said no to a target, or withdrew it, after an instant; None where they did not."""
    wanted = _meant(standing, target)
    said = [
        one.at
        for one in events
        if one.kind in (EventKind.REFUSED, EventKind.WITHDRAWN)
        and one.at > at
        and wanted & _meant(standing, Target.from_body(one.body))
    ]
    return max(said, default=None)


def _meant(standing: Standing, target: Target) -> set[object]:
    """Return what a target is about under the names of every age: a purpose or recipient whole, or the clauses."""
    tables = standing.history.tables
    if target.recipient is not None:
        return {(ClauseKind.SHARE, tables.names.recipients.get(target.recipient, target.recipient))}
    if target.purpose is not None:
        return {(ClauseKind.USE, tables.names.purposes.get(target.purpose, target.purpose))}
    return {tables.texts.get(clause_key(clause), clause) for clause in target.clauses}


def same_yes(standing: Standing, one: FactRow, other: FactRow) -> bool:
    """Say whether two yeses are to the same purpose or recipient; an agreement is the same as itself alone."""
    if one.id == other.id:
        return True
    return one.kind is other.kind is FactKind.CONSENT and goal_of(standing, one) == goal_of(standing, other)


def same_consent(standing: Standing, fact: FactRow, target: Target) -> bool:
    """Say whether a fact is a consent that was not withdrawn, to the same, and to one of the same items."""
    if fact.kind is not FactKind.CONSENT or fact.withdrawn_at is not None:
        return False
    names = standing.history.tables.names
    if target.recipient is not None:
        goal = (ClauseKind.SHARE, names.recipients.get(target.recipient, target.recipient))
    else:
        goal = (ClauseKind.USE, names.purposes.get(target.purpose or "", target.purpose or ""))
    held = fact.body.get("items")
    return goal_of(standing, fact) == goal and isinstance(held, list | tuple) and bool(set(held) & set(target.items))


def goal_of(standing: Standing, fact: FactRow) -> tuple[ClauseKind, str]:
    """Return what a consent is to, by its first name: a purpose to use for, or a recipient to share with."""
    names = standing.history.tables.names
    recipient, purpose = fact.body.get("recipient"), fact.body.get("purpose")
    if isinstance(recipient, str):
        return ClauseKind.SHARE, names.recipients.get(recipient, recipient)
    return ClauseKind.USE, names.purposes.get(str(purpose), str(purpose))
