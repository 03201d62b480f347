"""Everything that a subject was asked and said, as they see it: each with its state, its exact text and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from camket.core.consent.clause_text import clause_sentence
from camket.core.consent.events import EventKind, QuestionKind
from camket.core.consent.state import ConsentState, consent_state
from camket.core.consent.text import QuestionText
from camket.core.gate.tables import cell_of, clause_key
from camket.core.policy.model import ClauseKind
from camket.core.terms import Basis, Ground
from camket.rows import FactKind
from camket.services.answers import target_of
from camket.services.consequences import declaring, what_stops
from camket.services.questions import active_standing_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.gate.history import Standing
    from camket.core.policy.model import Policy, PolicyVersion
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.rows import FactRow
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context


class OwnState(StrEnum):
    """Where a consent or an agreement stands, as its subject reads it; only `valid` permits anything."""

    VALID = "valid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"
    """What was agreed to is not in the policy any more, or means something else now."""
    SUSPENDED = "suspended"
    """Global Privacy Control was signalled since; it counts again once it is confirmed."""
    NEVER_ASKED = "never_asked"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnConsent:
    """One purpose, recipient or changed clause, and what the subject said to it last.

    Args:
        kind: whether it is a consent or an agreement.
        purpose: id; for a consent to a purpose.
        recipient: id; for a consent to a recipient.
        clause: id; for an agreement.
        label: of the purpose or recipient; of an agreement, what it means in one sentence.
        explains: what it is for; empty for an agreement.
        items: labels of the items that it is about.
        state: where it stands now.
        since: when the newest answer was given; None where there is none.
        version: the version that asked for that answer; of what was never asked, the one that asks now.
        valid_until: a yes that ends by its date.
        quiet_until: it is not asked again before then.
        text: the exact text that the newest answer was given to; None where none is on record.
        consent_id: what `withdraw` and `receipt` take: set wherever a yes is on record, withdrawn ones too.
        stops: what a withdrawal would stop; empty unless one is possible.
    """

    kind: QuestionKind
    purpose: str | None
    recipient: str | None
    clause: str | None
    label: str
    explains: str
    items: tuple[str, ...]
    state: OwnState
    since: datetime | None
    version: int
    valid_until: datetime | None
    quiet_until: datetime | None
    text: QuestionText | None
    consent_id: str | None
    stops: tuple[str, ...]

    @property
    def withdrawable(self) -> bool:
        """Whether there is a yes to withdraw, one that is suspended included."""
        return self.state in (OwnState.VALID, OwnState.SUSPENDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnConsents:
    """All of them.

    Args:
        consents: purposes and recipients of the newest version in its order, then those that it does not have any more.
        agreements: open clauses first, then answered ones, newest first.
        version: number of the newest version in force.
        joined: number of the version under which the subject joined.
        signalled: Global Privacy Control stands against optional purposes.
    """

    consents: tuple[OwnConsent, ...]
    agreements: tuple[OwnConsent, ...]
    version: int
    joined: int
    signalled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What one unit of work read."""

    standing: Standing
    facts: tuple[FactRow, ...]
    events: tuple[ConsentEventRow, ...]
    texts: Mapping[str, QuestionText]
    language: Language
    now: datetime

    @property
    def policy(self) -> Policy:
        return self.standing.history.newest.policy

    def of_fact(self, fact: FactRow) -> ConsentEventRow | None:
        """Return what made a fact."""
        return next((one for one in self.events if one.fact_id == fact.id), None)

    def text_of(self, event: ConsentEventRow | None) -> QuestionText | None:
        """Return the exact text that was shown."""
        return None if event is None else self.texts.get(event.text_hash or "")


def standing_of(ctx: Context, *, subject_id: str, language: Language) -> OwnConsents:
    """Return everything for the page of all consents and agreements.

    Args:
        ctx: the service.
        subject_id: whose.
        language: of labels and sentences; exact texts are in the language in which they were shown.

    Raises:
        NotFoundError: there is no such account.
    """
    return ctx.store.read(lambda unit: _standing_in(unit, ctx, subject_id, language))


def _standing_in(unit: Unit, ctx: Context, subject_id: str, language: Language) -> OwnConsents:
    standing = active_standing_in(unit, ctx, subject_id)
    events = unit.consents.of_subject(subject_id)
    hashes = sorted({event.text_hash for event in events if event.text_hash is not None})
    known = _Known(
        standing=standing,
        facts=unit.facts.of_subject(subject_id),
        events=events,
        texts={row.hash: QuestionText.from_canonical(row.body) for row in unit.consents.texts(hashes)},
        language=language,
        now=ctx.clock.now(),
    )
    gpc = standing.facts.gpc
    return OwnConsents(
        consents=_consents(known),
        agreements=_agreements(known),
        version=standing.history.newest.number,
        joined=standing.facts.joined,
        signalled=gpc is not None and gpc.signalled(known.now),
    )


def _consents(known: _Known) -> tuple[OwnConsent, ...]:
    names = known.standing.history.tables.names
    asked: dict[tuple[ClauseKind, str], tuple[str, ...]] = {}
    for purpose in known.policy.purposes:
        if purpose.basis is Basis.CONSENT:
            asked[ClauseKind.USE, names.purposes[purpose.id]] = purpose.items
    for recipient in known.policy.recipients:
        if Ground.CONSENT in recipient.shares:
            asked[ClauseKind.SHARE, names.recipients[recipient.id]] = recipient.shares[Ground.CONSENT]
    given = {one.target: one for one in known.standing.consents}
    former = [target for target in given if target not in asked]
    return tuple(_consent(known, target, asked.get(target)) for target in (*asked, *former))


def _consent(known: _Known, target: tuple[ClauseKind, str], items: tuple[str, ...] | None) -> OwnConsent:
    facts = [fact for fact in known.facts if fact.kind is FactKind.CONSENT and _target(known, fact) == target]
    latest = facts[-1] if facts else None
    version = declaring(known.standing.history, latest) if latest is not None and items is None else None
    policy = known.policy if version is None else version.policy
    named = items or (() if latest is None else _texts(latest.body.get("items")))
    # A consent has one name in the version that declares it, whatever it was called when it was given.
    name = _name_in(known, policy, target)
    declared = {one.id: one for one in (*policy.purposes, *policy.recipients)}.get(name)
    state, quiet = _consent_state(known, target, facts, items)
    shown = next((fact for fact in reversed(facts) if fact.withdrawn_at is None), latest)
    event = None if shown is None else known.of_fact(shown)
    refusal = _last_refusal(known, target)
    since = None if shown is None else shown.withdrawn_at or shown.at
    if refusal is not None and state is OwnState.REFUSED:
        event, since = refusal, refusal.at
    standing = [fact for fact in facts if fact.withdrawn_at is None]
    open_yes = state in (OwnState.VALID, OwnState.SUSPENDED)
    labels = {one.id: one.label.get(known.language, one.id) for one in policy.items}
    return OwnConsent(
        kind=QuestionKind.CONSENT,
        purpose=name if target[0] is ClauseKind.USE else None,
        recipient=name if target[0] is ClauseKind.SHARE else None,
        clause=None,
        label=name if declared is None else declared.label.get(known.language, name),
        explains="" if declared is None else declared.explains.get(known.language, ""),
        items=tuple(labels.get(item, item) for item in named),
        state=state,
        since=since,
        version=known.standing.history.newest.number if event is None else event.version,
        valid_until=_expiry(shown) if state is OwnState.VALID else None,
        quiet_until=quiet,
        text=known.text_of(event),
        consent_id=None if shown is None else shown.id,
        stops=what_stops(known.standing.history, standing, known.language) if open_yes else (),
    )


def _consent_state(
    known: _Known, target: tuple[ClauseKind, str], facts: Sequence[FactRow], items: tuple[str, ...] | None
) -> tuple[OwnState, datetime | None]:
    """Return where a consent stands, and until when it is not asked again."""
    quiet = _quiet_end(known, target)
    states = _fact_states(known, target, items)
    for state, own in (
        (ConsentState.VALID, OwnState.VALID),
        (ConsentState.SUSPENDED, OwnState.SUSPENDED),
    ):
        if state in states:
            return own, None
    refusal = _last_refusal(known, target)
    last = facts[-1] if facts else None
    if refusal is not None and (last is None or refusal.at >= (last.withdrawn_at or last.at)):
        return OwnState.REFUSED, quiet
    if last is not None:
        for state, own in (
            (ConsentState.WITHDRAWN, OwnState.WITHDRAWN),
            (ConsentState.EXPIRED, OwnState.EXPIRED),
        ):
            if states and states[-1] is state:
                return own, quiet
        return OwnState.ENDED, quiet
    asked = any(event.kind is EventKind.ASKED and _event_target(known, event) == target for event in known.events)
    return (OwnState.UNANSWERED if asked else OwnState.NEVER_ASKED), quiet


def _fact_states(known: _Known, target: tuple[ClauseKind, str], items: tuple[str, ...] | None) -> list[ConsentState]:
    """Return where each consent to this stands, for the best of its items, oldest first."""
    standing = known.standing
    tables = standing.history.tables
    cells = tables.use if target[0] is ClauseKind.USE else tables.share
    found: list[ConsentState] = []
    for one in standing.consents:
        if one.target != target:
            continue
        roots = [tables.names.items.get(item, item) for item in items or ()]
        declared = [cells[root, target[1]] for root in roots if root in one.items and (root, target[1]) in cells]
        cell = next((each.consent for each in declared if each.consent is not None), None)
        if cell is not None:
            joined, gpc = standing.facts.joined, standing.facts.gpc
            found.append(consent_state(one.consent, cell=cell, joined=joined, gpc=gpc, at=known.now))
        elif one.consent.withdrawn_at is not None:
            found.append(ConsentState.WITHDRAWN)
        else:
            found.append(ConsentState.ENDED)
    return found


def _agreements(known: _Known) -> tuple[OwnConsent, ...]:
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


def _agreement(known: _Known, fact: FactRow) -> OwnConsent | None:
    event = known.of_fact(fact)
    target = target_of(known.standing, fact, known.events) if fact.kind is FactKind.AGREEMENT else None
    clause = fact.body.get("clause")
    text = str(clause) if isinstance(clause, str) else None
    version = declaring(known.standing.history, fact) if event is None else _version(known, event.version)
    if text is None and target is None:
        return None
    refused = fact.kind is FactKind.REFUSAL
    state = OwnState.REFUSED if refused else _agreement_state(known, fact, version, text)
    quiet = None
    if state is not OwnState.VALID and text is not None:
        cell = known.standing.history.tables.texts.get(clause_key(text))
        quiet = None if cell is None else known.standing.refused_until(cell, known.now)
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


def _agreement_state(known: _Known, fact: FactRow, version: PolicyVersion, clause: str | None) -> OwnState:
    """Return where an agreement stands: it does not outlive its clause (semantics section 2)."""
    if fact.withdrawn_at is not None and fact.withdrawn_at <= known.now:
        return OwnState.WITHDRAWN
    if clause is None:
        return OwnState.VALID
    cell = known.standing.history.tables.texts.get(clause_key(clause))
    since = [one for one in known.standing.history.versions if one.number > version.number]
    lasts = all(any(cell_of(each) == cell for each in one.clauses) for one in since)
    return OwnState.VALID if lasts else OwnState.ENDED


def _open_clause(known: _Known, version: PolicyVersion, clause: str) -> OwnConsent:
    asked = [one for one in known.events if one.kind is EventKind.ASKED and clause in _texts(one.body.get("clauses"))]
    cell = known.standing.history.tables.texts.get(clause_key(clause))
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
        quiet_until=None if cell is None else known.standing.refused_until(cell, known.now),
        text=None,
        consent_id=None,
        stops=(),
    )


def _sentence(known: _Known, version: PolicyVersion, text: str | None) -> str:
    """Return what a clause means; the clause itself where its version is not written in the language."""
    clause = next((one for one in version.clauses if text and clause_key(one.id) == clause_key(text)), None)
    if clause is None or known.language not in version.policy.languages:
        return text or version.policy.title.get(known.language, "")
    return clause_sentence(version.policy, clause, known.language)


def _version(known: _Known, number: int) -> PolicyVersion:
    return known.standing.history.version(number) or known.standing.history.newest


def _refused_clause(known: _Known, fact: FactRow) -> bool:
    """Say whether a refusal is one of a changed clause, not of a consent."""
    event = known.of_fact(fact)
    if event is not None:
        return event.about is QuestionKind.AGREEMENT
    clause = fact.body.get("clause")
    return isinstance(clause, str) and not clause_key(clause).endswith(f",{Basis.CONSENT})")


def _last_refusal(known: _Known, target: tuple[ClauseKind, str]) -> ConsentEventRow | None:
    found = [one for one in known.events if one.kind is EventKind.REFUSED and _event_target(known, one) == target]
    return found[-1] if found else None


def _quiet_end(known: _Known, target: tuple[ClauseKind, str]) -> datetime | None:
    """Return until when this is not asked again: after a no, and after a withdrawal, which is one."""
    kinds = (EventKind.REFUSED, EventKind.WITHDRAWN)
    quiet = timedelta(days=known.policy.quiet_days)
    ends = [one.at + quiet for one in known.events if one.kind in kinds and _event_target(known, one) == target]
    return max((end for end in ends if known.now < end), default=None)


def _event_target(known: _Known, event: ConsentEventRow) -> tuple[ClauseKind, str] | None:
    if event.about is not QuestionKind.CONSENT:
        return None
    return _goal(known, event.body.get("recipient"), event.body.get("purpose"))


def _target(known: _Known, fact: FactRow) -> tuple[ClauseKind, str]:
    return _goal(known, fact.body.get("recipient"), fact.body.get("purpose"))


def _goal(known: _Known, recipient: object, purpose: object) -> tuple[ClauseKind, str]:
    names = known.standing.history.tables.names
    if isinstance(recipient, str):
        return ClauseKind.SHARE, names.recipients.get(recipient, recipient)
    return ClauseKind.USE, names.purposes.get(str(purpose), str(purpose))


def _name_in(known: _Known, policy: Policy, target: tuple[ClauseKind, str]) -> str:
    kind, root = target
    names = known.standing.history.tables.names
    if kind is ClauseKind.SHARE:
        return next((one.id for one in policy.recipients if names.recipients.get(one.id) == root), root)
    return next((one.id for one in policy.purposes if names.purposes.get(one.id) == root), root)


def _expiry(fact: FactRow | None) -> datetime | None:
    ends = None if fact is None else fact.body.get("expires_at")
    return datetime.fromisoformat(ends) if isinstance(ends, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
