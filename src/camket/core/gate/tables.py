"""Versions compiled to bits and look-up tables, once per set of versions.

Every permission (collect, use, share) that any version ever had is one bit; a version is a mask of them. Names of every
age are resolved to roots before any look-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from camket.core.consent.identity import Identities, identities
from camket.core.consent.state import CellKey, ConsentCell, consent_cells, rests_on_consent
from camket.core.policy.model import PERMISSIONS, Clause, ClauseKind, Limit, NoticeTerms, PolicyVersion, RightTerms
from camket.core.terms import Channel, Ground, Right

Cell = tuple[ClauseKind, tuple[str, ...]]
"""A clause's kind and roots: the same cell in any version."""

NoticeKey = tuple[str, Channel]
"""Root of the service, channel."""


def cell_of(clause: Clause) -> Cell:
    """Return what the clause is in any version."""
    return clause.kind, clause.roots


def clause_key(text: str) -> str:
    """Return the clause id without white space, so that `use(a,b,c)` and `use(a, b, c)` are one."""
    return "".join(text.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionTable:
    """What one version lets be done, for how long, and what it grants.

    Args:
        number: of the version.
        mask: its permissions.
        keep: root of the item -> its maximum.
        rights: the rights that it grants; an absent one is not in it.
        notices: service and channel -> lead time; a channel that is not used is not in it.
        grounds: grounds on which anything may be disclosed.
        answers: key of each clause's id -> its cell; what an agreement can name.
    """

    number: int
    mask: int
    keep: Mapping[str, Limit]
    rights: Mapping[Right, RightTerms]
    notices: Mapping[NoticeKey, NoticeTerms]
    grounds: frozenset[Ground]
    answers: Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """A permission of the newest version.

    Args:
        clause: as the newest version writes it.
        bit: its place in every mask.
        consent: what a consent is bound to, where it rests on one.
    """

    clause: Clause
    bit: int
    consent: ConsentCell | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """All versions in force, compiled.

    Args:
        names: every name of every age -> root.
        versions: one table per version, oldest first.
        bits: permission -> its bit.
        texts: key of each clause id that any version had -> its cell.
        items: roots of the items that the newest version declares; likewise the next three.
        collect: (item, service, source) by roots -> permission of the newest version.
        use: (item, purpose) by roots.
        share: (item, recipient) by roots, on ground consent alone: the legal grounds need a case instead.
        newest: the newest version.
    """

    names: Identities
    versions: tuple[VersionTable, ...]
    bits: Mapping[Cell, int]
    texts: Mapping[str, Cell]
    items: frozenset[str]
    services: frozenset[str]
    purposes: frozenset[str]
    recipients: frozenset[str]
    collect: Mapping[tuple[str, ...], Declared]
    use: Mapping[tuple[str, ...], Declared]
    share: Mapping[tuple[str, ...], Declared]
    newest: PolicyVersion


def compile_tables(versions: Sequence[PolicyVersion]) -> Tables:
    """Compile versions.

    Args:
        versions: oldest first, at least one, numbered without gaps.
    """
    names = identities(versions)
    bits: dict[Cell, int] = {}
    texts: dict[str, Cell] = {}
    compiled = []
    for version in versions:
        for clause in version.clauses:
            texts[clause_key(clause.id)] = cell_of(clause)
            if clause.kind in PERMISSIONS:
                bits.setdefault(cell_of(clause), len(bits))
        compiled.append(_version_table(version, names, bits))
    newest = versions[-1]
    declared = _declared(newest, bits, consent_cells(versions))
    return Tables(
        names=names,
        versions=tuple(compiled),
        bits=bits,
        texts=texts,
        items=frozenset(names.items[one.id] for one in newest.policy.items),
        services=frozenset(names.services[one.id] for one in newest.policy.services),
        purposes=frozenset(names.purposes[one.id] for one in newest.policy.purposes),
        recipients=frozenset(names.recipients[one.id] for one in newest.policy.recipients),
        collect={one.clause.roots: one for one in declared if one.clause.kind is ClauseKind.COLLECT},
        use={one.clause.roots[:2]: one for one in declared if one.clause.kind is ClauseKind.USE},
        share={one.clause.roots[:2]: one for one in declared if one.clause.kind is ClauseKind.SHARE and one.consent},
        newest=newest,
    )


def _version_table(version: PolicyVersion, names: Identities, bits: Mapping[Cell, int]) -> VersionTable:
    policy = version.policy
    mask = 0
    for clause in version.clauses:
        if clause.kind in PERMISSIONS:
            mask |= 1 << bits[cell_of(clause)]
    return VersionTable(
        number=version.number,
        mask=mask,
        keep={names.items[one.id]: one.maximum for one in policy.items},
        rights={one.right: one for one in policy.rights if one.present},
        notices={(names.services[one.service], one.channel): one for one in policy.notices},
        grounds=frozenset(policy.grounds),
        answers={clause_key(clause.id): cell_of(clause) for clause in version.clauses},
    )


def _declared(
    newest: PolicyVersion, bits: Mapping[Cell, int], consents: Mapping[CellKey, ConsentCell]
) -> list[Declared]:
    found = []
    for clause in newest.clauses:
        if clause.kind in PERMISSIONS:
            consent = consents[clause.kind, clause.roots[0], clause.roots[1]] if rests_on_consent(clause) else None
            found.append(Declared(clause=clause, bit=1 << bits[cell_of(clause)], consent=consent))
    return found
