"""Where one consent or agreement stands at an instant, by the rules that the gate decides by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from camket.core.consent.facts import Consent
from camket.core.consent.state import ConsentState, consent_state
from camket.core.gate.tables import cell_of, clause_key
from camket.core.policy.model import ClauseKind
from camket.rows import FactKind
from camket.services.consent_facts import goal_of
from camket.services.own_answers import OwnState, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from camket.core.consent.state import ConsentCell
    from camket.core.gate.history import Standing
    from camket.rows import FactRow

_OWN: Final = {
    ConsentState.VALID: OwnState.VALID,
    ConsentState.SUSPENDED: OwnState.SUSPENDED,
    ConsentState.WITHDRAWN: OwnState.WITHDRAWN,
    ConsentState.EXPIRED: OwnState.EXPIRED,
    ConsentState.ENDED: OwnState.ENDED,
    ConsentState.NOT_YET_GIVEN: OwnState.UNANSWERED,
}
_BEST: Final = tuple(_OWN)
"""A consent to several items stands where the best of them stands."""


def state_of(standing: Standing, fact: FactRow, at: datetime) -> OwnState:
    """Return where a consent or an agreement stands.

    Args:
        standing: of its subject.
        fact: a consent or an agreement of theirs.
        at: aware.
    """
    if fact.kind is FactKind.AGREEMENT:
        return _agreement_state(standing, fact, at)
    consent = _consent(fact)
    joined, gpc = standing.facts.joined, standing.facts.gpc
    states = {consent_state(consent, cell=cell, joined=joined, gpc=gpc, at=at) for cell in _cells(standing, fact)}
    if states:
        return _OWN[next(state for state in _BEST if state in states)]
    # Nothing of it is in the newest version any more.
    return OwnState.WITHDRAWN if _withdrawn(fact, at) else OwnState.ENDED


def _consent(fact: FactRow) -> Consent:
    body = fact.body
    purpose, recipient, version, expires = (
        body.get(name) for name in ("purpose", "recipient", "version", "expires_at")
    )
    return Consent(
        purpose=purpose if isinstance(purpose, str) else None,
        items=texts_of(body.get("items")),
        recipient=recipient if isinstance(recipient, str) else None,
        clause_hash=str(body["clause_hash"]),
        given_at=fact.at,
        expires_at=datetime.fromisoformat(expires) if isinstance(expires, str) else None,
        withdrawn_at=fact.withdrawn_at,
        version=version if isinstance(version, int) else None,
    )


def _cells(standing: Standing, fact: FactRow) -> Iterable[ConsentCell]:
    """Return the clauses of the newest version that the consent could stand for."""
    tables = standing.history.tables
    kind, root = goal_of(standing, fact)
    declared = tables.use if kind is ClauseKind.USE else tables.share
    items = (tables.names.items.get(item, item) for item in texts_of(fact.body.get("items")))
    found = (declared.get((item, root)) for item in items)
    return [one.consent for one in found if one is not None and one.consent is not None]


def _agreement_state(standing: Standing, fact: FactRow, at: datetime) -> OwnState:
    """Return where an agreement stands: it does not outlive its clause (semantics section 2)."""
    if _withdrawn(fact, at):
        return OwnState.WITHDRAWN
    clause, version = fact.body.get("clause"), fact.body.get("version")
    if not isinstance(clause, str) or not isinstance(version, int):
        return OwnState.VALID
    cell = standing.history.tables.texts.get(clause_key(clause))
    since = (one for one in standing.history.versions if one.number > version)
    lasts = all(any(cell_of(each) == cell for each in one.clauses) for one in since)
    return OwnState.VALID if lasts else OwnState.ENDED


def _withdrawn(fact: FactRow, at: datetime) -> bool:
    return fact.withdrawn_at is not None and fact.withdrawn_at <= at
