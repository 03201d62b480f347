"""What apps hold about a subject in their own tables: counted for the page, given in a copy, gone with the account.

Each app is asked on its own, outside any unit of work. One that cannot answer is never shown, copied or passed over as
if it held nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from camket.core.errors import HolderError, HolderFailure, nearest
from camket.core.policy.model import ItemKind
from camket.services.erasure_plan import declared_item
from camket.services.purposes import purposes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from camket.core.gate.history import Standing
    from camket.core.policy.model import Text
    from camket.core.rights.exported import ExportedItem
    from camket.holder_ports import Holder
    from camket.services.context import Context

Held: TypeAlias = "Mapping[str, int]"
"""Item -> how many of it apps hold; items with none are left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldingView:
    """One item that an app holds.

    Args:
        count: how many of it.
        why: the reason for keeping it.
        purposes: what it is used for without asking again.
        kept_because: why it is kept for as long as the account exists.
        sensitive: the policy calls it sensitive.
    """

    item: str
    label: Text
    count: int
    why: Text
    purposes: tuple[Text, ...]
    kept_because: Text
    sensitive: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HolderView:
    """One app with what it holds.

    Args:
        name: the app's prefix without the slash.
        label: what the app is called.
        held: in the policy's order.
        answers: it could say what it holds; False shows so, instead of nothing.
        path: where its own pages are; None for another system, which has none here.
    """

    name: str
    label: Text
    held: tuple[HoldingView, ...]
    answers: bool = True
    path: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """What one app gives for a copy.

    Args:
        holder: the app's name.
        label: what the app is called.
        items: *personal*; each with its file.
    """

    holder: str
    label: Text
    items: tuple[ExportedItem, ...] = field(repr=False)


def count_held(ctx: Context, subject_id: str) -> dict[str, int]:
    """Return how many of each item apps hold about a subject, all of them together.

    Raises:
        HolderError: an app cannot say, or is not loaded in this process.
    """
    found: dict[str, int] = {}
    for holder in ctx.holders.all():
        for item, count in holder.count(subject_id).items():
            found[item] = found.get(item, 0) + count
    return found


def count_each(ctx: Context, subject_id: str) -> tuple[tuple[Holder, Held | None], ...]:
    """Return every app with what it holds about a subject; None for one that cannot say.

    Raises:
        HolderError: an app is not loaded in this process.
    """
    return tuple((holder, _counted(holder, subject_id)) for holder in ctx.holders.all())


def require_declared(ctx: Context, items: Iterable[str], *, holder: str, called: str) -> None:
    """Refuse what no version in force declares as a holding.

    Args:
        ctx: the service.
        items: ids of what is held.
        holder: the name of who holds it.
        called: the same as messages begin, "the app `quay`".

    Raises:
        HolderError: one is not declared; with the nearest that is.
    """
    # INVARIANT: what a holder holds is declared; what no version in force declares is never passed over.
    versions = ctx.policies.in_force(ctx.store, ctx.clock.now()).versions
    declared = {item.id for version in versions for item in version.policy.items if item.kind is ItemKind.HOLDING}
    for item in items:
        if item not in declared:
            message = f"{called} holds `{item}`, which the policy does not declare as a holding"
            raise HolderError(message + nearest(item, declared), holder=holder, failure=HolderFailure.MISDECLARED)


def holder_views(
    counted: Sequence[tuple[Holder, Held | None]], standing: Standing, at: datetime
) -> tuple[HolderView, ...]:
    """Return what each app holds, as its subject reads it; one that holds nothing is left out.

    Args:
        counted: from `count_each`.
        standing: where the subject stands.
        at: aware.
    """
    return tuple(
        HolderView(
            name=holder.name,
            label=holder.label,
            held=_holding_views(held or {}, standing, at),
            answers=held is not None,
            path=holder.path,
        )
        for holder, held in counted
        if held is None or held
    )


def _counted(holder: Holder, subject_id: str) -> Held | None:
    try:
        return holder.count(subject_id)
    except HolderError:
        return None


def _holding_views(held: Held, standing: Standing, at: datetime) -> tuple[HoldingView, ...]:
    policy = standing.history.newest.policy
    labels = {purpose.id: purpose.label for purpose in policy.purposes}
    places = {item.id: place for place, item in enumerate(policy.items)}
    views = []
    for item in sorted(held, key=lambda item: places.get(item, len(places))):
        declared = declared_item(standing.history, item)
        views.append(
            HoldingView(
                item=declared.id,
                label=declared.label,
                count=held[item],
                why=declared.why,
                purposes=tuple(labels[purpose] for purpose in purposes_of(standing, item, at)),
                kept_because=declared.maximum.reason,
                sensitive=declared.sensitive,
            )
        )
    return tuple(views)
