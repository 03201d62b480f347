"""The privacy centre: everything held about a subject, why, since when and until when, and every use of it (P12).

One read through the door for the reserved purpose `rights`, which is itself on record and in the list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from camket.core.intake import show
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.policy.model import ItemKind
from camket.core.terms import Source
from camket.services.access import SUBJECT
from camket.services.correction import correctable
from camket.services.devices import DEVICE_NAME, describes_device, device_of
from camket.services.erasure_plan import declared_item
from camket.services.holdings import count_each, holder_views
from camket.services.own_devices import device_handle
from camket.services.own_log import held_but_log_in
from camket.services.purposes import purposes_of
from camket.services.removal import removable
from camket.services.server_log import COLLECTOR as LOG_COLLECTOR
from camket.services.uses import facts_of, together, use_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from camket.core.gate.history import History, Standing
    from camket.core.policy.model import Item, Text
    from camket.ports import Unit
    from camket.rows import SubjectRecordRow
    from camket.services.access import OpenedValue, Pending
    from camket.services.context import Context
    from camket.services.holdings import HolderView
    from camket.services.sessions import Session
    from camket.services.uses import UseGroup, UseView

LOOKED_AT: Final = 500
"""How many of the newest records the counts and the newest uses are taken from."""
NEWEST: Final = 3
WEEK: Final = timedelta(days=7)
GIVEN_OUT: Final = frozenset({LedgerOutcome.PERMIT, LedgerOutcome.DONE})
"""How a record of a disclosure ended where something left; an attempt that was refused gave nothing away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldView:
    """One value that is held.

    Args:
        row_id: where it is held; names it to its subject.
        item: its item.
        label: what the item is called.
        shown: *personal*; the value as people read it; empty for a picture.
        instant: *personal*; the value where it is an instant, for pages to say in the reader's way; else None.
        said: the value in words where it names a service of the policy; else None.
        why: the reason for collecting the item.
        purposes: what it is used for without asking again.
        since: aware; when it was collected.
        kept_until: aware; when it goes at the latest; None for as long as the account exists.
        kept_because: the reason of that limit, or of the law that holds it.
        article: the law that holds it; None unless it is held by law.
        correctable: its subject corrects it themselves.
        removable: its subject deletes it alone; the account does without it.
        kind: how it is validated and shown.
        sensitive: the policy calls the item sensitive.
    """

    row_id: str
    item: str
    label: Text
    shown: str = field(repr=False)
    instant: datetime | None = field(repr=False)
    said: Text | None
    why: Text
    purposes: tuple[Text, ...]
    since: datetime
    kept_until: datetime | None
    kept_because: Text
    article: str | None
    correctable: bool
    removable: bool
    kind: ItemKind
    sensitive: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldGroup:
    """The values of one category, in the policy's order, those of an item newest first.

    Args:
        about_devices: devices are shown with this one; it is there even where it holds nothing else.
    """

    category: str
    label: Text
    held: tuple[HeldView, ...]
    about_devices: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceView:
    """One device with all that is held about it.

    Args:
        handle: names the device in addresses, for this session.
        current: it is the one that asks.
        values: what is held, in the policy's order.
        since: aware; when it was first seen.
        seen_at: aware; when it was last seen.
        kept_until: aware; when it is forgotten unless it is seen again; None for as long as the account exists.
    """

    handle: str
    current: bool
    values: tuple[HeldView, ...]
    since: datetime
    seen_at: datetime
    kept_until: datetime | None

    def shown(self, item: str) -> str:
        """Return the value of an item as people read it, *personal*; empty where none is held."""
        return next((value.shown for value in self.values if value.item == item), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What the page says in numbers.

    Args:
        held: values held, those in apps' own tables with them.
        uses_this_week: entries of the last seven days that neither the subject nor the server log caused; at most 500.
        disclosures: how often anything was given out, since the beginning; attempts that were refused are none.
    """

    held: int
    uses_this_week: int
    disclosures: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MyData:
    """Everything that is held about a subject, *personal*.

    Args:
        groups: by category, in the policy's order; what describes one device apart.
        devices: last seen first.
        holders: apps that hold something themselves, or cannot say whether they do.
        logged: how many values the server log has; they stand on a page of their own.
        uses: the newest entries but the subject's own looking and the server log's, equal neighbours together.
        counts: in numbers.
        at: aware; when it was read.
    """

    groups: tuple[HeldGroup, ...]
    devices: tuple[DeviceView, ...]
    holders: tuple[HolderView, ...]
    logged: int
    uses: tuple[UseGroup, ...]
    counts: Counts
    at: datetime


def my_data(ctx: Context, session: Session) -> MyData:
    """Return everything held about a subject.

    Raises:
        HolderError: an app that may hold something is not loaded in this process.

    Effects: one ledger record of the view, durable before anything is returned; it is in the list of uses itself.

    Source: LAW Art. 4.1 (view); semantics section 4, the reserved purpose `rights`.
    """

    def read(unit: Unit) -> tuple[Pending, tuple[SubjectRecordRow, ...], int, int]:
        # The server log has a page of its own: a busy year is thousands of lines.
        items, logged = held_but_log_in(unit, ctx, session.subject_id)
        pending = ctx.door.view_in(unit, subject_id=session.subject_id, items=items)
        records = unit.records.of_subject(session.subject_id, limit=LOOKED_AT)
        shares = unit.records.facts_of_action(session.subject_id, LedgerAction.SHARE.value)
        return pending, records, sum(facts_of(one).outcome in GIVEN_OUT for one in shares), logged

    counted = count_each(ctx, session.subject_id)
    pending, records, disclosures, logged = ctx.store.write(read)
    opened = pending.open()
    uses = [use_of(row) for row in records]
    values = [
        view
        for item, of_item in opened.values.items()
        for view in _held_views(pending.standing, item, of_item, opened.at)
    ]
    order = {item.id: place for place, item in enumerate(pending.standing.history.newest.policy.items)}
    values.sort(key=lambda one: (order.get(one.item, len(order)), one.item, -one.since.timestamp()))
    others = [use for use in uses if use.who not in (SUBJECT, LOG_COLLECTOR)]
    return MyData(
        groups=_groups(pending.standing.history, [one for one in values if not _of_device(one)]),
        devices=_devices([one for one in values if _of_device(one)], session),
        holders=holder_views(counted, pending.standing, opened.at),
        logged=logged,
        uses=tuple(islice(together(use for use in uses if not _own_look(use)), NEWEST)),
        counts=Counts(
            held=len(values) + logged + sum(sum(held.values()) for _, held in counted if held is not None),
            uses_this_week=sum(use.at > opened.at - WEEK for use in others),
            disclosures=disclosures,
        ),
        at=opened.at,
    )


def _own_look(use: UseView) -> bool:
    return use.who == LOG_COLLECTOR or (use.who == SUBJECT and use.action is LedgerAction.USE)


def _held_views(standing: Standing, item: str, values: Iterable[OpenedValue], at: datetime) -> tuple[HeldView, ...]:
    """Return the values of one item, which have what is said of the item in common."""
    history = standing.history
    declared = declared_item(history, item)
    labels = {purpose.id: purpose.label for purpose in history.newest.policy.purposes}
    services = {service.id: service.label for service in history.newest.policy.services}
    purposes = tuple(labels[purpose] for purpose in purposes_of(standing, item, at))
    return tuple(_held_view(declared, value, purposes, services) for value in values)


def _held_view(
    declared: Item, value: OpenedValue, purposes: tuple[Text, ...], services: Mapping[str, Text]
) -> HeldView:
    text = "" if isinstance(value.value, bytes) else value.value
    return HeldView(
        row_id=value.row_id,
        item=declared.id,
        label=declared.label,
        shown=show(declared.kind, text),
        instant=_instant(text) if declared.kind is ItemKind.FACT else None,
        said=services.get(text) if declared.kind is ItemKind.FACT else None,
        why=declared.why,
        purposes=purposes,
        since=value.collected_at,
        kept_until=value.kept_until,
        kept_because=value.kept_because or _law_reason(declared),
        article=value.article,
        correctable=correctable(declared) and value.article is None,
        removable=removable(declared) and value.source is Source.PROVIDED and value.article is None,
        kind=declared.kind,
        sensitive=declared.sensitive,
    )


def _law_reason(item: Item) -> Text:
    return item.legal_minimum.reason if item.legal_minimum else item.maximum.reason


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _groups(history: History, values: list[HeldView]) -> tuple[HeldGroup, ...]:
    policy = history.newest.policy
    about_devices = next((item.category for item in policy.items if describes_device(item.id)), None)
    category_of = {item: declared_item(history, item).category for item in {one.item for one in values}}
    groups = []
    for category, label in _categories(history).items():
        of_category = [one for one in values if category_of[one.item] == category]
        if of_category or category == about_devices:
            held = tuple(of_category)
            groups.append(HeldGroup(category=category, label=label, held=held, about_devices=category == about_devices))
    return tuple(groups)


def _categories(history: History) -> dict[str, Text]:
    """Return every category of every version, those of the newest first."""
    found: dict[str, Text] = {}
    for version in reversed(history.versions):
        for category, label in version.policy.categories.items():
            found.setdefault(category, label)
    return found


def _of_device(value: HeldView) -> bool:
    return device_of(value.row_id, value.item) is not None


def _devices(values: Iterable[HeldView], session: Session) -> tuple[DeviceView, ...]:
    by_device: dict[str, list[HeldView]] = {}
    for value in values:
        by_device.setdefault(device_of(value.row_id, value.item) or "", []).append(value)
    devices = [
        DeviceView(
            handle=device_handle(session.id, device),
            current=device == session.device_id,
            values=tuple(of_device),
            since=min(value.since for value in of_device),
            # Naming a device is not seeing it: the name may be given from another one.
            seen_at=max((value.since for value in of_device if value.item != DEVICE_NAME), default=of_device[0].since),
            kept_until=min((value.kept_until for value in of_device if value.kept_until), default=None),
        )
        for device, of_device in by_device.items()
    ]
    return tuple(sorted(devices, key=lambda device: device.seen_at, reverse=True))
