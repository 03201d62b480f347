"""Telling connected systems what is held now, after a value was corrected or deleted: each once, and with the newest.

No old value waits in a queue: what is told is read at the moment it is told. A system that fails keeps the request from
its end, and no other system from being told.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from camket.core.errors import CamketError, ConflictError, DeniedError, HolderError
from camket.core.rights.failing import Failing
from camket.core.terms import RIGHTS_PURPOSE, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.services.access_standing import item_names
from camket.services.request_failures import CONNECTORS, note_failing

if TYPE_CHECKING:
    from camket.holder_ports import Corrected
    from camket.ports import Unit
    from camket.rows import HeldValueRow, Json
    from camket.services.context import Context
    from camket.services.steps import Run


MOST_CHANGES: Final = 10
"""How often in one run a value may change while it is told."""


class _ChangedError(CamketError):
    """What was told is not what is held any more."""


def is_told(ctx: Context, item: str) -> bool:
    """Say whether a connected system has to be told when a value of this item is corrected or deleted.

    Raises:
        HolderError: a system that may have to be told is not loaded in this process.
    """
    return bool(ctx.holders.told_of(item))


def tell_correction(ctx: Context, run: Run, *, subject_id: str, item: str, request_id: str) -> None:
    """Have every connected system that is declared for an item hold what is held here now.

    Args:
        ctx: the service.
        run: of the job of the request; each system is a step of it, `told:` and its name.
        subject_id: whose value.
        item: what was corrected or deleted.
        request_id: the request that it was corrected on; it is being carried out.

    Raises:
        HolderError: a system could not be told, or is not loaded in this process; all others have been. The request
            says so, and the job is to be tried again: it asks those that failed.
        ConflictError: another worker has the job now, or the value changed again and again meanwhile.

    Effects: each system is told once that is durable there, and the step is done in the transaction that finds the
        told value still held. One ledger record for each reading of the value, with the request's number. A subject
        who was erased meanwhile is told of to nobody: the erasure reaches every system by itself.
    """
    failures: list[HolderError] = []
    for system in ctx.holders.told_of(item):
        if run.result(_step(system)) is None:
            try:
                _tell(ctx, run, system, subject_id=subject_id, item=item, request_id=request_id)
            except HolderError as failure:
                failures.append(failure)
    note_failing(ctx, request_id, [Failing(step=f"told:{one.holder}", failure=one.failure) for one in failures])
    if failures:
        raise failures[0]


def _step(system: Corrected) -> str:
    return f"told:{system.name}"


def _tell(ctx: Context, run: Run, system: Corrected, *, subject_id: str, item: str, request_id: str) -> None:
    """Tell one system until what it was told is what is held."""
    for _ in range(MOST_CHANGES):
        run.going_on()
        row = ctx.store.read(lambda unit: _newest_in(unit, ctx, subject_id, item))
        try:
            if ctx.store.read(lambda unit: _is_active(unit, subject_id)):
                value = None if row is None else _opened(ctx, row, item=item, request_id=request_id)
                since = ctx.clock.now() if row is None else row.collected_at
                system.correct(subject_id, item=item, value=value, since=since)
            run.step(_step(system), partial(_done_in, ctx=ctx, subject_id=subject_id, item=item, told=row))
        except _ChangedError:
            continue
        return
    raise ConflictError("the value changed again and again while it was told; it is told later")


def _opened(ctx: Context, row: HeldValueRow, *, item: str, request_id: str) -> str:
    """Return a value, *personal*, through the door."""
    try:
        opened = ctx.door.read(
            actor=CONNECTORS,
            subject_id=row.subject_id,
            items=(item,),
            rows=(row.id,),
            purpose=RIGHTS_PURPOSE,
            request=request_id,
        )
    except DeniedError:
        raise _ChangedError("the value is gone") from None
    value = opened.first(item)
    if value is None:
        raise _ChangedError("the value is gone")
    return value


def _done_in(unit: Unit, *, ctx: Context, subject_id: str, item: str, told: HeldValueRow | None) -> Json:
    # INVARIANT: whoever tells last tells the newest; what changed while it was told is told again.
    held = _newest_in(unit, ctx, subject_id, item)
    if _is_active(unit, subject_id) and (held and held.id) != (told and told.id):
        raise _ChangedError("the value has changed")
    return True


def _newest_in(unit: Unit, ctx: Context, subject_id: str, item: str) -> HeldValueRow | None:
    """Return the newest live value of an item, sealed; what a law alone holds is told to nobody."""
    names = item_names(ctx.policies.in_force_in(unit, ctx.clock.now())).expand((item,))
    live = [row for row in unit.values.of_subject(subject_id, names) if row.key_kind is KeyKind.LIVE]
    return max(live, key=lambda row: (row.collected_at, row.id), default=None)


def _is_active(unit: Unit, subject_id: str) -> bool:
    subject = unit.subjects.get(subject_id)
    return subject is not None and subject.state is SubjectState.ACTIVE
