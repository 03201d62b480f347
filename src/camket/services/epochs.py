"""The end of an epoch: survivors are wrapped anew, blind indexes made anew, the old key destroyed.

Only then is a deleted key destroyed: its wrapped bytes may lie in backups and free pages, but nothing unwraps them any
more. Once a day, and by `camket keys rotate`.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError
from camket.core.ledger.entry import LedgerAction
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE
from camket.core.vault.lookup import IndexField, blind_index
from camket.rows import IdentifierRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.services.access import Opened
    from camket.services.context import Context
    from camket.services.steps import Run

EPOCH_JOB: Final = "epoch"
ENDS_EVERY: Final = timedelta(days=1)
ENDS_AFTER: Final = timedelta(hours=19)
"""After the start of each day in UTC: 02:00 in Vietnam, when few people wait for anything."""
ENDER: Final = "service:epoch"
REWRAPPED: Final = 500
PAGE: Final = 100
FIELDS: Final = {ItemKind.EMAIL: IndexField.EMAIL, ItemKind.PHONE: IndexField.PHONE}


def end_epoch(ctx: Context, run: Run) -> None:
    """End the present epoch and begin the next one.

    Args:
        ctx: the service.
        run: the job; a run that dies goes on at its step, and what it repeats has no second effect.

    Effects: every surviving key is wrapped under the new epoch, every blind index made with a new key, the old keys are
        destroyed, and that is on record. Certificates that are still fetched say so from then on.
    """
    now = ctx.clock.now()
    if run.result("begin") is None:
        ctx.keys.begin_epoch(at=now)
    begun = ctx.keys.generation()
    run.step("begin", lambda unit: _remember_generation_in(unit, begun))
    while ctx.keys.rewrap(limit=REWRAPPED):
        run.going_on()
    _rekey_indexes(ctx, run)
    for field in FIELDS.values():
        for old in ctx.keys.index_keys(field)[1:]:
            ctx.keys.destroy_index_key(field, old.version)
    if run.result("destroy") is None:
        ctx.keys.destroy_old_epochs(at=ctx.clock.now())
    destroyed = ctx.keys.generation()
    run.step("destroy", lambda unit: _record_in(unit, ctx, destroyed))


def next_end(now: datetime) -> datetime:
    """Return when the present epoch ends by itself; an end out of turn comes sooner."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + ENDS_AFTER
    return today if now < today else today + ENDS_EVERY


def queue_end(ctx: Context, *, name: str) -> bool:
    """Queue the end of the epoch out of turn; False when the same name was queued before."""
    now = ctx.clock.now()
    key = f"{EPOCH_JOB}:{name}"
    return ctx.store.write(lambda unit: unit.jobs.enqueue(EPOCH_JOB, {}, run_at=now, dedupe_key=key)) is not None


def _remember_generation_in(unit: Unit, generation: int) -> bool:
    unit.installation.set_key_generation(generation)
    return True


def _record_in(unit: Unit, ctx: Context, generation: int) -> bool:
    ctx.door.record_in(unit, actor=ENDER, action=LedgerAction.EPOCH)
    return _remember_generation_in(unit, generation)


def _rekey_indexes(ctx: Context, run: Run) -> None:
    """Make every blind index anew that an older key made."""
    newest = max(ctx.keys.index_keys(field)[0].version for field in FIELDS.values())
    after_id = ""
    while page := _behind(ctx, newest, after_id):
        run.going_on()
        _rekey_page(ctx, page)
        after_id = page[-1]


def _behind(ctx: Context, newest: int, after_id: str) -> tuple[str, ...]:
    return ctx.store.read(lambda unit: unit.identifiers.behind(newest, after_id=after_id, limit=PAGE))


def _rekey_page(ctx: Context, page: tuple[str, ...]) -> None:
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    items = {FIELDS[item.kind]: item.id for item in policy.registration_items if item.kind in FIELDS}
    # Sign-in finds a subject by these, and no restriction may lock them out: account security is `rights`.
    read = ctx.door.read_many(actor=ENDER, subject_ids=page, items=tuple(items.values()), purpose=RIGHTS_PURPOSE)

    def rekey(unit: Unit) -> None:
        for subject_id, opened in read.items():
            _rekey_subject_in(unit, ctx, subject_id, None if isinstance(opened, DeniedError) else opened, items)

    ctx.store.write(rekey)


def _rekey_subject_in(
    unit: Unit, ctx: Context, subject_id: str, opened: Opened | None, items: dict[IndexField, str]
) -> None:
    rows = unit.identifiers.of_subject(subject_id)
    for field, item in items.items():
        key = ctx.keys.index_keys(field)[0]
        of_field = [row for row in rows if row.field == field]
        # What was corrected since the page was read has a new index already.
        if not of_field or any(row.key_version >= key.version for row in of_field):
            continue
        unit.identifiers.delete_of_subject(subject_id, field=field)
        value = None if opened is None else opened.first(item)
        if value is None:
            continue
        index = blind_index(key, value)
        unit.identifiers.add(
            IdentifierRow(field=field, blind_index=index, subject_id=subject_id, key_version=key.version, claim=None)
        )
        if any(row.claim is not None for row in of_field):
            unit.identifiers.claim(field, index, subject_id, claim=index.hex())
