"""After a value was corrected or deleted here: whoever else holds it is told, and only then is the request done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import HolderError
from camket.core.rights.machine import RequestEvent, RequestState
from camket.services.receivers import RECEIVERS, receivers_in, untold
from camket.services.request_moves import move_in
from camket.services.requests import finish_in
from camket.services.told_corrections import is_told, tell_correction

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.rows import Json, JsonObject
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.steps import Run

CORRECT_JOB: Final = "correct"
CORRECTOR: Final = "service:correction"
LOOKS_AGAIN: Final = timedelta(hours=1)
"""How often the job looks whether staff have told the receivers."""


def stands_elsewhere(ctx: Context, item: str) -> bool:
    """Say whether a connected system may have to be told of an item; to be asked before the unit of the correction.

    A system that is not loaded here may have to be: its job says so, and finds out where it is.
    """
    try:
        return is_told(ctx, item)
    except HolderError:
        return True


def spread_in(unit: Unit, ctx: Context, request: RequestRow, *, item: str, elsewhere: bool, actor: str) -> RequestRow:
    """End a correction or removal that is done here, or have its job tell whoever else holds the value first.

    Args:
        unit: the unit in which the value is replaced or deleted.
        ctx: the service.
        request: the request, approved.
        item: what was corrected or deleted.
        elsewhere: from `stands_elsewhere`.
        actor: who had it carried out.

    Returns:
        The request: done, or running until everyone is told.
    """
    receivers = receivers_in(unit, ctx, subject_id=request.subject_id, item=item)
    if not elsewhere and not receivers:
        return finish_in(unit, ctx, request, actor=actor)
    # INVARIANT: neither the old value nor the new one waits in a job, a timeline or the ledger.
    detail: JsonObject | None = {RECEIVERS: list(receivers)} if receivers else None
    running = move_in(unit, ctx, request, RequestEvent.START, actor=CORRECTOR, detail=detail, items=(item,))
    args = {"subject": request.subject_id, "request": request.id, "item": item}
    unit.jobs.enqueue(CORRECT_JOB, args, run_at=ctx.clock.now(), dedupe_key=f"{CORRECT_JOB}:{request.id}")
    return running


def run_correction(ctx: Context, run: Run) -> datetime | None:
    """Tell whoever else holds a corrected value, from wherever the last run stopped, and end the request.

    Returns:
        When to look again whether staff have told the receivers; None when it is done.

    Raises:
        HolderError: a system could not be told; the others have been, and the request says which fails and why.

    Effects: each system is told in a step of its own; the request is done when everyone was told. One whose subject was
        erased meanwhile is gone, and nobody is told anything.
    """
    subject_id, request_id, item = (str(run.args[name]) for name in ("subject", "request", "item"))
    tell_correction(ctx, run, subject_id=subject_id, item=item, request_id=request_id)
    if ctx.store.read(lambda unit: untold(unit.requests.events(request_id))):
        return ctx.clock.now() + LOOKS_AGAIN
    run.step("finish", lambda unit: _finish_in(unit, ctx, request_id))
    return None


def _finish_in(unit: Unit, ctx: Context, request_id: str) -> Json:
    row = unit.requests.find(request_id)
    if row is not None and row.state is RequestState.RUNNING:
        finish_in(unit, ctx, row, actor=CORRECTOR)
    return True
