"""What an erasure, a removal or a limit keeps and destroys: the rows of the store as the core's plan sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.vault.shred import HeldValue, plan_erasure
from camket.services.access_standing import item_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import History
    from camket.core.policy.model import Item, LegalMinimum
    from camket.core.vault.shred import ErasurePlan
    from camket.ports import Unit
    from camket.rows import HeldValueRow
    from camket.services.context import Context


def plan_in(unit: Unit, ctx: Context, subject_id: str) -> ErasurePlan:
    """Return what an erasure keeps and destroys now, as the unit's transaction sees it.

    A registration that was never confirmed keeps nothing: no account came of it, so no law about accounts holds it.
    """
    now = ctx.clock.now()
    history = ctx.policies.in_force_in(unit, now)
    rows = unit.values.outlines_of_subject(subject_id, None, closed=sorted(item_names(history).pictures))
    subject = unit.subjects.get(subject_id)
    pending = subject is None or subject.confirmed_at is None
    minimums = {} if pending else legal_minimums(history, rows)
    return plan_erasure([held_value(row) for row in rows], minimums, (), now)


def legal_minimums(history: History, rows: Sequence[HeldValueRow]) -> dict[str, LegalMinimum]:
    """Return the legal minimums of the newest version for the items of the rows, by the names that the rows have."""
    roots = item_names(history).roots
    by_root = {roots[item.id]: item.legal_minimum for item in history.newest.policy.items}
    found = {row.item: by_root.get(roots.get(row.item, row.item)) for row in rows}
    return {item: minimum for item, minimum in found.items() if minimum is not None}


def held_value(row: HeldValueRow) -> HeldValue:
    """Return a row as the plan of an erasure sees it."""
    return HeldValue(
        row_id=row.id,
        item=row.item,
        kind=row.key_kind,
        collected_at=row.collected_at,
        last_used_at=row.last_used_at,
        article=row.article,
        until=row.hold_until,
    )


def declared_item(history: History, item: str) -> Item:
    """Return an item as the newest version that declares it does; a value of an undeclared item cannot be held."""
    roots = item_names(history).roots
    root = roots[item]
    for version in reversed(history.versions):
        for declared in version.policy.items:
            if roots[declared.id] == root:
                return declared
    raise KeyError(item)
