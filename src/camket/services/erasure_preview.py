"""What an erasure would do now: what goes, what stays and why, and the words that are accepted; nothing is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from camket.core.rights.consequences import CONSEQUENCES, Stays, acceptance_hash
from camket.services.erasure_plan import declared_item, plan_in
from camket.services.holdings import count_held
from camket.services.server_log import logged_items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from camket.core.gate.history import History
    from camket.core.policy.model import Text
    from camket.core.vault.shred import Kept
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.holdings import Held
    from camket.services.sessions import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class GoesView:
    """An item that goes.

    Args:
        count: how many values of it.
        in_apps: how many of these an app holds in its own tables.
    """

    item: str
    label: Text
    count: int
    in_apps: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class StaysView:
    """An item that the law holds.

    Args:
        count: how many values of it.
        article: which article orders it.
        reason: what the policy says about it.
        until: when the last value of it goes; aware.
    """

    item: str
    label: Text
    count: int
    article: str
    reason: Text
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What an erasure would do now.

    Args:
        goes: what is destroyed.
        stays: what is held, and why.
        consequences: what is to be accepted, sentence by sentence.
        cooling_off_days: between acceptance and erasure; 0 is at once.
        acceptance: hash of all this; the acceptance names it, so that it is good for what was shown alone.
    """

    goes: tuple[GoesView, ...]
    stays: tuple[StaysView, ...]
    consequences: tuple[Text, ...]
    cooling_off_days: int
    acceptance: str


def preview_erasure(ctx: Context, session: Session) -> Preview:
    """Return what an erasure would do; nothing is changed, and no value is opened.

    Raises:
        HolderError: an app cannot say what it holds; nothing is shown as if it held nothing.
    """
    return preview_erasure_of(ctx, session.subject_id)


def preview_erasure_of(ctx: Context, subject_id: str) -> Preview:
    """Do what `preview_erasure` does, for staff who work on a request, and for who proved it outside a session."""
    held = count_held(ctx, subject_id)
    return ctx.store.read(lambda unit: preview_in(unit, ctx, subject_id, held))


def preview_in(unit: Unit, ctx: Context, subject_id: str, held: Held) -> Preview:
    """Return what an erasure would do, as the unit's transaction sees it.

    Args:
        unit: reads alone.
        ctx: the service.
        subject_id: whose account.
        held: what apps and other systems hold, from `count_held`: they are never asked inside a unit.
    """
    history = ctx.policies.in_force_in(unit, ctx.clock.now())
    plan = plan_in(unit, ctx, subject_id)
    cooling_off_days = history.newest.policy.cooling_off_days
    going = Counter(value.item for value in plan.destroy) + Counter(held)
    goes = tuple(
        GoesView(item=item, label=declared_item(history, item).label, count=going[item], in_apps=held.get(item, 0))
        for item in _in_order(history, tuple(going))
    )
    stays = tuple(_stays(history, item, plan.kept) for item in _in_order(history, [one.item for one in plan.kept]))
    # The log of requests grows by the very requests that show and accept this: what it adds is no other answer.
    logged = {item.id for item in logged_items(history.newest.policy)}
    accepted = acceptance_hash(
        goes=frozenset(going) - logged,
        stays=frozenset(
            Stays(item=one.item, article=one.article, until=_day(one.until)) for one in stays if one.item not in logged
        ),
        cooling_off_days=cooling_off_days,
    )
    return Preview(
        goes=goes, stays=stays, consequences=CONSEQUENCES, cooling_off_days=cooling_off_days, acceptance=accepted
    )


def _in_order(history: History, items: Sequence[str]) -> list[str]:
    """Return each item once, in the order in which the newest policy declares them; those that it lacks come last."""
    places = {item.id: place for place, item in enumerate(history.newest.policy.items)}
    return sorted(dict.fromkeys(items), key=lambda item: places.get(item, len(places)))


def _stays(history: History, item: str, kept: Sequence[Kept]) -> StaysView:
    of_item = [one for one in kept if one.item == item]
    last = max(of_item, key=lambda one: one.until)
    declared = declared_item(history, item)
    minimum = declared.legal_minimum
    return StaysView(
        item=item,
        label=declared.label,
        count=len(of_item),
        article=last.article,
        reason=minimum.reason if minimum else declared.maximum.reason,
        until=last.until,
    )


def _day(instant: datetime) -> date:
    return instant.date()
