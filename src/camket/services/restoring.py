"""A database that was put back to an older state: recognised at the start, and never served as if nothing had happened.

The key store remembers the last checkpoint. A ledger that is shorter, or that does not contain it, was rolled back. Who
accepts that gets a new log: every erasure that the key store knows is carried out again first, then a `restored` entry
is made, and from then on each checkpoint carries a new origin and a line that names the gap.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import LedgerError
from camket.core.ledger.checkpoint import Checkpoint
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.merkle import root_at
from camket.core.ledger.note import parse_note
from camket.core.ledger.tiles import TiledHashes
from camket.core.terms import SubjectState
from camket.core.vault.keyring import KeyKind
from camket.services.tiles import StoredTiles

if TYPE_CHECKING:
    from camket.ports import KeyStore, RememberedCheckpoint, Store, Unit
    from camket.services.context import Context
    from camket.services.steps import Run

RESTORER: Final = "service:restore"
REPLAY_JOB: Final = "replay"
RESTORED_LINE: Final = "restored from"
_SUFFIX: Final = "/restored-"
_LONGEST: Final = timedelta(days=3650)
"""No session, link or code is good for so long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What is missing between the ledger that was shown and the one that the database holds.

    Args:
        kept_size: entries that the database holds.
        lost: the last checkpoint that was signed before.
    """

    kept_size: int
    lost: RememberedCheckpoint

    def __str__(self) -> str:
        return (
            f"the database holds a ledger of {self.kept_size} entries, and the last checkpoint in the key store is of "
            f"{self.lost.size}: the database was put back to an older state"
        )


def find_gap(store: Store, keys: KeyStore) -> Gap | None:
    """Compare the ledger with the last checkpoint that the key store remembers; None where it holds it whole.

    Raises:
        LedgerError: tiles of the ledger are missing or damaged.
        StoreError: the store cannot be read.
    """
    lost = keys.last_checkpoint()
    if lost is None:
        return None

    def compare(unit: Unit) -> Gap | None:
        size = unit.ledger.head().size
        if size >= lost.size and root_at(lost.size, TiledHashes(size, StoredTiles(unit))) == lost.root:
            return None
        return Gap(kept_size=size, lost=lost)

    return store.read(compare)


def origin_of_log(keys: KeyStore, configured: str) -> str:
    """Return the origin that checkpoints carry: of the log that is under way, or as configured for the first one.

    Raises:
        LedgerError: the remembered checkpoint is of another ledger than the configured one: a log is never renamed.
    """
    last = keys.last_checkpoint()
    if last is None:
        return configured
    origin = Checkpoint.parse(parse_note(last.note).text).origin
    if origin.partition(_SUFFIX)[0] != configured.partition(_SUFFIX)[0]:
        raise LedgerError(
            f"the ledger is `{origin}`, and the settings call it `{configured}`; a ledger is never renamed: set "
            f"`ledger_origin` to `{origin.partition(_SUFFIX)[0]}`"
        )
    return origin


def gap_lines(keys: KeyStore) -> tuple[str, ...]:
    """Return the lines that every checkpoint of the log under way carries: the gaps before it."""
    last = keys.last_checkpoint()
    return () if last is None else Checkpoint.parse(parse_note(last.note).text).extensions


def next_origin(origin: str) -> str:
    """Return the origin of the log that is opened after a restore."""
    name, _, number = origin.partition(_SUFFIX)
    return f"{name}{_SUFFIX}{int(number or 1) + 1}"


def gap_line(gap: Gap) -> str:
    """Return the line that names a gap in every later checkpoint."""
    lost = Checkpoint.parse(parse_note(gap.lost.note).text)
    root = base64.b64encode(gap.lost.root).decode()
    return f"{RESTORED_LINE} {lost.origin} {gap.lost.size} {root} to {gap.kept_size}"


def replay_erasures(ctx: Context) -> int:
    """Carry out again, on a database that was put back, every erasure that the key store knows; return how many.

    Effects:
        Durable on return. Twice is once. Comes before anything is served.
    """
    done = 0
    for tombstone in ctx.keys.tombstones():
        if tombstone.kind is not KeyKind.LIVE:
            continue
        subject_id = tombstone.subject_id

        def forget(unit: Unit, subject_id: str = subject_id) -> bool:
            subject = unit.subjects.get(subject_id)
            held = unit.values.of_subject(subject_id)
            unit.values.delete([row.id for row in held if row.key_kind is KeyKind.LIVE])
            unit.identifiers.delete_of_subject(subject_id)
            unit.sessions.delete_of_subject(subject_id)
            unit.codes.delete_of_subject(subject_id)
            unit.passkeys.delete_of_subject(subject_id)
            unit.staff.delete(subject_id)
            unit.requests.delete_of_subject(subject_id)
            unit.outbox.delete_of_subject(subject_id)
            unit.notices.forget_subject(subject_id)
            unit.news.delete_unsubscriptions_of_subject(subject_id)
            unit.facts.delete_of_subject(subject_id)
            unit.consents.delete_of_subject(subject_id)
            unit.records.unlink_subject(subject_id)
            if subject is None or subject.state is SubjectState.ERASED:
                return False
            return unit.subjects.erase(subject_id, at=ctx.clock.now())

        done += ctx.store.write(forget)
    return done


def record_restore(ctx: Context, gap: Gap) -> None:
    """Make the `restored` entry with which the new log goes on; its hash is the root that was lost.

    Effects:
        Every session of customers and staff ends with it, and every code and link that waits. The job is queued that
        has apps erase again: their tables may have been put back too, and apps are loaded after this.
    """

    def record(unit: Unit) -> None:
        _end_what_opens_in(unit, ctx)
        ctx.door.record_in(unit, actor=RESTORER, action=LedgerAction.RESTORED, about=gap.lost.root.hex())
        _queue_replay_in(unit, ctx)

    ctx.store.write(record)


def _end_what_opens_in(unit: Unit, ctx: Context) -> None:
    # INVARIANT: who was signed out, and a code or link that was used or withdrawn, comes back with no older state.
    far = ctx.clock.now() + _LONGEST
    unit.sessions.sweep(before=far)
    unit.codes.sweep(before=far)
    unit.passkeys.sweep_challenges(before=far)
    unit.staff.sessions.sweep(before=far)
    unit.staff.invitations.sweep(before=far)


def queue_replay(ctx: Context) -> None:
    """Queue the job that has apps erase again, where their tables alone were put back; durable on return."""
    ctx.store.write(lambda unit: _queue_replay_in(unit, ctx))


def _queue_replay_in(unit: Unit, ctx: Context) -> None:
    unit.jobs.enqueue(REPLAY_JOB, {}, run_at=ctx.clock.now(), dedupe_key=None)


def replay_at_holders(ctx: Context, run: Run) -> None:
    """Have every app destroy again what it holds about those who are erased.

    Raises:
        HolderError: an app could not do it, or is not loaded in this process; the job is tried again.

    Effects:
        Durable on return. Twice is once.
    """
    holders = ctx.holders.all()
    for tombstone in ctx.keys.tombstones() if holders else ():
        if tombstone.kind is KeyKind.LIVE:
            run.going_on()
            for holder in holders:
                holder.erase(tombstone.subject_id)
