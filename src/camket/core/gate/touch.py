"""Whom a difference between two versions touches: what becomes of one subject's own policy (semantics section 2)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.consent.state import rests_on_consent
from camket.core.gate.history import NEVER
from camket.core.gate.question import SubjectFacts
from camket.core.gate.tables import cell_of
from camket.core.policy.diff import Change, DeclarationKind, Effect
from camket.core.policy.diff_limits import never_later
from camket.core.policy.model import Clause, ClauseKind
from camket.core.terms import Channel, Ground, Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.core.gate.effective import Effective
    from camket.core.gate.history import Standing
    from camket.core.policy.diff import Difference
    from camket.core.policy.model import Limit, RightTerms

_KEEP: Final = ClauseKind.KEEP
_ATTRIBUTES: Final[dict[str, Callable[[RightTerms], str]]] = {
    "reply": lambda terms: f"P{terms.reply_days}D",
    "complete": lambda terms: f"P{terms.complete_days}D",
    "fee": lambda terms: str(terms.fee_vnd),
    "verification": lambda terms: str(terms.verification),
}


class Touch(StrEnum):
    """What a difference does to one subject when the version takes effect."""

    AT_ONCE = "at_once"
    """It holds for them from the first moment."""
    WAITS = "waits"
    """What they had stays until they say yes."""
    NOT = "not"
    """Nothing changes for them."""


def touches(difference: Difference, before: Standing, after: Standing) -> Touch:
    """Return what a difference does to a subject.

    Args:
        difference: between the newest version of the one history and that of the other.
        before: where the subject stands among the versions up to the earlier one.
        after: where they stand, with the same facts, when the later one is in force too.

    Returns:
        The same for all subjects with the same history; where a use or sharing on consent is taken out, also by
        whether the subject had said yes.
    """
    if difference.change is Change.REWORDED or difference.about.kind is DeclarationKind.REGISTRATION:
        return Touch.NOT
    if _is_consents(difference):
        return _by_consent(difference, before)
    view = _view(difference)
    if view is None:
        return Touch.AT_ONCE
    was, now, wanted = view(before), view(after), view(_newcomer(after))
    if difference.effect is Effect.WORSE and now != wanted:
        return Touch.WAITS
    return Touch.NOT if was == now else Touch.AT_ONCE


def _newcomer(after: Standing) -> Standing:
    """Return where who joins under the newest version stands."""
    history = after.history
    return history.standing(SubjectFacts(joined=history.newest.number))


def _is_consents(difference: Difference) -> bool:
    """Say whether the subject's consent decides, and not the fold: it came or went with a clause that rests on one."""
    before, after = difference.clauses_before, difference.clauses_after
    return any(rests_on_consent(one) for one in (*before, *after)) and not (before and after)


def _by_consent(difference: Difference, before: Standing) -> Touch:
    if difference.clauses_after:
        return Touch.WAITS
    clause = difference.clauses_before[0]
    said_yes = any(
        one.target == (clause.kind, clause.roots[1])
        and clause.roots[0] in one.items
        and one.consent.withdrawn_at is None
        for one in before.consents
    )
    return Touch.AT_ONCE if said_yes else Touch.NOT


def _view(difference: Difference) -> Callable[[Standing], object] | None:
    """Return how to look at the part of an effective policy that the difference is about; None where it has none."""
    if difference.about.kind is DeclarationKind.GROUND:
        ground = Ground(difference.about.id)
        return lambda standing: ground in _latest(standing).grounds
    clauses = (*difference.clauses_before, *difference.clauses_after)
    erases = difference.change is Change.REMOVED and difference.about.kind is DeclarationKind.ITEM
    if not clauses or difference.about.kind is DeclarationKind.SERVICE or (erases and clauses[0].kind is _KEEP):
        return None
    match clauses[0].kind:
        case ClauseKind.KEEP:
            root = clauses[0].roots[0]
            return lambda standing: _binding(_latest(standing), root)
        case ClauseKind.RIGHT:
            return _right(Right(clauses[0].roots[0]), {clause.roots[1] for clause in clauses})
        case ClauseKind.NOTICE:
            key = (clauses[0].roots[0], Channel(clauses[0].roots[1]))
            return lambda standing: _lead(_latest(standing), key)
        case _:
            return lambda standing: tuple(_holds(standing, clause) for clause in clauses)


def _latest(standing: Standing) -> Effective:
    return standing.effective_at(NEVER)


def _holds(standing: Standing, clause: Clause) -> bool:
    bit = standing.history.tables.bits.get(cell_of(clause))
    return bit is not None and bool(_latest(standing).mask >> bit & 1)


def _binding(effective: Effective, root: str) -> frozenset[tuple[str, int | None]]:
    """Return the limits that can end first; those that another always ends before are left out."""
    limits = tuple(effective.keep.get(root, {}).values())
    return frozenset((str(one.clock), one.days) for one in limits if not _is_behind(one, limits))


def _is_behind(limit: Limit, limits: tuple[Limit, ...]) -> bool:
    return any(never_later(other, limit) and not never_later(limit, other) for other in limits)


def _right(right: Right, attributes: set[str]) -> Callable[[Standing], object]:
    if "present" in attributes:
        return lambda standing: right in _latest(standing).rights
    (read,) = (_ATTRIBUTES[name] for name in attributes)

    def value(standing: Standing) -> str | None:
        terms = _latest(standing).rights.get(right)
        return None if terms is None else read(terms)

    return value


def _lead(effective: Effective, key: tuple[str, Channel]) -> int | None:
    terms = effective.notices.get(key)
    return None if terms is None else terms.lead_days
