"""Section 7 of the semantics: what a case on a legal ground opens."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from camket.core.gate import rows
from camket.core.gate.rows import Row
from camket.core.terms import Action, Case, CaseAct, Ground, LawCase

LEGAL_GROUNDS: Final = frozenset({Ground.LAW, Ground.TERMS, Ground.PROTECTION})
"""Grounds that need a case with its evidence."""

LAW_19_CASES: Final = frozenset("abcde")
"""Cases of LAW Art. 19.1, by their letters: processing that restriction and objection do not stop."""

_ACTS: Final = {
    Action.COLLECT: frozenset[CaseAct](),
    Action.USE: frozenset({CaseAct.ACCESS, CaseAct.USE}),
    Action.SHARE: frozenset({CaseAct.DISCLOSE}),
}

_PERMITS: Final = {
    Ground.LAW: rows.CASE_LAW,
    Ground.TERMS: rows.CASE_TERMS,
    Ground.PROTECTION: rows.CASE_PROTECTION,
}

PERMITS: Final = tuple(_PERMITS.values())
"""Rows that a case opens."""


def told_from(case: Case) -> datetime | None:
    """Return from when the subject may be told; None is at once."""
    return case.notice_delayed_until if isinstance(case, LawCase) else None


def defect(
    case: Case | None,
    *,
    action: Action,
    ground: Ground | None,
    roots: frozenset[str],
    item: str,
    named: frozenset[Ground],
) -> Row | None:
    """Return the row that says why the case is no evidence for this; None where it is.

    Args:
        case: the question's.
        action: the question's.
        ground: the question's; None takes the case's.
        roots: roots of the items that the case covers.
        item: root of the item.
        named: the grounds that the subject's effective policy names.
    """
    if case is None:
        return rows.CASE_MISSING
    if ground is not None and ground is not case.ground:
        return rows.CASE_MISMATCH
    if item not in roots or not case.acts & _ACTS[action]:
        return rows.CASE_SCOPE
    if case.ground not in named:
        return rows.CASE_GROUND
    return None


def answer(case: Case, *, held: bool, restricted: bool) -> Row:
    """Return the row of section 7 for a case without defect.

    Args:
        case: covers the act and the item.
        held: the item lies under the `hold` key.
        restricted: the subject restricted or objected to anything.
    """
    if case.ground is Ground.LAW:
        return rows.CASE_LAW
    if held:
        return rows.CASE_HELD
    if restricted and case.law_19_case not in LAW_19_CASES:
        return rows.CASE_RESTRICTED
    return _PERMITS[case.ground]
