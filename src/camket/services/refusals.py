"""Refusals of visitors whom no one knows, summed by the hour: how many and why, never who (semantics section 9)."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from camket.core.errors import RateLimitedError
from camket.core.intake import ProblemCode
from camket.services.forms import FormError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.services.context import Context


class RefusalReason(StrEnum):
    """Why a visitor was refused."""

    RATE_LIMITED = "rate_limited"
    UNDECLARED_FIELD = "undeclared_field"
    UNKNOWN_CODE = "unknown_code"


def count_refusal(ctx: Context, reason: RefusalReason) -> None:
    """Add one to the sum of this hour; durable on return."""
    hour = ctx.clock.now().replace(minute=0, second=0, microsecond=0)
    ctx.store.write(lambda unit: unit.limits.refuse(reason, hour=hour))


@contextmanager
def counting_refusals(ctx: Context) -> Iterator[None]:
    """Count what is refused inside, and let it go on its way.

    A misspelt value is no refusal of a visitor: people are helped with it, not counted.
    """
    try:
        yield
    except RateLimitedError:
        count_refusal(ctx, RefusalReason.RATE_LIMITED)
        raise
    except FormError as error:
        if any(problem.code is ProblemCode.UNDECLARED for problem in error.problems.values()):
            count_refusal(ctx, RefusalReason.UNDECLARED_FIELD)
        raise
