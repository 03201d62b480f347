"""Why a request is not finished yet: which of its steps fail, since when, and at whom; for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.rights.failing import failing_text, read_failing
from camket.core.rights.machine import RequestEvent, may_move
from camket.services.request_moves import move_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.core.errors import HolderFailure
    from camket.core.policy.model import Text
    from camket.core.rights.failing import Failing
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context

CONNECTORS: Final = "service:connectors"


@dataclass(frozen=True, kw_only=True, slots=True)
class FailingView:
    """One step that fails, as people read it.

    Args:
        step: its name.
        holder: the name of the app or other system that could not do it; None where it is a step of camket's own.
        label: what that is called; None where it is not connected any more, or no system's.
        failure: why.
        since: since when the request has had a failing step; aware.
    """

    step: str
    holder: str | None
    label: Text | None
    failure: HolderFailure
    since: datetime


def note_failing(ctx: Context, request_id: str, failing: Sequence[Failing]) -> None:
    """Keep with a request which of its steps fail now.

    Args:
        ctx: the service.
        request_id: the request; one that is gone or is not being carried out is left as it is.
        failing: all of them; none where nothing fails any more.

    Effects:
        Durable on return. What fails, and since when, stands in the request until nothing fails or it ends. The
        timeline and the ledger get a line when that changes, so that a step that fails for a day has one. Twice is
        once.
    """
    ctx.store.write(lambda unit: note_failing_in(unit, ctx, request_id, failing))


def note_failing_in(unit: Unit, ctx: Context, request_id: str, failing: Sequence[Failing]) -> None:
    """Do what `note_failing` does inside the caller's unit of work."""
    row = unit.requests.find(request_id)
    if row is None or not may_move(row.kind, row.state, RequestEvent.FAIL):
        return
    text = failing_text(failing)
    if text == row.failing:
        return
    if text is None:
        event, since = RequestEvent.NOTE, None
    else:
        event, since = RequestEvent.FAIL, row.failing_since or ctx.clock.now()
    steps = {one.step: one.failure.value for one in failing}
    detail = {"failing": steps}
    move_in(unit, ctx, row, event, actor=CONNECTORS, detail=detail, failing=text, failing_since=since)


def failing_of(ctx: Context, row: RequestRow) -> tuple[FailingView, ...]:
    """Return which steps of a request fail, by step; empty where none does. Nothing is asked of any system."""
    since = row.failing_since
    if since is None:
        return ()
    labels = ctx.holders.labels()
    return tuple(
        FailingView(
            step=one.step,
            holder=one.holder,
            label=labels.get(one.holder) if one.holder else None,
            failure=one.failure,
            since=since,
        )
        for one in read_failing(row.failing)
    )
