"""The hashes that name a policy version: over every byte, over the meaning, and over the meaning of one consent."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from camket.core.errors import InvalidValueError
from camket.core.policy.model import root_of
from camket.core.terms import Basis, Ground

if TYPE_CHECKING:
    from collections.abc import Iterable

    from camket.core.policy.model import Clause, Item, LegalMinimum, Policy, Purpose
    from camket.core.policy.source import PolicyFiles


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value is meant
    """Return JSON in the one form that equal values share (RFC 8785 for what policies hold: no floats, ASCII keys)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def document_hash(files: PolicyFiles) -> str:
    """Return hex SHA-256 over every byte of every file; any change is another version (P17).

    The same as public tools give in the policy's folder: `LC_ALL=C sha256sum * | sha256sum`.
    """
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def meaning_hash(policy: Policy, clauses: Iterable[Clause]) -> str:
    """Return hex SHA-256 over whatever decides what happens to a subject; never over labels or prose.

    Covered: the clauses by their roots, and beside them the terms that give a clause its meaning (DPV terms, sensitive,
    required, country, how long a consent is good, legal minimums, the policy's own clocks).
    """
    cells = sorted([clause.kind, *clause.roots] for clause in clauses)
    return hashlib.sha256(canonical_json({"clauses": cells, "terms": _meaning_terms(policy)})).hexdigest()


def consent_hash(policy: Policy, *, purpose: str | None = None, recipient: str | None = None) -> str:
    """Return hex SHA-256 of what a yes means; a consent ends when it changes (semantics section 5).

    It does not depend on the items: narrowing keeps a consent, and added items are asked for alone.

    Args:
        policy: the version asked about.
        purpose: id of the purpose consented to.
        recipient: id of the recipient consented to; decides alone where it is given.

    Raises:
        InvalidValueError: the version declares no such purpose or recipient, or neither is named.
    """
    meaning: list[str]
    if recipient is not None:
        receiver = next((each for each in policy.recipients if each.id == recipient), None)
        if receiver is None:
            message = f"recipient `{recipient}` is not declared"
            raise InvalidValueError(message)
        meaning = ["consent", "share", root_of(receiver), receiver.dpv, Ground.CONSENT, receiver.country]
    else:
        used = next((each for each in policy.purposes if each.id == purpose), None)
        if used is None:
            message = f"purpose `{purpose}` is not declared"
            raise InvalidValueError(message)
        meaning = ["consent", "use", root_of(used), used.dpv, Basis.CONSENT]
    return hashlib.sha256(canonical_json(meaning)).hexdigest()


def _meaning_terms(policy: Policy) -> dict[str, Any]:
    return {
        "items": {root_of(item): _item_terms(item) for item in policy.items},
        "purposes": {root_of(purpose): _purpose_terms(purpose) for purpose in policy.purposes},
        "recipients": {root_of(receiver): [receiver.dpv, receiver.country] for receiver in policy.recipients},
        "grounds": sorted(policy.grounds),
        "quiet_days": policy.quiet_days,
        "cooling_off_days": policy.cooling_off_days,
        "unconfirmed_hours": policy.unconfirmed_hours,
        "record_days": policy.record_days,
    }


def _purpose_terms(purpose: Purpose) -> str | list[Any]:
    return purpose.dpv if purpose.valid_days is None else [purpose.dpv, purpose.valid_days]


def _item_terms(item: Item) -> list[Any]:
    return [item.dpv, item.sensitive, item.required, _minimum_terms(item.legal_minimum)]


def _minimum_terms(minimum: LegalMinimum | None) -> list[Any] | None:
    return None if minimum is None else [minimum.clock, minimum.days, minimum.article]
