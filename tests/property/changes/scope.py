"""Every history of a small scope, none left out; `docs/adr/0016` states its bounds.

A part of the policy takes every value that it can, in each of three versions; the subject joins under the first. After
each later version they say nothing, or one yes to any clause that changes or to the version whole, or to a use that
rests on consent; and then they take back nothing, or any one yes that stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

from camket.core.consent.facts import Consent, Refusal
from camket.core.consent.state import rests_on_consent
from camket.core.gate.history import History
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.policy.model import Clause, ClauseKind, Clock, Collection, Limit, NoticeTerms, Policy, PolicyVersion
from camket.core.policy.version import consent_hash
from camket.core.terms import Basis, Channel, Ground, Right, Source, Verification
from tests.property.changes.asking import cells
from tests.property.changes.checks import Node
from tests.property.changes.lives import Moment
from tests.property.gate.build import (
    TEXT,
    make_item,
    make_policy,
    make_purpose,
    make_recipient,
    make_right,
    make_service,
    make_version,
)

VERSIONS: Final = 3
START: Final = datetime(2026, 1, 1, tzinfo=UTC)

GIVEN: Final = Collection(service="account", source=Source.PROVIDED)
OBSERVED: Final = Collection(service="account", source=Source.OBSERVED)


def _policy(**parts: object) -> Policy:
    whole: dict[str, object] = {"services": (make_service("account"),), "items": (make_item("email"),)}
    return make_policy(**(whole | parts))


def _permissions(*values: tuple[bool, Basis | None]) -> list[Policy]:
    return [
        _policy(
            items=(make_item("email", collected=(GIVEN, OBSERVED) if observed else (GIVEN,)),),
            purposes=() if basis is None else (make_purpose("promote", ("email",), basis=basis),),
        )
        for observed, basis in values
    ]


def _sharing() -> list[Policy]:
    return [
        _policy(
            recipients=tuple(make_recipient("bank", {ground: ("email",)}, country=country) for ground, country in one)
        )
        for one in ((), ((Ground.CONSENT, "VN"),), ((Ground.CONSENT, "SG"),), ((Ground.TERMS, "VN"),))
    ]


def _retention() -> list[Policy]:
    limits = (
        Limit(clock=Clock.COLLECTED, days=30, reason=TEXT),
        Limit(clock=Clock.COLLECTED, days=90, reason=TEXT),
        Limit(clock=Clock.LAST_USED, days=60, reason=TEXT),
        Limit(clock=Clock.COLLECTED, days=None, reason=TEXT),
    )
    kept = [_policy(items=(make_item("email"), make_item("phone", maximum=limit))) for limit in limits]
    return [_policy(), *kept]


def _rights() -> list[Policy]:
    every = (
        make_right(Right.ACCESS, present=False),
        make_right(Right.ACCESS, reply_days=2, complete_days=10, verification=Verification.SESSION),
        make_right(Right.ACCESS, reply_days=5, complete_days=30, verification=Verification.EMAIL_CODE),
        make_right(Right.ACCESS, reply_days=2, complete_days=10, fee_vnd=50_000, verification=Verification.PASSKEY),
    )
    return [_policy(rights=(terms,)) for terms in every]


def _notices() -> list[Policy]:
    return [
        _policy(notices=tuple(NoticeTerms(service="account", channel=Channel.EMAIL, lead_days=days) for days in told))
        for told in ((), (0,), (10,), (30,))
    ]


def _grounds() -> list[Policy]:
    return [_policy(grounds=grounds) for grounds in ((), (Ground.LAW,), (Ground.LAW, Ground.PROTECTION))]


SCOPES: Final[Mapping[str, Sequence[Policy]]] = {
    "collecting": _permissions((False, None), (True, None)),
    "using": _permissions((False, None), (False, Basis.STATED), (False, Basis.CONSENT)),
    "both": _permissions((False, None), (True, Basis.STATED), (True, Basis.CONSENT)),
    "sharing": _sharing(),
    "retention": _retention(),
    "rights": _rights(),
    "notices": _notices(),
    "grounds": _grounds(),
}
"""Part of the policy -> every value that it takes."""


def every_moment(scope: str) -> Iterator[Node]:
    """Yield every moment of every history of a scope, each after the one before it."""
    for policies in product(SCOPES[scope], repeat=VERSIONS):
        versions = tuple(make_version(number, policy) for number, policy in enumerate(policies, start=1))
        histories = [History(versions[:number]) for number in range(1, VERSIONS + 1)]
        first = Moment(happened="published", history=histories[0], facts=SubjectFacts(joined=1), at=START)
        yield from _grow(Node(first, None, cells(versions)), histories, _asked(versions))


def _asked(versions: Sequence[PolicyVersion]) -> frozenset[tuple[str, ...]]:
    """Return the clauses that are not in every version: the others change nothing."""
    first, *rest = (frozenset(clause.roots for clause in version.clauses) for version in versions)
    return first.union(*rest) - first.intersection(*rest)


def _grow(node: Node, histories: Sequence[History], asked: frozenset[tuple[str, ...]]) -> Iterator[Node]:
    """Yield a node and everything that can come after it."""
    yield node
    for said in _answers(node, asked):
        if said is not node:
            yield said
        for taken_back in _withdrawals(said):
            if taken_back is not said:
                yield taken_back
            number = taken_back.moment.history.newest.number
            if number < VERSIONS:
                published = replace(
                    taken_back.moment,
                    happened="published",
                    history=histories[number],
                    at=START + timedelta(days=10 * number),
                    about=None,
                )
                yield from _grow(Node(published, taken_back, node.asked), histories, asked)


def _answers(node: Node, asked: frozenset[tuple[str, ...]]) -> Iterator[Node]:
    """Yield the node itself, for no answer, and one for each answer that can be given now."""
    yield node
    moment = node.moment
    newest = moment.history.newest
    at = moment.at + timedelta(days=1)
    for clause in newest.clauses:
        if rests_on_consent(clause):
            facts = replace(moment.facts, consents=(*moment.facts.consents, _consent(newest, clause, at)))
            yield _after(node, "consented", facts, at, clause)
            refused = replace(moment.facts, refusals=(*moment.facts.refusals, Refusal(clause=clause.id, at=at)))
            yield _after(node, "refused", refused, at)
        elif clause.roots in asked and newest.number > 1:
            yield _agreed(node, newest, clause, at)
    if newest.number > 1:
        yield _agreed(node, newest, None, at)


def _agreed(node: Node, newest: PolicyVersion, clause: Clause | None, at: datetime) -> Node:
    said = Agreement(version=newest.number, clause=None if clause is None else clause.id, at=at)
    facts = replace(node.moment.facts, agreements=(*node.moment.facts.agreements, said))
    return _after(node, "agreed", facts, at, clause)


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


def _withdrawals(node: Node) -> Iterator[Node]:
    """Yield the node itself, for no withdrawal, and one for each yes that stands and can be taken back."""
    yield node
    facts, at = node.moment.facts, node.moment.at + timedelta(days=1)
    for place, agreement in enumerate(facts.agreements):
        if agreement.withdrawn_at is None:
            ended = replace(agreement, withdrawn_at=at)
            agreements = (*facts.agreements[:place], ended, *facts.agreements[place + 1 :])
            yield _after(node, "withdrew", replace(facts, agreements=agreements), at)
    for place, consent in enumerate(facts.consents):
        if consent.withdrawn_at is None:
            taken = replace(consent, withdrawn_at=at)
            consents = (*facts.consents[:place], taken, *facts.consents[place + 1 :])
            yield _after(node, "withdrew", replace(facts, consents=consents), at)


def _after(node: Node, happened: str, facts: SubjectFacts, at: datetime, about: Clause | None = None) -> Node:
    moment = replace(node.moment, happened=happened, facts=facts, at=at, about=about)
    return Node(moment, node, node.asked)
