"""One decision of the gate with its full answer: against an empty Python call, against 20 versions, against Cedar.

Run it with `.venv/bin/python benchmarks/decision.py`; it exits with 1 if a bound does not hold.

What is timed is `decide(standing, question)` as the service calls it: the subject's standing is at hand, the questions
are made, each with an instant of its own, and every answer comes with its rows, clauses, what is missing and the hash
of the subject's history. The first decision of each kind, before anything is remembered, is shown without a bound.

Cedar decides the same questions on the same policy, written as a Cedar policy set would be: one `permit` per clause,
the consents as attributes of the principal, `forbid` for erased, restricted and objecting subjects. Policy set and
entities are parsed beforehand and its requests are made, which is the fastest way that `cedarpy` offers. It answers
permit or deny with the policies that decided; versions, agreements, time and what is missing it does not know.
Before anything is timed, both must agree on every question.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cedarpy
from _measure import Contender, Figure, duration, report, seconds_each

from camket.adapters.policy_files import read_policy_folder
from camket.core.consent.facts import Consent
from camket.core.gate.decide import decide
from camket.core.gate.history import VERDICTS_KEPT, History, Standing
from camket.core.gate.question import Agreement, Question, SubjectFacts
from camket.core.policy.compile import clauses_of, compile_policy
from camket.core.policy.model import ClauseKind, PolicyVersion
from camket.core.policy.version import consent_hash
from camket.core.terms import Action, Basis, Outcome, Source

DEFAULT_POLICY = Path(__file__).parent.parent / "policies" / "default"
START = datetime(2026, 11, 1, tzinfo=UTC)
QUESTIONS = 24
REPEATS = 50
VERSIONS = 20

EMPTY_CALLS_AT_MOST = 12
TIMES_FASTER_THAN_CEDAR = 100
SLOWER_WITH_HISTORY_AT_MOST = 1.3


def empty() -> None:
    """Do nothing: the unit in which a decision is counted."""


def default_version() -> PolicyVersion:
    """Return the default policy as version 1."""
    return compile_policy(read_policy_folder(DEFAULT_POLICY), number=1)


def long_history(first: PolicyVersion) -> tuple[PolicyVersion, ...]:
    """Return 20 versions: each takes one item away from one purpose, and the next gives it back."""
    versions = [first]
    for number in range(2, VERSIONS + 1):
        purposes = list(first.policy.purposes)
        if number % 2 == 0:
            place = number // 2 % len(purposes)
            purposes[place] = replace(purposes[place], items=purposes[place].items[1:])
        policy = replace(first.policy, purposes=tuple(purposes), quiet_days=first.policy.quiet_days + number)
        versions.append(replace(first, number=number, policy=policy, clauses=clauses_of(policy)))
    return tuple(versions)


def life(history: History) -> SubjectFacts:
    """Return a subject who joined first, consented to all there is, and agreed to every other version whole."""
    newest = history.newest
    return SubjectFacts(
        joined=1,
        agreements=tuple(
            Agreement(version=version.number, clause=None, at=START - timedelta(days=1))
            for version in history.versions[2::2]
        ),
        consents=tuple(
            Consent(
                purpose=purpose.id,
                items=purpose.items,
                clause_hash=consent_hash(newest.policy, purpose=purpose.id),
                given_at=START - timedelta(days=1),
                version=newest.number,
            )
            for purpose in newest.policy.purposes
            if purpose.basis is Basis.CONSENT
        ),
    )


def questions(version: PolicyVersion) -> list[Question]:
    """Return questions about the policy's clauses, and every third about what it does not say."""
    asked: list[Question] = []
    clauses = [clause for clause in version.clauses if clause.kind in (ClauseKind.COLLECT, ClauseKind.USE)]
    for clause in clauses[:: max(1, len(clauses) // QUESTIONS)][:QUESTIONS]:
        item, second, third = clause.parts
        stranger = len(asked) % 3 == 2  # noqa: PLR2004 - every third
        if clause.kind is ClauseKind.COLLECT:
            source = Source(third)
            if stranger:
                source = Source.PROVIDED if source is Source.OBSERVED else Source.OBSERVED
            asked.append(Question(action=Action.COLLECT, items=(item,), service=second, source=source, at=START))
        else:
            purpose = "advertise" if stranger else second
            asked.append(Question(action=Action.USE, items=(item,), purpose=purpose, at=START))
    return asked


def through_time(asked: Sequence[Question]) -> list[Question]:
    """Return the questions again and again, each time a second later, each a value of its own."""
    every = [
        replace(question, at=START + timedelta(seconds=turn * len(asked) + place))
        for turn in range(REPEATS)
        for place, question in enumerate(asked)
    ]
    assert len({one.key for one in every}) <= VERDICTS_KEPT
    return every


def cedar_policies(version: PolicyVersion) -> str:
    """Return the default policy's permissions as a Cedar policy set."""
    lines = [
        'permit(principal, action == Action::"use", resource) when { context.purpose == "rights" };',
        'forbid(principal, action, resource) when { principal.erased } unless { context.purpose == "rights" };',
        'forbid(principal, action == Action::"use", resource) when { principal.restricted.contains(context.purpose) };',
        'forbid(principal, action == Action::"use", resource) when { principal.objected.contains(context.purpose) };',
    ]
    for clause in version.clauses:
        if clause.kind is ClauseKind.COLLECT:
            item, service, source = clause.parts
            condition = f'context.service == "{service}" && context.source == "{source}"'
            lines.append(
                f'permit(principal, action == Action::"collect", resource == Item::"{item}") when {{ {condition} }};'
            )
        elif clause.kind is ClauseKind.USE:
            item, purpose, basis = clause.parts
            condition = f'context.purpose == "{purpose}"'
            if basis == Basis.CONSENT:
                condition += f' && principal.consents.contains("{item} {purpose}")'
            lines.append(
                f'permit(principal, action == Action::"use", resource == Item::"{item}") when {{ {condition} }};'
            )
    return "\n".join(lines)


def cedar_entities(version: PolicyVersion, facts: SubjectFacts) -> str:
    """Return the subject as a Cedar entity."""
    attributes = {
        "erased": False,
        "restricted": [],
        "objected": [],
        "consents": [f"{item} {one.purpose}" for one in facts.consents for item in one.items],
    }
    items = [{"uid": {"type": "Item", "id": one.id}, "attrs": {}, "parents": []} for one in version.policy.items]
    return json.dumps([{"uid": {"type": "Subject", "id": "alice"}, "attrs": attributes, "parents": []}, *items])


def cedar_request(question: Question) -> dict[str, object]:
    """Return a question as a Cedar request."""
    return {
        "principal": 'Subject::"alice"',
        "action": f'Action::"{question.action}"',
        "resource": f'Item::"{question.items[0]}"',
        "context": {
            "purpose": question.purpose or "",
            "service": question.service or "",
            "source": str(question.source or ""),
        },
    }


class Cedar:
    """The same policy and subject in Cedar, parsed once."""

    def __init__(self, version: PolicyVersion, facts: SubjectFacts) -> None:
        self._policies = cedarpy.PolicySet.from_str(cedar_policies(version))
        self._entities = cedarpy.Entities.from_json_str(cedar_entities(version, facts))

    def permits(self, request: dict[str, object]) -> bool:
        """Decide one request."""
        return bool(cedarpy.is_authorized(request, self._policies, self._entities).allowed)


def main() -> int:
    """Measure and report."""
    first = default_version()
    short, long = History((first,)), History(long_history(first))
    facts = life(short)
    standing, standing_long = short.standing(facts), long.standing(life(long))
    asked = questions(first)
    many = through_time(asked)
    cedar = Cedar(first, facts)
    requests = [cedar_request(question) for question in asked]
    permitted = [decide(standing, question).outcome is Outcome.PERMIT for question in asked]
    assert permitted == [cedar.permits(request) for request in requests]
    assert any(permitted)
    assert not all(permitted)

    def nothing() -> None:
        for _ in many:
            empty()

    def decisions(where: Standing) -> None:
        for question in many:
            decide(where, question)

    def decisions_of_a_stranger() -> None:
        where = Standing(short, facts)
        for question in asked:
            decide(where, question)

    def cedar_decisions() -> None:
        for request in requests:
            cedar.permits(request)

    took = seconds_each(
        {
            "empty": Contender(run=nothing, operations=len(many)),
            "decision": Contender(run=lambda: decisions(standing), operations=len(many)),
            "long": Contender(run=lambda: decisions(standing_long), operations=len(many)),
            "first": Contender(run=decisions_of_a_stranger, operations=len(asked)),
            "cedar": Contender(run=cedar_decisions, operations=len(asked)),
        }
    )
    shown = {name: duration(seconds) for name, seconds in took.items()}
    figures = (
        Figure(
            name="a decision, in empty Python calls",
            measured=shown["decision"],
            baseline=shown["empty"],
            ratio=took["decision"] / took["empty"],
            at_most=EMPTY_CALLS_AT_MOST,
        ),
        Figure(
            name=f"a decision with {VERSIONS} versions of history against 1",
            measured=shown["long"],
            baseline=shown["decision"],
            ratio=took["long"] / took["decision"],
            at_most=SLOWER_WITH_HISTORY_AT_MOST,
        ),
        Figure(
            name="times faster than Cedar on the same policy",
            measured=shown["decision"],
            baseline=shown["cedar"],
            ratio=took["cedar"] / took["decision"],
            at_least=TIMES_FASTER_THAN_CEDAR,
        ),
        Figure(
            name="the first decision of a kind, times faster than Cedar",
            measured=shown["first"],
            baseline=shown["cedar"],
            ratio=took["cedar"] / took["first"],
        ),
    )
    return report(f"The gate: {len(asked)} questions on the default policy, {len(first.clauses)} clauses", figures)


if __name__ == "__main__":
    sys.exit(main())
