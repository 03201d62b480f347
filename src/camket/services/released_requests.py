"""Requests of a member of staff who works on requests no more: they go back to nobody, so that none lies unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.rows.request_queue import QueueHolder, QueueList, QueueWish
from camket.services.request_moves import move_in

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.services.context import Context

PAGE: Final = 200


def release_all_in(unit: Unit, ctx: Context, *, pseudonym: str, actor: str) -> int:
    """Take every open request from whoever has it, in the unit of work that ends their account or role.

    Args:
        unit: the requests are nobody's when this unit is durable, each with a line that its customer does not see.
        ctx: the service.
        pseudonym: of whoever has them.
        actor: who ends the account or the role.

    Returns:
        How many there were. Twice is once.
    """
    wish = QueueWish(kinds=tuple(RequestKind), states=tuple(RequestState), holder=QueueHolder.ONE, who=pseudonym)
    released = 0
    for which in (QueueList.DUE, QueueList.UNPROVEN):
        while rows := unit.request_queue.page(which, wish, after=None, back=False, limit=PAGE):
            for row in rows:
                detail = {"assigned": ""}
                move_in(unit, ctx, row, RequestEvent.NOTE, actor=actor, detail=detail, shown=False, assigned_to=None)
            released += len(rows)
    return released
