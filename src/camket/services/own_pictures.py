"""A subject's own pictures, each shown as a picture and not as a word (P12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.intake import rendition
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access import SUBJECT
from camket.services.access_standing import item_names

if TYPE_CHECKING:
    from camket.services.context import Context
    from camket.services.sessions import Session

NO_PICTURE: Final = "there is no such picture"


def own_picture(ctx: Context, session: Session, *, row_id: str, size: int) -> bytes:
    """Return one size of a picture that is held about a subject, for the subject.

    Args:
        ctx: the service.
        session: whose.
        row_id: where it is held.
        size: length of its sides in pixels, one of `camket.core.intake.pictures.SIZES`.

    Returns:
        WebP, *personal*.

    Raises:
        NotFoundError: it is not theirs, not held any more, no picture, or not kept in this size.

    Effects: one ledger record of the view, durable before anything is returned.
    """
    row = ctx.store.read(lambda unit: unit.values.get(row_id))
    history = ctx.policies.in_force(ctx.store, ctx.clock.now())
    if row is None or row.subject_id != session.subject_id or row.item not in item_names(history).pictures:
        raise NotFoundError(NO_PICTURE)
    opened = ctx.door.read(
        actor=SUBJECT, subject_id=session.subject_id, items=(row.item,), purpose=RIGHTS_PURPOSE, rows=(row_id,)
    )
    shown = [rendition(value.value, size) for value in opened.values[row.item] if isinstance(value.value, bytes)]
    if not shown or shown[0] is None:
        raise NotFoundError(NO_PICTURE)
    return shown[0]
