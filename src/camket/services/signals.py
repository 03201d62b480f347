"""What a browser says for its owner without being asked: Global Privacy Control."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camket.services.context import Context


def note_gpc(ctx: Context, subject_id: str) -> None:
    """Store that a subject's browser signals Global Privacy Control while they are signed in.

    Args:
        ctx: the service.
        subject_id: who is signed in; nothing happens for one who is not there any more.

    Effects:
        From the commit on the gate neither asks for nor permits what rests on consent, on every node and in jobs, which
        see no header. A signal that is known already is only read.

    Source: semantics section 5; Global Privacy Control, `Sec-GPC: 1`.
    """
    row = ctx.store.read(lambda unit: unit.subjects.get(subject_id))
    if row is None or row.gpc_signalled_at is not None:
        return
    now = ctx.clock.now()
    ctx.store.write(lambda unit: unit.subjects.signal_gpc(subject_id, at=now))
