"""Photos that come with a message: made into pictures before any of them is taken in, or refused with all problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.intake import Problem
from camket.core.intake.answer import ProblemCode, problem
from camket.services.forms import FormError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.services.context import Context

PICTURES: Final = 3
"""So many pictures go with one message."""
PICTURE_FIELD: Final = "picture"
"""The field for pictures."""


def make_pictures(ctx: Context, photos: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the pictures of photos as the vault takes them, *personal*, in their order.

    Args:
        ctx: the service.
        photos: *personal*; as they were sent; none is fine.

    Raises:
        FormError: too many, or one is none; the field is `picture`. Nothing was kept of any.
    """
    if len(photos) > PICTURES:
        raise FormError({PICTURE_FIELD: too_many(len(photos))})
    made = [ctx.pictures.make(photo) for photo in photos]
    wrong = next((one for one in made if isinstance(one, Problem)), None)
    if wrong is not None:
        raise FormError({PICTURE_FIELD: wrong})
    return tuple(one for one in made if not isinstance(one, Problem))


def too_many(count: int) -> Problem:
    """Return the problem of more pictures than go with one message."""
    return problem(
        ProblemCode.TOO_LONG,
        vi=f"Bạn chọn {count} ảnh; mỗi tin nhắn nhận tối đa {PICTURES} ảnh. Hãy gửi phần còn lại ở tin nhắn sau.",
        en=f"You chose {count} pictures; one message takes {PICTURES}. Please send the others in another message.",
    )
