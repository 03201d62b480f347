"""The effective policy of one subject: a fold over versions and agreements (semantics section 2).

What may be done with a subject's data never grows, and their rights never shrink, without their yes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from camket.core.gate.tables import Cell, NoticeKey, Tables, VersionTable
from camket.core.policy.model import ClauseKind, Limit, NoticeTerms, RightTerms
from camket.core.terms import Ground, Right, Verification

Answer = tuple[int, Cell | None]
"""An agreement as the fold takes it: number of the version, and the cell, or None for the version whole."""

LimitKey = str
"""`account`, or the clock of a maximum in days: limits with one key can be compared, others cannot."""

_ACCOUNT: Final = "account"
_NOT_THE_SUBJECTS: Final = frozenset({Ground.LAW, Ground.CONSENT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Effective:
    """The policy that holds for one subject.

    Args:
        mask: permissions, as bits of `Tables.bits`.
        keep: root of the item -> its limits, of which the one that ends first counts.
        rights: those the subject has; an absent one is not in it.
        notices: those the subject gets.
        grounds: grounds on which the subject's data may be disclosed.
        clauses: all of it as clause ids by roots, sorted; several `keep` of one item all bind.
        history_hash: hex SHA-256 over `clauses`, one per line.
    """

    mask: int
    keep: Mapping[str, Mapping[LimitKey, Limit]]
    rights: Mapping[Right, RightTerms]
    notices: Mapping[NoticeKey, NoticeTerms]
    grounds: frozenset[Ground]
    clauses: tuple[str, ...]
    history_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    mask: int
    keep: Mapping[str, Mapping[LimitKey, Limit]]
    rights: Mapping[Right, RightTerms]
    notices: Mapping[NoticeKey, NoticeTerms]
    grounds: frozenset[Ground]


def fold(tables: Tables, joined: int, answers: frozenset[Answer]) -> Effective:
    """Fold the versions from the one that the subject joined under to the newest.

    Args:
        tables: all versions in force.
        joined: number of a version in `tables`.
        answers: agreements that count; those for `joined` and before change nothing.
    """
    state: _State | None = None
    for table in tables.versions:
        if table.number >= joined:
            agreed = frozenset(cell for number, cell in answers if number == table.number)
            state = _whole(table) if state is None or None in agreed else _step(state, table, tables, agreed)
    if state is None:
        raise LookupError(joined)
    clauses = tuple(sorted(_clauses(state, tables)))
    return Effective(
        mask=state.mask,
        keep=state.keep,
        rights=state.rights,
        notices=state.notices,
        grounds=state.grounds,
        clauses=clauses,
        history_hash=hashlib.sha256("\n".join(clauses).encode()).hexdigest(),
    )


def _whole(table: VersionTable) -> _State:
    return _State(
        mask=table.mask,
        keep={item: {_limit_key(limit): limit} for item, limit in table.keep.items()},
        rights=table.rights,
        notices=table.notices,
        grounds=table.grounds,
    )


def _step(before: _State, table: VersionTable, tables: Tables, agreed: frozenset[Cell | None]) -> _State:
    allowed = 0
    for cell in agreed:
        if cell is not None and cell in tables.bits:
            allowed |= 1 << tables.bits[cell]
    return _State(
        # INVARIANT: a permission is in the newest version, and in the one before or agreed to now.
        mask=table.mask & (before.mask | allowed),
        keep=_keep(before.keep, table, _agreed_roots(agreed, ClauseKind.KEEP, 1)),
        rights=_rights(before.rights, table.rights, _agreed_roots(agreed, ClauseKind.RIGHT, 2)),
        notices=_notices(before.notices, table.notices, _agreed_roots(agreed, ClauseKind.NOTICE, 2)),
        grounds=table.grounds & (before.grounds | _NOT_THE_SUBJECTS),
    )


def _agreed_roots(agreed: frozenset[Cell | None], kind: ClauseKind, length: int) -> frozenset[tuple[str, ...]]:
    return frozenset(cell[1][:length] for cell in agreed if cell is not None and cell[0] is kind)


def _keep(
    before: Mapping[str, Mapping[LimitKey, Limit]], table: VersionTable, agreed: frozenset[tuple[str, ...]]
) -> Mapping[str, Mapping[LimitKey, Limit]]:
    """Keep every limit that ever bound, so that dropping an item and adding it again lengthens nothing."""
    after = dict(before)
    for item, limit in table.keep.items():
        key = _limit_key(limit)
        bound = {} if (item,) in agreed else dict(before.get(item, {}))
        if key not in bound or _days(limit) <= _days(bound[key]):
            bound[key] = limit
        after[item] = bound
    return after


def _limit_key(limit: Limit) -> LimitKey:
    return _ACCOUNT if limit.days is None else limit.clock.value


def _days(limit: Limit) -> int:
    return 0 if limit.days is None else limit.days


def _rights(
    before: Mapping[Right, RightTerms], now: Mapping[Right, RightTerms], agreed: frozenset[tuple[str, ...]]
) -> Mapping[Right, RightTerms]:
    after = {}
    for right in Right:
        attributes = frozenset(attribute for one, attribute in agreed if one == right)
        old, new = before.get(right), now.get(right)
        if old is None and new is not None:
            after[right] = new
        elif old is not None and new is None and "present" not in attributes:
            after[right] = old
        elif old is not None and new is not None:
            after[right] = _better(old, new, attributes)
    return after


def _better(old: RightTerms, new: RightTerms, agreed: frozenset[str]) -> RightTerms:
    """Return the newer terms with, for each attribute that was not agreed to, the value better for the subject."""
    complete = new.complete_days if "complete" in agreed else min(old.complete_days, new.complete_days)
    reply = new.reply_days if "reply" in agreed else min(old.reply_days, new.reply_days)
    return replace(
        new,
        # Agreed to alone, a longer time to reply ends at the latest when the request has to be done.
        reply_days=min(reply, complete),
        complete_days=complete,
        fee_vnd=new.fee_vnd if "fee" in agreed else min(old.fee_vnd, new.fee_vnd),
        verification=new.verification if "verification" in agreed else _safer(old.verification, new.verification),
    )


def _safer(old: Verification, new: Verification) -> Verification:
    """Return the stronger of two, unless the newer is stronger but not free and open to all."""
    return new if new.strength > old.strength and new.open_to_all else old


def _notices(
    before: Mapping[NoticeKey, NoticeTerms],
    now: Mapping[NoticeKey, NoticeTerms],
    agreed: frozenset[tuple[str, ...]],
) -> Mapping[NoticeKey, NoticeTerms]:
    after = {key: terms for key, terms in before.items() if key not in agreed}
    for key, terms in now.items():
        if key not in after or terms.lead_days >= after[key].lead_days:
            after[key] = terms
    return after


def _clauses(state: _State, tables: Tables) -> Iterator[str]:
    for (kind, roots), bit in tables.bits.items():
        if state.mask >> bit & 1:
            yield f"{kind}({', '.join(roots)})"
    for item, limits in state.keep.items():
        for limit in limits.values():
            yield f"keep({item}, {_ACCOUNT if limit.days is None else f'P{limit.days}D@{limit.clock}'})"
    for right, terms in state.rights.items():
        yield f"right({right}, reply, P{terms.reply_days}D)"
        yield f"right({right}, complete, P{terms.complete_days}D)"
        yield f"right({right}, fee, {terms.fee_vnd})"
        yield f"right({right}, verification, {terms.verification})"
    for (service, channel), notice in state.notices.items():
        yield f"notice({service}, {channel}, P{notice.lead_days}D)"
    for ground in state.grounds:
        yield f"ground({ground})"
