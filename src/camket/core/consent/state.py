"""Whether a consent is valid at an instant, and why not (semantics section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from camket.core.consent.facts import Consent, Gpc
from camket.core.policy.model import Clause, ClauseKind, PolicyVersion
from camket.core.policy.version import consent_hash
from camket.core.terms import Basis


class ConsentState(StrEnum):
    """Where one consent stands for one item; all but `valid` say why it does not permit."""

    NOT_YET_GIVEN = "not_yet_given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"
    SUSPENDED = "suspended"
    VALID = "valid"


CellKey = tuple[ClauseKind, str, str]
"""Kind (`use` or `share`), root of the item, root of the purpose or recipient."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentCell:
    """A clause of the newest version that rests on consent, with how long it has stood.

    Args:
        clause_hash: what a consent must be bound to.
        since: oldest version from which it stands, in every version up to the newest, with this meaning.
        before: newest version before a gap that had the same cell with the same meaning; None when none had.
        newest: number of the newest version.
    """

    clause_hash: str
    since: int
    before: int | None
    newest: int

    def stands(self, consent: Consent, joined: int) -> bool:
        """Say whether the cell that the consent was given for is this one and has stood ever since.

        A consent without a version is taken to be as old as it can be for a subject who joined at `joined`.
        """
        if consent.clause_hash != self.clause_hash:
            return False
        if consent.version is not None:
            return self.since <= consent.version <= self.newest
        return self.before is None or self.before < joined


def consent_state(consent: Consent, *, cell: ConsentCell, joined: int, gpc: Gpc | None, at: datetime) -> ConsentState:
    """Return where a consent stands at an instant, the first reason that fits.

    Args:
        consent: of the cell's purpose or recipient, and for the cell's item.
        cell: from `consent_cells`.
        joined: number of the version in force when the subject joined.
        gpc: the subject's signal, if any.
        at: aware.
    """
    if consent.given_at > at:
        return ConsentState.NOT_YET_GIVEN
    if consent.withdrawn_at is not None and consent.withdrawn_at <= at:
        return ConsentState.WITHDRAWN
    if consent.expires_at is not None and consent.expires_at <= at:
        return ConsentState.EXPIRED
    if not cell.stands(consent, joined):
        return ConsentState.ENDED
    if gpc is not None and gpc.suspends(consent.given_at, at):
        return ConsentState.SUSPENDED
    return ConsentState.VALID


def consent_cells(versions: Sequence[PolicyVersion]) -> Mapping[CellKey, ConsentCell]:
    """Return every cell of the newest version that rests on consent.

    Args:
        versions: oldest first, at least one.
    """
    hashes = [_hashes(version) for version in versions]
    return {key: _cell(key, versions, hashes) for key in hashes[-1]}


def _cell(key: CellKey, versions: Sequence[PolicyVersion], hashes: Sequence[Mapping[CellKey, str]]) -> ConsentCell:
    clause_hash = hashes[-1][key]
    same = [version.number for version, held in zip(versions, hashes, strict=True) if held.get(key) == clause_hash]
    newest = versions[-1].number
    since = newest
    while since - 1 in same:
        since -= 1
    before = [number for number in same if number < since]
    return ConsentCell(clause_hash=clause_hash, since=since, before=max(before, default=None), newest=newest)


def _hashes(version: PolicyVersion) -> dict[CellKey, str]:
    purposes = {one.id: consent_hash(version.policy, purpose=one.id) for one in version.policy.purposes}
    recipients = {one.id: consent_hash(version.policy, recipient=one.id) for one in version.policy.recipients}
    found: dict[CellKey, str] = {}
    for clause in version.clauses:
        if rests_on_consent(clause):
            asked = purposes if clause.kind is ClauseKind.USE else recipients
            found[clause.kind, clause.roots[0], clause.roots[1]] = asked[clause.parts[1]]
    return found


def rests_on_consent(clause: Clause) -> bool:
    """Say whether the clause is a use or a sharing that needs the subject's yes."""
    return clause.kind in (ClauseKind.USE, ClauseKind.SHARE) and clause.parts[2] == Basis.CONSENT
