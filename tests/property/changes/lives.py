"""Whole lives: versions are published, the subject says yes, says no and changes their mind, in any order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from camket.core.consent.facts import Consent, Refusal
from camket.core.consent.state import rests_on_consent
from camket.core.gate.agreement import accept_agreement
from camket.core.gate.history import History, Standing
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.policy.model import Clause, ClauseKind, PolicyVersion
from camket.core.policy.version import consent_hash
from tests.property.gate import draw_world

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A life at one instant, just after something happened.

    Args:
        happened: `published`, `agreed`, `consented`, `refused`, `withdrew` or `waited`.
        history: the versions in force.
        facts: of the subject.
        at: now.
        about: the clause that was said yes to; None for a whole version and for everything else.
        withdrawn: the agreement that was withdrawn.
    """

    happened: str
    history: History
    facts: SubjectFacts
    at: datetime
    about: Clause | None = None
    withdrawn: Agreement | None = None

    @property
    def standing(self) -> Standing:
        """Where the subject stands."""
        return self.history.standing(self.facts)

    @property
    def versions(self) -> tuple[PolicyVersion, ...]:
        """The versions in force."""
        return self.history.versions


def life(seed: str) -> Iterator[Moment]:
    """Yield every moment of a random life, from the joining on."""
    rng = Random(seed)  # noqa: S311 - draws to repeat, no secret
    versions = tuple(draw_world.world(rng).versions)
    joined = rng.randint(1, len(versions))
    facts = SubjectFacts(joined=joined)
    at = START
    for number in range(joined, len(versions) + 1):
        history = History(versions[:number])
        yield Moment(happened="published", history=history, facts=facts, at=at)
        for _ in range(rng.randint(0, 5)):
            at += timedelta(hours=rng.choice((1, 7, 24 * 20)))
            moment = _something(rng, history, facts, at)
            facts = moment.facts
            yield moment
        at += timedelta(days=1)


def _something(rng: Random, history: History, facts: SubjectFacts, at: datetime) -> Moment:
    newest = history.newest
    kind = rng.choice(("agreed", "agreed", "whole", "consented", "refused", "withdrew", "withdrew", "waited"))
    if kind in {"agreed", "whole"}:
        clause = rng.choice(newest.clauses) if kind == "agreed" else None
        said = Agreement(version=newest.number, clause=None if clause is None else clause.id, at=at)
        accepted = accept_agreement(history, facts, said)
        agreements = facts.agreements if accepted in facts.agreements else (*facts.agreements, accepted)
        facts = replace(facts, agreements=agreements)
        return Moment(happened="agreed", history=history, facts=facts, at=at, about=clause)
    asked = [clause for clause in newest.clauses if rests_on_consent(clause)]
    if kind == "consented" and asked:
        clause = rng.choice(asked)
        facts = replace(facts, consents=(*facts.consents, _consent(newest, clause, at)))
        return Moment(happened="consented", history=history, facts=facts, at=at, about=clause)
    if kind == "refused" and asked:
        refusal = Refusal(clause=rng.choice(newest.clauses).id, at=at)
        return Moment(
            happened="refused", history=history, facts=replace(facts, refusals=(*facts.refusals, refusal)), at=at
        )
    if kind == "withdrew":
        return _withdrawal(rng, history, facts, at)
    return Moment(happened="waited", history=history, facts=facts, at=at)


def _consent(version: PolicyVersion, clause: Clause, at: datetime) -> Consent:
    purpose = clause.parts[1] if clause.kind is ClauseKind.USE else None
    recipient = clause.parts[1] if clause.kind is ClauseKind.SHARE else None
    return Consent(
        purpose=purpose,
        recipient=recipient,
        items=(clause.parts[0],),
        clause_hash=consent_hash(version.policy, purpose=purpose, recipient=recipient),
        given_at=at,
        version=version.number,
    )


def _withdrawal(rng: Random, history: History, facts: SubjectFacts, at: datetime) -> Moment:
    agreed = [place for place, one in enumerate(facts.agreements) if one.withdrawn_at is None]
    given = [place for place, one in enumerate(facts.consents) if one.withdrawn_at is None]
    if agreed and (not given or rng.random() < 0.6):
        place = rng.choice(agreed)
        ended = replace(facts.agreements[place], withdrawn_at=at)
        agreements = (*facts.agreements[:place], ended, *facts.agreements[place + 1 :])
        facts = replace(facts, agreements=agreements)
        return Moment(happened="withdrew", history=history, facts=facts, at=at, withdrawn=ended)
    if given:
        place = rng.choice(given)
        ended_consent = replace(facts.consents[place], withdrawn_at=at)
        facts = replace(facts, consents=(*facts.consents[:place], ended_consent, *facts.consents[place + 1 :]))
        return Moment(happened="withdrew", history=history, facts=facts, at=at)
    return Moment(happened="waited", history=history, facts=facts, at=at)
