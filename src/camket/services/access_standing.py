"""Where a subject stands, read in the transaction of the effect and folded once per revision of their facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.errors import StoreError
from camket.core.gate.question import Agreement, Hold, SubjectFacts
from camket.core.policy.model import Clock, ItemKind
from camket.core.terms import SubjectState
from camket.core.vault.keyring import KeyKind
from camket.rows import FactKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.gate.history import History, Standing
    from camket.ports import Unit
    from camket.rows import FactRow, HeldValueRow, SubjectRow

STANDINGS_KEPT: Final = 8192
"""Subjects whose folded standing is remembered in a process; all are forgotten when there are more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemNames:
    """Every name that an item ever had, for one history of versions.

    Args:
        roots: name of any age -> root.
        names: root -> every name, the newest first.
        pictures: names of the items whose values are pictures.
        holdings: names of the items whose values an app keeps in its own tables.
        used_clocks: names of the items of which any version counts the retention from the last use.
    """

    roots: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    pictures: frozenset[str]
    holdings: frozenset[str]
    used_clocks: frozenset[str]

    def expand(self, items: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names under which values of these items may lie; an undeclared one stays as it is."""
        found: tuple[str, ...] = ()
        for item in items:
            found += self.names.get(self.roots.get(item, item), (item,))
        return found

    def all_held(self, rows: Sequence[HeldValueRow]) -> tuple[str, ...]:
        """Return the newest name of every item that is held, each once, in the order of the rows."""
        return tuple(dict.fromkeys(self.names.get(self.roots.get(row.item, row.item), (row.item,))[0] for row in rows))

    def asked(self, held: str, items: tuple[str, ...]) -> str | None:
        """Return which of the items a held one is, by any name; None where it is none of them."""
        root = self.roots.get(held, held)
        return next((item for item in items if self.roots.get(item, item) == root), None)


@lru_cache(maxsize=32)
def item_names(history: History) -> ItemNames:
    """Return the names of all items of a history; computed once for each."""
    roots = dict(history.tables.names.items)
    names: dict[str, tuple[str, ...]] = {}
    kinds: dict[ItemKind, set[str]] = {ItemKind.PICTURE: set(), ItemKind.HOLDING: set()}
    clocked: set[str] = set()
    for version in reversed(history.versions):
        for item in version.policy.items:
            root = roots[item.id]
            known = names.get(root, ())
            names[root] = known + tuple(name for name in (item.id, *item.renamed_from) if name not in known)
            if item.kind in kinds:
                kinds[item.kind].add(root)
            if item.maximum.clock is Clock.LAST_USED:
                clocked.add(root)
    return ItemNames(
        roots=roots,
        names=names,
        pictures=frozenset(name for name, root in roots.items() if root in kinds[ItemKind.PICTURE]),
        holdings=frozenset(name for name, root in roots.items() if root in kinds[ItemKind.HOLDING]),
        used_clocks=frozenset(name for name, root in roots.items() if root in clocked),
    )


class Standings:
    """Folded standings by subject, good for one revision of their facts under one history. Safe for many threads."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, History, Standing]] = {}

    def of(
        self, unit: Unit, subject_id: str, revision: int | None, history: History, rows: Sequence[HeldValueRow] = ()
    ) -> Standing:
        """Return where the subject stands now; one who is not there stands where an erased one does.

        Args:
            unit: the unit of work of the effect; the subject cannot change until it ends.
            subject_id: opaque.
            revision: of the subject's facts, read in that unit; None where there is no such subject.
            history: the versions in force in that unit.
            rows: the values that the question is about; those under `hold` are facts for the gate.
        """
        if revision is None:
            return history.standing(SubjectFacts(joined=history.oldest, state=SubjectState.ERASED))
        # INVARIANT: equal revisions mean equal facts; every query that changes a fact raises the revision.
        standing = self.remembered(subject_id, revision, history) or self._fold(unit, subject_id, history)
        if any(held.key_kind is KeyKind.HOLD for held in rows):
            return history.standing(with_holds(standing.facts, rows))
        return standing

    def begin(self, subject: SubjectRow, history: History) -> Standing:
        """Remember and return the standing of a subject whose row is being added: nothing was said about them yet."""
        if len(self._kept) >= STANDINGS_KEPT:
            self._kept.clear()
        standing = history.standing(subject_facts(subject, (), history))
        self._kept[subject.id] = (subject.facts_revision, history, standing)
        return standing

    def confirmed(self, unit: Unit, subject: SubjectRow, history: History) -> Standing:
        """Return the standing of a subject who has become active in this unit; the row is as it was before.

        It is not remembered: were the unit undone, another change could come to the same revision.
        """
        before = self.remembered(subject.id, subject.facts_revision, history)
        facts = subject_facts(subject, unit.facts.of_subject(subject.id), history) if before is None else before.facts
        return history.standing(replace(facts, state=SubjectState.ACTIVE))

    def last_revision(self, subject_id: str) -> int | None:
        """Return the revision of the facts that were folded last; None where nothing is remembered."""
        kept = self._kept.get(subject_id)
        return None if kept is None else kept[0]

    def remembered(self, subject_id: str, revision: int, history: History) -> Standing | None:
        """Return the standing of this revision under this history, if it is remembered."""
        kept = self._kept.get(subject_id)
        return kept[2] if kept is not None and kept[0] == revision and kept[1] is history else None

    def _fold(self, unit: Unit, subject_id: str, history: History) -> Standing:
        row = unit.subjects.get(subject_id)
        if row is None:
            return history.standing(SubjectFacts(joined=history.oldest, state=SubjectState.ERASED))
        standing = history.standing(subject_facts(row, unit.facts.of_subject(subject_id), history))
        if len(self._kept) >= STANDINGS_KEPT:
            self._kept.clear()
        self._kept[subject_id] = (row.facts_revision, history, standing)
        return standing


def with_holds(facts: SubjectFacts, rows: Sequence[HeldValueRow]) -> SubjectFacts:
    """Return the facts with the items of which everything lies under the `hold` key."""
    live = {row.item for row in rows if row.key_kind is KeyKind.LIVE}
    holds = tuple(
        Hold(item=row.item, article=row.article, until=row.hold_until)
        for row in rows
        if row.item not in live and row.article is not None and row.hold_until is not None
    )
    return replace(facts, holds=holds)


def subject_facts(row: SubjectRow, facts: Sequence[FactRow], history: History) -> SubjectFacts:
    """Return what the gate must know of a subject, out of their row and their facts.

    Raises:
        StoreError: a fact in the store does not have its form.
    """
    gpc = None
    if row.gpc_signalled_at is not None or row.gpc_overridden_at is not None:
        gpc = Gpc(signalled_at=row.gpc_signalled_at, overridden_at=row.gpc_overridden_at)
    of_kind = {kind: [fact for fact in facts if fact.kind is kind] for kind in FactKind}
    try:
        return SubjectFacts(
            joined=max(row.joined_version, history.oldest),
            agreements=tuple(_agreement(fact) for fact in of_kind[FactKind.AGREEMENT]),
            consents=tuple(_consent(fact) for fact in of_kind[FactKind.CONSENT]),
            refusals=tuple(_refusal(fact) for fact in of_kind[FactKind.REFUSAL]),
            restricted=_purposes(of_kind[FactKind.RESTRICTION]),
            objected=_purposes(of_kind[FactKind.OBJECTION]),
            gpc=gpc,
            state=row.state,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError("a fact about a subject in the store does not have its form") from error


def _agreement(fact: FactRow) -> Agreement:
    version, clause = fact.body["version"], fact.body["clause"]
    if not isinstance(version, int) or not (clause is None or isinstance(clause, str)):
        raise TypeError
    return Agreement(version=version, clause=clause, at=fact.at, withdrawn_at=fact.withdrawn_at)


def _consent(fact: FactRow) -> Consent:
    body = fact.body
    items, version = body["items"], body.get("version")
    if not isinstance(items, list | tuple) or not (version is None or isinstance(version, int)):
        raise TypeError
    expires = _text(body.get("expires_at"))
    return Consent(
        purpose=_text(body["purpose"]),
        items=tuple(str(item) for item in items),
        recipient=_text(body.get("recipient")),
        clause_hash=str(body["clause_hash"]),
        given_at=fact.at,
        expires_at=_instant(expires),
        withdrawn_at=fact.withdrawn_at,
        version=version,
    )


def _refusal(fact: FactRow) -> Refusal:
    return Refusal(at=fact.at, purpose=_text(fact.body.get("purpose")), clause=_text(fact.body.get("clause")))


def _purposes(facts: Sequence[FactRow]) -> frozenset[str]:
    found: set[str] = set()
    for fact in facts:
        purposes = fact.body["purposes"]
        if fact.withdrawn_at is None:
            found.update([purposes] if isinstance(purposes, str) else [str(one) for one in _list(purposes)])
    return frozenset(found)


def _list(value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    raise TypeError


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
