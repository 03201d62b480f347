"""What a policy comes down to, as plain values for the command line and for programs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from camket.core.policy.compile import limit_text
from camket.core.policy.model import ClauseKind
from camket.core.policy.version import canonical_json, consent_hash
from camket.core.terms import Basis, Ground

if TYPE_CHECKING:
    from camket.core.policy.model import Clause, Item, Policy, PolicyVersion


def summary(version: PolicyVersion) -> str:
    """Return one line of counts and the head of the document's hash."""
    policy = version.policy
    counts = (
        (len(policy.services), "service"),
        (len(policy.items), "item"),
        (len(policy.purposes), "purpose"),
        (len(policy.recipients), "recipient"),
        (sum(terms.present for terms in policy.rights), "right"),
        (len(version.clauses), "clause"),
    )
    said = ", ".join(f"{count} {name if count == 1 else name + 's'}" for count, name in counts)
    return f"{said}; document {version.document_hash[:12]}"


def overview(version: PolicyVersion) -> dict[str, Any]:
    """Return the whole policy as JSON values: ids, terms, every clause with its hash, and both hashes."""
    policy = version.policy
    return {
        "id": policy.id,
        "title": policy.title,
        "languages": list(policy.languages),
        "law": policy.law_profile,
        "items": [_item(item) for item in policy.items],
        "purposes": [
            {"id": each.id, "label": each.label, "basis": each.basis, "dpv": each.dpv, "items": list(each.items)}
            for each in policy.purposes
        ],
        "recipients": [
            {
                "id": each.id,
                "label": each.label,
                "country": each.country,
                "dpv": each.dpv,
                "shares": [f"{ground}: {item}" for ground, items in each.shares.items() for item in items],
            }
            for each in policy.recipients
        ],
        "grounds": list(policy.grounds),
        "rights": [
            {
                "right": each.right,
                "label": each.label,
                "present": each.present,
                "reply_days": each.reply_days,
                "complete_days": each.complete_days,
                "fee_vnd": each.fee_vnd,
                "verification": each.verification,
            }
            for each in policy.rights
        ],
        "notices": [
            {"service": each.service, "channel": each.channel, "lead_days": each.lead_days} for each in policy.notices
        ],
        "clauses": [
            {"id": clause.id, "roots": list(clause.roots), "hash": clause_hash(policy, clause)}
            for clause in version.clauses
        ],
        "document_hash": version.document_hash,
        "meaning_hash": version.meaning_hash,
    }


def clause_hash(policy: Policy, clause: Clause) -> str:
    """Return the hash that a consent to this clause carries; for other clauses, of the cell that the clause is."""
    if clause.kind is ClauseKind.USE and clause.parts[2] == Basis.CONSENT:
        return consent_hash(policy, purpose=clause.parts[1])
    if clause.kind is ClauseKind.SHARE and clause.parts[2] == Ground.CONSENT:
        return consent_hash(policy, recipient=clause.parts[1])
    return hashlib.sha256(canonical_json([clause.kind, *clause.roots])).hexdigest()


def _item(item: Item) -> dict[str, Any]:
    minimum = item.legal_minimum
    return {
        "id": item.id,
        "label": item.label,
        "category": item.category,
        "kind": item.kind,
        "dpv": item.dpv,
        "collected": [f"{way.service}/{way.source}" for way in item.collected],
        "required": item.required,
        "sensitive": item.sensitive,
        "maximum": limit_text(item.maximum),
        "legal_minimum": None if minimum is None else f"P{minimum.days}D@{minimum.clock}, {minimum.article}",
    }
