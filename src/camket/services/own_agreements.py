"""Agreements to changes as their subject sees them: the open ones, and every one that was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.consent.clause_text import clause_sentence
from camket.core.consent.events import EventKind, QuestionKind
from camket.core.gate.tables import clause_key
from camket.core.terms import Basis
from camket.rows import FactKind
from camket.services.askable import left_alone_until
from camket.services.consent_facts import target_of
from camket.services.consent_states import state_of
from camket.services.consequences import declaring, what_stops
from camket.services.own_answers import OwnConsent, OwnState, texts_of

if TYPE_CHECKING:
    from camket.core.policy.model import PolicyVersion
    from camket.rows import FactRow
    from camket.services.own_answers import Known


def own_agreements(known: Known) -> tuple[OwnConsent, ...]:
    """Return the open clauses of the newest version, then every clause that was answered, newest first."""
    newest = known.standing.history.newest
    open_ones = {clause_key(clause.id) for clause in known.standing.open_clauses}
    answered: dict[str, OwnConsent] = {}
    for fact in known.facts:
        if fact.kind is FactKind.AGREEMENT or (fact.kind is FactKind.REFUSAL and _refused_clause(known, fact)):
            one = _agreement(known, fact)
            if one is not None:
                answered[f"{one.version}:{one.clause}"] = one
    shown = {clause_key(str(one.clause)) for one in answered.values() if one.version == newest.number}
    waiting = [clause.id for clause in newest.clauses if clause_key(clause.id) in open_ones - shown]
    fresh = [_open_clause(known, newest, clause) for clause in waiting]
    return (*fresh, *sorted(answered.values(), key=lambda one: one.since or known.now, reverse=True))


def _agreement(known: Known, fact: FactRow) -> OwnConsent | None:
    event = known.of_fact(fact)
    target = target_of(known.standing, fact, known.events) if fact.kind is FactKind.AGREEMENT else None
    clause = fact.body.get("clause")
    text = str(clause) if isinstance(clause, str) else None
    version = declaring(known.standing.history, fact) if event is None else _version(known, event.version)
    if text is None and target is None:
        return None
    refused = fact.kind is FactKind.REFUSAL
    state = OwnState.REFUSED if refused else state_of(known.standing, fact, known.now)
    quiet = None
    if state is not OwnState.VALID and text is not None:
        quiet = left_alone_until(known.standing, known.events, text, known.now)
    open_yes = state is OwnState.VALID
    return OwnConsent(
        kind=QuestionKind.AGREEMENT,
        purpose=None,
        recipient=None,
        clause=text,
        label=_sentence(known, version, text),
        explains="",
        items=(),
        state=state,
        since=fact.withdrawn_at or fact.at,
        version=version.number,
        valid_until=None,
        quiet_until=quiet,
        text=known.text_of(event),
        consent_id=None if refused else fact.id,
        stops=what_stops(known.standing.history, [fact], known.language) if open_yes else (),
    )


def _open_clause(known: Known, version: PolicyVersion, clause: str) -> OwnConsent:
    of_version = [one for one in known.events if one.kind is EventKind.ASKED and one.version == version.number]
    asked = any(clause in texts_of(one.body.get("clauses")) for one in of_version)
    return OwnConsent(
        kind=QuestionKind.AGREEMENT,
        purpose=None,
        recipient=None,
        clause=clause,
        label=_sentence(known, version, clause),
        explains="",
        items=(),
        state=OwnState.UNANSWERED if asked else OwnState.NEVER_ASKED,
        since=None,
        version=version.number,
        valid_until=None,
        quiet_until=left_alone_until(known.standing, known.events, clause, known.now),
        text=None,
        consent_id=None,
        stops=(),
    )


def _sentence(known: Known, version: PolicyVersion, text: str | None) -> str:
    """Return what a clause means; the clause itself where its version is not written in the language."""
    clause = next((one for one in version.clauses if text and clause_key(one.id) == clause_key(text)), None)
    if clause is None or known.language not in version.policy.languages:
        return text or version.policy.title.get(known.language, "")
    return clause_sentence(version.policy, clause, known.language)


def _version(known: Known, number: int) -> PolicyVersion:
    return known.standing.history.version(number) or known.standing.history.newest


def _refused_clause(known: Known, fact: FactRow) -> bool:
    """Say whether a refusal is one of a changed clause, not of a consent."""
    event = known.of_fact(fact)
    if event is not None:
        return event.about is QuestionKind.AGREEMENT
    clause = fact.body.get("clause")
    return isinstance(clause, str) and not clause_key(clause).endswith(f",{Basis.CONSENT})")
