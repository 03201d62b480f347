"""Everything that a subject was asked and said, as they see it: each with its state, its exact text and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from camket.core.consent.events import EventKind, QuestionKind
from camket.core.consent.text import QuestionText
from camket.core.policy.model import ClauseKind
from camket.core.terms import Basis, Ground
from camket.rows import FactKind
from camket.services.consent_facts import goal_of
from camket.services.consent_states import state_of
from camket.services.consequences import declaring, what_stops
from camket.services.own_agreements import own_agreements
from camket.services.own_answers import Known, OwnConsent, OwnState, texts_of
from camket.services.questions import active_standing_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.policy.model import Policy, Purpose, Recipient
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.rows import FactRow
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context


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
    known = Known(
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
        agreements=own_agreements(known),
        version=standing.history.newest.number,
        joined=standing.facts.joined,
        signalled=gpc is not None and gpc.signalled(known.now),
    )


def _consents(known: Known) -> tuple[OwnConsent, ...]:
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


def _consent(known: Known, target: tuple[ClauseKind, str], items: tuple[str, ...] | None) -> OwnConsent:
    facts = [fact for fact in known.facts if fact.kind is FactKind.CONSENT and goal_of(known.standing, fact) == target]
    latest = facts[-1] if facts else None
    version = declaring(known.standing.history, latest) if latest is not None and items is None else None
    policy = known.policy if version is None else version.policy
    # A consent has one name in the version that declares it, whatever it was called when it was given.
    name = _name_in(known, policy, target)
    declared = _declared(policy, name)
    state, quiet = _state(known, target, facts)
    shown = next((fact for fact in reversed(facts) if fact.withdrawn_at is None), latest)
    event = None if shown is None else known.of_fact(shown)
    refusal = _last_refusal(known, target)
    since = None if shown is None else shown.withdrawn_at or shown.at
    if refusal is not None and state is OwnState.REFUSED:
        event, since = refusal, refusal.at
    standing = [fact for fact in facts if fact.withdrawn_at is None]
    open_yes = state in (OwnState.VALID, OwnState.SUSPENDED)
    covered = _covered(known, facts) if open_yes else ()
    named = covered or items or (() if latest is None else texts_of(latest.body.get("items")))
    return OwnConsent(
        kind=QuestionKind.CONSENT,
        purpose=name if target[0] is ClauseKind.USE else None,
        recipient=name if target[0] is ClauseKind.SHARE else None,
        clause=None,
        label=name if declared is None else declared.label.get(known.language, name),
        explains="" if declared is None else declared.explains.get(known.language, ""),
        items=_labels(known, policy, named),
        uncovered=_labels(known, policy, _others(known, items or (), covered)) if open_yes else (),
        state=state,
        since=since,
        version=known.standing.history.newest.number if event is None else event.version,
        valid_until=_expiry(shown) if state is OwnState.VALID else None,
        quiet_until=quiet,
        text=known.text_of(event),
        consent_id=None if shown is None else shown.id,
        stops=what_stops(known.standing.history, standing, known.language) if open_yes else (),
    )


def _covered(known: Known, facts: Sequence[FactRow]) -> tuple[str, ...]:
    """Return the items that a yes which stands, or waits to be confirmed, is for."""
    good = (OwnState.VALID, OwnState.SUSPENDED)
    standing = [fact for fact in facts if state_of(known.standing, fact, known.now) in good]
    return tuple(dict.fromkeys(item for fact in standing for item in texts_of(fact.body.get("items"))))


def _others(known: Known, items: tuple[str, ...], covered: tuple[str, ...]) -> tuple[str, ...]:
    roots = known.standing.history.tables.names.items
    taken = {roots.get(item, item) for item in covered}
    return tuple(item for item in items if roots.get(item, item) not in taken)


def _labels(known: Known, policy: Policy, items: tuple[str, ...]) -> tuple[str, ...]:
    """Return what items are called; one that was renamed since by its present name."""
    roots = known.standing.history.tables.names.items
    labels = {roots.get(one.id, one.id): one.label.get(known.language, one.id) for one in policy.items}
    return tuple(labels.get(roots.get(item, item), item) for item in items)


def _state(known: Known, target: tuple[ClauseKind, str], facts: Sequence[FactRow]) -> tuple[OwnState, datetime | None]:
    """Return where the consents to one thing stand together, and until when it is not asked again."""
    quiet = _quiet_end(known, target)
    states = [state_of(known.standing, fact, known.now) for fact in facts]
    for state in (OwnState.VALID, OwnState.SUSPENDED):
        if state in states:
            return state, None
    refusal = _last_refusal(known, target)
    if refusal is not None and (not facts or refusal.at >= (facts[-1].withdrawn_at or facts[-1].at)):
        return OwnState.REFUSED, quiet
    if states:
        return states[-1], quiet
    asked = any(event.kind is EventKind.ASKED and _event_target(known, event) == target for event in known.events)
    return (OwnState.UNANSWERED if asked else OwnState.NEVER_ASKED), quiet


def _last_refusal(known: Known, target: tuple[ClauseKind, str]) -> ConsentEventRow | None:
    found = [one for one in known.events if one.kind is EventKind.REFUSED and _event_target(known, one) == target]
    return found[-1] if found else None


def _quiet_end(known: Known, target: tuple[ClauseKind, str]) -> datetime | None:
    """Return until when this is not asked again: after a no, and after a withdrawal, which is one."""
    kinds = (EventKind.REFUSED, EventKind.WITHDRAWN)
    quiet = timedelta(days=known.policy.quiet_days)
    ends = [one.at + quiet for one in known.events if one.kind in kinds and _event_target(known, one) == target]
    return max((end for end in ends if known.now < end), default=None)


def _event_target(known: Known, event: ConsentEventRow) -> tuple[ClauseKind, str] | None:
    if event.about is not QuestionKind.CONSENT:
        return None
    return _goal(known, event.body.get("recipient"), event.body.get("purpose"))


def _goal(known: Known, recipient: object, purpose: object) -> tuple[ClauseKind, str]:
    names = known.standing.history.tables.names
    if isinstance(recipient, str):
        return ClauseKind.SHARE, names.recipients.get(recipient, recipient)
    return ClauseKind.USE, names.purposes.get(str(purpose), str(purpose))


def _declared(policy: Policy, name: str) -> Purpose | Recipient | None:
    both: tuple[Purpose | Recipient, ...] = (*policy.purposes, *policy.recipients)
    return next((one for one in both if one.id == name), None)


def _name_in(known: Known, policy: Policy, target: tuple[ClauseKind, str]) -> str:
    kind, root = target
    names = known.standing.history.tables.names
    if kind is ClauseKind.SHARE:
        return next((one.id for one in policy.recipients if names.recipients.get(one.id) == root), root)
    return next((one.id for one in policy.purposes if names.purposes.get(one.id) == root), root)


def _expiry(fact: FactRow | None) -> datetime | None:
    ends = None if fact is None else fact.body.get("expires_at")
    return datetime.fromisoformat(ends) if isinstance(ends, str) else None
