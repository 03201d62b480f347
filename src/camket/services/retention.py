"""Retention: "kept until" is carried out for every value held, and traces that have served are swept.

A value goes when the earliest limit that holds for its subject has passed; when the version in force no longer lets it
be collected where it was; or, under `hold`, on the date of its legal minimum. What a law still holds is sealed under
`hold` instead of being deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.ledger.entry import LedgerAction
from camket.core.policy.model import ClauseKind, ItemKind
from camket.core.rights.proof import FOLLOWED
from camket.core.terms import SubjectState
from camket.core.vault.keyring import KeyKind
from camket.core.vault.shred import plan_erasure
from camket.services.access_standing import item_names
from camket.services.access_values import kept_until
from camket.services.erasure import erase_unconfirmed_in
from camket.services.erasure_plan import declared_item, held_value, legal_minimums
from camket.services.outbox import KEPT as MAILS_KEPT
from camket.services.requests import standing_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.core.gate.history import History, Standing
    from camket.core.vault.shred import ErasurePlan
    from camket.ports import Unit
    from camket.rows import HeldValueRow, SubjectRow
    from camket.services.context import Context
    from camket.services.steps import Run

KEEPER: Final = "service:retention"
PAGE: Final = 50
"""Subjects in one unit of work: other units wait no longer than these take."""
MANY: Final = 1000
JOBS_KEPT: Final = timedelta(days=7)
BODIES_KEPT: Final = timedelta(hours=24)
"""How long what a request asked for is kept after its end, or while nobody proves it."""
UNPROVEN_KEPT: Final = timedelta(days=30)
"""How long a request that nobody ever proved is kept after its end."""
LIMITS_KEPT: Final = timedelta(hours=2)
UNSUBSCRIPTIONS_KEPT: Final = timedelta(days=730)
"""How long the address in a mail works: whoever finds it later has My data."""
INDEXED: Final = {ItemKind.EMAIL: "email", ItemKind.PHONE: "phone"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What a page of subjects came to.

    Args:
        last_id: where the next page begins; None where this was the last one.
        deleted: how many values went.
    """

    last_id: str | None
    deleted: int


def keep_limits(ctx: Context, run: Run) -> None:
    """Delete every value whose time is over, subject by subject.

    Effects: page by page, each durable with a ledger record for each subject who lost something. A run that dies goes
        on at its page; twice is once.
    """
    _page_through(ctx, run, "active", SubjectState.ACTIVE)
    _page_through(ctx, run, "erased", SubjectState.ERASED)


def _page_through(ctx: Context, run: Run, name: str, state: SubjectState) -> None:
    after_id, number = "", 0
    while True:
        start, now = after_id, ctx.clock.now()

        def sweep(unit: Unit, start: str = start, now: datetime = now) -> str | None:
            return _sweep_page_in(unit, ctx, start, state, now).last_id

        if state is SubjectState.ERASED:
            _end_holds(ctx, start, now)
        last_id = run.step(f"{name}-{number}", sweep)
        if not isinstance(last_id, str):
            return
        after_id, number = last_id, number + 1


def _sweep_page_in(unit: Unit, ctx: Context, after_id: str, state: SubjectState, now: datetime) -> Swept:
    subjects = unit.subjects.page(after_id=after_id, limit=PAGE, state=state)
    sweep = _sweep_subject_in if state is SubjectState.ACTIVE else _close_subject_in
    deleted = sum(sweep(unit, ctx, subject, now) for subject in subjects)
    return Swept(last_id=subjects[-1].id if len(subjects) == PAGE else None, deleted=deleted)


def _sweep_subject_in(unit: Unit, ctx: Context, subject: SubjectRow, now: datetime) -> int:
    """Delete what is over of an active subject, keep under `hold` what a law still wants; return how many went."""
    _clear_requests_in(unit, subject.id, now)
    standing = standing_in(unit, ctx, subject.id)
    rows = unit.values.of_subject(subject.id)
    over = [row for row in rows if row.key_kind is KeyKind.LIVE and is_over(standing, row, now)]
    over += [row for row in rows if row.hold_until is not None and row.hold_until <= now]
    if not over:
        return 0
    plan = plan_of(standing.history, over, now)
    ctx.door.reseal_in(unit, subject_id=subject.id, kept=plan.reseal)
    gone = [value.row_id for value in plan.destroy]
    unit.values.delete(gone)
    forget_indexes_in(unit, standing.history, subject.id, over)
    items = tuple(sorted({row.item for row in over if row.id in set(gone)}))
    if items:
        ctx.door.record_in(unit, actor=KEEPER, action=LedgerAction.ERASE, subject_id=subject.id, items=items)
    return len(gone)


def _clear_requests_in(unit: Unit, subject_id: str, now: datetime) -> None:
    """Drop what requests asked for that ended or were never proven: a value in one lives for a day, not longer."""
    for request in unit.requests.of_subject(subject_id):
        since = request.done_at if request.verified_at is not None else request.created_at
        if request.sealed is not None and since is not None and since + BODIES_KEPT <= now:
            unit.requests.clear(request.id)


def _close_subject_in(unit: Unit, ctx: Context, subject: SubjectRow, now: datetime) -> int:
    """Delete what is no longer held of an erased subject, and the subject with the last of it."""
    rows = unit.values.of_subject(subject.id)
    over = [row for row in rows if row.hold_until is not None and row.hold_until <= now]
    if over:
        items = tuple(sorted({row.item for row in over}))
        ctx.door.record_in(unit, actor=KEEPER, action=LedgerAction.ERASE, subject_id=subject.id, items=items)
        unit.values.delete([row.id for row in over])
        unit.records.unlink_subject(subject.id)
    if len(over) == len(rows):
        # INVARIANT: the keys are dead by now: `_end_holds` or the erasure saw the same rows at the same instant.
        unit.subjects.delete(subject.id)
    return len(over)


def _end_holds(ctx: Context, after_id: str, now: datetime) -> None:
    """Destroy the `hold` keys of a page of erased subjects for whom nothing is held any longer.

    The key store is no part of the database: the keys die first, and destroying twice is once.
    """

    def ended(unit: Unit) -> tuple[str, ...]:
        page = unit.subjects.page(after_id=after_id, limit=PAGE, state=SubjectState.ERASED)
        return tuple(one.id for one in page if _nothing_held(unit.values.of_subject(one.id), now))

    for subject_id in ctx.store.read(ended):
        ctx.keys.destroy_subject_key(subject_id, KeyKind.HOLD, at=now)


def _nothing_held(rows: Sequence[HeldValueRow], now: datetime) -> bool:
    # A live row belongs to an erasure that is still under way: that job ends what it began.
    return all(row.key_kind is KeyKind.HOLD and row.hold_until is not None and row.hold_until <= now for row in rows)


def is_over(standing: Standing, row: HeldValueRow, now: datetime) -> bool:
    """Say whether a live value's time is over, or it could not be collected today where it was."""
    until, _ = kept_until(standing.keep_limits(row.item), row)
    # INVARIANT: a value is gone at the instant that the subject was shown, not after it.
    return (until is not None and until <= now) or not _still_collected(standing.history, row)


def _still_collected(history: History, row: HeldValueRow) -> bool:
    names = history.tables.names
    wanted = (
        item_names(history).roots.get(row.item, row.item),
        names.services.get(row.service, row.service),
        row.source.value,
    )
    return any(clause.kind is ClauseKind.COLLECT and clause.roots == wanted for clause in history.newest.clauses)


def plan_of(history: History, over: Sequence[HeldValueRow], now: datetime) -> ErasurePlan:
    """Return which values of those that are over go, and which a law still holds."""
    return plan_erasure([held_value(row) for row in over], legal_minimums(history, over), (), now)


def forget_indexes_in(unit: Unit, history: History, subject_id: str, over: Sequence[HeldValueRow]) -> None:
    """Drop the blind indexes of what is no longer held: a number that is gone finds no one."""
    for item in {row.item for row in over}:
        field = INDEXED.get(declared_item(history, item).kind)
        left = [row for row in unit.values.of_subject(subject_id, (item,)) if row.key_kind is KeyKind.LIVE]
        if field is not None and not left:
            unit.identifiers.delete_of_subject(subject_id, field=field)


def erase_unconfirmed(ctx: Context) -> int:
    """Have registrations erased that were not confirmed in time; return how many were found.

    Effects: an erasure is queued for each. Twice is once.
    """
    hours = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.unconfirmed_hours
    before = ctx.clock.now() - timedelta(hours=hours)

    def queue(unit: Unit) -> int:
        late = unit.subjects.pending_before(before, limit=MANY)
        for subject in late:
            erase_unconfirmed_in(unit, ctx, subject.id)
        return len(late)

    return ctx.store.write(queue)


def prune_records(ctx: Context, run: Run) -> int:
    """Drop ledger records that are older than the policy keeps them; the tree stays and verifies. Return how many."""
    days = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.record_days
    before = ctx.clock.now() - timedelta(days=days)
    total = 0
    while pruned := ctx.store.write(lambda unit: unit.records.prune(before=before, limit=MANY)):
        total += pruned
        run.going_on()
    return total


def sweep_traces(ctx: Context) -> int:
    """Drop what has served: sessions, codes, rate limits, certificates, requests, settled mails, ended jobs.

    Returns:
        How many rows went.
    """
    now = ctx.clock.now()
    record_days = ctx.policies.in_force(ctx.store, now).newest.policy.record_days

    def sweep(unit: Unit) -> int:
        return (
            unit.sessions.sweep(before=now)
            + unit.staff.sessions.sweep(before=now)
            + unit.staff.invitations.sweep(before=now)
            + unit.codes.sweep(before=now)
            + unit.passkeys.sweep_challenges(before=now)
            + unit.limits.sweep(before=now - LIMITS_KEPT)
            + unit.certificates.sweep(before=now)
            + unit.request_parts.sweep_files(before=now)
            + unit.requests.sweep_ended(unproven_before=now - UNPROVEN_KEPT, before=now - timedelta(days=record_days))
            + unit.requests.sweep_proofs(before=now - FOLLOWED)
            + unit.outbox.sweep(before=now - MAILS_KEPT)
            + unit.news.sweep_unsubscriptions(before=now - UNSUBSCRIPTIONS_KEPT)
            + unit.jobs.sweep(before=now - JOBS_KEPT)
        )

    return ctx.store.write(sweep)
