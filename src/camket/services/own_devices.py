"""What a subject does with their devices: gives one a name, and has one forgotten (P5, P13)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.policy.model import Collection
from camket.core.terms import RIGHTS_PURPOSE, Source
from camket.core.vault.keyring import KeyKind
from camket.services.access import SUBJECT
from camket.services.devices import ACCOUNT, DEVICE_NAME, device_of
from camket.services.forms import read_value
from camket.services.ids import ID_BYTES
from camket.services.removal import remove_in

if TYPE_CHECKING:
    from camket.core.policy.model import Item, Policy
    from camket.ports import Unit
    from camket.rows import HeldValueRow
    from camket.services.access import Collected
    from camket.services.context import Context
    from camket.services.sessions import Session

NO_DEVICE: Final = "there is no such device"


def device_handle(session_id: str, device: str) -> str:
    """Return what a device is called in addresses: its id is personal, this means something in one session only."""
    return sha256(f"device handle {session_id} {device}".encode()).digest()[:ID_BYTES].hex()


def name_item(policy: Policy) -> Item | None:
    """Return the item that the name of a device is held under; None where the policy declares none."""
    wanted = Collection(service=ACCOUNT, source=Source.PROVIDED)
    return next((item for item in policy.items if item.id == DEVICE_NAME and wanted in item.collected), None)


def name_device(ctx: Context, session: Session, *, handle: str, typed: str) -> None:
    """Give a device a name, in the place of the one it had; nothing but blanks takes the name away.

    Args:
        ctx: the service.
        session: whose device.
        handle: from `device_handle`.
        typed: *personal*; the name as typed.

    Raises:
        NotFoundError: there is no such device, or the policy declares no name.
        FormError: what was typed is no name; nothing was stored.
        AskError: the subject must first agree to a change of the policy; nothing was stored but the record.

    Effects: the name and its ledger record are durable together. Twice is once.
    """
    item = name_item(ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy)
    if item is None:
        raise NotFoundError(NO_DEVICE)
    if not typed.strip():
        _take_name(ctx, session, handle)
        return
    value = read_value(item, typed)

    def name(unit: Unit) -> Collected:
        device, _ = _find_in(unit, session, handle)
        return ctx.door.collect_in(
            unit,
            actor=SUBJECT,
            subject_id=session.subject_id,
            values={item.id: value},
            service=ACCOUNT,
            source=Source.PROVIDED,
            row_ids={item.id: f"{device}.{item.id}"},
        )

    ctx.store.write(name).require()


def _take_name(ctx: Context, session: Session, handle: str) -> None:
    def take(unit: Unit) -> None:
        _, rows = _find_in(unit, session, handle)
        named = [row for row in rows if row.item == DEVICE_NAME]
        if named:
            remove_in(unit, ctx, subject_id=session.subject_id, rows=named)

    ctx.store.write(take)


def forget_device(ctx: Context, session: Session, *, handle: str) -> None:
    """Delete everything that is held about a device, and sign it out unless it is the one that asks.

    Args:
        ctx: the service.
        session: whose device.
        handle: from `device_handle`.

    Raises:
        NotFoundError: there is no such device, or it was forgotten before.
        DeniedError: the gate said no; nothing was changed.

    Effects: the values, the sessions and their ledger records change together. A device that signs in again is known
        again, from then on.
    """

    def forget(unit: Unit) -> None:
        device, rows = _find_in(unit, session, handle)
        remove_in(unit, ctx, subject_id=session.subject_id, rows=rows)
        if device != session.device_id:
            _sign_out_in(unit, ctx, session, device)

    ctx.store.write(forget)


def _sign_out_in(unit: Unit, ctx: Context, session: Session, device: str) -> None:
    for row in unit.sessions.of_subject(session.subject_id):
        if row.device_id == device and unit.sessions.delete(session.subject_id, row.id):
            ctx.door.record_in(
                unit,
                actor=SUBJECT,
                action=LedgerAction.SESSION,
                subject_id=session.subject_id,
                purpose=RIGHTS_PURPOSE,
            )


def _find_in(unit: Unit, session: Session, handle: str) -> tuple[str, tuple[HeldValueRow, ...]]:
    """Return the id of a device and its live rows.

    Raises:
        NotFoundError: nothing is held about such a device; the unit must not go on.
    """
    by_device: dict[str, list[HeldValueRow]] = {}
    for row in unit.values.of_subject(session.subject_id):
        device = device_of(row.id, row.item)
        if device is not None and row.key_kind is KeyKind.LIVE:
            by_device.setdefault(device, []).append(row)
    for device, rows in by_device.items():
        if device_handle(session.id, device) == handle:
            return device, tuple(rows)
    raise NotFoundError(NO_DEVICE)
