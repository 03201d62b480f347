"""What an app does with its customers' data beside collecting and reading it: that it is used, and taking values back.

An app acts as one service of the policy. It is on record under that service's name, and reaches only what that service
collected.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError, NotFoundError
from camket.core.terms import Outcome, Source
from camket.core.vault.keyring import KeyKind
from camket.services.access_standing import item_names
from camket.services.calendar import day_of
from camket.services.removal import remove_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.ports import Unit
    from camket.services.access import Collected
    from camket.services.context import Context

USE_ITEM: Final = "service.use"
REVISION_DIGITS: Final = 16


def actor_of(service: str) -> str:
    """Return how a service that acts is named on record."""
    return f"service:{service}"


def note_use(ctx: Context, *, service: str, subject_id: str) -> bool:
    """Keep that a customer uses a service (P4): one value for each service, of the last day on which it was used.

    Args:
        ctx: the service.
        service: which one, as the policy declares it.
        subject_id: who uses it.

    Returns:
        False where the gate does not let it be kept: the policy does not declare it, or the customer restricted or
        objected to it. Using the service is not in question.

    Effects:
        On the first use of a day in Vietnam value and ledger record are durable on return; on later ones nothing is
        written.
    """
    row_id = f"{subject_id}.{USE_ITEM}.{service}"

    def note(unit: Unit) -> bool:
        row = unit.values.get(row_id)
        if row is not None and day_of(row.collected_at) == day_of(ctx.clock.now()):
            return True
        collected = ctx.door.collect_in(
            unit,
            actor=actor_of(service),
            subject_id=subject_id,
            values={USE_ITEM: service},
            service=service,
            source=Source.OBSERVED,
            row_ids={USE_ITEM: row_id},
        )
        return collected.decision.outcome is Outcome.PERMIT

    try:
        return ctx.store.write(note)
    except DeniedError:  # the account went in this very moment
        return False


def replace_values(
    ctx: Context, *, service: str, subject_id: str, values: Mapping[str, str | bytes]
) -> Mapping[str, str]:
    """Keep what a customer gave an app in the place of what they gave it of the same items before.

    Args:
        ctx: the service.
        service: where it is given.
        subject_id: whose it is.
        values: item id -> canonical value, *personal*; at least one.

    Returns:
        Item id -> the id of its row, the same each time.

    Raises:
        AskError: the customer must be asked first; nothing was stored but the record of the question.
        DeniedError: the gate said no; nothing was stored but the record of the question.

    Effects:
        New values, record, and the end of the old ones are durable together. Twice is once.
    """
    row_ids = {item: f"{subject_id}.{item}.{service}" for item in values}

    def put(unit: Unit) -> Collected:
        collected = ctx.door.collect_in(
            unit,
            actor=actor_of(service),
            subject_id=subject_id,
            values=values,
            service=service,
            source=Source.PROVIDED,
            row_ids=row_ids,
        )
        if collected.decision.outcome is Outcome.PERMIT:
            names = item_names(ctx.policies.in_force_in(unit, collected.decision.at)).expand(tuple(values))
            old = unit.values.of_subject(subject_id, names)
            place = (service, Source.PROVIDED, KeyKind.LIVE)
            kept = set(row_ids.values())
            gone = [row.id for row in old if (row.service, row.source, row.key_kind) == place and row.id not in kept]
            unit.values.delete(gone)
        return collected

    collected = ctx.store.write(put)
    collected.require()
    return collected.row_ids


def remove_values(ctx: Context, *, service: str, subject_id: str, row_ids: Sequence[str]) -> None:
    """Delete values that an app collected, because its customer deleted in the app what they belong to (P13).

    What a law holds of them is sealed under `hold` instead, until its date.

    Args:
        ctx: the service.
        service: which collected them.
        subject_id: whose values.
        row_ids: of the values; those that are gone already are passed over.

    Raises:
        NotFoundError: an id is a value of someone else, or of another service; nothing was deleted.
        DeniedError: the gate said no; nothing was deleted.

    Effects: the values are gone and the record durable on return. Twice is once.
    """

    def remove(unit: Unit) -> None:
        found = [row for row in (unit.values.get(one) for one in dict.fromkeys(row_ids)) if row is not None]
        # INVARIANT: an app ends what it collected itself, of the customer whom it names.
        if any((row.subject_id, row.service) != (subject_id, service) for row in found):
            raise NotFoundError("there is no such value")
        rows = [row for row in found if row.key_kind is KeyKind.LIVE]
        if rows:
            remove_in(unit, ctx, subject_id=subject_id, rows=rows, actor=actor_of(service))

    try:
        ctx.store.write(remove)
    except NotFoundError:  # another process removed them in this very moment, or they are not this app's: look again
        ctx.store.write(remove)


def revision_of(ctx: Context, *, subject_id: str, items: Sequence[str]) -> str:
    """Return a word that is another one whenever what is held of some items has changed, whoever changed it.

    Args:
        ctx: the service.
        subject_id: whose values.
        items: ids of items.

    Returns:
        16 hexadecimal digits made from the sealed bytes, which tell nothing; empty where nothing is held.

    Effects: none; nothing is opened, and nothing recorded.
    """

    def look(unit: Unit) -> str:
        names = item_names(ctx.policies.in_force_in(unit, ctx.clock.now())).expand(tuple(items))
        rows = [row for row in unit.values.of_subject(subject_id, names) if row.key_kind is KeyKind.LIVE]
        sealed = b"".join(hashlib.sha256(row.sealed).digest() for row in sorted(rows, key=lambda row: row.id))
        return hashlib.sha256(sealed).hexdigest()[:REVISION_DIGITS] if rows else ""

    return ctx.store.read(look)
