"""The total table: one function per group of rows, tried in order; the first that answers decides (semantics 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from camket.core.consent.state import ConsentState, consent_state
from camket.core.gate import case as section_7
from camket.core.gate import rows
from camket.core.gate.decision import (
    Decision,
    ItemAnswer,
    Missing,
    MissingKind,
    Obligation,
    ObligationKind,
    Verdict,
)
from camket.core.gate.effective import Effective
from camket.core.gate.history import Standing
from camket.core.gate.question import ALL_PURPOSES, Hold, Question
from camket.core.gate.rows import Row
from camket.core.gate.tables import Declared, cell_of
from camket.core.terms import RIGHTS_PURPOSE, Action, Ground, Outcome, Source, SubjectState

_new: Final = tuple.__new__


def decide(standing: Standing, question: Question) -> Decision:
    """Answer a question about one subject: permit, ask or deny, with what decided and what is missing.

    Total and pure: every well-typed question has an answer, and what nothing permits is denied. An answer is
    remembered for as long as no fact about the subject changes it by time; a question with a case is always answered
    afresh.

    Args:
        standing: from `History.standing`, with the facts read in the transaction of the effect.
        question: about any items; `at` is the instant of the effect.

    Returns:
        For several items any deny denies, else any ask asks, else it is a permit.

    Source: semantics section 4.
    """
    try:
        verdict = standing.verdicts[question.key]
    except KeyError:
        return _answer(standing, question)
    at = question.at
    if verdict.since <= at < verdict.before and question.case is None:
        return _new(Decision, (verdict, at))
    return _answer(standing, question)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """A question with its names resolved, before one subject's standing."""

    standing: Standing
    effective: Effective
    question: Question
    service: str | None
    purpose: str | None
    recipient: str | None

    @property
    def at(self) -> datetime:
        return self.question.at

    @property
    def restricts_anything(self) -> bool:
        return bool(self.standing.restricted or self.standing.objected)

    def restricts(self, purpose: str) -> bool:
        return purpose in self.standing.restricted or purpose in self.standing.objected

    def hold(self, item: str) -> Hold | None:
        """Return the hold on an item that lasts longest; None where none is left."""
        names = self.standing.history.tables.names.items
        holds = [one for one in self.standing.facts.holds if names.get(one.item) == item and self.at < one.until]
        return max(holds, key=lambda one: one.until, default=None)

    def holds(self, declared: Declared) -> bool:
        return bool(self.effective.mask & declared.bit)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """The row that fits one item, with what comes with it."""

    row: Row
    declared: Declared | None = None
    until: datetime | None = None
    missing: MissingKind | None = None
    hold: Hold | None = None
    quiet: bool = False


_Rule = Callable[[_Asked, str], _Found | None]


def _erased(asked: _Asked, item: str) -> _Found | None:
    if asked.standing.facts.state is not SubjectState.ERASED:
        return None
    question = asked.question
    own = question.action is Action.USE and question.purpose == RIGHTS_PURPOSE
    lawful = (
        question.action is not Action.COLLECT
        and question.case is not None
        and question.case.ground is Ground.LAW
        and _defect(asked, item) is None
    )
    if not own and not lawful:
        return _Found(row=rows.ERASED)
    hold = asked.hold(item)
    if hold is None:
        return _Found(row=rows.ERASED_NOT_HELD)
    return _Found(row=rows.ERASED_HELD_RIGHTS if own else rows.ERASED_HELD_LAW, until=hold.until, hold=hold)


def _own_rights(asked: _Asked, item: str) -> _Found | None:
    if asked.question.purpose != RIGHTS_PURPOSE:
        return None
    return _Found(row=rows.RIGHTS, hold=asked.hold(item))


def _case(asked: _Asked, item: str) -> _Found | None:
    question = asked.question
    if question.case is None and question.ground not in section_7.LEGAL_GROUNDS:
        return None
    defect = _defect(asked, item)
    if defect is not None or question.case is None:
        missing = None if defect is rows.CASE_GROUND else MissingKind.GROUND
        return _Found(row=defect or rows.CASE_MISSING, missing=missing)
    hold = asked.hold(item)
    row = section_7.answer(question.case, held=hold is not None, restricted=asked.restricts_anything)
    if row is rows.CASE_RESTRICTED:
        return _Found(row=row, missing=MissingKind.GROUND)
    return _Found(row=row, hold=hold if row is rows.CASE_LAW else None)


def _defect(asked: _Asked, item: str) -> Row | None:
    question = asked.question
    names = asked.standing.history.tables.names.items
    covered = question.case.items if question.case is not None else ()
    return section_7.defect(
        question.case,
        action=question.action,
        ground=question.ground,
        roots=frozenset(names.get(one, one) for one in covered),
        item=item,
        named=asked.effective.grounds,
    )


def _undeclared(asked: _Asked, item: str) -> _Found | None:
    tables = asked.standing.history.tables
    question = asked.question
    named = (
        (asked.service, tables.services, question.action is Action.COLLECT),
        (asked.purpose, tables.purposes, question.action is Action.USE),
        (asked.recipient, tables.recipients, question.action is Action.SHARE),
    )
    declared = item in tables.items and all(
        name in known if name is not None else not needed for name, known, needed in named
    )
    if question.action is Action.COLLECT and question.source is None:
        declared = False
    return None if declared else _Found(row=rows.UNDECLARED)


def _held(asked: _Asked, item: str) -> _Found | None:
    hold = asked.hold(item)
    return None if hold is None else _Found(row=rows.HELD, until=hold.until)


def _collect(asked: _Asked, item: str) -> _Found | None:
    source = asked.question.source
    if source is Source.OBSERVED and asked.restricts(ALL_PURPOSES):
        return _Found(row=rows.RESTRICTED_OBSERVED)
    declared = asked.standing.history.tables.collect.get((item, asked.service or "", source or ""))
    if declared is None:
        return _Found(row=rows.COLLECT_NEITHER)
    if asked.holds(declared):
        return _Found(row=rows.COLLECT_EFFECTIVE, declared=declared)
    return _agreement(asked, rows.COLLECT_NEW, declared)


def _agreement(asked: _Asked, row: Row, declared: Declared) -> _Found:
    until = asked.standing.refused_until(cell_of(declared.clause), asked.at)
    quiet = until is not None
    return _Found(row=row, declared=declared, until=until, missing=MissingKind.AGREEMENT, quiet=quiet)


def _use_restricted(asked: _Asked, _item: str) -> _Found | None:
    restricted = asked.restricts(ALL_PURPOSES) or asked.restricts(asked.purpose or "")
    return _Found(row=rows.USE_RESTRICTED) if restricted else None


def _use_stated(asked: _Asked, item: str) -> _Found | None:
    declared = asked.standing.history.tables.use.get((item, asked.purpose or ""))
    if declared is None or declared.consent is not None:
        return None
    if asked.holds(declared):
        return _Found(row=rows.USE_STATED, declared=declared)
    return _agreement(asked, rows.USE_STATED_NEW, declared)


def _share_ground(asked: _Asked, _item: str) -> _Found | None:
    if asked.question.ground is None:
        return _Found(row=rows.SHARE_GROUND, missing=MissingKind.GROUND)
    return None


def _share_restricted(asked: _Asked, _item: str) -> _Found | None:
    return _Found(row=rows.SHARE_RESTRICTED) if asked.restricts_anything else None


def _consent(asked: _Asked, item: str) -> _Found | None:
    tables = asked.standing.history.tables
    if asked.question.action is Action.SHARE:
        declared = tables.share.get((item, asked.recipient or ""))
    else:
        declared = tables.use.get((item, asked.purpose or ""))
    if declared is None or declared.consent is None:
        return None
    found = _consents(asked, item, declared)
    valid = [end for state, end in found if state is ConsentState.VALID]
    if valid:
        until = None if None in valid else max(end for end in valid if end is not None)
        return _Found(row=rows.CONSENT_VALID, declared=declared, until=until)
    if asked.question.action is Action.SHARE and any(state is ConsentState.WITHDRAWN for state, _ in found):
        return _Found(row=rows.SHARE_WITHDRAWN, declared=declared)
    gpc = asked.standing.facts.gpc
    if gpc is not None and gpc.signalled(asked.at):
        return _Found(row=rows.CONSENT_GPC, declared=declared, quiet=True)
    until = asked.standing.refused_until(cell_of(declared.clause), asked.at)
    if until is not None:
        return _Found(row=rows.CONSENT_QUIET, declared=declared, until=until, quiet=True)
    return _Found(row=rows.CONSENT_ASK, declared=declared, missing=MissingKind.CONSENT)


def _consents(asked: _Asked, item: str, declared: Declared) -> list[tuple[ConsentState, datetime | None]]:
    """Return where each consent to what is asked stands, and when it expires; those to another meaning are not it."""
    clause = declared.clause
    facts = asked.standing.facts
    cell = declared.consent
    return [
        (
            consent_state(one.consent, cell=cell, joined=facts.joined, gpc=facts.gpc, at=asked.at),
            one.consent.expires_at,
        )
        for one in asked.standing.consents
        if cell is not None
        and one.consent.clause_hash == cell.clause_hash
        and one.target == (clause.kind, clause.roots[1])
        and item in one.items
    ]


_RULES: Final[Mapping[Action, tuple[_Rule, ...]]] = MappingProxyType(
    {
        Action.COLLECT: (_erased, _undeclared, _collect),
        Action.USE: (_erased, _own_rights, _case, _undeclared, _held, _use_restricted, _use_stated, _consent),
        Action.SHARE: (_erased, _case, _undeclared, _held, _share_ground, _share_restricted, _consent),
    }
)


def _first(asked: _Asked, item: str) -> _Found:
    root = asked.standing.history.tables.names.items.get(item)
    if root is None:
        return _Found(row=rows.UNDECLARED_EVER)
    for rule in _RULES[asked.question.action]:
        found = rule(asked, root)
        if found is not None:
            return found
    # INVARIANT: silence denies.
    return _Found(row=rows.SILENCE)


def _answer(standing: Standing, question: Question) -> Decision:
    names = standing.history.tables.names
    asked = _Asked(
        standing=standing,
        effective=standing.effective_at(question.at),
        question=question,
        service=_root(names.services, question.service),
        purpose=_root(names.purposes, question.purpose),
        recipient=_root(names.recipients, question.recipient),
    )
    found = [(item, _first(asked, item)) for item in question.items]
    since, before = standing.window(question.at)
    version = standing.history.newest.number
    verdict = Verdict(
        question=question,
        outcome=_total([one.row.outcome for _, one in found]),
        items=tuple(ItemAnswer(item=item, row=one.row, clause=_id(one), until=one.until) for item, one in found),
        clauses=tuple(dict.fromkeys(one.declared.clause.id for _, one in found if one.declared is not None)),
        missing=tuple(_missing(question, item, one, version) for item, one in found if one.missing is not None),
        obligations=_obligations(question, found),
        version=version,
        history=asked.effective.history_hash,
        since=since,
        before=before,
    )
    if question.case is None:
        standing.remember(verdict)
    return _new(Decision, (verdict, question.at))


def _root(names: Mapping[str, str], name: str | None) -> str | None:
    return None if name is None else names.get(name, name)


def _id(found: _Found) -> str | None:
    return None if found.declared is None else found.declared.clause.id


def _total(outcomes: list[Outcome]) -> Outcome:
    # INVARIANT: any deny denies, else any ask asks, and a permit needs every item's permit.
    if Outcome.DENY in outcomes:
        return Outcome.DENY
    return Outcome.ASK if Outcome.ASK in outcomes else Outcome.PERMIT


def _missing(question: Question, item: str, found: _Found, version: int) -> Missing:
    kind = found.missing or MissingKind.GROUND
    consent = found.declared.consent if found.declared is not None else None
    return Missing(
        kind=kind,
        item=item,
        purpose=question.purpose,
        recipient=question.recipient,
        version=version,
        clause=_id(found),
        clause_hash=None if consent is None else consent.clause_hash,
    )


def _obligations(question: Question, found: list[tuple[str, _Found]]) -> tuple[Obligation, ...]:
    per_item: list[Obligation] = []
    for item, one in found:
        if one.quiet:
            per_item.append(Obligation(kind=ObligationKind.DO_NOT_ASK, item=item, until=one.until))
        if one.hold is not None:
            kind = ObligationKind.HOLD_KEY
            per_item.append(Obligation(kind=kind, item=item, reference=one.hold.article, until=one.hold.until))
    case = question.case
    rests_on_case = any(one.row in (*section_7.PERMITS, rows.ERASED_HELD_LAW) for _, one in found)
    if case is None or not rests_on_case:
        return tuple(per_item)
    record = Obligation(kind=ObligationKind.RECORD_CASE, reference=case.reference)
    tell = Obligation(kind=ObligationKind.TELL_SUBJECT, reference=case.reference, not_before=section_7.told_from(case))
    return (*per_item, record, tell)
