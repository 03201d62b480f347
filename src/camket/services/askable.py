"""What may be asked of a subject now: what the gate misses, unless a no, a withdrawal or a signal stands against it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from camket.core.consent.target import Target
from camket.core.consent.text import purpose_of, recipient_of
from camket.core.errors import ConflictError, DeniedError, InvalidValueError, nearest
from camket.core.gate import rows
from camket.core.gate.decide import decide
from camket.core.gate.question import Question as GateQuestion
from camket.core.gate.tables import clause_key
from camket.core.policy.model import Clause, ClauseKind
from camket.core.policy.version import consent_hash
from camket.core.terms import Action, Basis, Ground, Outcome
from camket.services.consent_facts import withdrawn_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.decision import ItemAnswer
    from camket.core.gate.history import Standing
    from camket.rows.consents import ConsentEventRow

_WANTED: Final = frozenset({rows.CONSENT_GPC.name, rows.CONSENT_QUIET.name, rows.SHARE_WITHDRAWN.name})
"""Rows that forbid asking, and do not stand in the way of a subject who asks to be asked."""


def consent_target(
    standing: Standing,
    purpose: str | None,
    recipient: str | None,
    items: tuple[str, ...],
    now: datetime,
    *,
    wanted: bool,
) -> Target:
    """Return the consent to ask for: to the items that a yes is missing for.

    Raises:
        InvalidValueError: no such purpose, recipient or item (with the nearest), or it rests on no consent.
        ConflictError: none is missing.
        DeniedError: it may not be asked now.
    """
    policy = standing.history.newest.policy
    if recipient is not None:
        declared = recipient_of(policy, recipient).shares.get(Ground.CONSENT, ())
    else:
        used = purpose_of(policy, purpose or "")
        declared = used.items if used.basis is Basis.CONSENT else ()
    name = recipient or purpose
    if not declared:
        raise InvalidValueError(f"`{name}` rests on no consent; there is nothing to ask a consent for")
    for item in items:
        if item not in declared:
            raise InvalidValueError(f"`{name}` has no item `{item[:40]}`{nearest(item, declared)}")
    asked = _items_to_ask(standing, purpose, recipient, items or declared, now, wanted=wanted)
    kind = ClauseKind.USE if recipient is None else ClauseKind.SHARE
    return Target(
        purpose=purpose,
        recipient=recipient,
        items=asked,
        clauses=tuple(f"{kind}({item}, {name}, {Basis.CONSENT})" for item in asked),
        clause_hash=consent_hash(policy, purpose=purpose, recipient=recipient),
    )


def _items_to_ask(
    standing: Standing,
    purpose: str | None,
    recipient: str | None,
    items: tuple[str, ...],
    now: datetime,
    *,
    wanted: bool,
) -> tuple[str, ...]:
    """Return the items that a yes is missing for, by what the gate says of each.

    Raises:
        ConflictError: none is missing.
        DeniedError: the gate would not have it asked.
    """
    question = GateQuestion(
        action=Action.USE if recipient is None else Action.SHARE,
        items=items,
        at=now,
        purpose=purpose,
        recipient=recipient,
        ground=None if recipient is None else Ground.CONSENT,
    )
    answers = decide(standing, question).items
    open_ones = tuple(one.item for one in answers if _askable(one, wanted=wanted))
    barred = [one for one in answers if one.outcome is Outcome.DENY and not _askable(one, wanted=wanted)]
    if barred:
        until = barred[0].until
        when = "" if until is None else f" before {until.date().isoformat()}"
        raise DeniedError(f"this is not to be asked{when}: {barred[0].row.en.rstrip('.').lower()}")
    if not open_ones:
        raise ConflictError("there is nothing to ask: the answer to all of it was yes already")
    return open_ones


def _askable(answer: ItemAnswer, *, wanted: bool) -> bool:
    if answer.row is rows.CONSENT_ASK:
        return True
    if not wanted:
        return False
    # A yes that ends by its date may be renewed before that day, by whoever wants to.
    return answer.row.name in _WANTED or (answer.row is rows.CONSENT_VALID and answer.until is not None)


def require_asked_again(
    standing: Standing, events: Sequence[ConsentEventRow], target: Target, now: datetime, *, wanted: bool
) -> None:
    """Refuse to ask again who withdrew a short while ago: a withdrawal is a no, and is left alone as long as one."""
    until = None if wanted else withdrawn_until(standing, events, target, now)
    if until is not None:
        raise DeniedError(f"this is not to be asked before {until.date().isoformat()}: it was withdrawn")


def open_clauses(
    standing: Standing,
    events: Sequence[ConsentEventRow],
    clauses: tuple[str, ...],
    now: datetime,
    *,
    wanted: bool,
) -> tuple[Clause, ...]:
    """Return the clauses that can be agreed to and may be asked about now.

    Raises:
        InvalidValueError: a clause is not one of the newest version.
        ConflictError: none of them changes anything for the subject.
        DeniedError: all of them were refused or withdrawn within the quiet time.
    """
    version = standing.history.newest
    known = {clause_key(clause.id): clause for clause in version.clauses}
    for text in clauses:
        if clause_key(text) not in known:
            hint = nearest(text, [clause.id for clause in version.clauses])
            raise InvalidValueError(f"version {version.number} has no clause `{text[:80]}`{hint}")
    named = {known[clause_key(text)] for text in clauses}
    found = tuple(clause for clause in standing.open_clauses if not named or clause in named)
    if not found:
        raise ConflictError("there is nothing to agree to: none of it changes anything for this account")
    quiet = {clause: left_alone_until(standing, events, clause.id, now) for clause in found}
    asked = tuple(clause for clause in found if wanted or quiet[clause] is None)
    if not asked:
        first = min(until for until in quiet.values() if until is not None)
        raise DeniedError(f"this is not to be asked before {first.date().isoformat()}: it was refused or withdrawn")
    return asked


def left_alone_until(
    standing: Standing, events: Sequence[ConsentEventRow], clause: str, now: datetime
) -> datetime | None:
    """Return until when a clause is not asked about, after a no or a withdrawal; None where it may be."""
    cell = standing.history.tables.texts.get(clause_key(clause))
    refused = None if cell is None else standing.refused_until(cell, now)
    withdrawn = withdrawn_until(standing, events, Target(clauses=(clause,)), now)
    return max((until for until in (refused, withdrawn) if until is not None), default=None)
