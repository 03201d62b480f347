"""From files to a policy version: checked whole, reduced to clauses, named by its hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import PolicyError
from camket.core.policy.check import examine
from camket.core.policy.model import Clause, ClauseKind, Limit, PolicyVersion, root_of
from camket.core.policy.version import document_hash, meaning_hash
from camket.core.terms import Channel, Right

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.core.policy.model import Policy, RightTerms
    from camket.core.policy.source import PolicyFiles


def compile_policy(files: PolicyFiles, *, number: int) -> PolicyVersion:
    """Return the version that the files declare.

    Args:
        files: every file of the policy.
        number: its place in the operator's history, from 1.

    Raises:
        PolicyError: with every finding; nothing was made.
    """
    policy, findings = examine(files)
    if policy is None:
        raise PolicyError(findings)
    clauses = clauses_of(policy)
    return PolicyVersion(
        number=number,
        policy=policy,
        document_hash=document_hash(files),
        meaning_hash=meaning_hash(policy, clauses),
        clauses=clauses,
    )


def clauses_of(policy: Policy) -> tuple[Clause, ...]:
    """Return every clause of a policy, sorted; equal declarations give equal clauses."""
    roots = {
        kind: {each.id: root_of(each) for each in declared}
        for kind, declared in (
            ("service", policy.services),
            ("item", policy.items),
            ("purpose", policy.purposes),
            ("recipient", policy.recipients),
        )
    }
    found = (
        *_collect_and_keep(policy, roots["item"], roots["service"]),
        *_use(policy, roots["item"], roots["purpose"]),
        *_share(policy, roots["item"], roots["recipient"]),
        *_rights(policy),
        *_notices(policy, roots["service"]),
    )
    return tuple(sorted(found))


def limit_text(limit: Limit) -> str:
    """Return a maximum as clauses write it: `P90D@last_used`, or `account@collected` where the account decides."""
    length = "account" if limit.days is None else f"P{limit.days}D"
    return f"{length}@{limit.clock}"


def _clause(kind: ClauseKind, *parts: tuple[str, str]) -> Clause:
    return Clause(kind=kind, parts=tuple(part for part, _ in parts), roots=tuple(root for _, root in parts))


def _same(text: str) -> tuple[str, str]:
    return text, text


def _collect_and_keep(policy: Policy, items: dict[str, str], services: dict[str, str]) -> Iterator[Clause]:
    for item in policy.items:
        named = (item.id, items[item.id])
        for way in item.collected:
            service = (way.service, services[way.service])
            yield _clause(ClauseKind.COLLECT, named, service, _same(way.source))
        yield _clause(ClauseKind.KEEP, named, _same(limit_text(item.maximum)))


def _use(policy: Policy, items: dict[str, str], purposes: dict[str, str]) -> Iterator[Clause]:
    for purpose in policy.purposes:
        for item in purpose.items:
            named = (item, items[item])
            yield _clause(ClauseKind.USE, named, (purpose.id, purposes[purpose.id]), _same(purpose.basis))


def _share(policy: Policy, items: dict[str, str], recipients: dict[str, str]) -> Iterator[Clause]:
    for recipient in policy.recipients:
        for ground, shared in recipient.shares.items():
            for item in shared:
                named = (item, items[item])
                yield _clause(ClauseKind.SHARE, named, (recipient.id, recipients[recipient.id]), _same(ground))


def _rights(policy: Policy) -> Iterator[Clause]:
    declared = {terms.right: terms for terms in policy.rights}
    for right in Right:
        for attribute, value in _right_attributes(declared.get(right)):
            yield _clause(ClauseKind.RIGHT, _same(right), _same(attribute), _same(value))


def _right_attributes(terms: RightTerms | None) -> tuple[tuple[str, str], ...]:
    if terms is None or not terms.present:
        return (("present", "no"),)
    return (
        ("present", "yes"),
        ("reply", f"P{terms.reply_days}D"),
        ("complete", f"P{terms.complete_days}D"),
        ("fee", str(terms.fee_vnd)),
        ("verification", terms.verification),
    )


def _notices(policy: Policy, services: dict[str, str]) -> Iterator[Clause]:
    lead = {(notice.service, notice.channel): f"P{notice.lead_days}D" for notice in policy.notices}
    for service, root in services.items():
        for channel in Channel:
            value = lead.get((service, channel), "none")
            yield _clause(ClauseKind.NOTICE, (service, root), _same(channel), _same(value))
